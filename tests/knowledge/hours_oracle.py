"""A second, slow opinion on opening hours: plain data, the holiday law, one minute at a time.

It shares no code with the product: no OSM language, no `holidays`, no opening-hours-py.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
FIXED = {(1, 1), (2, 11), (2, 23), (4, 29), (5, 3), (5, 4), (5, 5), (8, 11), (11, 3), (11, 23)}
HAPPY_MONDAYS = {(1, 2), (7, 3), (9, 3), (10, 2)}
"""(month, which Monday)."""


def _equinox(year: int, base: float) -> int:
    return int(base + 0.242194 * (year - 1980) - (year - 1980) // 4)


def _named(day: date) -> bool:
    """Holidays that article 2 of the 祝日法 names; the equinoxes by the usual formula."""
    if (day.month, day.day) in FIXED:
        return True
    if day.weekday() == 0 and (day.month, (day.day + 6) // 7) in HAPPY_MONDAYS:
        return True
    spring, autumn = _equinox(day.year, 20.8431), _equinox(day.year, 23.2488)
    return (day.month, day.day) in {(3, spring), (9, autumn)}


def is_holiday(day: date) -> bool:
    """Article 2, and article 3: substitutes for Sundays, and days between two holidays."""
    if _named(day):
        return True
    before = day - timedelta(days=1)
    while _named(before):
        if before.weekday() == 6:
            return True
        before -= timedelta(days=1)
    return _named(day - timedelta(days=1)) and _named(day + timedelta(days=1)) and day.weekday() != 6


@dataclass(frozen=True)
class Rule:
    """On which days, open when: `spans` in minutes of the day, none for closed."""

    weekdays: tuple[int, ...] = ()
    nth: int = 0
    months: tuple[int, int] | None = None
    dates: tuple[tuple[int, int], tuple[int, int]] | None = None
    holidays: bool = False
    spans: tuple[tuple[int, int], ...] = ()

    def matches(self, day: date) -> bool:
        if self.holidays:
            return is_holiday(day)
        if self.dates:
            (first, last), today = self.dates, (day.month, day.day)
            return first <= today <= last if first <= last else today >= first or today <= last
        if self.months:
            first_month, last_month = self.months
            inside = (
                first_month <= day.month <= last_month
                if first_month <= last_month
                else day.month >= first_month or day.month <= last_month
            )
            if not inside:
                return False
        return day.weekday() in self.weekdays and self.nth in (0, (day.day + 6) // 7)

    def in_osm(self) -> str:
        """The same rule in the OSM language."""
        when = ""
        if self.holidays:
            when = "PH"
        elif self.dates:
            (m1, d1), (m2, d2) = self.dates
            when = f"{MONTHS[m1 - 1]} {d1:02d}-{MONTHS[m2 - 1]} {d2:02d}"
        else:
            if self.months:
                when = f"{MONTHS[self.months[0] - 1]}-{MONTHS[self.months[1] - 1]} "
            nth = f"[{self.nth}]" if self.nth else ""
            when += ",".join(WEEKDAYS[n] + nth for n in self.weekdays)
        times = ",".join(f"{a // 60:02d}:{a % 60:02d}-{b // 60:02d}:{b % 60:02d}" for a, b in self.spans)
        return f"{when} {times or 'off'}"


@dataclass(frozen=True)
class Plan:
    """Rules, the last that matches deciding; closing days; one-off days."""

    rules: tuple[Rule, ...]
    closing: tuple[int, ...] = ()
    if_holiday: str = "closed"
    special: tuple[tuple[date, date, tuple[tuple[int, int], ...]], ...] = ()

    def is_open(self, moment: datetime) -> bool:
        """Whether the doors are open during the minute that begins at `moment`."""
        day, minute = moment.date(), moment.hour * 60 + moment.minute
        spans: tuple[tuple[int, int], ...] = ()
        for rule in self.rules:
            if rule.matches(day):
                spans = rule.spans
        if self._closes(day):
            spans = ()
        for first, last, times in self.special:
            if first <= day <= last:
                spans = times
        return any(start <= minute < end for start, end in spans)

    def _closes(self, day: date) -> bool:
        if day.weekday() in self.closing:
            return self.if_holiday == "closed" or not is_holiday(day)
        if self.if_holiday == "next_day":
            return self._moved_from(day - timedelta(days=1))
        if self.if_holiday == "next_weekday":
            # The make-up day of every closing day of the last weeks: is it this one?
            return any(
                self._make_up_day(day - timedelta(days=n)) == day
                for n in range(1, 15)
                if self._moved_from(day - timedelta(days=n))
            )
        return False

    def _moved_from(self, day: date) -> bool:
        return day.weekday() in self.closing and is_holiday(day)

    def _make_up_day(self, closing_day: date) -> date:
        day = closing_day + timedelta(days=1)
        while day.weekday() >= 5 or is_holiday(day) or day.weekday() in self.closing:
            day += timedelta(days=1)
        return day
