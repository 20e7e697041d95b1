from __future__ import annotations

import uuid
from typing import Any

import httpx
from sqlalchemy import text

from channels.core import log
from channels.core.events import Author
from channels.settings import Periods
from channels.web.widget import kept
from knowledge.service import Knowledge
from tests.channels.conftest import Bench
from tests.channels.test_web import KEY, opened


async def test_a_resident_gets_all_that_was_said_with_sources_and_times(
    api: httpx.AsyncClient, bench: Bench, knowledge: Knowledge
) -> None:
    account = uuid.uuid4()
    found = knowledge.answer("児童手当")
    bench.assistant.says = lambda _: [found]
    path = await opened(api)
    await api.post(f"{path}/messages", json={"text": "児童手当\n<b>は</b>？"}, headers=KEY)
    await bench.work()
    conversation = uuid.UUID(path.rsplit("/", 1)[1])
    async with bench.database.begin() as connection:
        await log.lock(connection, conversation)
        said: dict[str, Any] = {"text": "お待たせしました", "name": "佐藤", "desk": "市民の窓口"}
        await log.append(
            connection, conversation, Author.STAFF, said | {"answer": found.model_dump(mode="json")}
        )
        await connection.execute(
            text(
                "insert into handoff (id, conversation, desk, state, requested_at, changed_at, claimed_by,"
                " label) values (:id, :c, 'city', 'claimed', now(), now(), :id, '内緒の札')"
            ),
            {"id": account, "c": conversation},
        )
    answer = await api.get(f"{path}/export")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    said_all = answer.content.decode("utf-8-sig")
    assert "児童手当\r\n<b>は</b>？" in said_all
    assert "市の職員（佐藤）\r\nお待たせしました" in said_all
    assert said_all.count(found.text.splitlines()[0]) == 2
    source = found.sources[0]
    assert f"出典：{source.title}" in said_all
    assert f"{source.checked_on:%Y-%m-%d}に確認" in said_all
    assert str(account) not in said_all
    assert "内緒の札" not in said_all


async def test_a_long_conversation_is_exported_whole(api: httpx.AsyncClient, bench: Bench) -> None:
    path = await opened(api)
    conversation = uuid.UUID(path.rsplit("/", 1)[1])
    async with bench.database.begin() as connection:
        for number in range(1_001):
            await log.append(connection, conversation, Author.RESIDENT, {"text": f"発言{number}。"})
    said = (await api.get(f"{path}/export")).text
    assert all(f"発言{number}。" in said for number in (0, 499, 500, 1_000))


async def test_only_who_holds_the_cookie_gets_it(api: httpx.AsyncClient, bench: Bench) -> None:
    path, other = await opened(api), await opened(api)
    assert (await api.get(f"{path}/export")).status_code == 200
    api.cookies.clear()
    await opened(api)
    for wrong in (path, other, f"/api/conversations/{uuid.uuid4()}"):
        assert (await api.get(f"{wrong}/export")).status_code == 404
    assert (await api.get("/chat/export")).status_code == 404


async def test_it_can_be_had_without_scripts(api: httpx.AsyncClient, bench: Bench) -> None:
    own = {"Sec-Fetch-Site": "same-origin"}
    await api.post("/chat", data={"text": "転入届", "key": "k"}, headers=own, timeout=20)
    assert 'href="/chat/export"' in (await api.get("/chat")).text
    assert "転入届" in (await api.get("/chat/export")).text


def test_residents_are_told_how_long_a_talk_is_kept_with_a_person_and_without(knowledge: Knowledge) -> None:
    said = kept(knowledge.phrases, Periods(retention_days=7, handoff_days=365))
    assert "7日で" in said
    assert "365日まで" in said


def test_a_cookie_opens_a_conversation_as_long_as_it_may_be_kept() -> None:
    assert Periods(retention_days=30, handoff_days=90).keep_days == 90
    assert Periods(retention_days=100, handoff_days=90).keep_days == 100
