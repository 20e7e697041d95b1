"""One's own conversation as a text file to keep: all that was said, with answers, sources and times."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse

from channels.core.events import Author, Event
from channels.errors import ConversationNotFoundError
from channels.handoff.duty import local
from channels.web.routes import WebChannel
from knowledge.answer import Answer
from knowledge.phrases import Phrases
from knowledge.service import local_now

PAGE = 500
"""Events read from the database at a time."""


def export_router(channel: WebChannel) -> APIRouter:
    """`GET /api/conversations/{conversation}/export`, and `/chat/export` for the page without scripts.

    Both are below the path that the cookie is sent to there.
    """
    router = APIRouter()
    counted = [Depends(channel.limits.count_request)]

    @router.get("/api/conversations/{conversation}/export", dependencies=counted)
    async def export(conversation: UUID, request: Request) -> Response:
        token = await channel.door.check(request)
        if token.conversation != conversation:
            raise ConversationNotFoundError
        return _file(channel, conversation)

    @router.get("/chat/export", dependencies=counted)
    async def export_here(request: Request) -> Response:
        return _file(channel, (await channel.door.check(request)).conversation)

    return router


def _file(channel: WebChannel, conversation: UUID) -> Response:
    now = local_now()
    name = quote(channel.knowledge.phrases.export.name.format(day=f"{now:%Y-%m-%d}"))
    disposition = f"attachment; filename=\"madoguchi-{now:%Y-%m-%d}.txt\"; filename*=UTF-8''{name}"
    return StreamingResponse(
        _parts(channel, conversation, now),
        media_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": disposition, "Cache-Control": "no-store"},
    )


async def _parts(channel: WebChannel, conversation: UUID, now: datetime) -> AsyncIterator[str]:
    """The file piece by piece: a conversation of years needs no more memory than one of today."""
    phrases = channel.knowledge.phrases
    yield "\ufeff"  # by this mark old programs know that it is UTF-8
    yield f"{phrases.export.title}\r\n{phrases.export.made.format(moment=_moment(now))}\r\n"
    after = 0
    while events := await channel.store.events(conversation, after=after, limit=PAGE):
        after = events[-1].sequence
        for event in events:
            lines = "\n".join(_lines(event, phrases))
            yield "\r\n" + "\r\n".join(lines.splitlines()) + "\r\n"


def _lines(event: Event, phrases: Phrases) -> Iterator[str]:
    who, body = phrases.summary_page, event.body
    names = {
        Author.RESIDENT: who.you,
        Author.BOT: who.bot,
        Author.STAFF: who.staff.format(name=body.get("name", "")),
        Author.SYSTEM: who.told,
    }
    yield f"[{_moment(local(event.created_at))}] {names[event.author]}"
    if event.author is Author.BOT:
        yield from _answer(Answer.model_validate(body), phrases)
        return
    yield str(body.get("text") or phrases.export.no_text)
    if body.get("answer"):
        yield from _answer(Answer.model_validate(body["answer"]), phrases)


def _answer(answer: Answer, phrases: Phrases) -> Iterator[str]:
    yield answer.text
    for fact in answer.facts:
        yield f"・{fact.label}：{fact.value}"
    for link in answer.links:
        yield f"・{link.label}：{link.url}"
    for source in answer.sources:
        checked = f"{source.checked_on:%Y-%m-%d}"
        yield phrases.export.source.format(title=source.title, url=source.url or "", checked=checked)


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
