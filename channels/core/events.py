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


@dataclass(frozen=True)
class Context:
    """What a turn may go on with: the entry and aspect last answered, and what the last reply offered.

    `guide` is the last GuideState there was, as JSON; it is old when nothing was said for a while.
    `easy`: answers are wanted in easy Japanese.
    """

    entry: str | None = None
    aspect: str | None = None
    offered: tuple[str, ...] = ()
    guide: dict[str, Any] | None = None
    guide_is_old: bool = False
    easy: bool = False


NOTIFY_CHANNEL = "madoguchi_events"
"""The PostgreSQL channel that tells of new events; the payload is a conversation id."""
