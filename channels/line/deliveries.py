"""What is known of replies on their way to LINE, and how many pushes the month has cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncEngine

from channels.core import tables


@dataclass(frozen=True)
class Delivery:
    """One reply on its way. `contact` is the encrypted id of who it goes to."""

    contact: bytes
    is_blocked: bool
    reply_token: str | None
    received_at: datetime
    attempted_at: datetime | None
    delivered_at: datetime | None


class Deliveries:
    """Reads and writes them; each write is a transaction of its own."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def get(self, conversation: UUID, answers: int) -> Delivery | None:
        """The delivery of the reply to event `answers`, None when it goes to nobody on LINE."""
        of = tables.conversation.c
        async with self._engine.connect() as connection:
            row = (
                await connection.execute(
                    select(tables.delivery, of.contact, of.is_blocked)
                    .join_from(tables.delivery, tables.conversation)
                    .where(_is(conversation, answers))
                )
            ).one_or_none()
        if row is None:
            return None
        return Delivery(
            row.contact,
            row.is_blocked,
            row.reply_token,
            row.received_at,
            row.attempted_at,
            row.delivered_at,
        )

    async def contact(self, conversation: UUID) -> bytes | None:
        """The encrypted LINE user id of a conversation, None when it is none on LINE."""
        async with self._engine.connect() as connection:
            contact: bytes | None = await connection.scalar(
                select(tables.conversation.c.contact).where(tables.conversation.c.id == conversation)
            )
        return contact

    async def attempt(self, conversation: UUID, answers: int) -> None:
        """Write down that LINE is about to be called."""
        async with self._engine.begin() as connection:
            await connection.execute(
                update(tables.delivery).where(_is(conversation, answers)).values(attempted_at=func.now())
            )

    async def done(self, conversation: UUID, answers: int, *, pushed_in: date | None = None) -> None:
        """Write down that LINE has taken it, and in which month if it was a push; twice counts once."""
        async with self._engine.begin() as connection:
            first = await connection.execute(
                update(tables.delivery)
                .where(_is(conversation, answers), tables.delivery.c.delivered_at.is_(None))
                .values(delivered_at=func.now())
            )
            if first.rowcount and pushed_in:
                sent = tables.line_push.c.sent
                await connection.execute(
                    upsert(tables.line_push)
                    .values(month=pushed_in, sent=1)
                    .on_conflict_do_update(index_elements=["month"], set_={"sent": sent + 1})
                )

    async def pushes(self, month: date) -> int:
        """How many pushes LINE has taken in a month, given by its first day."""
        async with self._engine.connect() as connection:
            sent = await connection.scalar(
                select(tables.line_push.c.sent).where(tables.line_push.c.month == month)
            )
        return int(sent or 0)


def _is(conversation: UUID, answers: int) -> ColumnElement[bool]:
    """The condition on `delivery`."""
    of = tables.delivery.c
    return (of.conversation == conversation) & (of.answers == answers)
