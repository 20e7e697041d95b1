"""The token of a conversation: its id and a generation, signed and dated. A guessed id opens nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from itsdangerous import BadSignature, URLSafeTimedSerializer

COOKIE = "madoguchi_conversation"
ROTATE_AFTER = timedelta(hours=12)
"""A token older than this is replaced when the conversation is opened again."""


@dataclass(frozen=True)
class Token:
    """A token that was signed here."""

    conversation: UUID
    generation: int
    is_old: bool


class ConversationToken:
    """Signs conversation ids with the house secret; a token counts for `keep_days` days."""

    def __init__(self, secret: str, keep_days: int) -> None:
        self._serializer = URLSafeTimedSerializer(secret, salt="conversation")
        self._life = timedelta(days=keep_days)

    def issue(self, conversation: UUID, generation: int) -> str:
        """The token of a generation."""
        return str(self._serializer.dumps([str(conversation), generation]))

    def read(self, token: str | None) -> Token | None:
        """What a token says, if it was signed here and is not too old."""
        if not token:
            return None
        try:
            (conversation, generation), signed_at = self._serializer.loads(
                token, max_age=int(self._life.total_seconds()), return_timestamp=True
            )
            is_old = datetime.now(UTC) - signed_at > ROTATE_AFTER
            return Token(UUID(conversation), int(generation), is_old)
        except (BadSignature, ValueError, TypeError):
            return None
