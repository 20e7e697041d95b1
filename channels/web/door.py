"""Who may enter a web conversation: cookies are given, checked, renewed and taken back here."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from fastapi import Request

from channels.core.keys import ConversationKeys
from channels.errors import ConversationNotFoundError
from channels.web.token import COOKIE, ConversationToken, Token

_DAY = 24 * 60 * 60


def api_path(conversation: UUID) -> str:
    """The path that the cookie of a conversation is sent to."""
    return f"/api/conversations/{conversation}"


@dataclass(frozen=True)
class Door:
    """Cookies are HttpOnly and bound to a path; behind HTTPS they also work inside the city's own pages.

    There the browser keeps them apart for each site that the chat stands in (`Partitioned`).
    """

    tokens: ConversationToken
    keys: ConversationKeys
    is_https: bool
    keep_days: int

    async def admit(self, conversation: UUID, path: str) -> tuple[str, dict[str, str]]:
        """The token of a conversation, and the header that gives it to the caller."""
        token = self.tokens.issue(conversation, await self.keys.generation(conversation))
        return token, self._cookie(token, path, self.keep_days * _DAY)

    async def check(self, request: Request) -> Token:
        """The token that the caller shows. Raises ConversationNotFoundError."""
        token = self.tokens.read(request.cookies.get(COOKIE))
        if token is None:
            raise ConversationNotFoundError
        await self.keys.use(token.conversation, token.generation)
        return token

    def renew(self, token: Token, path: str) -> dict[str, str]:
        """The header that replaces an old token by the next one; nothing for a fresh one."""
        if not token.is_old:
            return {}
        next_one = self.tokens.issue(token.conversation, token.generation + 1)
        return self._cookie(next_one, path, self.keep_days * _DAY)

    def leave(self, path: str) -> dict[str, str]:
        """The header that takes the cookie back."""
        return self._cookie("", path, 0)

    def _cookie(self, token: str, path: str, max_age: int) -> dict[str, str]:
        # Starlette writes `Partitioned` only from Python 3.14 on.
        where = "SameSite=None; Secure; Partitioned" if self.is_https else "SameSite=Lax"
        return {"Set-Cookie": f"{COOKIE}={token}; Path={path}; Max-Age={max_age}; HttpOnly; {where}"}
