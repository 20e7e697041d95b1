"""When a question asks about: which days, what time of day, or this very moment."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from knowledge.clock import Stretch, names_clock, read_clock, without_clock
from knowledge.dates import Days, names_days, read_days, without_days
from knowledge.tokens import normalise

_NOW = re.compile(r"今(?!年|月|週|度|後|日|夜|晩)|いま(?!す|せ)|現在|まだ(開|やって)")
_NEXT = re.compile(
    r"次(に|は|の(開館|営業))?、?(いつ|何時に|開)|今度(は)?いつ|いつ(から)?(開|あ(く|き)|やって|営業)"
)


@dataclass(frozen=True)
class Asked:
    """What was asked: some days, perhaps a time of day on them, or what is next from now on."""

    days: Days
    clock: Stretch | None = None
    now: bool = False
    next: bool = False


def read_when(text: str, today: date) -> Asked | None:
    """When `text` asks about, counted from `today`; None when it names no time at all.

    Raises NoSuchDayError for 「2月30日」 or 「25時」.
    """
    question = normalise(text)
    days, clock = read_days(question, today), read_clock(question)
    if days or clock:
        return Asked(days or (today,), clock)
    if _NEXT.search(question):
        return Asked((today,), next=True)
    return Asked((today,), now=True) if _NOW.search(question) else None


def names_when(text: str) -> bool:
    """Whether `text` names a time, possible or not."""
    question = normalise(text)
    return (
        names_days(question) or names_clock(question) or bool(_NEXT.search(question) or _NOW.search(question))
    )


def without_when(text: str) -> str:
    """`text`, normalised, without the words that name a time: what is left may name a place."""
    return without_clock(without_days(normalise(text)))
