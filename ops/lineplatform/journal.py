"""Everything that happened on the platform, numbered, for the talk page and for tests to look at."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import Any, NamedTuple

KEPT = 5000
"""Entries; older ones are forgotten."""


class Entry(NamedTuple):
    """`kind` is what happened, `chat` to whom (None: to nobody in particular), `data` is JSON.

    `at` is Unix milliseconds.
    """

    number: int
    at: int
    kind: str
    chat: str | None
    data: dict[str, Any]


class Journal:
    """Written by the server, read by pages and by tests, also from another thread."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._count = 0
        self._lock = threading.Lock()

    def note(self, kind: str, chat: str | None = None, **data: Any) -> None:  # noqa: ANN401  # JSON
        """Add what happened."""
        with self._lock:
            self._count += 1
            self._entries.append(Entry(self._count, int(time.time() * 1000), kind, chat, data))

    def after(self, number: int, chat: str) -> list[Entry]:
        """What came after entry `number` and concerns this chat or all."""
        with self._lock:
            if self._count <= number:
                return []
            return [e for e in self._entries if e.number > number and e.chat in (None, chat)]

    def of(self, kind: str) -> list[dict[str, Any]]:
        """What is kept of one kind."""
        with self._lock:
            return [entry.data for entry in self._entries if entry.kind == kind]
