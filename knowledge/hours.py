"""The OpenStreetMap opening-hours language, with Japan's holidays from `holidays`.

opening-hours-py knows the language well but its own Japanese holiday table misses days,
so the `PH` selector is rewritten, for the one day asked about, to that date or to none.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache

import holidays
from opening_hours import OpeningHours, ParserError, State  # type: ignore[attr-defined]  # stub

from knowledge.errors import HoursError

_HOLIDAYS = holidays.country_holidays("JP", language="ja")
_PH = re.compile(r"\bPH\b")
_NEVER = "2000 Jan 01"
CLOSED = "closed"
_TIMES = re.compile(r"\d{2}:\d{2}-\d{2}:\d{2}(, ?\d{2}:\d{2}-\d{2}:\d{2})*")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAY = re.compile(rf"\b({'|'.join(_MONTHS)}) (\d{{1,2}})\b(?!:)(?:-(\d{{1,2}})\b(?!:))?")
_OPEN_END = re.compile(r"\d{1,2}:\d{2}\+")
_MOVED_PH = re.compile(r"\bPH\s*[+-]\s*\d+ days?")
_ELSEWHERE = re.compile(r"\b(SH|sunrise|sunset|dawn|dusk|easter)\b", re.IGNORECASE)
"""Words of the language whose days or times we do not know here."""

type Spans = tuple[tuple[time, time], ...]
"""(from, to) local times of one day; a span that ends at 00:00 ends at midnight, the end of the day."""


class Weekday(StrEnum):
    """Days as the OSM language writes them, in the order of `date.weekday()`."""

    MONDAY = "Mo"
    TUESDAY = "Tu"
    WEDNESDAY = "We"
    THURSDAY = "Th"
    FRIDAY = "Fr"
    SATURDAY = "Sa"
    SUNDAY = "Su"


def weekday(day: date) -> Weekday:
    """The weekday of `day`."""
    return tuple(Weekday)[day.weekday()]


def holiday_name(day: date) -> str | None:
    """The Japanese name of a public holiday (substitutes and 国民の休日 too), or None."""
    return _HOLIDAYS.get(day)


def is_working_day(day: date) -> bool:
    """Whether `day` is 平日: Monday to Friday and no public holiday."""
    return day.weekday() < 5 and holiday_name(day) is None


def parse_hours(expression: str) -> None:
    """Raise HoursError, in Japanese, when `expression` is not OSM opening-hours language."""
    if word := _ELSEWHERE.search(expression):
        raise HoursError(f"開館時間に「{word[0]}」は使えません。日付か時刻で書いてください")
    for hour, minute in _CLOCK.findall(expression):
        if int(hour) * 60 + int(minute) > 24 * 60 or int(minute) > 59:
            raise HoursError(
                f"「{hour}:{minute}」という時刻はありません。00:00 から 24:00 までで書いてください"
            )
    for month, *days in _DAY.findall(expression):
        for day in filter(None, days):
            if not 1 <= int(day) <= _longest(month):
                raise HoursError(f"「{month} {day}」という日はありません。日付を確かめてください")
    if moved := _MOVED_PH.search(expression):
        raise HoursError(f"「{moved[0]}」は使えません。祝日でずれる休みは closing に書いてください")
    if open_end := _OPEN_END.search(expression):
        raise HoursError(f"「{open_end[0]}」には終わりがありません。閉まる時刻も書いてください")
    if not _is_in_the_language(expression):
        raise HoursError(
            f"開館時間「{expression}」を読めません。「Mo-Fr 08:45-17:15; PH off」のような形で書いてください"
        )


def _longest(month: str) -> int:
    """The days of a month in a leap year."""
    return monthrange(2028, _MONTHS.index(month) + 1)[1]


def _is_in_the_language(expression: str) -> bool:
    without = _PH.sub(_NEVER, expression)
    if "PH" in without or not without.strip():
        return False  # it would take 「PHoff」 for holidays of its own, and nothing for always
    try:
        OpeningHours(without)
    except ParserError:
        return False
    return True


def parse_special(times: str) -> Spans:
    """The opening times of one day, such as 「10:00-12:00,13:00-15:00」; raises HoursError."""
    if not _TIMES.fullmatch(times):
        raise HoursError(
            f"時間「{times}」を読めません。「closed」か「10:00-15:00」のような形で書いてください"
        )
    parse_hours(times)
    for span in times.split(","):
        start, _, end = span.strip().partition("-")
        if start >= end:
            raise HoursError(f"時間「{span.strip()}」は、始まりが終わりより後です。入れ替えてください")
    return evaluate(times, date(2026, 1, 1)) or ()


def evaluate(expression: str, day: date) -> Spans | None:
    """When `expression` is open on `day`: () when closed, None when it says it is unknown."""
    ph = f"{day.year} {day:%b} {day.day:02d}" if holiday_name(day) else _NEVER
    start = datetime.combine(day, time())
    intervals = list(_parsed(_PH.sub(ph, expression)).intervals(start, start + timedelta(days=1)))
    if any(state == State.UNKNOWN for _, _, state, _ in intervals):
        return None
    return tuple((a.time(), b.time()) for a, b, state, _ in intervals if state == State.OPEN)


@lru_cache(maxsize=512)
def _parsed(expression: str) -> OpeningHours:
    return OpeningHours(expression)
