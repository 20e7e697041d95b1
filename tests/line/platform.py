"""A LINE platform on loopback: sends signed webhooks, takes replies and pushes.

Everything that goes in or out is held to LINE's OpenAPI description; what the description
does not say (reply tokens once, retry keys, text length) follows the documentation.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from channels.line.limits import TEXT_UNITS
from tests.line.description import problems
from tests.serving import free_port, served

SECRET = "0123456789abcdef0123456789abcdef"
TOKEN = "channel-access-token"
QUOTA = 1429
"""Among the failures: 429 because the month's pushes are spent."""


@dataclass
class LinePlatform:
    """`delivered` holds the messages of every accepted reply and push, in order."""

    port: int
    delivered: list[dict[str, Any]] = field(default_factory=list)
    pushes: int = 0
    refusals: list[str] = field(default_factory=list)
    thinking_for: list[str] = field(default_factory=list)
    """The users who were shown the loading animation."""
    is_thinking_broken: bool = False
    fail_next: list[int] = field(default_factory=list)
    """Statuses to fail the next calls with, after the message was taken when it is 599."""
    _tokens: set[str] = field(default_factory=set)
    _retry_keys: set[str] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def texts(self) -> list[str]:
        """What a notification shows of every message: a text, or the altText of a Flex message."""
        return [message["altText" if message["type"] == "flex" else "text"] for message in self.delivered]

    def message_event(self, text: str, user: str = "U" + "a" * 32) -> dict[str, Any]:
        """A webhook event: somebody typed `text`."""
        message = {"type": "text", "id": uuid.uuid4().hex, "text": text, "quoteToken": "q"}
        return self._event("message", user) | {"message": message, "replyToken": self._token()}

    def sticker_event(self, user: str = "U" + "a" * 32) -> dict[str, Any]:
        message = {
            "type": "sticker",
            "id": uuid.uuid4().hex,
            "quoteToken": "q",
            "packageId": "1",
            "stickerId": "1",
            "stickerResourceType": "STATIC",
        }
        return self._event("message", user) | {"message": message, "replyToken": self._token()}

    def follow_event(self, user: str = "U" + "a" * 32) -> dict[str, Any]:
        follow = {"isUnblocked": False}
        return self._event("follow", user) | {"follow": follow, "replyToken": self._token()}

    def unsend_event(self, message_id: str, user: str = "U" + "a" * 32) -> dict[str, Any]:
        return self._event("unsend", user) | {"unsend": {"messageId": message_id}}

    def expire(self, event: dict[str, Any]) -> None:
        """Make an event's reply token useless."""
        self._tokens.discard(event["replyToken"])

    async def send(
        self, client: httpx.AsyncClient, url: str, *events: dict[str, Any], secret: str = SECRET
    ) -> httpx.Response:
        """Call the webhook as LINE does."""
        body = {"destination": "U" + "0" * 32, "events": list(events)}
        assert problems("webhook", "CallbackRequest", body) == []
        raw = json.dumps(body, ensure_ascii=False).encode()
        headers = {"x-line-signature": self.sign(raw, secret)}
        return await client.post(f"{url}/line/webhook", content=raw, headers=headers)

    def sign(self, raw: bytes, secret: str = SECRET) -> str:
        """The signature header for a body."""
        return base64.b64encode(hmac.digest(secret.encode(), raw, hashlib.sha256)).decode()

    def app(self) -> FastAPI:
        """The three calls that the bot makes."""
        app = FastAPI()

        @app.post("/v2/bot/message/reply")
        async def reply(request: Request) -> JSONResponse:
            return self._take(request, await request.json(), "ReplyMessageRequest")

        @app.post("/v2/bot/message/push")
        async def push(request: Request) -> JSONResponse:
            return self._take(request, await request.json(), "PushMessageRequest")

        @app.post("/v2/bot/chat/loading/start")
        async def loading(request: Request) -> JSONResponse:
            body = await request.json()
            if self.is_thinking_broken:
                return JSONResponse({"message": "failure"}, 500)
            if wrong := problems("messaging-api", "ShowLoadingAnimationRequest", body):
                self.refusals += wrong
                return JSONResponse({"message": "; ".join(wrong)}, 400)
            self.thinking_for.append(body["chatId"])
            return JSONResponse({}, 202)

        return app

    def _take(self, request: Request, body: dict[str, Any], schema: str) -> JSONResponse:
        failure = self.fail_next.pop(0) if self.fail_next else None
        if failure == QUOTA:
            return JSONResponse({"message": "You have reached your monthly limit."}, 429)
        if failure not in (None, 599):
            return JSONResponse({"message": "failure"}, failure)
        wrong = problems("messaging-api", schema, body)
        wrong += [
            "text too long"
            for message in body.get("messages", [])
            if len(str(message.get("text", "")).encode("utf-16-le")) > 2 * TEXT_UNITS
        ]
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return JSONResponse({"message": "Authentication failed"}, 401)
        retry_key = request.headers.get("x-line-retry-key")
        if schema == "ReplyMessageRequest":
            if retry_key:
                wrong.append("a reply takes no retry key")
            elif not wrong and body["replyToken"] not in self._tokens:
                return JSONResponse({"message": "Invalid reply token"}, 400)
        elif retry_key in self._retry_keys:
            return JSONResponse({"message": "The retry key is already accepted"}, 409)
        if wrong:
            self.refusals += wrong
            return JSONResponse({"message": "; ".join(wrong)}, 400)
        self._tokens.discard(body.get("replyToken", ""))
        self._retry_keys |= {retry_key} if retry_key else set()
        self.pushes += schema == "PushMessageRequest"
        self.delivered += body["messages"]
        if failure == 599:
            return JSONResponse({"message": "accepted, but the answer is lost"}, 500)
        return JSONResponse({"sentMessages": [{"id": "1"} for _ in body["messages"]]})

    def _token(self) -> str:
        token = uuid.uuid4().hex
        self._tokens.add(token)
        return token

    def _event(self, kind: str, user: str) -> dict[str, Any]:
        return {
            "type": kind,
            "mode": "active",
            "timestamp": int(time.time() * 1000),
            "source": {"type": "user", "userId": user},
            "webhookEventId": uuid.uuid4().hex[:26].upper(),
            "deliveryContext": {"isRedelivery": False},
        }


@contextlib.contextmanager
def line_platform() -> Iterator[LinePlatform]:
    """A running platform."""
    platform = LinePlatform(free_port())
    with served(platform.app(), platform.port):
        yield platform
