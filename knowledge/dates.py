"""Dates as residents say them: 明日, 今度の日曜, 12月31日, 年末年始 … by one table.

Only days are read; a question about a time of day is answered with the day's hours.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from knowledge.errors import NoSuchDayError
from knowledge.tokens import normalise


@dataclass(frozen=True)
class Asked:
    """The day a question is about; `now` when it asks about this very moment."""

    day: date
    now: bool = False


_Reader = Callable[[re.Match[str], date], date | None]
_WEEKDAYS = "月火水木金土日"
_DIGITS = {digit: value for value, digit in enumerate("〇一二三四五六七八九")}
_NUMBER = r"(\d{1,2}|[一二三四五六七八九十]{1,3})"
_WEEK = r"(?P<week>再来週の?|来週の?|今週の?|今度の?|次の?)?"
_LEAP_GAP = 8
"""The longest wait, in years, for the next 29 February; further away no calendar is asked."""


def asked_day(text: str, today: date) -> Asked | None:
    """The day `text` names, counted from `today`; None when it names none.

    Raises NoSuchDayError for 「2月30日」.
    """
    question = normalise(text)
    for pattern, read in _TABLE:
        if match := pattern.search(question):
            day = read(match, today)
            if day is None:
                raise NoSuchDayError
            return Asked(day)
    return Asked(today, now=True) if _NOW.search(question) else None


def names_day(text: str) -> bool:
    """Whether `text` names a day or this moment, possible or not."""
    question = normalise(text)
    return any(pattern.search(question) for pattern, _ in _TABLE) or bool(_NOW.search(question))


def without_day(text: str) -> str:
    """`text`, normalised, without the words that name a day: what is left may name a place."""
    question = normalise(text)
    for pattern, _ in _TABLE:
        question = pattern.sub(" ", question)
    return question


def _in_days(days: int) -> _Reader:
    return lambda _, today: today + timedelta(days=days)


def _fixed(month: int, day: int) -> _Reader:
    return lambda _, today: _coming(today, month, day)


def _weekday(match: re.Match[str], today: date) -> date:
    wanted, week = _WEEKDAYS.index(match["weekday"]), match["week"] or ""
    monday = today - timedelta(days=today.weekday())
    if week.startswith("再来週"):
        return monday + timedelta(days=14 + wanted)
    if week.startswith("来週"):
        return monday + timedelta(days=7 + wanted)
    if week.startswith("今週"):
        return monday + timedelta(days=wanted)
    ahead = (wanted - today.weekday()) % 7
    if ahead == 0 and week.startswith(("今度", "次")):
        ahead = 7
    return today + timedelta(days=ahead)


def _month_day(match: re.Match[str], today: date) -> date | None:
    return _coming(today, _number(match[1]), _number(match[2]))


def _full_date(match: re.Match[str], today: date) -> date | None:
    near = abs(int(match[1]) - today.year) <= _LEAP_GAP
    return _valid(int(match[1]), _number(match[2]), _number(match[3])) if near else None


def _day_of_month(match: re.Match[str], today: date) -> date | None:
    wanted = _number(match[1])
    days = (today + timedelta(days=ahead) for ahead in range(62))
    return next((day for day in days if day.day == wanted), None)


def _coming(today: date, month: int, day: int) -> date | None:
    years = range(today.year, today.year + _LEAP_GAP + 1)
    days = (_valid(year, month, day) for year in years)
    return next((found for found in days if found and found >= today), None)


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _number(text: str) -> int:
    """Read 1–2 Arabic digits or a kanji number below 100; 0 when it is not a number."""
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _DIGITS.get(text, 0)
    return (_DIGITS.get(tens, 0) if tens else 1) * 10 + (_DIGITS.get(ones, 0) if ones else 0)


_NOW = re.compile(r"今(?!年|月|週|度|後)|いま(?!す|せ)|現在|まだ(開|やって)")
_TABLE: tuple[tuple[re.Pattern[str], _Reader], ...] = tuple(
    (re.compile(pattern), read)
    for pattern, read in (
        (rf"(\d{{4}})[年/-]{_NUMBER}[月/-]{_NUMBER}日?", _full_date),
        (rf"{_NUMBER}月{_NUMBER}日", _month_day),
        (r"(?<![\d/])(\d{1,2})/(\d{1,2})(?![\d/])", _month_day),
        (r"大晦日|おおみそか", _fixed(12, 31)),
        (r"年末年始|年末", _fixed(12, 31)),
        (r"元日|元旦|正月|年始", _fixed(1, 1)),
        (r"明後日|あさって", _in_days(2)),
        (r"明日|あした|あす(?!か)", _in_days(1)),
        (r"今日|本日|きょう|今夜|今晩", _in_days(0)),
        (rf"{_WEEK}(?P<weekday>[月火水木金土日])曜日?", _weekday),
        (rf"{_WEEK}(?P<weekday>土)日?(?=は|も|に|で|開)", _weekday),
        (rf"{_NUMBER}日(?!間|以|曜)", _day_of_month),
    )
)
