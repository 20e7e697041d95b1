from __future__ import annotations

import asyncio
from typing import Any

import httpx
from sqlalchemy import text

from channels.core import tracker
from channels.core.erasure import Erasure
from channels.core.events import Event
from channels.core.live import LiveEvents
from channels.settings import Settings
from channels.web.token import COOKIE
from knowledge.answer import Answer, AnswerKind
from tests.channels.conftest import Bench
from tests.channels.test_retention import TRACKER
from tests.channels.test_web import KEY, events, opened

HELD = (
    "select coalesce(sum(n), 0) from (select count(*) n from conversation"
    " union all select count(*) from event union all select count(*) from delivery"
    " union all select count(*) from handoff"
    " union all select count(*) from web_link) held"
)


async def held(bench: Bench) -> int:
    """The rows of all tables that hang on a conversation."""
    async with bench.database.connect() as connection:
        return int(await connection.scalar(text(HELD)) or 0)


async def test_a_deleted_conversation_leaves_no_row_and_opens_no_more(
    api: httpx.AsyncClient, bench: Bench
) -> None:
    path = await opened(api)
    await api.post(f"{path}/messages", json={"text": "転入届"}, headers=KEY)
    await bench.work()
    assert await held(bench) > 0
    deleted = await api.delete(path)
    assert deleted.status_code == 204
    assert f"{COOKIE}=;" in deleted.headers["set-cookie"]
    assert "Max-Age=0" in deleted.headers["set-cookie"]
    assert f"Path={path}" in deleted.headers["set-cookie"]
    assert await held(bench) == 0
    assert (await api.get(f"{path}/events")).status_code == 404
    assert (await api.post(f"{path}/messages", json={"text": "x"}, headers=KEY)).status_code == 404
    assert (await api.delete(path)).status_code == 404


async def test_the_neighbour_s_conversation_stays(api: httpx.AsyncClient, bench: Bench) -> None:
    path, other = await opened(api), await opened(api)
    await api.post(f"{other}/messages", json={"text": "転入届"}, headers=KEY)
    await api.delete(path)
    assert (await events(api, other, 1))[0]["body"]["text"] == "転入届"


async def test_a_question_still_waiting_is_dropped_with_the_conversation(
    api: httpx.AsyncClient, bench: Bench
) -> None:
    path = await opened(api)
    await api.post(f"{path}/messages", json={"text": "転入届"}, headers=KEY)
    await api.delete(path)
    await bench.work()
    assert await held(bench) == 0
    async with bench.database.connect() as connection:
        failed = text("select count(*) from procrastinate_jobs where status = 'failed'")
        assert await connection.scalar(failed) == 0


async def test_an_answer_that_comes_after_the_deletion_leaves_nothing_in_rasa_either(bench: Bench) -> None:
    conversation = await bench.store.open_web()
    sequence = await bench.store.say(conversation, "転入届", KEY["Idempotency-Key"])
    async with bench.database.begin() as connection:
        await connection.execute(text(TRACKER))
    try:
        await Erasure(bench.database).run(conversation)
        async with bench.database.begin() as connection:  # Rasa was at it, and saves when it is done
            turn = {"turn": tracker.sender(conversation)}
            await connection.execute(text("insert into rasa.events values (:turn, 0)"), turn)
        late = Answer(kind=AnswerKind.TALK, text="遅い返事")
        assert not await bench.store.reply(conversation, sequence, [late])
        async with bench.database.connect() as connection:
            assert await connection.scalar(text("select count(*) from rasa.events")) == 0
    finally:
        async with bench.database.begin() as connection:
            await connection.execute(text("drop table rasa.events"))
    assert await held(bench) == 0


async def test_the_open_stream_of_another_tab_ends(settings: Settings, bench: Bench) -> None:
    conversation = await bench.store.open_web()
    await bench.store.say(conversation, "転入届", KEY["Idempotency-Key"])
    live = LiveEvents(bench.store, settings.database_url)
    listening = asyncio.create_task(live.listen())
    heard: asyncio.Queue[Event] = asyncio.Queue()

    async def tab() -> None:
        async for event in live.follow(conversation, 0):
            heard.put_nowait(event)

    other: asyncio.Task[Any] = asyncio.create_task(tab())
    await asyncio.wait_for(heard.get(), 5)
    await Erasure(bench.database).run(conversation)
    await asyncio.wait_for(other, 15)
    listening.cancel()
