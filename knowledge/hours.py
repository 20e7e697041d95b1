"""Opening hours: the OpenStreetMap language, with Japan's holidays from `holidays`.

opening-hours-py knows the language well but its own Japanese holiday table misses days,
so the `PH` selector is rewritten, for the one day asked about, to that date or to none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

import holidays
from opening_hours import OpeningHours, ParserError, State  # type: ignore[attr-defined]  # stub

from knowledge.errors import HoursError

_HOLIDAYS = holidays.country_holidays("JP", language="ja")
_PH = re.compile(r"\bPH\b")
_NEVER = "2000 Jan 01"


class DayState(StrEnum):
    """What is known of one day."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Day:
    """One day's opening: `spans` are (from, to) local times, empty unless open.

    A span that ends at 00:00 ends at midnight, the end of this day.
    """

    date: date
    state: DayState
    spans: tuple[tuple[time, time], ...] = ()

    def open_at(self, moment: time) -> bool:
        """Whether the doors are open at a local time."""
        return any(start <= moment and (moment < end or end == time()) for start, end in self.spans)


def holiday_name(day: date) -> str | None:
    """The Japanese name of a public holiday, or None."""
    return _HOLIDAYS.get(day)


def parse_hours(expression: str) -> None:
    """Raise HoursError, in Japanese, when `expression` is not OSM opening-hours language."""
    try:
        OpeningHours(_PH.sub(_NEVER, expression))
    except ParserError as error:
        raise HoursError(
            f"開館時間「{expression}」を読めません。「Mo-Fr 08:45-17:15; PH off」のような形で書いてください"
        ) from error


def on_day(expression: str, day: date) -> Day:
    """Evaluate `expression` on one day."""
    ph = f"{day.year} {day:%b} {day.day:02d}" if holiday_name(day) else _NEVER
    hours = OpeningHours(_PH.sub(ph, expression))
    start = datetime.combine(day, time())
    intervals = list(hours.intervals(start, start + timedelta(days=1)))
    if any(state == State.UNKNOWN for _, _, state, _ in intervals):
        return Day(day, DayState.UNKNOWN)
    spans = tuple((a.time(), b.time()) for a, b, state, _ in intervals if state == State.OPEN)
    return Day(day, DayState.OPEN if spans else DayState.CLOSED, spans)


def next_open_day(expression: str, after: date, within: int = 30) -> Day | None:
    """The first day after `after` known to be open, None when there is none `within` days."""
    for offset in range(1, within + 1):
        day = on_day(expression, after + timedelta(days=offset))
        if day.state is DayState.OPEN:
            return day
    return None
