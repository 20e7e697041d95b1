"""A real mail server and a real web server for notices, each of which fails as a test says."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from fastapi import FastAPI, Request, Response
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from channels.core.store import Store
from channels.handoff.duty import Clock
from channels.notices.letters import Carrier, Way
from channels.notices.mail import Mail
from channels.notices.mail_server import MailServer
from channels.notices.sender import Sender
from channels.notices.webhook import Webhook
from knowledge.loader import CONTENT
from knowledge.service import Knowledge
from tests.channels.handoff.conftest import Ahead, Talks
from tests.serving import free_port, served

CITY, TAX, HALL = "city@example.lg.jp", "tax@example.lg.jp", "hall@example.lg.jp"
SENDER = "madoguchi@example.lg.jp"
DESKS = """
kind: desks
default: city
desks:
  - id: city
    title: 市民の窓口
    hours: [{{value: "Mo-Su 00:00-24:00", text: いつでも}}]
    notify: [city@example.lg.jp, hall@example.lg.jp]
  - id: tax
    title: 税の窓口
    departments: [tax]
    hours: [{{value: "Mo-Su 00:00-24:00", text: いつでも}}]
    notify: [tax@example.lg.jp, hall@example.lg.jp]
    webhook: {hook}
sources:
  - {{title: 試験, url: "https://example.lg.jp/", checked_on: 2026-11-01}}
"""


@dataclass
class Inbox:
    """Takes mail, or does what a test says instead: one answer for each letter, then it takes them again."""

    mails: list[EmailMessage] = field(default_factory=list)
    sent_to: list[str] = field(default_factory=list)
    instead: list[str] = field(default_factory=list)
    calls: int = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.calls += 1
        does = self.instead.pop(0) if self.instead else ""
        if does == "drop":
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
            return "250 never heard"
        if does.startswith("slow"):
            await asyncio.sleep(float(does.split()[1]))
        elif does:
            return does
        parsed = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        self.mails.append(parsed)
        self.sent_to.extend(str(to) for to in envelope.rcpt_tos)
        return "250 OK"

    def texts(self) -> list[str]:
        return [str(mail.get_content()) for mail in self.mails]


@dataclass
class Hook:
    """A web server that is told of notices; answers with the statuses that a test says, then 200."""

    url: str = ""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    slow: float = 0


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def mail_server(inbox: Inbox) -> Iterator[MailServer]:
    controller = Controller(inbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield MailServer.of(f"smtp://127.0.0.1:{controller.port}")
    controller.stop()


@pytest.fixture(scope="session")
def _hooked() -> Iterator[tuple[str, list[Hook]]]:
    app, current = FastAPI(), [Hook()]

    @app.post("/hook")
    async def take(request: Request) -> Response:
        hook = current[0]
        await asyncio.sleep(hook.slow)
        status = hook.statuses.pop(0) if hook.statuses else 200
        hook.keys.append(request.headers["Idempotency-Key"])
        if status == 200:
            hook.bodies.append(json.loads(await request.body()))
        return Response(status_code=status, headers={"Location": "/elsewhere"} if status == 302 else {})

    with served(app, free_port()) as url:
        yield f"{url}/hook", current


@pytest.fixture
def hook(_hooked: tuple[str, list[Hook]]) -> Hook:
    url, current = _hooked
    current[0] = Hook(url)
    return current[0]


@pytest.fixture(scope="session")
def told_by(_hooked: tuple[str, list[Hook]], tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    """The real knowledge with desks of ours: `city` has two addresses, `tax` two and a webhook."""
    root = tmp_path_factory.mktemp("content") / "content"
    shutil.copytree(CONTENT, root)
    (root / "desks.yml").write_text(DESKS.format(hook=_hooked[0]), encoding="utf-8")
    return Knowledge(root)


@pytest.fixture
async def sender(
    database: AsyncEngine, told_by: Knowledge, mail_server: MailServer, now: Clock
) -> AsyncIterator[Sender]:
    async with httpx.AsyncClient() as client:
        carriers: dict[Way, Carrier] = {
            Way.MAIL: Mail(mail_server, SENDER, now),
            Way.WEBHOOK: Webhook(client),
        }
        yield Sender(database, told_by, carriers, "https://chat.example.lg.jp/", now)


@pytest.fixture
def now() -> Ahead:
    return Ahead()


@pytest.fixture
def talks(store: Store, database: AsyncEngine, now: Ahead) -> Talks:
    return Talks(store, database, now)


async def letters(database: AsyncEngine) -> dict[str, list[str]]:
    """The targets of the letters that are sent, waiting and given up."""
    found: dict[str, list[str]] = {"sent": [], "waiting": [], "given up": []}
    async with database.connect() as connection:
        rows = await connection.execute(
            text("select target, sent_at, given_up_at from letter order by target")
        )
        for target, sent_at, given_up_at in rows:
            found["sent" if sent_at else "given up" if given_up_at else "waiting"].append(target)
    return found


def dead_port() -> int:
    """A port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
