"""Delete what has been idle too long: conversations, and Rasa's copy of them (design rule 4)."""

from __future__ import annotations

from datetime import timedelta

import structlog
from sqlalchemy import delete, func
from sqlalchemy.ext.asyncio import AsyncEngine

from channels.core import tables, tracker

log = structlog.get_logger(__name__)

_BY_ARRIVAL = (tables.line_event, tables.line_unsent, tables.line_unread)


class Retention:
    """Runs every night."""

    def __init__(self, engine: AsyncEngine, days: int) -> None:
        self._engine = engine
        self._days = days

    async def run(self) -> None:
        """Delete what is older than the retention; all that hangs on a conversation goes with it."""
        before = func.now() - timedelta(days=self._days)
        async with self._engine.begin() as connection:
            gone = await connection.execute(
                delete(tables.conversation).where(tables.conversation.c.active_at < before)
            )
            for table in _BY_ARRIVAL:
                await connection.execute(delete(table).where(table.c.received_at < before))
            await tracker.forget_older_than(connection, self._days)
        log.info("deleted_old", conversations=int(gone.rowcount))
