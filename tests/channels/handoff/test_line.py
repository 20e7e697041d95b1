"""A talk with a person of a resident who writes on LINE."""

from __future__ import annotations

import re
from uuid import UUID

import httpx
import procrastinate
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from channels.core import tables
from channels.core.jobs import ProcrastinateQueue
from channels.core.links import Links
from channels.handoff import rows
from channels.handoff.duty import Clock
from channels.handoff.handoffs import Handoffs
from channels.handoff.push import LinePush
from channels.handoff.words import Words
from channels.line.replies import Replies
from knowledge.service import Knowledge
from ops.lineplatform.platform import LinePlatform
from tests.channels.conftest import PUBLIC_URL, Bench
from tests.channels.handoff.conftest import SATO, Ahead, Talks

USER = "U" + "c" * 32


@pytest.fixture
async def wished(
    api: httpx.AsyncClient, wishing: Bench, line_platform: LinePlatform, database: AsyncEngine
) -> tuple[UUID, UUID]:
    """The conversation and the handoff of a resident who has asked for a person on LINE."""
    line_platform.blockers.clear()
    event = line_platform.message_event("職員と話したい", USER)
    await line_platform.send(api, str(api.base_url).rstrip("/"), event)
    await wishing.work()
    async with database.connect() as connection:
        conversation = await connection.scalar(select(tables.handoff.c.conversation))
        assert conversation is not None
        handoff = await rows.open_one(connection, conversation)
    assert handoff is not None
    line_platform.delivered.clear()
    return conversation, handoff.id


def shown(line: LinePlatform) -> str:
    return str(line.delivered)


async def test_who_asked_on_line_is_led_to_the_web_when_somebody_comes_and_not_for_every_word(
    wished: tuple[UUID, UUID],
    wishing: Bench,
    handoffs: Handoffs,
    line_platform: LinePlatform,
    knowledge: Knowledge,
    now: Ahead,
    api: httpx.AsyncClient,
) -> None:
    _, handoff = wished
    phrases = knowledge.phrases.handoff
    await handoffs.claim(handoff, SATO)
    await handoffs.say(handoff, SATO, "ひみつの返事です", "clerk-key-1")
    await wishing.work()
    assert line_platform.pushes == 1
    assert phrases.line_claimed.format(desk="市民の窓口") in shown(line_platform)
    link = re.search(rf"{re.escape(PUBLIC_URL)}(/continue/[\w-]+)", shown(line_platform))
    assert link
    assert (await api.post(link[1])).status_code == 303
    now.wait(minutes=6)
    await handoffs.say(handoff, SATO, "もう一つひみつです", "clerk-key-2")
    await handoffs.say(handoff, SATO, "三つ目です", "clerk-key-3")
    await wishing.work()
    assert line_platform.pushes == 2
    assert phrases.line_answered.format(desk="市民の窓口") in shown(line_platform)
    assert "ひみつ" not in shown(line_platform)
    assert line_platform.refusals == []


async def test_who_has_gone_on_on_the_web_is_not_pushed_until_they_are_away(
    wished: tuple[UUID, UUID], wishing: Bench, handoffs: Handoffs, line_platform: LinePlatform, talks: Talks
) -> None:
    conversation, handoff = wished
    await talks.say(conversation, "ここはLINEの外です")
    await wishing.work()
    await handoffs.claim(handoff, SATO)
    await wishing.work()
    assert line_platform.pushes == 0
    await talks.run("update event set created_at = now() - interval '6 minutes'")
    await handoffs.say(handoff, SATO, "はい", "clerk-key-1")
    await wishing.work()
    assert line_platform.pushes == 1


async def test_nothing_is_pushed_to_who_has_blocked_the_account(
    wished: tuple[UUID, UUID], wishing: Bench, handoffs: Handoffs, line_platform: LinePlatform, talks: Talks
) -> None:
    _, handoff = wished
    await talks.run("update conversation set is_blocked = true")
    await handoffs.claim(handoff, SATO)
    await wishing.work()
    assert line_platform.pushes == 0


