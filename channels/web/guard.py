"""Around every request: a limit on bodies, and the security headers of the house."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from channels.errors import BodyTooLargeError

MAX_BODY = 1_000_000
"""Bytes of any request body. A message is below 10 kB, a LINE webhook a few kB."""
FRAME = "/frame"
"""The one page that may stand in the frame of another site."""
STAFF = "/staff"
"""Nothing below it is kept by a browser or a proxy, nor framed by anybody."""


class Guard:
    """ASGI middleware. `refuse` makes the response to a body that is too large.

    Only scripts that carry the nonce of the response run (`request.state.nonce`), nothing is ever
    parsed as HTML by a script (Trusted Types), and only `embed_on`, origins apart by spaces, may frame FRAME.
    """

    def __init__(self, app: ASGIApp, refuse: Callable[[Exception], ASGIApp], embed_on: str) -> None:
        self._app = app
        self._refuse = refuse
        self._embed_on = embed_on

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, counting the body and adding headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        received = 0
        nonce = secrets.token_urlsafe(16)
        scope.setdefault("state", {})["nonce"] = nonce

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            # A body that hides its length is cut off: the request ends as if the client had gone.
            return message if received <= MAX_BODY else {"type": "http.disconnect"}

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = message["headers"]
                if _is_staff(scope["path"]):
                    given = [header for header in given if header[0] != b"cache-control"]
                message["headers"] = [*given, *self._headers(scope["path"], nonce)]
            await send(message)

        stated = Headers(scope=scope).get("content-length", "0")
        too_large = not stated.isdecimal() or int(stated) > MAX_BODY
        app = self._refuse(BodyTooLargeError()) if too_large else self._app
        await app(scope, counted, with_headers)

    def _headers(self, path: str, nonce: str) -> list[tuple[bytes, bytes]]:
        ancestors = f"'self' {self._embed_on}" if path == FRAME else "'self'"
        if _is_staff(path):
            ancestors = "'none'"
        policy = (
            f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; "
            "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; "
            f"frame-ancestors {ancestors}; require-trusted-types-for 'script'; trusted-types 'none'"
        )
        unkept = [(b"cache-control", b"no-store")] if _is_staff(path) else []
        return [
            (b"content-security-policy", policy.encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"no-referrer"),
            *unkept,
        ]


def _is_staff(path: str) -> bool:
    return path == STAFF or path.startswith(f"{STAFF}/")
