"""The talk with a person as a page to print and to keep, for whoever holds the conversation's cookie."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from fastapi import APIRouter, Depends, Request, status
from fastapi.responses import HTMLResponse

from channels.core.events import Author, Event
from channels.core.store import Store
from channels.errors import ConversationNotFoundError
from channels.handoff.duty import Clock, local
from channels.handoff.rows import Handoff
from channels.handoff.views import Views
from channels.handoff.words import Words
from channels.web.door import Door
from channels.web.limits import RateLimits
from channels.web.pages import page
from knowledge.service import Knowledge

_SLACK = timedelta(seconds=2)
"""Between the clock of this process and the one of the database."""

_MOST = 5_000
"""Events of a conversation among which those of its last talk are looked for."""


@dataclass(frozen=True)
class Line:
    """One thing said, and by whom."""

    author: str
    who: str
    text: str


@dataclass(frozen=True)
class Summaries:
    """What the page needs."""

    store: Store
    views: Views
    words: Words
    knowledge: Knowledge
    door: Door
    limits: RateLimits
    now: Clock


def summary_router(summaries: Summaries) -> APIRouter:
    """`GET /api/conversations/{conversation}/summary`: below the path that the cookie is sent to."""
    router = APIRouter()

    @router.get(
        "/api/conversations/{conversation}/summary", dependencies=[Depends(summaries.limits.count_request)]
    )
    async def summary(conversation: UUID, request: Request) -> HTMLResponse:
        phrases = summaries.knowledge.phrases
        handoff = None
        if await _is_ours(summaries, request, conversation):
            handoff = await summaries.views.of_conversation(conversation)
        if handoff is None or handoff.claimed_at is None:
            return page(
                request,
                "summary.html",
                status.HTTP_404_NOT_FOUND,
                words=phrases.summary_page,
                handoff=None,
            )
        said = await summaries.store.latest(conversation, _MOST)
        events = [event for event in said if _is_of(event, handoff)]
        moment = summaries.words.moment
        today = summaries.now().date()
        return page(
            request,
            "summary.html",
            words=phrases.summary_page,
            handoff=handoff,
            day=phrases.labels.long_day.format(year=today.year, month=today.month, day=today.day),
            desk=summaries.words.title(handoff.desk),
            began=moment(local(handoff.claimed_at)),
            ended=moment(local(handoff.closed_at)) if handoff.closed_at else None,
            lines=[_line(event, summaries) for event in events if event.body.get("text")],
        )

    return router


async def _is_ours(summaries: Summaries, request: Request, conversation: UUID) -> bool:
    try:
        token = await summaries.door.check(request)
    except ConversationNotFoundError:
        return False
    return token.conversation == conversation


def _is_of(event: Event, handoff: Handoff) -> bool:
    """Whether something was said from the wish to the end."""
    if event.created_at < handoff.requested_at - _SLACK:
        return False
    return handoff.closed_at is None or event.created_at <= handoff.closed_at + _SLACK


def _line(event: Event, summaries: Summaries) -> Line:
    words = summaries.knowledge.phrases.summary_page
    who = {
        Author.RESIDENT: words.you,
        Author.BOT: words.bot,
        Author.STAFF: words.staff.format(name=event.body.get("name", "")),
        Author.SYSTEM: words.told,
    }
    return Line(event.author.value, who[event.author], str(event.body["text"]))
