"""The token of a conversation: its id, signed. A guessed id opens nothing."""

from __future__ import annotations

from uuid import UUID

from itsdangerous import BadSignature, URLSafeSerializer

COOKIE = "madoguchi_conversation"


class ConversationToken:
    """Signs conversation ids with the house secret."""

    def __init__(self, secret: str) -> None:
        self._serializer = URLSafeSerializer(secret, salt="conversation")

    def issue(self, conversation: UUID) -> str:
        """The token for a conversation."""
        return str(self._serializer.dumps(str(conversation)))

    def opens(self, token: str | None, conversation: UUID) -> bool:
        """Whether `token` was issued for just this conversation."""
        if not token:
            return False
        try:
            return bool(self._serializer.loads(token) == str(conversation))
        except BadSignature:
            return False
