"""`/staff/events`: what changes, sent as it will be shown; a session that is over ends it."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query
from sse_starlette import EventSourceResponse, ServerSentEvent

from channels.errors import HandoffGoneError
from channels.staff.console.answering import as_json
from channels.staff.console.console import Console
from channels.staff.console.suggest import suggestions_for
from channels.staff.console.talk import last_question
from channels.staff.console.talk_page import LAST_SEQUENCE
from channels.staff.console.view import talk_view
from channels.staff.roles import Staff
from channels.web.routes import BEAT_SECONDS, beat


def stream_router(console: Console) -> APIRouter:
    """`GET /staff/events?talk=…&after=…`: `queue`, `talk`, `suggestions`, at last `out` or `gone`."""
    router = APIRouter()

    type Reader = Annotated[Staff, Depends(console.room.gate.signed_in())]
    type Sequence = Annotated[int, Query(ge=0, le=LAST_SEQUENCE)]

    @router.get("/staff/events")
    async def events(
        staff: Reader,
        talk: UUID | None = None,
        after: Sequence = 0,
        last_event_id: Annotated[int, Header(ge=0, le=LAST_SEQUENCE)] = 0,
    ) -> EventSourceResponse:
        conversation = None
        if talk:
            conversation = (await console.views.whole(talk)).row.handoff.conversation
            await console.reading.open(conversation, staff)
        told = _Told(console, staff, talk, max(after, last_event_id))
        return EventSourceResponse(told.events(conversation), ping=BEAT_SECONDS, ping_message_factory=beat)

    return router


class _Told:
    """What one stream has sent; what has not changed is not sent again."""

    def __init__(self, console: Console, staff: Staff, talk: UUID | None, after: int) -> None:
        self._console = console
        self._staff = staff
        self._talk = talk
        self._after = after
        self._last: dict[str, str] = {}

    async def events(self, conversation: UUID | None) -> AsyncIterator[ServerSentEvent]:
        """Everything, until the session or the conversation is over."""
        async for is_own in self._console.live.follow(conversation):
            if not await self._console.room.sessions.lives(self._staff):
                yield ServerSentEvent("{}", event="out")
                return
            queue = await self._console.queue(self._staff)
            for event in self._new("queue", as_json(queue)):
                yield event
            if self._talk is None or not is_own:
                continue
            try:
                async for event in self._of_talk(self._talk):
                    yield event
            except HandoffGoneError:
                yield ServerSentEvent("{}", event="gone")
                return

    async def _of_talk(self, talk: UUID) -> AsyncIterator[ServerSentEvent]:
        console = self._console
        while True:
            view = await talk_view(console, self._staff, talk, after=self._after)
            new = view.messages
            self._after = new[-1].sequence if new else self._after
            # The messages make it new each time; without them it is compared.
            state = as_json(replace(view, messages=(), last=self._after))
            if new:
                data = json.dumps(state | {"messages": as_json(view)["messages"]}, ensure_ascii=False)
                self._last["talk"] = json.dumps(state, ensure_ascii=False)
                yield ServerSentEvent(data, event="talk", id=str(self._after))
            else:
                for event in self._new("talk", state):
                    yield event
            if question := last_question(new, console.knowledge.phrases, console.now()):
                found = await suggestions_for(question, console.finder, console.knowledge, console.now())
                for event in self._new("suggestions", as_json(found)):
                    yield event
            if self._after >= view.last or not new:
                return

    def _new(self, name: str, value: object) -> list[ServerSentEvent]:
        data = json.dumps(value, ensure_ascii=False)
        if self._last.get(name) == data:
            return []
        self._last[name] = data
        return [ServerSentEvent(data, event=name)]
