"""The platform's state and its rules on messages: what a reply or a push does, or why it is refused."""

from __future__ import annotations

import re
import secrets
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from ops.lineplatform.checks import refusals
from ops.lineplatform.events import Event, Events
from ops.lineplatform.journal import Journal
from ops.lineplatform.misbehaviour import ANSWERS, Failure, Misbehaviour
from ops.lineplatform.quota import Quota
from ops.lineplatform.rich_menus import RichMenus
from ops.lineplatform.tokens import RetryKeys
from ops.lineplatform.webhooks import Webhooks

SECRET = "0123456789abcdef0123456789abcdef"  # noqa: S105  # a test's; `make run` draws its own
TOKEN = "channel-access-token"  # noqa: S105
_CHAT = re.compile(r"[UCR][0-9a-f]{32}")


@dataclass(frozen=True)
class Outcome:
    """What LINE answers; `wrong` is what it holds against the request."""

    status: int
    body: dict[str, Any]
    wrong: list[str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)


class LinePlatform(Events):
    """One account on one LINE. It may be looked at while it is served in another thread.

    `delivered` holds the messages that reached somebody, in order; `inbox` the same by whom they reached.
    """

    def __init__(
        self,
        port: int,
        *,
        secret: str = SECRET,
        token: str = TOKEN,
        bot_url: str = "",
        quota: int | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        """`bot_url` is where the bot listens; without it webhooks go only where a test sends them."""
        super().__init__(now)
        self.port = port
        self.token = token
        self.journal = Journal()
        self.misbehaviour = Misbehaviour()
        self.webhooks = Webhooks(secret, bot_url, self.tokens, self.journal, self.misbehaviour)
        self.quota = Quota(quota, now)
        self.rich_menus = RichMenus()
        self.delivered: list[dict[str, Any]] = []
        self.inbox: dict[str, list[dict[str, Any]]] = {}
        self.pushes = 0
        self.refusals: list[str] = []
        self.thinking_for: list[str] = []
        """The users who were shown the loading animation."""
        self.is_thinking_broken = False
        self._retry_keys = RetryKeys(now)

    @property
    def url(self) -> str:
        """The base URL of its API and of the talk page."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def fail_next(self) -> list[Failure]:
        """What goes wrong with the next replies and pushes."""
        return self.misbehaviour.next_failures

    def texts(self) -> list[str]:
        """What a notification shows of every message: a text, or the altText of a Flex message."""
        return [message["altText" if message["type"] == "flex" else "text"] for message in self.delivered]

    def expire(self, event: Event) -> None:
        """Make an event's reply token useless."""
        self.tokens.expire(event["replyToken"])

    def sign(self, raw: bytes) -> str:
        """The signature header for a body."""
        return self.webhooks.sign(raw)

    async def send(
        self, client: httpx.AsyncClient, url: str, *events: Event, secret: str | None = None
    ) -> httpx.Response:
        """Call the webhook of the bot at `url` once, with these events as they are."""
        return await self.webhooks.post(client, f"{url}/line/webhook", *events, secret=secret)

    def reply(self, body: dict[str, Any], retry_key: str | None, request: str) -> Outcome:
        """Answer an event. `request` is the id of this call."""
        wrong = refusals("ReplyMessageRequest", body)
        if retry_key:
            wrong.append("$.X-Line-Retry-Key: a reply takes no retry key")
        if wrong:
            return self.refuse(wrong)
        chat = self.tokens.spend(body["replyToken"])
        if chat is None:
            status, message = ANSWERS[Failure.INVALID_TOKEN]
            return Outcome(status, {"message": message})
        return self._accept(chat, body["messages"], "reply")

    def push(self, body: dict[str, Any], retry_key: str | None, request: str) -> Outcome:
        """Send to somebody unasked. `request` is the id of this call."""
        wrong = refusals("PushMessageRequest", body)
        if not wrong and not _CHAT.fullmatch(body["to"]):
            wrong.append("$.to: no id of a user, a group or a room")
        if retry_key and not _is_uuid(retry_key):
            wrong.append("$.X-Line-Retry-Key: must be a UUID")
        if wrong:
            return self.refuse(wrong)
        if retry_key and (accepted := self._retry_keys.accepted_request(retry_key)):
            return conflict(accepted)
        is_reached = body["to"] not in self.blockers
        if is_reached and self.quota.is_spent:
            status, message = ANSWERS[Failure.QUOTA]
            return Outcome(status, {"message": message})
        if retry_key:
            self._retry_keys.accept(retry_key, request)
        self.pushes += 1
        if is_reached:
            self.quota.spend()
        return self._accept(body["to"], body["messages"], "push")

    def refuse(self, wrong: list[str]) -> Outcome:
        """400 with everything that is wrong (Messaging API reference, error responses)."""
        details = [
            {"property": where.removeprefix("$."), "message": what}
            for where, _, what in (problem.partition(": ") for problem in wrong)
        ]
        self.refusals += wrong
        return Outcome(
            400, {"message": f"The request body has {len(wrong)} error(s)", "details": details}, wrong
        )

    def _accept(self, chat: str, messages: list[dict[str, Any]], by: str) -> Outcome:
        sent = [{"id": str(10**17 + secrets.randbelow(10**17)), "quoteToken": "q"} for _ in messages]
        if chat not in self.blockers:  # LINE takes what goes to somebody who has blocked the account
            self.delivered += messages
            self.inbox.setdefault(chat, []).extend(messages)
            for message in messages:
                self.journal.note("got", chat, message=message, by=by)
        return Outcome(200, {"sentMessages": sent})


def conflict(accepted_request: str) -> Outcome:
    """409: the same push was accepted before, by that request (Messaging API, retrying failed requests)."""
    status, message = ANSWERS[Failure.CONFLICT]
    return Outcome(status, {"message": message}, headers={"x-line-accepted-request-id": accepted_request})


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False
