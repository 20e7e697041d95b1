"""Around every request: a limit on bodies, and the security headers of the house."""

from __future__ import annotations

from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from channels.errors import BodyTooLargeError

MAX_BODY = 1_000_000
"""Bytes of any request body. A message is below 10 kB, a LINE webhook a few kB."""

_CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
_HEADERS = (
    (b"content-security-policy", _CONTENT_SECURITY_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)


class Guard:
    """ASGI middleware. `refuse` makes the response to a body that is too large."""

    def __init__(self, app: ASGIApp, refuse: Callable[[Exception], ASGIApp]) -> None:
        self._app = app
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, counting the body and adding headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            # A body that hides its length is cut off: the request ends as if the client had gone.
            return message if received <= MAX_BODY else {"type": "http.disconnect"}

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_HEADERS]
            await send(message)

        stated = Headers(scope=scope).get("content-length", "0")
        too_large = not stated.isdecimal() or int(stated) > MAX_BODY
        app = self._refuse(BodyTooLargeError()) if too_large else self._app
        await app(scope, counted, with_headers)
