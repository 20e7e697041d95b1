"""The chat as a page of its own. Scripts take it over where they run; else forms do, one page a turn."""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, status
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.exc import DBAPIError

from channels.core.events import Event
from channels.errors import ChannelError, ConversationNotFoundError
from channels.settings import Periods
from channels.web.door import api_path
from channels.web.pages import page
from channels.web.problems import Problem
from channels.web.routes import WebChannel
from channels.web.token import Token
from channels.web.widget import chat_config, kept, marks
from knowledge.answer import Answer

PATH = "/chat"
PATIENCE = timedelta(seconds=8)
"""How long a posted question may keep its page waiting for the answer."""
RECENT = timedelta(minutes=1)
"""How long an unanswered question is said to be thought about."""


@dataclass(frozen=True)
class Shown:
    """One event as the template draws it; `card` and `choices` come with a person's talk."""

    author: str
    text: str
    answer: Answer | None
    card: Answer | None
    choices: list[tuple[str, str]]

    @classmethod
    def of(cls, event: Event) -> Shown:
        """A bot's event with its Answer, any other with its text and what comes with it."""
        body = event.body
        answer = Answer.model_validate(body) if event.author == "bot" else None
        card = Answer.model_validate(body["answer"]) if body.get("answer") else None
        choices = [] if answer else [(choice["label"], choice["says"]) for choice in body.get("choices", ())]
        return cls(event.author, str(body.get("text") or ""), answer, card, choices)


def chat_router(channel: WebChannel, periods: Periods) -> APIRouter:
    """`GET` and `POST /chat`, `POST /chat/erase`."""
    router = APIRouter()

    async def known(request: Request) -> Token | None:
        try:
            return await channel.door.check(request)
        except ConversationNotFoundError:
            return None

    async def render(
        request: Request, token: Token | None, *, problem: Problem | None = None, typed: str = ""
    ) -> HTMLResponse:
        events = await channel.store.latest(token.conversation) if token else []
        phrases = channel.knowledge.phrases
        shown = page(
            request,
            "chat.html",
            problem.status_code if problem else status.HTTP_200_OK,
            words=phrases.chat,
            kept=kept(phrases, periods),
            marks=marks(phrases),
            config=chat_config(phrases, periods) | {"begun": str(token.conversation) if token else None},
            events=[Shown.of(event) for event in events],
            is_waiting=await _is_waiting(channel, token.conversation, events) if token else False,
            key=uuid.uuid4().hex,
            problem=problem.message if problem else "",
            typed=typed,
            was_erased="erased" in request.query_params,
        )
        shown.headers.update(channel.door.renew(token, PATH) if token else {})
        shown.headers.update(problem.headers if problem else {})
        if token:  # the script, once it runs, goes on with what a form has begun
            shown.headers.append("Set-Cookie", await _for_script(channel, token.conversation))
        return shown

    async def attempt(
        request: Request, typed: str, act: Callable[[Token | None], Awaitable[Response]]
    ) -> Response:
        """Do it for our own page alone; what goes wrong is told on the page, with what was typed."""
        token = None
        try:
            if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
                raise ConversationNotFoundError
            channel.limits.count_request(request)
            token = await known(request)
            return await act(token)
        except (ChannelError, DBAPIError, OSError) as error:
            is_down = not isinstance(error, ChannelError)
            problem = Problem.of(error, channel.knowledge.phrases)
            return await render(request, None if is_down else token, problem=problem, typed=typed)

    @router.get(PATH)
    async def show(request: Request) -> HTMLResponse:
        return await render(request, await known(request))

    @router.post(PATH)
    async def say(
        request: Request, text: Annotated[str, Form()] = "", key: Annotated[str, Form()] = ""
    ) -> Response:
        async def act(token: Token | None) -> Response:
            conversation = token.conversation if token else await channel.store.open_web()
            channel.limits.count_message(conversation)
            sequence = await channel.store.say(conversation, text, _key(key, text))
            await _answered(channel, conversation, sequence)
            response = RedirectResponse(f"{PATH}#latest", status.HTTP_303_SEE_OTHER)
            if token is None:
                response.headers.update((await channel.door.admit(conversation, PATH))[1])
            return response

        return await attempt(request, text, act)

    @router.post(f"{PATH}/erase")
    async def erase(request: Request) -> Response:
        async def act(token: Token | None) -> Response:
            if token:
                await channel.erasure.run(token.conversation)
            response = RedirectResponse(f"{PATH}?erased", status.HTTP_303_SEE_OTHER)
            response.headers.update(channel.door.leave(PATH))
            if token:
                script = channel.door.leave(api_path(token.conversation))
                response.headers.append("Set-Cookie", script["Set-Cookie"])
            return response

        return await attempt(request, "", act)

    return router


async def _for_script(channel: WebChannel, conversation: UUID) -> str:
    """The cookie that the script's calls are sent with."""
    _, header = await channel.door.admit(conversation, api_path(conversation))
    return header["Set-Cookie"]


def _key(form: str, text: str) -> str:
    """The same words of the same form are the same message; a page gone back to may send others."""
    return hashlib.sha256(f"{form}\n{text}".encode()).hexdigest()[:32]


async def _answered(channel: WebChannel, conversation: UUID, sequence: int) -> None:
    """Wait for the reply, but no longer than PATIENCE; a person takes their time."""
    if await channel.store.is_silent(conversation, sequence):
        return
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            async for _ in channel.live.follow(conversation, sequence):
                if await channel.store.is_answered(conversation, sequence):
                    return
    except TimeoutError:
        return


async def _is_waiting(channel: WebChannel, conversation: UUID, events: list[Event]) -> bool:
    """Whether the last question is still being answered."""
    asked = next((event for event in reversed(events) if event.author == "resident"), None)
    if asked is None or await channel.store.is_answered(conversation, asked.sequence):
        return False
    return asked.created_at + RECENT > asked.created_at.now(asked.created_at.tzinfo)
