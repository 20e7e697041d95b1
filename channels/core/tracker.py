"""Rasa's own copy of what was said: deleted whenever ours is (design rule 4).

Rasa's tracker store makes its table at its first start, in a schema of the same database. Every turn is a
conversation of its own to Rasa, which needs no memory (decision 0012): it would read all of it at every turn,
and the thousandth would take three times as long as the first.
"""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy import Double, Text, column, delete, func, table, text
from sqlalchemy.ext.asyncio import AsyncConnection

_EVENTS = table("events", column("sender_id", Text), column("timestamp", Double), schema="rasa")


def sender(conversation: UUID) -> str:
    """What Rasa calls one turn of a conversation."""
    return f"{conversation}/{uuid4().hex}"


async def forget(connection: AsyncConnection, conversation: UUID) -> None:
    """Delete what Rasa keeps of one conversation."""
    if await _is_there(connection):
        await connection.execute(delete(_EVENTS).where(_EVENTS.c.sender_id.startswith(f"{conversation}/")))


async def forget_older_than(connection: AsyncConnection, days: int) -> None:
    """Delete what Rasa heard more than `days` ago."""
    if await _is_there(connection):
        before = func.extract("epoch", func.now()) - days * 24 * 60 * 60
        await connection.execute(delete(_EVENTS).where(_EVENTS.c.timestamp < before))


async def _is_there(connection: AsyncConnection) -> bool:
    return await connection.scalar(text("select to_regclass('rasa.events')")) is not None
