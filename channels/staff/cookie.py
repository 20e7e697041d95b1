"""The one cookie of the staff's pages, and the token of their forms that is made from it.

Behind HTTPS its name begins with `__Secure-`: no page without HTTPS, of this site or a neighbour, can set it.
Before anybody signs in it holds a random value of its own, so that the sign-in form has a token, too.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from fastapi import Request

from channels.core.derived import derive
from channels.errors import ForgedRequestError

FIELD = "csrf"
"""Field of every form; scripts send HEADER instead."""
HEADER = "X-CSRF-Token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
PATH = "/staff"


@dataclass(frozen=True)
class StaffCookie:
    """Reads and writes the cookie."""

    is_https: bool

    @property
    def name(self) -> str:
        """Differs with HTTPS."""
        return "__Secure-madoguchi_staff" if self.is_https else "madoguchi_staff"

    def read(self, request: Request) -> str | None:
        """What the browser sends."""
        return request.cookies.get(self.name) or None

    def set(self, token: str) -> dict[str, str]:
        """The header that gives it to the browser, until it is closed."""
        secure = "; Secure" if self.is_https else ""
        return {"Set-Cookie": f"{self.name}={token}; Path={PATH}; HttpOnly; SameSite=Strict{secure}"}

    def clear(self) -> dict[str, str]:
        """The header that takes it back."""
        return {"Set-Cookie": f"{self.set('')['Set-Cookie']}; Max-Age=0"}


class Forms:
    """Forms are taken from our own pages alone: each carries a token that only they can read."""

    def __init__(self, secret: str, cookie: StaffCookie) -> None:
        self._key = derive(secret, b"staff-csrf")
        self._cookie = cookie

    def token(self, cookie: str) -> str:
        """The token of the forms that a browser with this cookie gets."""
        return hmac.digest(self._key, cookie.encode(errors="replace"), hashlib.sha256).hex()

    async def check(self, request: Request) -> None:
        """Raises ForgedRequestError for whatever may change something and does not come from our page."""
        if request.method in SAFE:
            return
        cookie = self._cookie.read(request)
        if cookie is None or not _is_own(request):
            raise ForgedRequestError
        shown = request.headers.get(HEADER) or (await request.form()).get(FIELD)
        right = self.token(cookie)
        if not isinstance(shown, str) or not hmac.compare_digest(
            shown.encode(errors="replace"), right.encode()
        ):
            raise ForgedRequestError


def new_visitor() -> str:
    """What the cookie holds before anybody has signed in."""
    return secrets.token_urlsafe(32)


def _is_own(request: Request) -> bool:
    """Whether the browser says that our own page sent this; an old one says it by Origin, or not at all."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    return origin is None or origin.split("://", 1)[-1] == request.headers.get("Host")
