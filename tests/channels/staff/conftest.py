"""The staff's part over a real PostgreSQL: with a clock that tests turn, and served as a whole."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from channels.app import create_app
from channels.settings import Settings
from channels.staff.room import StaffRoom
from tests.channels.conftest import HOUSE_SECRET
from tests.channels.staff.people import Clock, Team
from tests.serving import free_port, served


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def room(database: AsyncEngine, clock: Clock) -> StaffRoom:
    return StaffRoom.of(database, HOUSE_SECRET, clock=clock)


@pytest.fixture(scope="session")
def site(database_url: str) -> Iterator[str]:
    """The whole app, served once; it counts time by the real clock."""
    settings = Settings(database_url=database_url, secret=HOUSE_SECRET)
    with served(create_app(settings), free_port()) as url:
        yield url


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
