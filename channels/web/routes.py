"""The web channel: open a conversation, say something, follow what is said, delete it all.

Every route that names a conversation asks for its cookie; without it the conversation does
not exist for the caller.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request, Response, status
from pydantic import BaseModel, ConfigDict
from sse_starlette import EventSourceResponse, ServerSentEvent

from channels.core.erasure import Erasure
from channels.core.live import LiveEvents
from channels.core.store import MAX_KEY, Store
from channels.errors import ConversationNotFoundError
from channels.web.door import Door, api_path
from channels.web.limits import RateLimits
from channels.web.token import Token
from knowledge.answer import Answer
from knowledge.easy import with_furigana
from knowledge.service import Knowledge

BEAT_SECONDS = 15


def beat() -> ServerSentEvent:
    """What a page knows a living stream by; a comment would not reach its script."""
    return ServerSentEvent("{}", event="beat")


class Opened(BaseModel):
    """A new conversation; `handle` lets a program go on with it later."""

    conversation: UUID
    handle: str


class Said(BaseModel):
    """What a resident says."""

    model_config = ConfigDict(extra="forbid")
    text: str


class Stored(BaseModel):
    """The event that a message has become."""

    sequence: int


@dataclass(frozen=True)
class WebChannel:
    """What the routes need."""

    store: Store
    erasure: Erasure
    live: LiveEvents
    door: Door
    limits: RateLimits
    knowledge: Knowledge


def web_router(channel: WebChannel) -> APIRouter:
    """The routes under /api/conversations."""
    router = APIRouter(prefix="/api/conversations")
    counted = Depends(channel.limits.count_request)

    async def ours(conversation: UUID, request: Request) -> Token:
        token = await channel.door.check(request)
        if token.conversation != conversation:
            raise ConversationNotFoundError
        return token

    # The token of the conversation in the path, once it has been checked.
    type Ours = Annotated[Token, Depends(ours)]

    @router.post("", status_code=status.HTTP_201_CREATED, dependencies=[counted])
    async def open_conversation(response: Response) -> Opened:
        conversation = await channel.store.open_web()
        token, cookie = await channel.door.admit(conversation, api_path(conversation))
        response.headers.update(cookie)
        return Opened(conversation=conversation, handle=f"{conversation}~{token}")

    @router.post("/{conversation}/messages", status_code=status.HTTP_202_ACCEPTED, dependencies=[counted])
    async def say(
        token: Ours,
        said: Said,
        idempotency_key: Annotated[str, Header(min_length=8, max_length=MAX_KEY)],
    ) -> Stored:
        channel.limits.count_message(token.conversation)
        return Stored(sequence=await channel.store.say(token.conversation, said.text, idempotency_key))

    @router.get("/{conversation}/events", dependencies=[counted])
    async def follow(token: Ours, last_event_id: Annotated[int, Header(ge=0)] = 0) -> EventSourceResponse:
        async def stream() -> AsyncIterator[ServerSentEvent]:
            async for event in channel.live.follow(token.conversation, last_event_id):
                data = json.dumps(event.as_json(), ensure_ascii=False)
                yield ServerSentEvent(data, event="message", id=str(event.sequence))

        renewed = channel.door.renew(token, api_path(token.conversation))
        return EventSourceResponse(stream(), ping=BEAT_SECONDS, ping_message_factory=beat, headers=renewed)

    @router.get("/{conversation}/events/{sequence}/furigana", dependencies=[counted])
    async def furigana(token: Ours, sequence: int) -> dict[str, Any]:
        event = await channel.store.event(token.conversation, sequence)
        if event is None or event.author != "bot":
            raise ConversationNotFoundError
        answer = with_furigana(Answer.model_validate(event.body), channel.knowledge.content)
        return answer.model_dump(mode="json")

    @router.delete("/{conversation}", status_code=status.HTTP_204_NO_CONTENT)
    async def erase(token: Ours, response: Response) -> None:
        await channel.erasure.run(token.conversation)
        response.headers.update(channel.door.leave(api_path(token.conversation)))

    return router
