"""The Event: a row, an SSE message, and all that a screen needs to be rebuilt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


class Author(StrEnum):
    """Who speaks."""

    RESIDENT = "resident"
    BOT = "bot"
    STAFF = "staff"
    SYSTEM = "system"


@dataclass(frozen=True)
class Event:
    """One thing said. A bot's body is an Answer; a resident's holds `text`, `key` and `hidden`."""

    conversation: UUID
    sequence: int
    author: Author
    body: dict[str, Any]
    created_at: datetime

    def as_json(self) -> dict[str, Any]:
        """As channels and SSE carry it."""
        return {
            "conversation": str(self.conversation),
            "sequence": self.sequence,
            "author": self.author.value,
            "body": self.body,
            "created_at": self.created_at.isoformat(),
        }


NOTIFY_CHANNEL = "madoguchi_events"
"""The PostgreSQL channel that tells of new events; the payload is a conversation id."""
STAFF_CHANNEL = "madoguchi_staff"
"""The PostgreSQL channel that tells consoles of a change in the queue; the payload is a conversation id."""
