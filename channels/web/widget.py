"""What a city page takes in with one line: the script, the frame it opens, and pages that show how."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from channels.core.store import MAX_TEXT
from channels.settings import Periods, Settings
from channels.web.pages import page
from knowledge.answer import Status
from knowledge.page_topics import topics_of_page
from knowledge.phrases import Phrases
from knowledge.service import Knowledge, local_now

_SCRIPT = Path(__file__).parent / "static" / "embed.js"
MAX_FIRST = 4
"""First questions that a page may set."""


def widget_router(knowledge: Knowledge, settings: Settings) -> APIRouter:
    """`/embed.js`, `/frame`, `/embed` (how to take it in), `/` (a page that has)."""
    router = APIRouter()

    @router.get("/embed.js")
    async def script() -> Response:
        return Response(
            _SCRIPT.read_text(encoding="utf-8"),
            media_type="text/javascript; charset=utf-8",
            headers={"Cache-Control": "no-cache", "Cross-Origin-Resource-Policy": "cross-origin"},
        )

    @router.get("/frame")
    async def frame(
        request: Request,
        page_url: Annotated[str, Query(alias="page", max_length=2000)] = "",
        first: Annotated[list[str] | None, Query(max_length=MAX_FIRST)] = None,
    ) -> HTMLResponse:
        topics = topics_of_page(knowledge.content, page_url, local_now().date())
        config = chat_config(knowledge.phrases, settings, topics=topics, first=first)
        return page(request, "frame.html", words=knowledge.phrases.chat, config=config)

    @router.get("/embed")
    async def how(request: Request) -> HTMLResponse:
        origin = settings.public_url or str(request.base_url).rstrip("/")
        return page(request, "embed.html", origin=origin, embed_on=settings.embed_on.split())

    @router.get("/")
    async def demo(request: Request) -> HTMLResponse:
        return page(request, "demo.html")

    return router


def chat_config(
    phrases: Phrases, periods: Periods, *, topics: list[str] | None = None, first: list[str] | None = None
) -> dict[str, object]:
    """What the chat's script reads from its page: words, limits, first questions."""
    words: dict[str, object] = phrases.chat.model_dump(mode="json")
    words["kept"] = kept(phrases, periods)
    words["status"] = marks(phrases)
    guide = phrases.guide
    words["aside"] = [guide.back, guide.unsure, guide.stop, guide.restart]
    own = [text.strip()[:MAX_TEXT] for text in first or () if text.strip()]
    return {"words": words, "limit": MAX_TEXT, "topics": topics or [], "first": own}


def kept(phrases: Phrases, periods: Periods) -> str:
    """How long a conversation is kept, also one in which a person has answered."""
    return phrases.chat.kept.format(days=periods.retention_days, handoff_days=periods.handoff_days)


def marks(phrases: Phrases) -> dict[Status, str]:
    """What stands beside a fact that is not simply confirmed."""
    return {
        Status.CONFIRMED: "",
        Status.NATIONAL: phrases.chat.national,
        Status.UNCONFIRMED: phrases.labels.not_known,
    }
