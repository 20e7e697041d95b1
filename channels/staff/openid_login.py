"""`/staff/openid`: to the city's OpenID provider, and back from it."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, status
from fastapi.responses import RedirectResponse, Response

from channels.errors import OpenIdFailedError
from channels.staff.gate import safe_next
from channels.staff.login import caller_of
from channels.staff.openid import WAY_SECONDS, OpenId
from channels.staff.room import StaffRoom

PATH = "/staff/openid"
COOKIE = "madoguchi_openid"
_MAX = 4000
"""Characters of a code or state; providers keep them far below."""


def openid_router(room: StaffRoom, openid: OpenId, public_url: str | None) -> APIRouter:
    """`GET /staff/openid` leads away; a link, for a form may not be led to another site."""
    router = APIRouter()

    def cookie(kept: str, life: int) -> str:
        # Lax: the provider leads back from its own site.
        secure = "; Secure" if room.cookie.is_https else ""
        return f"{COOKIE}={kept}; Path={PATH}; Max-Age={life}; HttpOnly; SameSite=Lax{secure}"

    @router.get(PATH)
    async def away(request: Request, next: str = "") -> Response:  # noqa: A002  # the name in the address
        origin = (public_url or str(request.base_url)).rstrip("/")
        address, kept = await openid.begin(f"{origin}{PATH}/back", safe_next(next))
        response = RedirectResponse(address, status.HTTP_303_SEE_OTHER)
        response.headers["Set-Cookie"] = cookie(kept, WAY_SECONDS)
        return response

    @router.get(f"{PATH}/back")
    async def back(
        request: Request,
        code: Annotated[str, Query(max_length=_MAX)] = "",
        state: Annotated[str, Query(max_length=_MAX)] = "",
    ) -> Response:
        if not code:
            raise OpenIdFailedError
        identity = await openid.finish(request.cookies.get(COOKIE, ""), state, code)
        token = await room.sign_in.with_openid(identity.subject, identity.username, caller_of(request))
        # Our own page leads on: what another site leads to gets no cookie yet.
        response = room.pages.go_on(safe_next(identity.next))
        response.headers.append("Set-Cookie", room.cookie.set(token)["Set-Cookie"])
        response.headers.append("Set-Cookie", cookie("", 0))
        return response

    return router
