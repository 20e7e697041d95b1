"""The order of events: one lock a conversation, one way to append (decision 0005).

Whoever changes a conversation locks its row first and appends here, so that what residents say, the
bot's replies and the moves of clerks have one order, and every event is announced at the commit.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from channels.core import tables
from channels.core.events import NOTIFY_CHANNEL, STAFF_CHANNEL, Author
from channels.errors import ConversationNotFoundError

FOR_EVER = 2**31 - 1
"""Of `silent_to` while a person has the conversation: no event is the bot's."""


async def lock(connection: AsyncConnection, conversation: UUID) -> Row[Any]:
    """The row of a conversation, locked until the end of the transaction.

    Raises ConversationNotFoundError.
    """
    row = (
        await connection.execute(
            select(tables.conversation).where(tables.conversation.c.id == conversation).with_for_update()
        )
    ).one_or_none()
    if row is None:
        raise ConversationNotFoundError
    return row


async def append(
    connection: AsyncConnection,
    conversation: UUID,
    author: Author,
    body: dict[str, Any],
    **columns: str | int | datetime | None,
) -> int:
    """Add an event to a locked conversation; returns its sequence."""
    updated = await connection.execute(
        update(tables.conversation)
        .where(tables.conversation.c.id == conversation)
        .values(last_sequence=tables.conversation.c.last_sequence + 1, active_at=func.now())
        .returning(tables.conversation.c.last_sequence)
    )
    sequence: int = updated.scalar_one()
    await connection.execute(
        insert(tables.event).values(
            conversation=conversation, sequence=sequence, author=author, body=body, **columns
        )
    )
    await connection.execute(
        text("select pg_notify(:channel, :payload)"),
        {"channel": NOTIFY_CHANNEL, "payload": str(conversation)},
    )
    return sequence


async def is_answered(connection: AsyncConnection, conversation: UUID, sequence: int) -> bool:
    """Whether an event has its final reply."""
    of = tables.event.c
    found = await connection.scalar(
        select(func.count()).where(of.conversation == conversation, of.answers == sequence, of.part >= 1)
    )
    return bool(found)


async def wake_staff(connection: AsyncConnection, conversation: UUID) -> None:
    """Tell the consoles, at the commit, that a resident has said something to a person."""
    await connection.execute(
        text(
            "select pg_notify(:channel, conversation::text) from handoff"
            " where conversation = :it and state <> 'closed'"
        ),
        {"channel": STAFF_CHANNEL, "it": conversation},
    )


async def silence(connection: AsyncConnection, conversation: UUID) -> None:
    """From here on a person answers in a locked conversation, and the bot does not (design rule 6)."""
    await _silent_to(connection, conversation, FOR_EVER)


async def unsilence(connection: AsyncConnection, conversation: UUID) -> None:
    """The bot answers again what comes from here on; what was said to the person it never answers."""
    await _silent_to(connection, conversation, tables.conversation.c.last_sequence)


async def _silent_to(connection: AsyncConnection, conversation: UUID, to: Any) -> None:  # noqa: ANN401  # a number or a column
    await connection.execute(
        update(tables.conversation).where(tables.conversation.c.id == conversation).values(silent_to=to)
    )
