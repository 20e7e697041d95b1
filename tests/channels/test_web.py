from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from channels.app import create_app
from channels.settings import Settings
from channels.web.guard import MAX_BODY
from channels.web.token import COOKIE
from tests.channels.conftest import Bench

KEY = {"Idempotency-Key": "0123456789abcdef"}


async def opened(api: httpx.AsyncClient) -> str:
    response = await api.post("/api/conversations")
    assert response.status_code == 201
    return f"/api/conversations/{response.json()['conversation']}"


async def events(api: httpx.AsyncClient, path: str, count: int, after: int = 0) -> list[dict[str, Any]]:
    """The first `count` events of the stream."""
    found: list[dict[str, Any]] = []
    async with api.stream("GET", f"{path}/events", headers={"Last-Event-ID": str(after)}) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        async for event in parsed(stream):
            found.append(event)
            if len(found) == count:
                break
    return found


async def parsed(stream: httpx.Response) -> AsyncIterator[dict[str, Any]]:
    async for line in stream.aiter_lines():
        if line.startswith("data:") and (event := json.loads(line.removeprefix("data:"))):  # {} in a beat
            yield event


async def test_a_question_comes_back_with_its_answer_on_the_stream(
    api: httpx.AsyncClient, bench: Bench
) -> None:
    path = await opened(api)
    stored = await api.post(f"{path}/messages", json={"text": "転入届"}, headers=KEY)
    assert stored.status_code == 202
    await bench.work()
    question, answer = await events(api, path, 2)
    assert (question["author"], question["body"]["text"]) == ("resident", "転入届")
    assert question["body"]["key"] == KEY["Idempotency-Key"]
    assert (answer["author"], answer["body"]["text"]) == ("bot", "聞きました：転入届")


async def test_last_event_id_goes_on_without_repeating(api: httpx.AsyncClient, bench: Bench) -> None:
    path = await opened(api)
    for n in range(3):
        await api.post(f"{path}/messages", json={"text": f"{n}"}, headers={"Idempotency-Key": f"key-{n:05}"})
    assert [event["sequence"] for event in await events(api, path, 2, after=1)] == [2, 3]


async def test_the_same_idempotency_key_twice_is_one_message(api: httpx.AsyncClient, bench: Bench) -> None:
    path = await opened(api)
    first = await api.post(f"{path}/messages", json={"text": "転入届"}, headers=KEY)
    second = await api.post(f"{path}/messages", json={"text": "転入届"}, headers=KEY)
    assert first.json() == second.json()


async def test_two_tabs_see_the_same_events(api: httpx.AsyncClient, bench: Bench) -> None:
    path = await opened(api)
    await api.post(f"{path}/messages", json={"text": "一つ目"}, headers={"Idempotency-Key": "tab-one-1"})
    await api.post(f"{path}/messages", json={"text": "二つ目"}, headers={"Idempotency-Key": "tab-two-1"})
    await bench.work()
    assert await events(api, path, 4) == await events(api, path, 4)


async def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_conversations(
    api: httpx.AsyncClient, bench: Bench
) -> None:
    response = await api.post("/api/conversations")
    cookie = response.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert f"path=/api/conversations/{response.json()['conversation']}" in cookie


async def test_every_conversation_route_is_closed_without_its_own_token(
    settings: Settings, api: httpx.AsyncClient, bench: Bench
) -> None:
    """Guard: a new route under a conversation is tried here without being listed."""
    theirs = await opened(api)
    async with httpx.AsyncClient(base_url=api.base_url) as stranger:
        mine = await stranger.post("/api/conversations")
        token = mine.json()["handle"].split("~")[1]
        tried = 0
        for path, methods in create_app(settings).openapi()["paths"].items():
            if "{conversation}" not in path:
                continue
            url = path.replace("/api/conversations/{conversation}", theirs)
            for method in methods:
                for cookie in ("", f"{COOKIE}={token}", f"{COOKIE}=x.y"):
                    tried += 1
                    headers = KEY | {"Cookie": cookie}
                    answer = await stranger.request(method, url, headers=headers, json={"text": "x"})
                    assert answer.status_code == 404, (method, url, cookie)
        assert tried >= 6


async def test_a_guessed_conversation_looks_like_none(api: httpx.AsyncClient, bench: Bench) -> None:
    response = await api.post(f"/api/conversations/{uuid.uuid4()}/messages", json={"text": "x"}, headers=KEY)
    assert response.status_code == 404
    assert response.json()["error"]["code"] == "not_found"


@pytest.mark.parametrize(
    ("body", "code", "status"),
    [
        ({"text": ""}, "empty", 422),
        ({"text": " 　\n"}, "empty", 422),
        ({"text": "あ" * 1001}, "too_long", 422),
        ({"text": "あ" * 20_000}, "too_long", 422),
        ({"text": 7}, "invalid", 422),
        ({}, "invalid", 422),
        ({"text": "x", "more": 1}, "invalid", 422),
        ([], "invalid", 422),
        ({"text": "あ" * MAX_BODY}, "too_large", 413),
    ],
)
async def test_a_message_that_cannot_be_taken_is_refused_with_a_japanese_reason(
    api: httpx.AsyncClient, bench: Bench, body: object, code: str, status: int
) -> None:
    path = await opened(api)
    response = await api.post(f"{path}/messages", json=body, headers=KEY)
    assert (response.status_code, response.json()["error"]["code"]) == (status, code)
    assert response.json()["error"]["message"].endswith("。")


async def test_a_message_without_a_key_is_refused(api: httpx.AsyncClient, bench: Bench) -> None:
    path = await opened(api)
    assert (await api.post(f"{path}/messages", json={"text": "x"})).status_code == 422


async def test_html_comes_back_as_the_text_it_was(api: httpx.AsyncClient, bench: Bench) -> None:
    path = await opened(api)
    markup = "<script>alert(1)</script>転入届"
    await api.post(f"{path}/messages", json={"text": markup}, headers=KEY)
    assert (await events(api, path, 1))[0]["body"]["text"] == markup


async def test_every_response_carries_the_security_headers(api: httpx.AsyncClient) -> None:
    for path in ("/", "/health", "/static/chat.js", "/nowhere"):
        headers = (await api.get(path)).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


async def test_a_mistyped_address_is_answered_in_japanese(api: httpx.AsyncClient) -> None:
    response = await api.get("/nowhere")
    assert response.status_code == 404
    assert response.json()["error"] == {
        "code": "no_such_page",
        "message": "ページが見つかりません。アドレスを確かめてください。",
    }


async def test_health_says_what_is_down(api: httpx.AsyncClient) -> None:
    response = await api.get("/health")
    assert response.status_code == 503
    assert response.json()["database"] is True
    assert response.json()["rasa"] is False
