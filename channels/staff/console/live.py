"""What changes, for the consoles: one LISTEN connection a process wakes their streams.

Consoles hear both of a change at a desk and of every new event of the talk that they show.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import psycopg
import structlog

from channels.core.events import NOTIFY_CHANNEL, STAFF_CHANNEL
from channels.core.live import LOOK_ANYWAY, RECONNECT_AFTER

log = structlog.get_logger(__name__)

_QUIET = 0.4
"""Seconds in which what follows a change belongs to it: on a busy morning each of ten consoles would draw
its queue anew for every word of two hundred residents."""


class StaffLive:
    """Notifications only wake; what is shown is always read from the tables."""

    def __init__(self, database_url: str) -> None:
        self._database_url = database_url
        self._waiting: dict[asyncio.Event, UUID | None] = {}

    async def listen(self) -> None:
        """Listen until cancelled; reconnects, and wakes everybody after a gap."""
        while True:
            try:
                await self._listen_once()
            except psycopg.Error as error:
                log.warning("staff_listen_lost", why=type(error).__name__)
            await asyncio.sleep(RECONNECT_AFTER)

    async def follow(self, talk: UUID | None) -> AsyncIterator[None]:
        """Once at first, then whenever something may be new at any desk, or in the conversation `talk`.

        Also every LOOK_ANYWAY seconds: waits grow, sessions end, and a notification may be lost.
        """
        wake = asyncio.Event()
        self._waiting[wake] = talk
        try:
            while True:
                wake.clear()
                yield
                try:
                    await asyncio.wait_for(wake.wait(), LOOK_ANYWAY)
                except TimeoutError:
                    continue
                await asyncio.sleep(_QUIET)
        finally:
            del self._waiting[wake]

    async def _listen_once(self) -> None:
        async with await psycopg.AsyncConnection.connect(self._database_url, autocommit=True) as connection:
            await connection.execute(f"listen {STAFF_CHANNEL}")
            await connection.execute(f"listen {NOTIFY_CHANNEL}")
            self._wake(None)
            async for notification in connection.notifies():
                self._wake(UUID(notification.payload) if notification.channel == NOTIFY_CHANNEL else None)

    def _wake(self, talk: UUID | None) -> None:
        """Wake who shows this talk; everybody for None."""
        for wake, shown in self._waiting.items():
            if talk is None or talk == shown:
                wake.set()
