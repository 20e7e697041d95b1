"""What the console reads: the queue, one handoff whole, counts. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncEngine

from channels.core import tables
from channels.errors import HandoffGoneError
from channels.handoff import rows
from channels.handoff.duty import Clock, instant
from channels.handoff.machine import State
from channels.handoff.rows import Handoff
from channels.handoff.waits import unanswered_since, unheard


@dataclass(frozen=True)
class QueueRow:
    """An open handoff in the queue.

    `waiting` is how long its resident waits for an answer, None when nobody does; `unheard` counts the
    resident's words that no clerk's page has shown; `is_due`: the time that was promised has come.
    """

    handoff: Handoff
    channel: str
    waiting: timedelta | None
    unheard: int
    is_due: bool


@dataclass(frozen=True)
class Note:
    """What a clerk has noted for others."""

    account: UUID
    name: str
    text: str
    at: datetime


@dataclass(frozen=True)
class Whole:
    """One handoff, open or closed, with its notes, the oldest first."""

    row: QueueRow
    notes: tuple[Note, ...]


class Views:
    """Reads for the console."""

    def __init__(self, engine: AsyncEngine, now: Clock) -> None:
        self._engine = engine
        self._now = now

    async def queue(self, desks: Collection[str] | None = None) -> list[QueueRow]:
        """The open handoffs of some desks, or of all.

        First those whose promised time has come, then those who wait, the longest first, then messages, then
        call-backs to come, at last the talks under way.
        """
        query = _rows().where(tables.handoff.c.state != State.CLOSED)
        if desks is not None:
            query = query.where(tables.handoff.c.desk.in_(desks))
        async with self._engine.connect() as connection:
            found = [self._row(row) for row in await connection.execute(query)]
        return sorted(found, key=_place)

    async def whole(self, handoff: UUID) -> Whole:
        """One handoff with its notes. Raises HandoffGoneError."""
        note = tables.handoff_note.c
        async with self._engine.connect() as connection:
            row = (await connection.execute(_rows().where(tables.handoff.c.id == handoff))).one_or_none()
            if row is None:
                raise HandoffGoneError
            notes = await connection.execute(
                select(note.account, note.name, note.text, note.at)
                .where(note.handoff == handoff)
                .order_by(note.id)
            )
            return Whole(self._row(row), tuple(Note(*values) for values in notes))

    async def of_conversation(self, conversation: UUID) -> Handoff | None:
        """The handoff of a conversation that is open, else its last talk with a person."""
        async with self._engine.connect() as connection:
            return await rows.open_one(connection, conversation) or await rows.last_closed(
                connection, conversation
            )

    async def counts(self) -> dict[str, dict[State, int]]:
        """How many open handoffs each desk has, by where they stand."""
        of = tables.handoff.c
        query = select(of.desk, of.state, func.count()).where(of.state != State.CLOSED)
        result: dict[str, dict[State, int]] = {}
        async with self._engine.connect() as connection:
            for desk, state, count in await connection.execute(query.group_by(of.desk, of.state)):
                result.setdefault(desk, {})[State(state)] = count
        return result

    async def open_handoffs(self) -> int:
        """How many residents wait for a person, or talk with one."""
        return sum(sum(states.values()) for states in (await self.counts()).values())

    def _row(self, row: Row[Any]) -> QueueRow:
        columns = dict(row._mapping)
        channel, since, words = columns.pop("channel"), columns.pop("since"), columns.pop("unheard")
        handoff = Handoff(**columns | {"state": State(columns["state"])})
        waiting = instant(self._now()) - since if since else None
        is_due = handoff.state is State.WAITING and handoff.due_at is not None and not handoff.is_message
        return QueueRow(handoff, channel, waiting, words, is_due)


def _rows() -> Select[Any]:
    return select(
        tables.handoff,
        tables.conversation.c.channel,
        unanswered_since().label("since"),
        unheard().label("unheard"),
    ).join_from(tables.handoff, tables.conversation)


def _place(row: QueueRow) -> tuple[int, datetime]:
    handoff = row.handoff
    if row.is_due:
        return 0, handoff.due_at or handoff.requested_at
    if handoff.state is State.WAITING:
        return (2 if handoff.is_message else 1), handoff.requested_at
    if handoff.state is State.CALLBACK:
        return 3, handoff.due_at or handoff.requested_at
    return 4, handoff.requested_at
