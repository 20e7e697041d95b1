"""The web channel: open a conversation, say something, follow what is said, delete it all.

Every route that names a conversation asks for its cookie; without it the conversation does
not exist for the caller.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request, Response, status
from pydantic import BaseModel, ConfigDict
from sse_starlette import EventSourceResponse, ServerSentEvent

from channels.core.erasure import Erasure
from channels.core.live import LiveEvents
from channels.core.store import MAX_KEY, Store
from channels.errors import ConversationNotFoundError
from channels.web.token import COOKIE, ConversationToken

PING_SECONDS = 15


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
    token: ConversationToken
    secure_cookies: bool
    keep_days: int

    def admit(self, response: Response, conversation: UUID) -> str:
        """Give the caller the cookie of a conversation; returns its token."""
        token = self.token.issue(conversation)
        response.set_cookie(
            COOKIE,
            token,
            path=_path(conversation),
            httponly=True,
            samesite="lax",
            secure=self.secure_cookies,
            max_age=self.keep_days * 24 * 60 * 60,
        )
        return token


def _path(conversation: UUID) -> str:
    return f"/api/conversations/{conversation}"


def web_router(channel: WebChannel) -> APIRouter:
    """The routes under /api/conversations."""
    router = APIRouter(prefix="/api/conversations")

    async def ours(conversation: UUID, request: Request) -> UUID:
        known = channel.token.opens(request.cookies.get(COOKIE), conversation)
        if not known or not await channel.store.exists(conversation):
            raise ConversationNotFoundError
        return conversation

    # The conversation of the path, once its cookie has been checked.
    type Ours = Annotated[UUID, Depends(ours)]

    @router.post("", status_code=status.HTTP_201_CREATED)
    async def open_conversation(response: Response) -> Opened:
        conversation = await channel.store.open_web()
        token = channel.admit(response, conversation)
        return Opened(conversation=conversation, handle=f"{conversation}~{token}")

    @router.post("/{conversation}/messages", status_code=status.HTTP_202_ACCEPTED)
    async def say(
        conversation: Ours,
        said: Said,
        idempotency_key: Annotated[str, Header(min_length=8, max_length=MAX_KEY)],
    ) -> Stored:
        return Stored(sequence=await channel.store.say(conversation, said.text, idempotency_key))

    @router.get("/{conversation}/events")
    async def follow(
        conversation: Ours, last_event_id: Annotated[int, Header(ge=0)] = 0
    ) -> EventSourceResponse:
        async def stream() -> AsyncIterator[ServerSentEvent]:
            async for event in channel.live.follow(conversation, last_event_id):
                data = json.dumps(event.as_json(), ensure_ascii=False)
                yield ServerSentEvent(data, event="message", id=str(event.sequence))

        return EventSourceResponse(stream(), ping=PING_SECONDS)

    @router.delete("/{conversation}", status_code=status.HTTP_204_NO_CONTENT)
    async def erase(conversation: Ours, response: Response) -> None:
        await channel.erasure.run(conversation)
        response.delete_cookie(COOKIE, path=_path(conversation), httponly=True, samesite="lax")

    return router
