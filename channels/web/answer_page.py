"""One answer as a page to print and to open again: its address names entry and side, nothing of a person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from fastapi import APIRouter, Request, status
from fastapi.responses import HTMLResponse

from channels.web.pages import page, qr_code
from channels.web.widget import marks
from knowledge.answer import LinkRole
from knowledge.aspects import Aspect
from knowledge.errors import UnknownEntryError
from knowledge.service import Knowledge, local_now


def answer_router(
    knowledge: Knowledge, now: Callable[[], datetime] = local_now, *, is_https: bool = False
) -> APIRouter:
    """`GET /answer/{entry}?aspect=…`; behind HTTPS its own address begins with https."""
    router = APIRouter()

    @router.get("/answer/{entry}", name="answer")
    def answer(request: Request, entry: str, aspect: Aspect = Aspect.ABOUT) -> HTMLResponse:
        phrases = knowledge.phrases
        words = phrases.answer_page
        try:
            title = knowledge.entry(entry).title
            answer = knowledge.again(entry, aspect)
        except UnknownEntryError:
            title, answer = words.gone, knowledge.refer(words.gone_why)
        today = now().date()
        address = request.url.replace(query=f"aspect={aspect.value}", fragment="")
        return page(
            request,
            "answer.html",
            status.HTTP_404_NOT_FOUND if title == words.gone else status.HTTP_200_OK,
            words=words,
            marks=marks(phrases),
            title=title,
            answer=answer,
            phones=[link for link in answer.links if link.role is LinkRole.TEL],
            links=[link for link in answer.links if link.role is not LinkRole.TEL],
            day=phrases.labels.long_day.format(year=today.year, month=today.month, day=today.day),
            code=None
            if title == words.gone
            else qr_code(str(address.replace(scheme="https") if is_https else address)),
        )

    return router
