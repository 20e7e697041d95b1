"""The table of handoffs: read and changed within a transaction that holds the conversation's lock."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Select, insert, select, text, update
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from channels.core import tables
from channels.core.events import STAFF_CHANNEL
from channels.handoff.duty import instant
from channels.handoff.machine import Standing, State

OFFICE, EVERYBODY = 1, 2
"""Levels of alarm: who has been told that a resident waits for an answer; 0 for nobody."""


class Notice(StrEnum):
    """What staff are to be told outside of the console."""

    NEW = "new"
    MESSAGE = "message"
    ALARM_OFFICE = "alarm_office"
    ALARM_ALL = "alarm_all"
    CALLBACK_SOON = "callback_soon"


@dataclass(frozen=True)
class Handoff:
    """One row; what its columns mean stands at the table (core/tables.py)."""

    id: UUID
    conversation: UUID
    desk: str
    state: State
    is_message: bool
    requested_at: datetime
    changed_at: datetime
    claimed_by: UUID | None
    claimed_name: str | None
    claimed_at: datetime | None
    asked_for: UUID | None
    due_at: datetime | None
    reminded_at: datetime | None
    paused_until: datetime | None
    alarm: int
    heard_sequence: int
    spoken_at: datetime | None
    first_answer_at: datetime | None
    pushed_at: datetime | None
    label: str | None
    rating: int | None
    closed_at: datetime | None
    closed_why: str | None

    @classmethod
    def of(cls, row: Row[tuple[object, ...]]) -> Handoff:
        """A row of the table, whole."""
        columns = dict(row._mapping)
        return cls(**columns | {"state": State(columns["state"])})

    @property
    def standing(self) -> Standing:
        return Standing(self.state, self.claimed_by, self.alarm)


async def by_id(connection: AsyncConnection, handoff: UUID) -> Handoff | None:
    """One handoff, None when it was deleted with its conversation."""
    return await _one(connection, select(tables.handoff).where(tables.handoff.c.id == handoff))


async def open_one(connection: AsyncConnection, conversation: UUID) -> Handoff | None:
    """The handoff of a conversation that is not over, None when the bot has it alone."""
    of = tables.handoff.c
    return await _one(
        connection,
        select(tables.handoff).where(of.conversation == conversation, of.state != State.CLOSED),
    )


async def last_closed(connection: AsyncConnection, conversation: UUID) -> Handoff | None:
    """The latest talk with a person that is over, None when there was none."""
    of = tables.handoff.c
    return await _one(
        connection,
        select(tables.handoff)
        .where(of.conversation == conversation, of.state == State.CLOSED, of.claimed_at.is_not(None))
        .order_by(of.closed_at.desc())
        .limit(1),
    )


async def add(
    connection: AsyncConnection, conversation: UUID, desk: str, state: State, now: datetime, **columns: object
) -> Handoff:
    """Begin a handoff at the local time `now`, and tell the consoles."""
    row = await connection.execute(
        insert(tables.handoff)
        .values(
            id=uuid.uuid4(),
            conversation=conversation,
            desk=desk,
            state=state,
            requested_at=instant(now),
            changed_at=instant(now),
            **columns,
        )
        .returning(tables.handoff)
    )
    await wake(connection, conversation)
    return Handoff.of(row.one())


async def change(connection: AsyncConnection, handoff: Handoff, **columns: object) -> Handoff:
    """Change a handoff, and tell the consoles."""
    row = await connection.execute(
        update(tables.handoff)
        .where(tables.handoff.c.id == handoff.id)
        .values(**columns)
        .returning(tables.handoff)
    )
    await wake(connection, handoff.conversation)
    return Handoff.of(row.one())


async def wake(connection: AsyncConnection, conversation: UUID) -> None:
    """Tell the consoles that the handoff of a conversation has changed, at the commit."""
    await connection.execute(
        text("select pg_notify(:channel, :payload)"),
        {"channel": STAFF_CHANNEL, "payload": str(conversation)},
    )


async def notice(connection: AsyncConnection, kind: Notice, handoff: Handoff, now: datetime) -> None:
    """Have staff told outside of the console, at the local time `now`."""
    await connection.execute(
        insert(tables.notice_due).values(kind=kind, desk=handoff.desk, handoff=handoff.id, at=instant(now))
    )


async def _one(connection: AsyncConnection, query: Select[tuple[object, ...]]) -> Handoff | None:
    row = (await connection.execute(query)).one_or_none()
    return Handoff.of(row) if row else None
