"""Whatever is sent to whatever route, by whomever: never a 5xx. The app's own schema says what to send."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest
import requests
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, seed
from hypothesis import settings as hypothesis_settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from sqlalchemy.ext.asyncio import AsyncEngine

from channels.app import create_app
from channels.core.store import Store
from channels.handoff import wishes
from channels.settings import Settings
from channels.staff.roles import Role
from channels.staff.room import StaffRoom
from channels.web.token import COOKIE, ConversationToken
from knowledge.service import local_now
from tests.channels.conftest import HOUSE_SECRET, PUBLIC_URL
from tests.channels.staff.people import PAGE, Person, Team, form_token
from tests.serving import free_port, served

EXAMPLES = 4
"""Of each route and mode, by each caller."""
HONEST = {"/health"}
"""Says 503 by design when Rasa is down, as it is here."""
LEAVING = {"/staff/logout", "/chat/erase", "/api/conversations/{conversation}"}
"""Tried last: afterwards the door is shut."""
LET_IN = 20
"""Calls that must have gone further than the door, in every role: most may do little more than read."""
ENDLESS = "text/event-stream"
SECONDS = 10


@dataclass
class Caller:
    """A browser, with what makes its calls go further than the door."""

    session: requests.Session = field(default_factory=requests.Session)
    headers: dict[str, str] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)
    """Real values for places in paths."""
    before: Callable[[], None] = lambda: None
    """What is done before each route is tried."""
    met: Counter[int] = field(default_factory=Counter)
    """How often it was answered with which status."""


@pytest.fixture(scope="session")
def app(database_url: str) -> FastAPI:
    return create_app(
        Settings(
            database_url=database_url,
            secret=HOUSE_SECRET,
            public_url=PUBLIC_URL,
            line_channel_secret="a channel secret",
            rasa_url="http://127.0.0.1:9",
            actions_url="http://127.0.0.1:9",
            messages_per_minute=10_000,
        )
    )


@pytest.fixture(scope="session")
def url(app: FastAPI) -> Iterator[str]:
    with served(app, free_port()) as base:
        yield base


@pytest.fixture
async def people(url: str, database: AsyncEngine) -> AsyncIterator[Team]:
    team = Team(url, StaffRoom.of(database, HOUSE_SECRET), database)
    yield team
    await team.close()


@pytest.fixture
async def known(store: Store, database: AsyncEngine) -> dict[str, str]:
    """A talk that waits for somebody."""
    conversation = await store.open_web()
    await store.say(conversation, "児童手当", "key-000001")
    async with database.begin() as connection:
        handoff = await wishes.request(connection, conversation, "front", local_now())
    return {"conversation": str(conversation), "handoff": str(handoff.id), "entry": "child-allowance"}


def failures(app: FastAPI, url: str, caller: Caller, below: tuple[str, ...] = ("",)) -> list[str]:
    """What was answered with a 5xx, or not at all; `below` picks routes by the beginning of their path."""
    schema = schemathesis.openapi.from_dict(app.openapi())
    found: list[str] = []
    operations = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
    for operation in sorted(operations, key=lambda each: each.path in LEAVING):
        if operation.path.startswith(below):
            caller.before()
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                _try(operation, mode, url, caller, found)
    return sorted(set(found))


def _try(
    operation: APIOperation[Any, Any, Any, Any],
    mode: GenerationMode,
    url: str,
    caller: Caller,
    found: list[str],
) -> None:
    @seed(8)
    @given(case=operation.as_strategy(generation_mode=mode))
    @hypothesis_settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def run(case: Case[Any]) -> None:
        case.path_parameters = {
            name: caller.known.get(name, value) for name, value in (case.path_parameters or {}).items()
        }
        sent = case.as_transport_kwargs(base_url=url)
        sent["headers"] = {**caller.headers, **dict(sent.get("headers") or {})}
        try:
            with caller.session.request(
                **sent, stream=True, timeout=SECONDS, allow_redirects=False
            ) as answer:
                caller.met[answer.status_code] += 1
                if answer.status_code >= 500 and operation.path not in HONEST:
                    found.append(f"{operation.label}: {answer.status_code}")
                if ENDLESS not in answer.headers.get("Content-Type", ""):
                    assert answer.content is not None
        except requests.RequestException as error:
            found.append(f"{operation.label}: {type(error).__name__} {error}")

    with contextlib.suppress(Unsatisfiable):  # a route that takes nothing can be sent nothing wrong
        run()


async def test_a_stranger_breaks_nothing(app: FastAPI, url: str, known: dict[str, str]) -> None:
    assert await asyncio.to_thread(failures, app, url, Caller(known=known)) == []


async def test_a_resident_with_a_conversation_breaks_nothing(
    app: FastAPI, url: str, known: dict[str, str]
) -> None:
    caller = Caller(known=known, headers={"Sec-Fetch-Site": "same-origin"})
    token = ConversationToken(HOUSE_SECRET, 90).issue(uuid.UUID(known["conversation"]), 0)
    caller.session.cookies.set(COOKIE, token)
    below = ("/api", "/chat", "/continue")
    assert await asyncio.to_thread(failures, app, url, caller, below) == []
    assert {200, 202, 422} <= set(caller.met)


@pytest.mark.parametrize("role", Role)
async def test_nobody_of_the_staff_breaks_anything(
    role: Role, app: FastAPI, url: str, known: dict[str, str], people: Team, database_url: str
) -> None:
    person = await people.person(role)
    caller = await _caller(person, known)

    def take() -> None:
        """The talk is theirs, whatever was done to it."""
        with psycopg.connect(database_url) as connection:
            connection.execute(
                "update handoff set state = 'claimed', claimed_name = 'x', closed_at = null,"
                " claimed_by = (select id from account where login = %s)",
                [person.login],
            )

    caller.before = take
    assert await asyncio.to_thread(failures, app, url, caller, ("/staff",)) == []
    assert caller.met[200] + caller.met[303] >= LET_IN
    assert (await person.get("/staff/account")).status_code == 303  # signed out, and only at the end
    assert caller.met[401] < EXAMPLES * 4


async def _caller(person: Person, known: dict[str, str]) -> Caller:
    token = form_token((await person.get("/staff/account")).text)
    caller = Caller(headers=PAGE | {"X-CSRF-Token": token}, known=known)
    for cookie in person.client.cookies.jar:
        caller.session.cookies.set(cookie.name, cookie.value or "", path=cookie.path)
    return caller
