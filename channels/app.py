"""The FastAPI app: wires the core to the web and LINE. Residents reach this alone."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import uvicorn
from fastapi import FastAPI
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.staticfiles import StaticFiles

from channels.core.database import engine
from channels.core.erasure import Erasure
from channels.core.jobs import ProcrastinateQueue, queue_app
from channels.core.keys import ConversationKeys
from channels.core.links import Links
from channels.core.live import LiveEvents
from channels.core.store import Store
from channels.handoff.desks import KnowledgeDesks
from channels.handoff.push import LinePush
from channels.handoff.views import Views
from channels.handoff.words import Words
from channels.health import health_router
from channels.line.contact import ContactCipher
from channels.line.webhook import line_router
from channels.logs import configure_logs
from channels.settings import Settings
from channels.staff.console.answering import add_console_problems
from channels.staff.console.console import Console
from channels.staff.console.drafts import Drafts
from channels.staff.console.live import StaffLive
from channels.staff.console.router import console_router
from channels.staff.console.suggest import ActionSearch
from channels.staff.openid import OpenId, Provider
from channels.staff.problems import add_staff_problems, house_problem_page
from channels.staff.room import StaffRoom, utc_now
from channels.staff.router import staff_router
from channels.web.accessibility import accessibility_router
from channels.web.answer_page import answer_router
from channels.web.chat import chat_router
from channels.web.checklist import checklist_router
from channels.web.continued import continued_router
from channels.web.door import Door
from channels.web.export import export_router
from channels.web.guard import Guard
from channels.web.limits import RateLimits
from channels.web.problems import add_problem_handlers, problem
from channels.web.routes import WebChannel, web_router
from channels.web.summary import Summaries, summary_router
from channels.web.token import ConversationToken
from channels.web.widget import widget_router
from knowledge.service import Knowledge, local_now

STATIC = Path(__file__).parent / "web" / "static"
STAFF_STATIC = Path(__file__).parent / "staff" / "static"
WORTH_COMPRESSING = 1_000
"""Bytes from which on a response is compressed; event streams never are."""
CLOSE_STREAMS_AFTER = 2
"""Seconds that open event streams may keep a stopping server; browsers reconnect by themselves."""


def create_app(settings: Settings) -> FastAPI:
    """The app, not yet connected to anything."""
    database = engine(settings.database_url)
    queue = queue_app(settings.database_url)
    knowledge = Knowledge(settings.content)
    store = Store(database, ProcrastinateQueue(queue), knowledge.is_urgent)
    live = LiveEvents(store, settings.database_url)
    staff_live = StaffLive(settings.database_url)
    client = httpx.AsyncClient()
    secret = settings.secret.get_secret_value()

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        knowledge.watch()
        listeners = [asyncio.create_task(each.listen()) for each in (live, staff_live)]
        async with queue.open_async(), client:
            yield
        for listener in listeners:
            listener.cancel()
        await asyncio.gather(*listeners, return_exceptions=True)
        knowledge.close()
        await database.dispose()

    app = FastAPI(title="まどぐち", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(GZipMiddleware, minimum_size=WORTH_COMPRESSING)
    app.add_middleware(
        Guard, refuse=lambda error: problem(error, knowledge.phrases), embed_on=settings.embed_on
    )
    door = Door(
        ConversationToken(secret, settings.keep_days),
        ConversationKeys(database),
        settings.secure_cookies,
        settings.keep_days,
    )
    limits = RateLimits(settings.messages_per_minute, settings.address_per_minute)
    channel = WebChannel(store, Erasure(database), live, door, limits, knowledge)
    app.include_router(web_router(channel))
    app.include_router(chat_router(channel, settings))
    app.include_router(widget_router(knowledge, settings))
    app.include_router(accessibility_router())
    app.include_router(continued_router(door, Links(database), knowledge))
    app.include_router(export_router(channel))
    app.include_router(answer_router(knowledge, is_https=settings.secure_cookies))
    app.include_router(checklist_router(knowledge, is_https=settings.secure_cookies))
    views = Views(database, local_now)
    book = KnowledgeDesks(knowledge)
    words = Words(knowledge, book)
    app.include_router(summary_router(Summaries(store, views, words, knowledge, door, limits, local_now)))
    app.include_router(health_router(settings, database, views, knowledge, client))
    if settings.line_channel_secret:
        line_secret = settings.line_channel_secret.get_secret_value()
        app.include_router(line_router(line_secret, store, ContactCipher(secret)))
    openid = _openid(settings, client)
    room = StaffRoom.of(database, secret, is_https=settings.secure_cookies, has_openid=openid is not None)
    add_problem_handlers(app, lambda: knowledge.phrases, house_problem_page(room.pages))
    add_staff_problems(app, room.pages)
    app.mount("/staff/static", StaticFiles(directory=STAFF_STATIC), name="staff_static")
    app.include_router(staff_router(room, openid, settings.public_url))
    add_console_problems(app, room.pages)
    push = LinePush(
        ProcrastinateQueue(queue), settings.line_chat == "line", settings.private_talk_url is not None
    )
    console = Console(
        room=room,
        store=store,
        views=views,
        knowledge=knowledge,
        book=book,
        words=words,
        push=push,
        live=staff_live,
        finder=ActionSearch(client, settings.actions_url),
        drafts=Drafts(database),
        now=local_now,
        periods=settings,
    )
    app.include_router(console_router(console))
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app


def main() -> None:
    """Serve until stopped."""
    configure_logs()
    settings = Settings()
    config = uvicorn.Config(
        create_app(settings),
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=CLOSE_STREAMS_AFTER,
    )
    uvicorn.Server(config).run([_shared_port(settings.host, settings.port)])


def _openid(settings: Settings, client: httpx.AsyncClient) -> OpenId | None:
    """The city's OpenID provider, if it has one."""
    issuer, client_id, client_secret = (
        settings.oidc_issuer,
        settings.oidc_client_id,
        settings.oidc_client_secret,
    )
    if not issuer or not client_id or not client_secret:
        return None
    provider = Provider(issuer, client_id, client_secret.get_secret_value())
    return OpenId(provider, client, settings.secret.get_secret_value(), utc_now)


def _shared_port(host: str, port: int) -> socket.socket:
    """A bound socket, not yet listening: web servers share the port, and one that starts gets no call."""
    shared = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    shared.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    shared.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    shared.bind((host, port))
    return shared


if __name__ == "__main__":
    main()
