"""A talk that began on LINE goes on here: the link works once, and only when its button is pressed.

Programs that look at links before people do (previews, virus checks) would use it up otherwise.
"""

from __future__ import annotations

from fastapi import APIRouter, Request, status
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from channels.core.links import Links
from channels.web.door import Door, api_path
from channels.web.pages import page
from knowledge.service import Knowledge


def continued_router(door: Door, links: Links, knowledge: Knowledge) -> APIRouter:
    """`GET /continue/{secret}` shows a button, `POST` opens the conversation."""
    router = APIRouter()

    @router.get("/continue/{secret}")
    async def ask(request: Request) -> HTMLResponse:
        return page(request, "continue.html", words=knowledge.phrases.continued, is_gone=False)

    @router.post("/continue/{secret}")
    async def go_on(request: Request, secret: str) -> Response:
        conversation = await links.take(secret)
        if conversation is None:
            words = knowledge.phrases.continued
            return page(request, "continue.html", status.HTTP_404_NOT_FOUND, words=words, is_gone=True)
        _, cookie = await door.admit(conversation, api_path(conversation))
        # What follows the # stays in the browser; the id alone opens nothing.
        address = f"/chat#conversation={conversation}"
        headers = {"Cache-Control": "no-store"} | cookie
        return RedirectResponse(address, status.HTTP_303_SEE_OTHER, headers)

    return router
