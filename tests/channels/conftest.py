"""Channels over a real PostgreSQL and real HTTP; what Rasa says, each test decides."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from uuid import UUID

import httpx
import procrastinate
import pytest
from linebot.v3.messaging import AsyncApiClient, AsyncMessagingApi, Configuration
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from channels.app import create_app
from channels.core.context import Context
from channels.core.database import engine
from channels.core.jobs import ProcrastinateQueue, Workers, add_tasks, queue_app
from channels.core.links import Links
from channels.core.retention import Retention
from channels.core.store import Store
from channels.core.tables import metadata
from channels.core.turns import TurnAnswerer
from channels.errors import TurnFailedError
from channels.handoff.desks import KnowledgeDesks
from channels.handoff.duty import Active, Clock, DutyBook
from channels.handoff.minute import Minute
from channels.handoff.push import LinePush
from channels.handoff.reception import Reception
from channels.handoff.words import Words
from channels.line.contact import ContactCipher
from channels.line.deliver import LineApi
from channels.line.deliveries import Deliveries
from channels.line.replies import Replies
from channels.notices.sender import Sender
from channels.settings import Settings
from knowledge.answer import Answer, AnswerKind
from knowledge.service import Knowledge, local_now
from ops.lineplatform import platform as line
from tests.serving import free_port, served

HOUSE_SECRET = "a house secret of more than thirty-two characters"


PUBLIC_URL = "https://chat.example.lg.jp"
_TABLES = ", ".join(metadata.tables)


@dataclass
class ScriptedAssistant:
    """Stands in for Rasa: fails as often as told, then says back what it heard."""

    failures: int = 0
    bugs: int = 0
    fails_at: str | None = None
    says: Callable[[str], list[Answer]] = lambda said: [
        Answer(kind=AnswerKind.TALK, text=f"聞きました：{said}")
    ]
    heard: list[str] = field(default_factory=list)
    contexts: list[Context] = field(default_factory=list)
    _slow: float = 0.2

    async def turn(self, conversation: UUID, said: str, context: Context) -> list[Answer]:
        if self.failures:
            self.failures -= 1
            raise TurnFailedError("scripted")
        if self.bugs:
            self.bugs -= 1
            raise RuntimeError("a bug")
        if self.fails_at is not None and self.fails_at in said:
            self.fails_at = None
            raise TurnFailedError("scripted")
        self._slow /= 2  # the later, the quicker: without a lock the last would be first
        await asyncio.sleep(self._slow)
        self.heard.append(said)
        self.contexts.append(context)
        return self.says(said)


@dataclass
class Bench:
    """A worker that runs only when told, with everything a test may look at."""

    store: Store
    assistant: ScriptedAssistant
    queue: procrastinate.App
    database: AsyncEngine

    async def work(self) -> None:
        """Do all jobs that are due now, the postponed ones included."""
        async with self.database.begin() as connection:
            await connection.execute(text("update procrastinate_jobs set scheduled_at = null"))
        while await self._due():
            await self.queue.run_worker_async(
                wait=False,
                concurrency=8,
                install_signal_handlers=False,
                listen_notify=False,
                delete_jobs="successful",
            )

    async def _due(self) -> bool:
        """Whether a job may be begun: one that fails is put off, and holds up those behind it."""
        due = text(
            "select count(*) from procrastinate_jobs job where status = 'todo' and scheduled_at is null"
            " and not exists (select from procrastinate_jobs other where other.lock = job.lock"
            " and other.id < job.id and other.status = 'todo')"
        )
        async with self.database.connect() as connection:
            return bool(await connection.scalar(due))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[AsyncEngine]:
    result = engine(database_url)
    async with result.begin() as connection:
        # The audit refuses even this.
        await connection.execute(text("set local session_replication_role = replica"))
        await connection.execute(text(f"truncate {_TABLES}, procrastinate_jobs cascade"))
    yield result
    await result.dispose()


@pytest.fixture
async def queue(database_url: str) -> AsyncIterator[procrastinate.App]:
    app = queue_app(database_url)
    async with app.open_async():
        yield app


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return Knowledge()


@pytest.fixture
def store(database: AsyncEngine, queue: procrastinate.App, knowledge: Knowledge) -> Store:
    return Store(database, ProcrastinateQueue(queue), knowledge.is_urgent)


@pytest.fixture
def settings(database_url: str) -> Settings:
    return Settings(
        database_url=database_url,
        secret=HOUSE_SECRET,
        rasa_url="http://127.0.0.1:9",
        actions_url="http://127.0.0.1:9",
        line_channel_secret=line.SECRET,
        line_channel_token=line.TOKEN,
    )


@pytest.fixture
async def api(settings: Settings, database: AsyncEngine) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the served app."""
    with served(create_app(settings), free_port()) as url:
        async with httpx.AsyncClient(base_url=url) as client:
            yield client


@pytest.fixture
def book(knowledge: Knowledge) -> DutyBook:
    return KnowledgeDesks(knowledge)


@pytest.fixture
def active() -> Active:
    """No account may sign in: a wish for a person is answered with the phone number."""

    async def nobody() -> frozenset[str]:
        return frozenset()

    return nobody


@pytest.fixture
def push(queue: procrastinate.App) -> LinePush:
    return LinePush(ProcrastinateQueue(queue), has_words=False, has_links=True)


@pytest.fixture
def now() -> Clock:
    return local_now


@pytest.fixture
def reception(
    database: AsyncEngine, knowledge: Knowledge, book: DutyBook, active: Active, push: LinePush, now: Clock
) -> Reception:
    return Reception(database, knowledge, book, active, push, now)


@pytest.fixture
async def bench(
    store: Store,
    queue: procrastinate.App,
    database: AsyncEngine,
    knowledge: Knowledge,
    reception: Reception,
    book: DutyBook,
    active: Active,
    push: LinePush,
    now: Clock,
    line_platform: line.LinePlatform,
) -> AsyncIterator[Bench]:
    """A worker over the scripted assistant and the LINE platform."""
    assistant = ScriptedAssistant()
    line_platform.delivered.clear()
    line_platform.pushes = 0
    configuration = Configuration(access_token=line.TOKEN, host=line_platform.url)
    async with AsyncApiClient(configuration) as client:
        cipher = ContactCipher(HOUSE_SECRET)
        replies = Replies(store, knowledge, Links(database), PUBLIC_URL)
        workers = Workers(
            turns=TurnAnswerer(store, assistant, knowledge, reception, retry_for=90),
            line=LineApi(replies, AsyncMessagingApi(client), cipher, Deliveries(database)),
            retention=Retention(database, 30, 90),
            minute=Minute(database, Words(knowledge, book), book, active, push, now),
            notices=Sender(database, knowledge, {}, PUBLIC_URL, now),
        )
        add_tasks(queue, workers, retry_every=3)
        yield Bench(store, assistant, queue, database)
