"""The staff's part over a real PostgreSQL: with a clock that tests turn, and served as a whole."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Annotated

import httpx
import pytest
from fastapi import Body, FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from channels.app import create_app
from channels.core.store import Store
from channels.settings import Settings
from channels.staff.room import StaffRoom
from tests.channels.conftest import HOUSE_SECRET
from tests.channels.staff.people import Clock, Team
from tests.channels.staff.waiting import Talks
from tests.desks import staffed_content
from tests.serving import free_port, served


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def room(database: AsyncEngine, clock: Clock) -> StaffRoom:
    return StaffRoom.of(database, HOUSE_SECRET, clock=clock)


@pytest.fixture(scope="session")
def site(database_url: str, search: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The whole app, served once, with desks that are always open; it counts time by the real clock."""
    settings = Settings(
        database_url=database_url,
        secret=HOUSE_SECRET,
        content=staffed_content(tmp_path_factory.mktemp("staffed")),
        actions_url=search,
    )
    with served(create_app(settings), free_port()) as url:
        yield url


@pytest.fixture(scope="session")
def search() -> Iterator[str]:
    """What of the action server the console asks: it finds the same two entries for every text but 「?」."""
    app = FastAPI()

    @app.post("/search")
    async def find(asked: Annotated[dict[str, str], Body()]) -> dict[str, list[str]]:
        return {
            "entries": [] if asked["text"] == "?" else ["moving-in", "no-such-entry", "seal-registration"]
        }

    with served(app, free_port()) as url:
        yield url


@pytest.fixture
async def talks(store: Store, database: AsyncEngine) -> Talks:
    """Residents who wait."""
    return Talks(store, database)


@pytest.fixture
async def team(site: str, database: AsyncEngine) -> AsyncIterator[Team]:
    """Somebody in each role, in a browser each, over HTTP."""
    result = Team(site, StaffRoom.of(database, HOUSE_SECRET), database)
    yield result
    await result.close()


@pytest.fixture
async def stranger(site: str, database: AsyncEngine) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that nobody has signed in with."""
    async with httpx.AsyncClient(base_url=site) as client:
        yield client
