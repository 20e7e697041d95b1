"""Delete what has been idle too long: conversations, and Rasa's copy of them (design rule 4)."""

from __future__ import annotations

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from channels.core.store import Store

log = structlog.get_logger(__name__)

RASA_SCHEMA = "rasa"
"""The schema that Rasa's tracker store writes to, in the same database."""


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
            there = await connection.scalar(text(f"select to_regclass('{RASA_SCHEMA}.events')"))
            if there is not None:
                await connection.execute(
                    text(
                        f"delete from {RASA_SCHEMA}.events"
                        " where timestamp < extract(epoch from now() - make_interval(days => :days))"
                    ),
                    {"days": self._days},
                )
        log.info("deleted_old", conversations=conversations)
