"""What changes, for the consoles: one LISTEN connection a process wakes their streams.

Consoles hear both of a change at a desk and of every new event of the talk that they show.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from uuid import UUID

import psycopg
import structlog

from channels.core.events import NOTIFY_CHANNEL, STAFF_CHANNEL
from channels.core.live import LOOK_ANYWAY, RECONNECT_AFTER

log = structlog.get_logger(__name__)

_QUIET = 0.4
"""Seconds in which what follows a change of the queue belongs to it: on a busy morning each of ten consoles
would draw its queue anew for every word of two hundred residents. What is new in a stream's own talk does not
wait for them."""


@dataclass(eq=False)
class _Waiting:
    """A stream that waits: `talk` is the conversation it shows; `own` is set when that has changed."""

    talk: UUID | None
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    own: asyncio.Event = field(default_factory=asyncio.Event)


class StaffLive:
    """Notifications only wake; what is shown is always read from the tables."""

    def __init__(self, database_url: str) -> None:
        self._database_url = database_url
        self._waiting: set[_Waiting] = set()

    async def listen(self) -> None:
        """Listen until cancelled; reconnects, and wakes everybody after a gap."""
        while True:
            try:
                await self._listen_once()
            except psycopg.Error as error:
                log.warning("staff_listen_lost", why=type(error).__name__)
            await asyncio.sleep(RECONNECT_AFTER)

    async def follow(self, talk: UUID | None) -> AsyncIterator[bool]:
        """Once at first, then whenever something may be new; True when it may be in the conversation `talk`.

        Also every LOOK_ANYWAY seconds: waits grow, sessions end, and a notification may be lost.
        """
        waiting = _Waiting(talk)
        waiting.own.set()
        self._waiting.add(waiting)
        try:
            while True:
                is_own = waiting.own.is_set()
                waiting.wake.clear()
                waiting.own.clear()
                yield is_own
                if not await _set_within(waiting.wake, LOOK_ANYWAY):
                    waiting.own.set()
                await _set_within(waiting.own, _QUIET)
        finally:
            self._waiting.discard(waiting)

    async def _listen_once(self) -> None:
        async with await psycopg.AsyncConnection.connect(self._database_url, autocommit=True) as connection:
            await connection.execute(f"listen {STAFF_CHANNEL}")
            await connection.execute(f"listen {NOTIFY_CHANNEL}")
            for waiting in self._waiting:
                waiting.own.set()
                waiting.wake.set()
            async for notification in connection.notifies():
                self._wake(UUID(notification.payload), is_of_queue=notification.channel == STAFF_CHANNEL)

    def _wake(self, talk: UUID, *, is_of_queue: bool) -> None:
        """Wake who shows this talk; everybody when it changes the queue."""
        for waiting in self._waiting:
            if waiting.talk == talk:
                waiting.own.set()
            if is_of_queue or waiting.talk == talk:
                waiting.wake.set()


async def _set_within(event: asyncio.Event, seconds: float) -> bool:
    """Whether an event is set, or is within some seconds."""
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True
