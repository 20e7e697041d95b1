"""Which replies are pushed, when pushing costs too much, and where personal matters are led."""

from __future__ import annotations

import re

import httpx
import pytest
from sqlalchemy import text

from channels.core.links import Links
from channels.web.token import COOKIE
from knowledge.answer import Answer, AnswerKind
from knowledge.service import Knowledge
from ops.lineplatform.platform import LinePlatform
from tests.channels.conftest import PUBLIC_URL, Bench

USER = "U" + "b" * 32


async def late(api: httpx.AsyncClient, bench: Bench, line: LinePlatform, said: str = "転入届") -> None:
    """A question whose reply token is of no use by the time it is answered."""
    event = line.message_event(said, USER)
    assert (await line.send(api, str(api.base_url).rstrip("/"), event)).status_code == 200
    line.expire(event)
    await bench.work()


def a_handoff(knowledge: Knowledge) -> list[Answer]:
    return [knowledge.handoff()]


async def pushed(bench: Bench) -> int:
    async with bench.database.connect() as connection:
        return int(await connection.scalar(text("select coalesce(sum(sent), 0) from line_push")) or 0)


async def test_pushes_are_counted_once_and_replies_never(
    api: httpx.AsyncClient, bench: Bench, line_platform: LinePlatform, small_quota: None
) -> None:
    await line_platform.send(api, str(api.base_url).rstrip("/"), line_platform.message_event("質問", USER))
    await bench.work()
    assert await pushed(bench) == 0
    await late(api, bench, line_platform)
    await bench.work()
    assert await pushed(bench) == line_platform.quota.used == 1


@pytest.fixture
def small_quota(line_platform: LinePlatform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_platform.quota, "limit", 10)
    monkeypatch.setattr(line_platform.quota, "_used", 0)


async def test_under_the_floor_pushes_are_kept_for_who_wants_a_person(
    api: httpx.AsyncClient,
    bench: Bench,
    line_platform: LinePlatform,
    knowledge: Knowledge,
    small_quota: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(line_platform.quota, "_used", 9)  # staff have sent nine by hand
    await late(api, bench, line_platform)
    assert line_platform.delivered == []
    bench.assistant.says = lambda _: a_handoff(knowledge)
    await late(api, bench, line_platform, "職員と話したい")
    assert line_platform.quota.used == 10
    await late(api, bench, line_platform, "職員と話したい")
    assert line_platform.quota.used == 10


async def test_nothing_is_pushed_to_who_has_blocked_the_account(
    api: httpx.AsyncClient, bench: Bench, line_platform: LinePlatform
) -> None:
    event = line_platform.message_event("転入届", USER)
    url = str(api.base_url).rstrip("/")
    await line_platform.send(api, url, event)
    await line_platform.send(api, url, line_platform.unfollow_event(USER))
    line_platform.expire(event)
    await bench.work()
    line_platform.blockers.clear()
    assert line_platform.pushes == 0


async def test_a_reply_that_line_has_no_room_for_is_read_on_outside_of_it(
    api: httpx.AsyncClient, bench: Bench, line_platform: LinePlatform
) -> None:
    bench.assistant.says = lambda _: [Answer(kind=AnswerKind.ANSWER, text="あ" * 9_000)] * 3
    url = str(api.base_url).rstrip("/")
    await line_platform.send(api, url, line_platform.message_event("全部教えて", USER))
    await bench.work()
    found = re.search(r"(/continue/[\w-]+)\?openExternalBrowser=1", str(line_platform.delivered))
    assert found
    assert line_platform.refusals == []
    assert (await api.post(found[1])).status_code == 303


async def test_who_wants_a_person_is_led_once_to_the_same_talk_outside_line(
    api: httpx.AsyncClient, bench: Bench, line_platform: LinePlatform, knowledge: Knowledge
) -> None:
    bench.assistant.says = lambda _: a_handoff(knowledge)
    url = str(api.base_url).rstrip("/")
    await line_platform.send(api, url, line_platform.message_event("職員と話したい", USER))
    await bench.work()
    found = re.search(
        rf"{re.escape(PUBLIC_URL)}(/continue/[\w-]+)\?openExternalBrowser=1", str(line_platform.delivered)
    )
    assert found
    assert line_platform.refusals == []
    for _ in range(2):  # what looks at links before people do does not use them up
        assert (await api.get(found[1])).status_code == 200
    opened = await api.post(found[1])
    assert opened.status_code == 303
    conversation = opened.headers["location"].removeprefix("/chat#conversation=")
    assert f"Path=/api/conversations/{conversation}" in opened.headers["set-cookie"]
    again = await api.post(found[1])
    assert again.status_code == 404
    assert knowledge.phrases.continued.gone in again.text
    assert "set-cookie" not in again.headers
    cookie = opened.headers["set-cookie"].split(";")[0]
    sent = await api.post(
        f"/api/conversations/{conversation}/messages",
        json={"text": "LINEには書けない話"},
        headers={"cookie": cookie, "idempotency-key": "key-000001"},
    )
    assert sent.status_code == 202, COOKIE
    bench.assistant.says = lambda said: [Answer(kind=AnswerKind.TALK, text=f"聞きました：{said}")]
    shown = len(line_platform.delivered)
    line_platform.thinking_for.clear()
    await bench.work()
    assert bench.assistant.heard[-1] == "LINEには書けない話"
    assert len(line_platform.delivered) == shown
    assert line_platform.thinking_for == []


async def test_a_link_outside_line_is_good_for_a_quarter_of_an_hour(bench: Bench) -> None:
    links = Links(bench.database)
    conversation = await bench.store.open_web()
    secret = await links.make(conversation)
    async with bench.database.begin() as connection:
        assert secret.encode() not in bytes(
            (await connection.scalar(text("select digest from web_link"))) or b""
        )
        await connection.execute(text("update web_link set expires_at = now() - interval '1 second'"))
    assert await links.take(secret) is None
    fresh = await links.make(conversation)
    assert await links.take("x" * 32) is None
    assert await links.take(fresh) == conversation
    assert await links.take(fresh) is None
