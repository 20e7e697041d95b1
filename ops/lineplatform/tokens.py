"""What LINE takes once only: reply tokens and retry keys."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from channels.line.limits import REPLY_TOKEN_LIFE

TOKEN_LIFE_IN_ALL = 20 * 60.0
"""Seconds after its event at which a token dies, redelivered or not (LINE, redelivered webhooks)."""
RETRY_KEY_LIFE = 24 * 60 * 60.0
"""Seconds for which LINE remembers an accepted retry key (LINE, retrying failed requests)."""


@dataclass
class ReplyToken:
    """`chat` is whom it answers; times are Unix seconds."""

    chat: str
    issued_at: float
    good_until: float
    is_spent: bool = False


class ReplyTokens:
    """Reply tokens: good once, within a minute of the webhook."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._tokens: dict[str, ReplyToken] = {}
        self._latest: dict[str, ReplyToken] = {}

    def issue(self, chat: str) -> str:
        """A token that answers `chat`; its minute begins, and begins again with `sent`."""
        token, now = uuid.uuid4().hex, self._now()
        self._tokens[token] = self._latest[chat] = ReplyToken(chat, now, now + REPLY_TOKEN_LIFE)
        return token

    def sent(self, token: str) -> None:
        """The webhook with it has gone out, for the first time or again."""
        if known := self._tokens.get(token):
            last = known.issued_at + TOKEN_LIFE_IN_ALL
            known.good_until = min(self._now() + REPLY_TOKEN_LIFE, last)

    def expire(self, token: str) -> None:
        """Make it useless, sent again or not."""
        self._tokens.pop(token, None)

    def expire_latest(self, chat: str) -> None:
        """Make the newest token of a chat useless."""
        if known := self._latest.get(chat):
            known.good_until = known.issued_at

    def spend(self, token: str) -> str | None:
        """The chat that it answers, once; None when it is unknown, used or too old."""
        known = self._tokens.get(token)
        if known is None or known.is_spent or self._now() > known.good_until:
            return None
        known.is_spent = True
        return known.chat

    def is_good(self, token: str) -> bool:
        """Whether it would answer still."""
        known = self._tokens.get(token)
        return known is not None and not known.is_spent and self._now() <= known.good_until

    def latest(self, chat: str) -> ReplyToken | None:
        """The newest token of a chat."""
        return self._latest.get(chat)


class RetryKeys:
    """Retry keys of accepted pushes, with the request that each came with."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._accepted: dict[str, tuple[float, str]] = {}

    def accepted_request(self, key: str) -> str | None:
        """The id of the request accepted with this key within the last day."""
        at, request = self._accepted.get(key.lower(), (0.0, ""))
        return request if request and self._now() - at < RETRY_KEY_LIFE else None

    def accept(self, key: str, request: str) -> None:
        """Remember it for a day."""
        self._accepted[key.lower()] = (self._now(), request)
