"""The queue as somebody sees it: their own talks, their desks, then the others; all in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from channels.handoff.duty import DutyBook
from channels.handoff.machine import Move, State
from channels.handoff.rows import EVERYBODY, OFFICE
from channels.handoff.views import QueueRow
from channels.staff.console.offers import offers
from channels.staff.console.times import clock, lasted
from channels.staff.roles import Staff

NO_TOPIC = "まだ何も答えていません"
_ALARMS = {OFFICE: "10分をこえています", EVERYBODY: "すぐに対応してください"}


class DeskBook(DutyBook, Protocol):
    """The desks, with a list of them."""

    def desks(self) -> tuple[str, ...]:
        """Their ids, in the order in which they are shown."""


@dataclass(frozen=True)
class Line:
    """One row. `state` is a word for styles, `standing` the word to read; `alarm` is empty or says why.

    `waiting` is a sentence; `who` has it; `takes` is the move that a button offers here.
    """

    id: str
    state: str
    standing: str
    topic: str
    label: str
    waiting: str
    alarm: str
    level: int
    unheard: int
    who: str
    channel: str
    is_mine: bool
    takes: str


@dataclass(frozen=True)
class Group:
    """A desk with its rows; `waits` counts those whom somebody has to answer."""

    desk: str
    title: str
    is_mine: bool
    is_open: bool
    waits: int
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Queue:
    """All that the page shows. `todo` counts who waits at my desks, and my talks with something unread."""

    mine: tuple[Line, ...]
    groups: tuple[Group, ...]
    todo: int


@dataclass(frozen=True)
class Seen:
    """What rows need beside themselves: topics by conversation, names by account."""

    topics: Mapping[UUID, str]
    names: Mapping[UUID, str]


def queue_of(rows: Sequence[QueueRow], seen: Seen, book: DeskBook, staff: Staff, now: datetime) -> Queue:
    """The queue for `staff` at the local time `now`; rows keep their order within a desk."""
    lines = [(row, line_of(row, seen, staff, now)) for row in rows]
    mine = tuple(line for _, line in lines if line.is_mine)
    known = book.desks()
    given_up = dict.fromkeys(row.handoff.desk for row in rows if row.handoff.desk not in known)
    groups = [_group(desk, lines, book, staff, now) for desk in (*known, *given_up)]
    ordered = tuple(sorted(groups, key=lambda group: not group.is_mine))
    waits = sum(group.waits for group in ordered if group.is_mine)
    return Queue(mine, ordered, waits + sum(line.unheard > 0 for line in mine))


def _group(
    desk: str, lines: Iterable[tuple[QueueRow, Line]], book: DeskBook, staff: Staff, now: datetime
) -> Group:
    own = [(row, line) for row, line in lines if row.handoff.desk == desk and not line.is_mine]
    return Group(
        desk=desk,
        title=book.title(desk),
        is_mine=staff.login in book.members(desk),
        is_open=book.is_open(desk, now),
        waits=sum(row.handoff.state is State.WAITING for row, _ in own),
        lines=tuple(line for _, line in own),
    )


def line_of(row: QueueRow, seen: Seen, staff: Staff, now: datetime) -> Line:
    """A handoff as a row for somebody."""
    handoff = row.handoff
    state, standing = _standing(row)
    may = offers(handoff.standing, staff)
    asked_for = handoff.asked_for and seen.names.get(handoff.asked_for, "")
    return Line(
        id=str(handoff.id),
        state=state,
        standing=standing,
        topic=seen.topics.get(handoff.conversation, NO_TOPIC),
        label=handoff.label or "",
        waiting=_waiting(row, now),
        alarm=_ALARMS.get(min(handoff.alarm, EVERYBODY), "") if handoff.state is not State.CALLBACK else "",
        level=handoff.alarm,
        unheard=row.unheard,
        who=handoff.claimed_name or (f"{asked_for}さんあて" if asked_for else ""),
        channel="LINE" if row.channel == "line" else "ウェブ",
        is_mine=handoff.state is State.CLAIMED and handoff.claimed_by == staff.account,
        takes=next((move.value for move in (Move.CLAIM, Move.TAKE_OVER) if move in may), ""),
    )


def _standing(row: QueueRow) -> tuple[str, str]:
    """What a row is: a name for styles, and the word for it."""
    if row.is_due:
        return "due", "約束の時間"
    if row.handoff.is_message and row.handoff.state is State.WAITING:
        return "message", "伝言"
    return row.handoff.state.value, {
        State.WAITING: "待っています",
        State.CALLBACK: "約束",
        State.CLAIMED: "対応中",
    }.get(row.handoff.state, "終わり")


def _waiting(row: QueueRow, now: datetime) -> str:
    handoff = row.handoff
    if handoff.due_at and handoff.state is State.CALLBACK:
        return f"{clock(handoff.due_at, now)} に入る約束"
    if row.waiting is not None:
        return f"{lasted(row.waiting)}待ち"
    if handoff.is_message and handoff.state is State.WAITING:
        return f"{clock(handoff.requested_at, now)} の伝言"
    return ""
