"""Desks that are open as a test says, a clock that a test moves, clerks."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from channels.core import tables
from channels.core.events import Event
from channels.core.store import Store
from channels.handoff import rows, wishes
from channels.handoff.duty import Active, Clock
from channels.handoff.handoffs import Clerk, Handoffs
from channels.handoff.push import LinePush
from channels.handoff.rows import Handoff
from channels.handoff.views import Views
from channels.handoff.words import Words
from knowledge.answer import Answer, AnswerKind
from knowledge.service import Knowledge, local_now
from tests.channels.conftest import Bench

SATO, ITO = Clerk(uuid.uuid4(), "佐藤"), Clerk(uuid.uuid4(), "伊藤")


@dataclass
class Desks:
    """Two desks, `tax` standing in for `city`; open, and on duty, whom a test says."""

    open: set[str] = field(default_factory=lambda: {"city", "tax"})
    opening: datetime | None = None
    seats: int = 1

    def desk_for(self, department: str | None) -> str:
        return "tax" if department == "tax" else "city"

    def title(self, desk: str) -> str:
        return {"city": "市民の窓口", "tax": "税の窓口"}.get(desk, desk)

    def chain(self, desk: str) -> tuple[str, ...]:
        return ("city", "tax") if desk == "city" else ("tax", "city")

    def members(self, desk: str) -> tuple[str, ...]:
        return {"city": ("sato", "ito"), "tax": ("zei",)}[desk]

    def is_open(self, desk: str, at: datetime) -> bool:
        return desk in self.open

    def next_opening(self, desk: str, at: datetime) -> datetime | None:
        return self.opening

    def closes_at(self, desk: str, at: datetime) -> datetime | None:
        return None

    def on_duty(self, desk: str, at: datetime) -> tuple[str, ...]:
        return self.members(desk) if desk in self.open else ()

    def callback_slots(
        self,
        desk: str,
        after: datetime,
        taken: Mapping[datetime, int],
        active: Collection[str],
        limit: int = 3,
    ) -> list[datetime]:
        if self.opening is None:
            return []
        slots = [self.opening + timedelta(minutes=30 * n) for n in range(20)]
        return [slot for slot in slots if slot > after and taken.get(slot, 0) < self.seats][:limit]


@dataclass
class Ahead:
    """The real time, and what a test has waited since."""

    by: timedelta = timedelta()

    def __call__(self) -> datetime:
        return local_now() + self.by

    def wait(self, **time: float) -> None:
        self.by += timedelta(**time)


@pytest.fixture
def book() -> Desks:
    return Desks()


@pytest.fixture
def now() -> Ahead:
    return Ahead()


@pytest.fixture
def accounts() -> set[str]:
    """The logins that may sign in."""
    return {"sato", "ito", "zei"}


@pytest.fixture
def active(accounts: set[str]) -> Active:
    async def logins() -> frozenset[str]:
        return frozenset(accounts)

    return logins


@pytest.fixture
def words(knowledge: Knowledge, book: Desks) -> Words:
    return Words(knowledge, book)


@pytest.fixture
def handoffs(database: AsyncEngine, words: Words, push: LinePush, now: Clock) -> Handoffs:
    return Handoffs(database, words, push, now)


@pytest.fixture
def views(database: AsyncEngine, now: Clock) -> Views:
    return Views(database, now)


@dataclass
class Talks:
    """What a resident does, and what a test may look at."""

    store: Store
    database: AsyncEngine
    now: Ahead
    said: int = 0

    async def begin(self, desk: str = "city") -> tuple[UUID, UUID]:
        """A conversation whose resident waits at a desk, and its handoff."""
        conversation = await self.store.open_web()
        await self.say(conversation, "税金のことで")
        async with self.database.begin() as connection:
            handoff = await wishes.request(connection, conversation, desk, self.now())
        return conversation, handoff.id

    async def say(self, conversation: UUID, text: str) -> int:
        self.said += 1
        return await self.store.say(conversation, text, f"key-{self.said:06}")

    async def last(self, conversation: UUID) -> Event:
        return (await self.store.events(conversation))[-1]

    async def of(self, handoff: UUID) -> Handoff:
        async with self.database.connect() as connection:
            found = await rows.by_id(connection, handoff)
        assert found is not None
        return found

    async def notices(self) -> list[tuple[str, str]]:
        """The kind and the desk of all that staff are to be told, in order."""
        of = tables.notice_due.c
        async with self.database.connect() as connection:
            found = await connection.execute(select(of.kind, of.desk).order_by(of.id))
            return [(kind, desk) for kind, desk in found]

    async def run(self, sql: str, **values: object) -> None:
        async with self.database.begin() as connection:
            await connection.execute(text(sql), values)


@pytest.fixture
def talks(store: Store, database: AsyncEngine, now: Ahead) -> Talks:
    return Talks(store, database, now)


@pytest.fixture
def wishing(bench: Bench, knowledge: Knowledge) -> Bench:
    """A bench whose bot answers 「職員と話したい」 with a handoff and knows nothing of 「宇宙」."""

    def says(said: str) -> list[Answer]:
        if said == "職員と話したい":
            return [knowledge.handoff()]
        if "宇宙" in said:
            return [knowledge.refer(knowledge.phrases.unknown, AnswerKind.UNKNOWN)]
        return [Answer(kind=AnswerKind.TALK, text=f"聞きました：{said}")]

    bench.assistant.says = says
    return bench
