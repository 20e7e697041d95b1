"""A talk that began on LINE goes on here: the link works once, and only when its button is pressed.

Programs that look at links before people do (previews, virus checks) would use it up otherwise.
"""

from __future__ import annotations

from fastapi import APIRouter, status
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from channels.core.links import Links
from channels.web.pages import NO_STORE, page
from channels.web.routes import WebChannel
from knowledge.service import Knowledge


def continued_router(channel: WebChannel, links: Links, knowledge: Knowledge) -> APIRouter:
    """`GET /continue/{secret}` shows a button, `POST` opens the conversation."""
    router = APIRouter()

    @router.get("/continue/{secret}")
    async def ask(secret: str) -> HTMLResponse:
        words = knowledge.phrases.continued
        return HTMLResponse(page("continue.html", words=words, is_gone=False), headers=NO_STORE)

    @router.post("/continue/{secret}")
    async def go_on(secret: str) -> Response:
        conversation = await links.take(secret)
        if conversation is None:
            gone = page("continue.html", words=knowledge.phrases.continued, is_gone=True)
            return HTMLResponse(gone, status.HTTP_404_NOT_FOUND, headers=NO_STORE)
        # What follows the # stays in the browser; the id alone opens nothing.
        response = RedirectResponse(f"/#conversation={conversation}", status.HTTP_303_SEE_OTHER, NO_STORE)
        channel.admit(response, conversation)
        return response

    return router
