"""Delete one conversation, at once, because its resident wishes it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete, text
from sqlalchemy.ext.asyncio import AsyncEngine

from channels.core import finished_jobs, tables, tracker
from channels.core.events import NOTIFY_CHANNEL


class Erasure:
    """A turn that is being answered meanwhile leaves nothing behind either: see `Store.reply`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def run(self, conversation: UUID) -> None:
        """Delete it with all that hangs on it, and Rasa's copy; its open streams end."""
        async with self._engine.begin() as connection:
            await connection.execute(
                delete(tables.conversation).where(tables.conversation.c.id == conversation)
            )
            await tracker.forget(connection, conversation)
            await finished_jobs.forget(connection, conversation)
            await connection.execute(
                text("select pg_notify(:channel, :payload)"),
                {"channel": NOTIFY_CHANNEL, "payload": str(conversation)},
            )
