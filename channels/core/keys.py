"""Which generation of its token opens a web conversation: a token that was replaced soon opens nothing.

The next generation is handed out while the last still counts, for the reply that brings it may be
lost. Its first use ends the one before, but for calls that were already on their way.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from channels.core import tables
from channels.errors import ConversationNotFoundError

GRACE = timedelta(minutes=1)
"""How long the former token still counts: another tab may have sent it just before."""


class ConversationKeys:
    """Reads and moves on the generation of a conversation's token."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def generation(self, conversation: UUID) -> int:
        """The generation in use. Raises ConversationNotFoundError."""
        column = tables.conversation.c
        async with self._engine.connect() as connection:
            found = await connection.scalar(select(column.token_generation).where(column.id == conversation))
        if found is None:
            raise ConversationNotFoundError
        return int(found)

    async def use(self, conversation: UUID, generation: int) -> None:
        """A token was shown. Raises ConversationNotFoundError for one that opens nothing (any more)."""
        column = tables.conversation.c
        async with self._engine.begin() as connection:
            found = await connection.execute(
                select(
                    column.token_generation,
                    (column.token_rotated_at > func.now() - GRACE).label("is_fresh"),
                ).where(column.id == conversation)
            )
            row = found.one_or_none()
            if row is None:
                raise ConversationNotFoundError
            if generation == row.token_generation:
                return
            if generation == row.token_generation - 1 and row.is_fresh:
                return
            if generation != row.token_generation + 1:
                raise ConversationNotFoundError
            await connection.execute(
                update(tables.conversation)
                .where(column.id == conversation, column.token_generation == row.token_generation)
                .values(token_generation=generation, token_rotated_at=func.now())
            )
