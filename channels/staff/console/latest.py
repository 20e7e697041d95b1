"""One read for all who ask at the same moment."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable


class Latest[T]:
    """Reads for many at once. Each gets what was read after they asked, never something older.

    While a read runs, all who ask wait for one more, which begins when it has ended: so there is never more
    than one at a time, however many ask. One that fails fails for all who waited for it, and only for them.
    """

    def __init__(self, read: Callable[[], Awaitable[T]]) -> None:
        self._read = read
        self._running: asyncio.Task[T] | None = None
        self._next: asyncio.Task[T] | None = None

    async def get(self) -> T:
        """What a read returns that begins after this call."""
        if self._next is None:
            self._next = asyncio.create_task(self._after(self._running))
        return await asyncio.shield(self._next)  # who goes away takes it from nobody

    async def _after(self, running: asyncio.Task[T] | None) -> T:
        if running:
            await asyncio.wait([running])
        self._running, self._next = self._next, None
        return await self._read()
