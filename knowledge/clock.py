"""Times of day as residents say them: 午後3時, 15時半, 昼休み, 夕方, 仕事帰り … by one table.

A vague time is a span, an exact one a span that ends where it begins. An hour from 1 to 6
without 午前 or 朝 is an afternoon hour: nobody asks whether the library opens at three at night.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import time

from knowledge.errors import NoSuchDayError
from knowledge.numbers import NUMBER, number
from knowledge.readings import Readings


@dataclass(frozen=True)
class Stretch:
    """A stretch of one day, both ends included; `start == end` is a moment."""

    start: time
    end: time

    @property
    def is_moment(self) -> bool:
        return self.start == self.end


_Reader = Callable[[re.Match[str]], Stretch]
_HALF = r"(?P<half>午前|午後|朝の?|早朝の?|夜の?|夜中の?|深夜の?|昼の?|夕方の?)?\s*"
_EARLY = ("午前", "朝", "早朝", "夜中", "深夜")
_LATE = ("午後", "夜", "昼", "夕方")
_LAST_SHY_HOUR = 6
"""Up to this hour, an hour without 午前 is meant in the afternoon."""


def _clock(match: re.Match[str]) -> Stretch:
    said = match.groupdict()
    hour = number(said["hour"])
    minute = 30 if said.get("halfpast") else number(said.get("minute") or "0")
    half = (said["half"] or "").removesuffix("の")
    shy = not half and 1 <= hour <= _LAST_SHY_HOUR and ":" not in match[0]
    if shy or (half in _LATE and hour < 12):
        hour += 12
    elif half in _EARLY and hour == 12:
        hour = 0 if half in ("夜中", "深夜") else 12
    if hour == 24 and not minute:
        hour = 0
    if hour > 23 or minute > 59:
        raise NoSuchDayError
    return Stretch(time(hour, minute), time(hour, minute))


def _between(start: time, end: time) -> _Reader:
    return lambda _: Stretch(start, end)


_TABLE: Readings[_Reader] = Readings(
    (
        (rf"{_HALF}(?P<hour>\d{{1,2}}):(?P<minute>\d{{2}})", _clock),
        (
            rf"{_HALF}(?P<hour>\d{{1,2}}|[一二三四五六七八九十]{{1,3}}(?=時(半|に|から|まで|頃|ごろ|は|の|って|過|前)))"
            rf"時(?!間|点|計|代|期|給)((?P<halfpast>半)|(?P<minute>{NUMBER})分)?",
            _clock,
        ),
        (r"正午", _between(time(12), time(12))),
        (r"昼休み|お昼休|昼食時|昼どき|昼時|お昼の?時間", _between(time(12), time(13))),
        (r"午前中?", _between(time(9), time(12))),
        (
            r"仕事(帰り|の帰り|のあと|の後|が?終わ(って|り|ったら))|会社帰り|勤め帰り",
            _between(time(17, 30), time(19)),
        ),
        (r"夕方|ゆうがた", _between(time(16), time(18))),
        (r"午後", _between(time(13), time(17))),
        (r"早朝|朝(一番?|イチ|いち|早く|方)|朝(?=は|も|に|から|、|$)", _between(time(7), time(9))),
        (r"お?昼(?=は|も|に|から|、|頃|ごろ|$)", _between(time(12), time(13))),
        (r"夜中|深夜|真夜中", _between(time(0), time(4))),
        (r"今夜|今晩|夜間|夜(?=は|も|に|で|、|遅|$)", _between(time(18), time(21))),
    )
)


def read_clock(question: str) -> Stretch | None:
    """The time of day that a normalised `question` names, None when it names none.

    Raises NoSuchDayError for 「25時」.
    """
    found = _TABLE.find(question)
    return found[1](found[0]) if found else None


def names_clock(question: str) -> bool:
    """Whether a normalised `question` names a time of day, possible or not."""
    return _TABLE.find(question) is not None


def without_clock(question: str) -> str:
    """A normalised `question` without its words for a time of day."""
    return _TABLE.without(question)
