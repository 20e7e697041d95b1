"""Live updates: one LISTEN connection a process wakes the streams of the conversation named."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from uuid import UUID

import psycopg
import structlog

from channels.core.events import NOTIFY_CHANNEL, Event
from channels.core.store import Store

log = structlog.get_logger(__name__)

RECONNECT_AFTER = 1.0
"""Seconds between two tries to reach PostgreSQL again."""
LOOK_ANYWAY = 10.0
"""Seconds after which a stream looks by itself, should a notification ever be lost."""


class LiveEvents:
    """Follows the store. Notifications only wake; events are always read from their table."""

    def __init__(self, store: Store, database_url: str) -> None:
        self._store = store
        self._database_url = database_url
        self._waiting: dict[UUID, set[asyncio.Event]] = defaultdict(set)

    async def listen(self) -> None:
        """Listen until cancelled; reconnects, and wakes everybody after a gap."""
        while True:
            try:
                await self._listen_once()
            except psycopg.Error as error:
                log.warning("listen_lost", why=type(error).__name__)
            await asyncio.sleep(RECONNECT_AFTER)

    async def follow(self, conversation: UUID, after: int) -> AsyncIterator[Event]:
        """The events after a sequence, in order and without a gap, until the conversation is deleted."""
        wake = asyncio.Event()
        self._waiting[conversation].add(wake)
        try:
            while True:
                wake.clear()
                while found := await self._store.events(conversation, after=after):
                    for event in found:
                        after = event.sequence
                        yield event
                if not await self._store.exists(conversation):
                    return
                try:
                    await asyncio.wait_for(wake.wait(), LOOK_ANYWAY)
                except TimeoutError:
                    continue
        finally:
            self._waiting[conversation].discard(wake)
            if not self._waiting[conversation]:
                del self._waiting[conversation]

    async def _listen_once(self) -> None:
        async with await psycopg.AsyncConnection.connect(self._database_url, autocommit=True) as connection:
            await connection.execute(f"listen {NOTIFY_CHANNEL}")
            for conversation in list(self._waiting):
                self._wake(conversation)
            async for notification in connection.notifies():
                self._wake(UUID(notification.payload))

    def _wake(self, conversation: UUID) -> None:
        for wake in self._waiting.get(conversation, ()):
            wake.set()