async def test_a_cry_for_help_on_line_is_answered_there_while_a_person_has_the_talk(
    wished: tuple[UUID, UUID],
    wishing: Bench,
    handoffs: Handoffs,
    line_platform: LinePlatform,
    api: httpx.AsyncClient,
) -> None:
    _, handoff = wished
    await handoffs.claim(handoff, SATO)
    url = str(api.base_url).rstrip("/")
    await line_platform.send(api, url, line_platform.message_event("転入届", USER))
    await line_platform.send(api, url, line_platform.message_event("火事です、家が燃えています", USER))
    await wishing.work()
    assert "119" in shown(line_platform)
    assert "聞きました" not in shown(line_platform)


async def test_who_writes_on_line_to_a_person_is_led_to_the_talk_again(
    wished: tuple[UUID, UUID],
    wishing: Bench,
    handoffs: Handoffs,
    line_platform: LinePlatform,
    knowledge: Knowledge,
    api: httpx.AsyncClient,
    talks: Talks,
) -> None:
    conversation, handoff = wished
    await handoffs.claim(handoff, SATO)
    await wishing.work()
    line_platform.delivered.clear()
    url = str(api.base_url).rstrip("/")
    await line_platform.send(api, url, line_platform.message_event("もしもし", USER))
    await wishing.work()
    assert knowledge.phrases.handoff.line_elsewhere.splitlines()[0] in shown(line_platform)
    link = re.search(rf"{re.escape(PUBLIC_URL)}(/continue/[\w-]+)", shown(line_platform))
    assert link
    assert (await api.post(link[1])).status_code == 303
    assert line_platform.pushes == 1  # that of the claim: the reply token costs nothing
    assert [event.author for event in await talks.store.events(conversation)][-1] == "resident"


@pytest.fixture
def in_line(queue: procrastinate.App, database: AsyncEngine, words: Words, now: Clock) -> Handoffs:
    """Moves in a city that lets LINE have the words of its clerks."""
    push = LinePush(ProcrastinateQueue(queue), has_words=True, has_links=False)
    return Handoffs(database, words, push, now)


async def test_where_the_city_lets_line_have_them_the_words_themselves_are_pushed(
    wished: tuple[UUID, UUID],
    wishing: Bench,
    in_line: Handoffs,
    knowledge: Knowledge,
    talks: Talks,
) -> None:
    conversation, handoff = wished
    await in_line.claim(handoff, SATO)
    card = knowledge.choose("児童手当")
    said = await in_line.say(handoff, SATO, "こちらです", "clerk-key-1", card)
    await in_line.close(handoff, SATO, heard=said)
    replies = Replies(wishing.store, knowledge, Links(wishing.database), None)
    words = await replies.get(conversation, said)
    assert words.must_arrive
    assert "市民の窓口・佐藤：" in str(words.messages)
    assert "児童手当" in str(words.messages)
    end = await replies.get(conversation, (await talks.last(conversation)).sequence)
    assert knowledge.phrases.handoff.ratings[0] in str(end.messages)
    async with wishing.database.connect() as connection:
        waiting = select(tables.delivery.c.answers).where(tables.delivery.c.delivered_at.is_(None))
        assert len((await connection.scalars(waiting)).all()) == 3


async def test_without_a_page_outside_of_line_who_writes_there_is_told_whom_to_call(
    api: httpx.AsyncClient,
    wishing: Bench,
    line_platform: LinePlatform,
    knowledge: Knowledge,
    push: LinePush,
) -> None:
    event = line_platform.message_event("職員と話したい", USER)
    await line_platform.send(api, str(api.base_url).rstrip("/"), event)
    await wishing.work()
    assert knowledge.phrases.handoff.unstaffed.splitlines()[1] in shown(line_platform)


@pytest.fixture
def push(queue: procrastinate.App, request: pytest.FixtureRequest) -> LinePush:
    """As everywhere, but without a page in the test that says so."""
    has_links = "without_a_page" not in request.node.name
    return LinePush(ProcrastinateQueue(queue), has_words=False, has_links=has_links)
