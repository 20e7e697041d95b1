"""What tests of the LINE platform share: a clock, a bot that takes webhooks, the platform and its clients."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

import httpx
import pytest
from fastapi import FastAPI, Request, Response

from ops.lineplatform import webhooks
from ops.lineplatform.app import line_app
from ops.lineplatform.events import Event
from ops.lineplatform.platform import TOKEN, LinePlatform
from tests.serving import free_port, served


@dataclass
class Clock:
    now: float = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Bot:
    """A bot's webhook that keeps what it was sent and answers as it is told."""

    url: str = ""
    events: list[Event] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    signatures: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    """Of the next answers; then 200."""

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.post("/line/webhook")
        async def webhook(request: Request) -> Response:
            self.bodies.append(await request.body())
            self.events += (await request.json())["events"]
            self.signatures.append(request.headers["x-line-signature"])
            status = self.statuses.pop(0) if self.statuses else 200
            if status == 0:
                await asyncio.sleep(1)
            return Response(status_code=status or 200)

        return app


@pytest.fixture(scope="module")
def bot_server() -> Iterator[Bot]:
    bot, port = Bot(), free_port()
    with served(bot.app(), port) as url:
        bot.url = url
        yield bot


@pytest.fixture
def bot(bot_server: Bot) -> Bot:
    for kept in (bot_server.events, bot_server.bodies, bot_server.signatures, bot_server.statuses):
        kept.clear()
    return bot_server


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def platform(clock: Clock, bot: Bot) -> LinePlatform:
    return LinePlatform(free_port(), now=clock, bot_url=bot.url, quota=2)


@pytest.fixture
async def line(platform: LinePlatform) -> AsyncIterator[httpx.AsyncClient]:
    """A client of LINE's API, with the account's token."""
    transport = httpx.ASGITransport(app=line_app(platform))
    headers = {"authorization": f"Bearer {TOKEN}"}
    async with httpx.AsyncClient(transport=transport, base_url=platform.url, headers=headers) as client:
        yield client


@pytest.fixture
async def net(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    """What webhooks are sent with; LINE's patience and pauses are shorter here."""
    monkeypatch.setattr(webhooks, "PATIENCE", 0.3)
    monkeypatch.setattr(webhooks, "REDELIVER_AFTER", (0.01, 0.01, 0.01))
    monkeypatch.setattr(webhooks, "_HELD_BACK", 0.2)
    async with httpx.AsyncClient(trust_env=False) as client:
        yield client
