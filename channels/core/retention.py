"""Delete what has been idle too long: conversations, and Rasa's copy of them (design rule 4)."""

from __future__ import annotations

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from channels.core import tracker
from channels.core.store import Store

log = structlog.get_logger(__name__)


class Retention:
    """Runs every night."""

    def __init__(self, store: Store, engine: AsyncEngine, days: int) -> None:
        self._store = store
        self._engine = engine
        self._days = days

    async def run(self) -> None:
        """Delete conversations and tracker rows older than the retention."""
        conversations = await self._store.delete_older_than(self._days)
        async with self._engine.begin() as connection:
            await tracker.forget_older_than(connection, self._days)
        log.info("deleted_old", conversations=conversations)
