"""When a place or counter is open: weekly hours, closing days that holidays move, one-off days.

The rules are data (`facts.HoursFact`, `facts.SpecialDay`); this module works out any one day,
and from days the moment: open now, until when, next opening. Times are local times of 芦別市.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Protocol

from knowledge.answer import Status
from knowledge.facts import Closing, HoursFact, IfHoliday, SpecialDay
from knowledge.hours import CLOSED, Spans, evaluate, holiday_name, is_working_day, parse_special, weekday

_FAR = 60
"""Days to look ahead for the next opening; a place that is closed longer is closed for good."""


class Opens(Protocol):
    """What has weekly hours and days on which all is different: a place, a department, a desk."""

    @property
    def status(self) -> Status:
        """How sure its hours are that carry no status of their own."""

    @property
    def special_days(self) -> tuple[SpecialDay, ...]:
        """Its one-off days; the last that covers a day holds."""

    def hours_on(self, day: date) -> HoursFact | None:
        """The weekly hours that are valid on `day`, None when none are."""


class DayState(StrEnum):
    """What is known of one day."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Day:
    """One day: `spans` are empty unless open, `why` says why it differs from other weeks.

    `status` is how sure that is; a one-off day is written by the city itself, so it is confirmed.
    """

    date: date
    state: DayState
    spans: Spans = ()
    why: str | None = None
    last_entry: int | None = None
    status: Status = Status.CONFIRMED

    def open_at(self, moment: time) -> bool:
        """Whether the doors are open at a local time."""
        return any(start <= moment and (moment < end or end == time()) for start, end in self.spans)

    def entry_ends(self) -> time | None:
        """The last moment to be let in, None when that is the closing time."""
        if not self.spans or self.last_entry is None:
            return None
        end = datetime.combine(self.date, self.spans[-1][1])
        if end.time() == time():
            end += timedelta(days=1)
        return (end - timedelta(minutes=self.last_entry)).time()


class Timetable:
    """The hours of whatever opens. What no version states, or only an unconfirmed one, is unknown."""

    def __init__(self, opens: Opens) -> None:
        self._opens = opens

    def on(self, day: date) -> Day:
        """What `day` is like."""
        # The last special day that covers `day` wins, like a later rule of the OSM language.
        special = next((s for s in reversed(self._opens.special_days) if s.covers(day)), None)
        hours = self._opens.hours_on(day)
        if special:
            return _special(special, day, hours.last_entry if hours else None)
        status = (hours.status if hours else None) or self._opens.status
        if hours is None or status is Status.UNCONFIRMED:
            return Day(day, DayState.UNKNOWN, status=Status.UNCONFIRMED)
        return _weekly(hours, day, status)

    def knows(self, day: date) -> bool:
        """Whether there are hours to tell for `day`, though they may leave this one day open."""
        return self.on(day).status is not Status.UNCONFIRMED

    def is_open(self, moment: datetime) -> bool:
        """Whether the doors are open at `moment`."""
        return self.on(moment.date()).open_at(moment.time())

    def open_until(self, moment: datetime) -> datetime | None:
        """When the doors close that are open at `moment`; None when they never do, or are closed."""
        day = moment.date()
        for ahead in range(_FAR):
            start, here = datetime.combine(day, time()), max(moment, datetime.combine(day, time()))
            span = next((s for s in self.on(day).spans if s[0] <= here.time() and _within(here, s)), None)
            if span is None:
                return start if ahead else None
            if span[1] != time():
                return datetime.combine(day, span[1])
            day += timedelta(days=1)
        return None

    def next_opening(self, moment: datetime) -> datetime | None:
        """The first opening after `moment` that is known, None when there is none in sight."""
        for ahead in range(_FAR):
            day = moment.date() + timedelta(days=ahead)
            for start, _ in self.on(day).spans:
                opening = datetime.combine(day, start)
                if opening > moment and not self.is_open(opening - timedelta(minutes=1)):
                    return opening
        return None


def _within(moment: datetime, span: tuple[time, time]) -> bool:
    return moment.time() < span[1] or span[1] == time()


def _special(special: SpecialDay, day: date, last_entry: int | None) -> Day:
    if special.hours == CLOSED:
        return Day(day, DayState.CLOSED, why=special.why)
    return Day(day, DayState.OPEN, parse_special(special.hours), special.why, last_entry)


def _weekly(hours: HoursFact, day: date, status: Status) -> Day:
    if hours.closing and _is_closing_day(hours.closing, day):
        return Day(day, DayState.CLOSED, status=status)
    spans = evaluate(hours.value, day)
    if spans is None:
        return Day(day, DayState.UNKNOWN, status=status)
    state = DayState.OPEN if spans else DayState.CLOSED
    return Day(day, state, spans, last_entry=hours.last_entry, status=status)


def _is_closing_day(closing: Closing, day: date) -> bool:
    """定休日, moved off public holidays as `closing` says."""
    if weekday(day) in closing.days:
        return holiday_name(day) is None or closing.if_holiday is IfHoliday.CLOSED
    if closing.if_holiday is IfHoliday.NEXT_DAY:
        return _gave_way(closing, day - timedelta(days=1))
    if closing.if_holiday is IfHoliday.NEXT_WEEKDAY and is_working_day(day):
        before = day - timedelta(days=1)
        while not is_working_day(before) or weekday(before) in closing.days:
            if _gave_way(closing, before):
                return True
            before -= timedelta(days=1)
    return False


def _gave_way(closing: Closing, day: date) -> bool:
    """Whether `day` is a closing day on which a public holiday opens the doors."""
    return weekday(day) in closing.days and holiday_name(day) is not None
