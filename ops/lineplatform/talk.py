"""What the talk page asks and does: a stream of what happens, and what somebody does in the talk."""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

import httpx
from fastapi import APIRouter, Query, Request, Response, status
from pydantic import BaseModel, ConfigDict, Field
from sse_starlette import EventSourceResponse, ServerSentEvent

from channels.line.limits import TEXT_UNITS
from ops.lineplatform.events import Event
from ops.lineplatform.misbehaviour import Failure
from ops.lineplatform.platform import LinePlatform

LOOK_EVERY = 0.1
"""Seconds between two looks for news; they may come from another thread, so nothing wakes the stream."""
PING_SECONDS = 15

type User = Annotated[str, Query(pattern=r"^[0-9A-Za-z]{1,20}$")]
type Share = Annotated[float, Field(ge=0, le=1)]


class Done(BaseModel):
    """Something that somebody did in the talk; `text` is what was typed or a postback's data."""

    model_config = ConfigDict(extra="forbid")
    what: Literal["text", "media", "follow", "block", "unsend", "postback"]
    text: str = Field(default="", max_length=TEXT_UNITS)
    kind: Literal["sticker", "image", "video", "audio", "file", "location"] = "sticker"
    message_id: str = ""
    params: dict[str, str] | None = None


class Trouble(BaseModel):
    """How the platform is to misbehave from now on."""

    model_config = ConfigDict(extra="forbid")
    next_failures: list[Failure] = Field(max_length=20)
    rates: dict[Failure, Share]
    duplicated: Share
    redelivered: Share
    reordered: Share
    slow: Annotated[float, Field(ge=0, le=30)]


class Talk:
    """The talks of one platform. `client` calls the bot's webhook."""

    def __init__(self, platform: LinePlatform, client: httpx.AsyncClient) -> None:
        self._platform = platform
        self._client = client
        self._friends: set[str] = set()
        self._sending: set[asyncio.Task[bool]] = set()
        self._born = secrets.token_hex(4)

    def router(self) -> APIRouter:
        """The page's own routes, below /talk."""
        router = APIRouter(prefix="/talk")

        @router.get("/stream")
        async def stream(request: Request, user: User = "1") -> EventSourceResponse:
            # An id of an earlier start counts from another beginning.
            born, _, number = request.headers.get("last-event-id", "").partition(".")
            after = int(number) if born == self._born and number.isdecimal() else 0
            return EventSourceResponse(self._news(user_id(user), after), ping=PING_SECONDS)

        @router.post("/do", status_code=status.HTTP_202_ACCEPTED)
        async def do(done: Done, user: User = "1") -> None:
            if event := self._event(done, user_id(user)):
                self._send(event)

        @router.put("/trouble")
        async def trouble(wanted: Trouble) -> None:
            for name, value in wanted:
                setattr(self._platform.misbehaviour, name, value)

        @router.post("/expire")
        async def expire(user: User = "1") -> None:
            self._platform.tokens.expire_latest(user_id(user))

        @router.get("/menu")
        async def menu(alias: str = "") -> Response:
            found = self._menu(alias)
            if found is None:
                return Response(status_code=status.HTTP_404_NOT_FOUND)
            return Response(json.dumps(found[0]), media_type="application/json")

        @router.get("/menu/image")
        async def menu_image(alias: str = "") -> Response:
            found = self._menu(alias)
            if found is None:
                return Response(status_code=status.HTTP_404_NOT_FOUND)
            return Response(found[1], media_type=found[2])

        return router

    async def _news(self, user: str, after: int) -> AsyncIterator[ServerSentEvent]:
        """Everything since entry `after`, then how things stand; both again whenever they change."""
        stood: dict[str, Any] = {}
        yield ServerSentEvent(self._born, event="born")
        while True:
            for entry in self._platform.journal.after(after, user):
                after = entry.number
                told = {"kind": entry.kind, "at": entry.at, **entry.data}
                data = json.dumps(told, ensure_ascii=False)
                yield ServerSentEvent(data, event="entry", id=f"{self._born}.{after}")
            if (stands := self._state(user)) != stood:
                stood = stands
                yield ServerSentEvent(json.dumps(stands, ensure_ascii=False), event="state")
            await asyncio.sleep(LOOK_EVERY)

    def _state(self, user: str) -> dict[str, Any]:
        platform = self._platform
        trouble = platform.misbehaviour
        token = platform.tokens.latest(user)
        default = self._menu("")
        return {
            "user": user,
            "is_friend": user in self._friends,
            "is_blocker": user in platform.blockers,
            "quota": {"limit": platform.quota.limit, "used": platform.quota.used},
            "token": token and {"good_until": token.good_until, "is_spent": token.is_spent},
            "menu": default and hashlib.sha256(json.dumps(default[0]).encode() + default[1]).hexdigest()[:12],
            "trouble": {name: getattr(trouble, name) for name in Trouble.model_fields},
        }

    def _event(self, done: Done, user: str) -> Event | None:
        """The webhook event of what somebody did; None when LINE would tell nobody."""
        platform = self._platform
        if done.what == "follow":
            self._friends.add(user)
            platform.journal.note("friend", user, is_friend=True)
            return platform.follow_event(user)
        if user in platform.blockers:
            return None
        match done.what:
            case "block":
                platform.journal.note("friend", user, is_friend=False)
                return platform.unfollow_event(user)
            case "unsend":
                platform.journal.note("unsent", user, message_id=done.message_id)
                return platform.unsend_event(done.message_id, user)
            case "postback":
                return platform.postback_event(done.text, done.params, user)
            case "text" if not done.text.strip():
                return None
        event = (
            platform.message_event(done.text, user)
            if done.what == "text"
            else platform.media_event(done.kind, user)
        )
        platform.journal.note("said", user, message=event["message"])
        return event

    def _send(self, event: Event) -> None:
        """Bring the event to the bot beside everything else: it may take minutes."""
        task = asyncio.create_task(self._platform.webhooks.deliver(self._client, event))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    def _menu(self, alias: str) -> tuple[dict[str, Any], bytes, str] | None:
        """The rich menu of an alias, or the default: its description, its image and the image's type."""
        menus = self._platform.rich_menus
        return menus.of_alias(alias) if alias else menus.default()


def user_id(user: str) -> str:
    """LINE's id of the page's user `user`."""
    return f"U{hashlib.sha256(user.encode()).hexdigest()[:32]}"
