from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from channels.app import create_app
from channels.settings import Settings
from tests.channels.conftest import Bench
from tests.channels.test_web import opened
from tests.serving import free_port, served


@pytest.fixture
async def narrow(settings: Settings, bench: Bench) -> AsyncIterator[httpx.AsyncClient]:
    """A web server that takes 3 messages of a conversation and 8 requests of an address a minute."""
    tight = settings.model_copy(update={"messages_per_minute": 3, "address_per_minute": 8})
    with served(create_app(tight), free_port()) as url:
        async with httpx.AsyncClient(base_url=url) as client:
            yield client


def keyed(n: int, address: str | None = None) -> dict[str, str]:
    headers = {"Idempotency-Key": f"key-{n:05}"}
    return headers | ({"X-Forwarded-For": address} if address else {})


async def test_a_flood_in_a_conversation_is_told_when_to_try_again(narrow: httpx.AsyncClient) -> None:
    path = await opened(narrow)
    for n in range(3):
        assert (await narrow.post(f"{path}/messages", json={"text": "x"}, headers=keyed(n))).is_success
    refused = await narrow.post(f"{path}/messages", json={"text": "x"}, headers=keyed(4))
    assert refused.status_code == 429
    wait = int(refused.headers["retry-after"])
    assert 50 <= wait <= 60
    assert refused.json()["error"] == {
        "code": "too_many",
        "message": f"短い時間にたくさん送られました。{wait}秒ほどたってから、もう一度お送りください。",
    }
    other = await opened(narrow)
    assert (await narrow.post(f"{other}/messages", json={"text": "x"}, headers=keyed(5))).is_success


async def test_an_address_is_limited_and_its_neighbour_is_not(narrow: httpx.AsyncClient) -> None:
    for _ in range(8):
        assert (await narrow.post("/api/conversations", headers=keyed(0, "203.0.113.7"))).is_success
    refused = await narrow.post("/api/conversations", headers=keyed(0, "203.0.113.7"))
    assert refused.status_code == 429
    assert (await narrow.post("/api/conversations", headers=keyed(0, "203.0.113.8"))).is_success


async def test_the_addresses_of_one_ipv6_household_count_together(narrow: httpx.AsyncClient) -> None:
    for n in range(8):
        caller = keyed(0, f"2001:db8:1:2::{n + 1:x}")
        assert (await narrow.post("/api/conversations", headers=caller)).is_success
    household = keyed(0, "2001:db8:1:2:ffff::1")
    assert (await narrow.post("/api/conversations", headers=household)).status_code == 429
    neighbour = keyed(0, "2001:db8:1:3::1")
    assert (await narrow.post("/api/conversations", headers=neighbour)).is_success


async def test_a_caller_cannot_pass_for_others(narrow: httpx.AsyncClient) -> None:
    """Of X-Forwarded-For only what the proxy itself has added counts: the last address."""
    for n in range(8):
        caller = keyed(0, f"198.51.100.{n}, 203.0.113.7")
        assert (await narrow.post("/api/conversations", headers=caller)).is_success
    caller = keyed(0, "198.51.100.99, 203.0.113.7")
    assert (await narrow.post("/api/conversations", headers=caller)).status_code == 429


async def test_a_library_behind_one_address_is_not_locked_out(settings: Settings) -> None:
    """40 people who each open the chat and say five things within a minute, at the default limits."""
    assert settings.address_per_minute >= 40 * (1 + 1 + 5)


async def test_calls_of_the_machine_itself_are_not_counted(narrow: httpx.AsyncClient) -> None:
    for _ in range(12):
        assert (await narrow.post("/api/conversations")).is_success
