"""Which desk a resident is led to: a pure decision on who is on duty."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from channels.handoff.duty import DutyBook


@dataclass(frozen=True)
class Led:
    """The desk that a resident is led to; `is_there`: somebody is on duty there now."""

    desk: str
    is_there: bool


def lead(book: DutyBook, desk: str, active: Collection[str], now: datetime) -> Led | None:
    """Where a wish for `desk` leads: to the first of its chain where somebody is, else that has anybody.

    None when no account of any of them may sign in.
    """
    chain = book.chain(desk)
    for name in chain:
        if not set(book.on_duty(name, now)).isdisjoint(active):
            return Led(name, is_there=True)
    for name in chain:
        if not set(book.members(name)).isdisjoint(active):
            return Led(name, is_there=False)
    return None
