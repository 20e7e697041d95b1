"""What a clerk sees while the house itself has a problem."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from channels.app import create_app
from channels.settings import Settings
from tests.channels.conftest import HOUSE_SECRET
from tests.serving import free_port


@pytest.fixture(scope="module")
async def dark() -> AsyncIterator[httpx.AsyncClient]:
    """A clerk's browser at a house whose database is down."""
    url = f"postgresql://nobody@127.0.0.1:{free_port()}/none"
    app = create_app(Settings(database_url=url, secret=HOUSE_SECRET))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    cookies = {"madoguchi_staff": "a session"}
    async with httpx.AsyncClient(transport=transport, base_url="http://house", cookies=cookies) as client:
        yield client


async def test_a_page_without_the_database_is_a_page_that_says_to_try_again(dark: httpx.AsyncClient) -> None:
    answer = await dark.get("/staff", headers={"Accept": "text/html"})
    assert answer.status_code == 503
    assert answer.headers["Content-Type"].startswith("text/html")
    assert int(answer.headers["Retry-After"]) > 0
    assert "もう一度お試しください" in answer.text
    assert 'lang="ja"' in answer.text


@pytest.mark.parametrize(
    ("path", "accept"), [("/staff", "application/json"), ("/api/conversations", "text/html")]
)
async def test_scripts_and_residents_get_it_as_before(
    dark: httpx.AsyncClient, path: str, accept: str
) -> None:
    method = "GET" if path == "/staff" else "POST"
    answer = await dark.request(method, path, headers={"Accept": accept})
    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "unavailable"


async def test_a_page_that_is_not_there_is_told_on_a_page(dark: httpx.AsyncClient) -> None:
    answer = await dark.get("/staff/nothing", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")
