from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from channels.handoff import wishes
from channels.handoff.duty import Active
from channels.handoff.handoffs import Handoffs
from channels.handoff.machine import State
from channels.handoff.minute import Minute
from channels.handoff.push import LinePush
from channels.handoff.views import Views
from channels.handoff.words import Words
from knowledge.service import Knowledge
from tests.channels.conftest import Bench
from tests.channels.handoff.conftest import SATO, Ahead, Desks, Talks


@pytest.fixture
def minute(
    database: AsyncEngine, words: Words, book: Desks, active: Active, push: LinePush, now: Ahead
) -> Minute:
    return Minute(database, words, book, active, push, now)


async def promised(talks: Talks, minutes: int) -> tuple[UUID, UUID]:
    """A conversation to which a clerk will come, and its handoff."""
    conversation = await talks.store.open_web()
    due = talks.now() + timedelta(minutes=minutes)
    async with talks.database.begin() as connection:
        handoff = await wishes.schedule(connection, conversation, "city", due, talks.now())
    return conversation, handoff.id


async def test_in_a_break_who_waits_keeps_their_place_and_no_alarm_counts_it(
    minute: Minute, talks: Talks, now: Ahead, book: Desks
) -> None:
    now.by = now().replace(hour=12, minute=0) - now()  # at midnight no break ends on the same day
    conversation, handoff = await talks.begin()
    before = (await talks.of(handoff)).requested_at
    book.open.clear()
    book.opening = now() + timedelta(minutes=1)
    await minute.run()
    await minute.run()
    told = [event for event in await talks.store.events(conversation) if event.author == "system"]
    assert len(told) == 1
    assert "休み時間" in told[0].body["text"]
    now.wait(minutes=9)
    book.open |= {"city", "tax"}
    await minute.run()
    assert await alarms(talks) == []
    now.wait(minutes=3)
    await minute.run()
    assert await alarms(talks) == ["alarm_office"]
    kept = await talks.of(handoff)
    assert (kept.state, kept.is_message, kept.requested_at) == (State.WAITING, False, before)


async def alarms(talks: Talks) -> list[str]:
    return [kind for kind, _ in await talks.notices() if kind.startswith("alarm")]


async def test_a_desk_is_reminded_once_before_a_call_back(minute: Minute, talks: Talks, now: Ahead) -> None:
    _, handoff = await promised(talks, 30)
    await minute.run()
    assert [kind for kind, _ in await talks.notices()] == ["new"]
    now.wait(minutes=21)
    await minute.run()
    await minute.run()
    assert [kind for kind, _ in await talks.notices()] == ["new", "callback_soon"]
    assert (await talks.of(handoff)).state is State.CALLBACK


async def test_a_call_back_that_is_due_comes_to_the_front_and_the_resident_is_told(
    minute: Minute, talks: Talks, now: Ahead, views: Views, knowledge: Knowledge
) -> None:
    await talks.begin()
    conversation, handoff = await promised(talks, 30)
    now.wait(minutes=5)
    assert [row.handoff.id for row in await views.queue()][1] == handoff
    now.wait(minutes=26)
    await minute.run()
    await minute.run()
    first = (await views.queue())[0]
    assert (first.handoff.id, first.handoff.state, first.is_due) == (handoff, State.WAITING, True)
    [told] = await talks.store.events(conversation)
    assert told.body["text"] == knowledge.phrases.handoff.callback_due.format(desk="市民の窓口")
    assert told.body["handoff"] == {"state": "waiting"}
    assert first.waiting is not None
    assert first.waiting < timedelta(minutes=2)


async def test_ten_minutes_alarm_the_office_twenty_everyone_each_once_and_the_resident_is_told(
    minute: Minute, talks: Talks, now: Ahead, knowledge: Knowledge
) -> None:
    conversation, handoff = await talks.begin()
    for waited, expected in ((9, []), (2, ["alarm_office"]), (8, ["alarm_office"])):
        now.wait(minutes=waited)
        await minute.run()
        assert await alarms(talks) == expected
    now.wait(minutes=2)
    await minute.run()
    await minute.run()
    assert await alarms(talks) == ["alarm_office", "alarm_all"]
    assert (await talks.of(handoff)).alarm == 2
    told = [e for e in await talks.store.events(conversation) if e.author == "system"]
    assert [e.body["text"] for e in told] == [knowledge.phrases.handoff.long_wait.format(desk="市民の窓口")]
    assert any(link["role"] == "tel" for link in told[0].body["answer"]["links"])


async def test_a_claim_alone_answers_nobody(
    minute: Minute, talks: Talks, now: Ahead, handoffs: Handoffs
) -> None:
    _, handoff = await talks.begin()
    await handoffs.claim(handoff, SATO)
    now.wait(minutes=11)
    await minute.run()
    assert await alarms(talks) == ["alarm_office"]


async def test_in_a_claimed_talk_the_oldest_word_without_an_answer_counts(
    minute: Minute, talks: Talks, now: Ahead, handoffs: Handoffs, views: Views
) -> None:
    conversation, handoff = await talks.begin()
    await handoffs.claim(handoff, SATO)
    await handoffs.say(handoff, SATO, "はい", "clerk-key-1")
    now.wait(hours=1)
    await minute.run()
    assert await alarms(talks) == []
    assert (await views.whole(handoff)).row.waiting is None
    await talks.say(conversation, "もしもし")
    await talks.say(conversation, "いますか")
    await talks.run(
        "update event set created_at = now() + interval '52 minutes' where body->>'text' = 'いますか'"
    )
    await talks.run(
        "update event set created_at = now() + interval '49 minutes' where body->>'text' = 'もしもし'"
    )
    await minute.run()
    assert await alarms(talks) == ["alarm_office"]
    await handoffs.say(handoff, SATO, "すみません", "clerk-key-2")
    assert (await talks.of(handoff)).alarm == 0
    now.wait(hours=1)
    await minute.run()
    assert await alarms(talks) == ["alarm_office"]


async def test_a_desk_that_closes_turns_a_wait_into_a_message_and_says_when_it_opens(
    minute: Minute, talks: Talks, now: Ahead, book: Desks, views: Views
) -> None:
    conversation, _ = await talks.begin()
    book.open.clear()
    book.opening = datetime.fromisoformat("2030-01-07T09:00")
    await minute.run()
    await minute.run()
    [row] = await views.queue()
    assert (row.handoff.state, row.handoff.is_message, row.waiting) == (State.WAITING, True, None)
    [told] = [e for e in await talks.store.events(conversation) if e.author == "system"]
    assert "1月7日（月）の9時" in told.body["text"]
    now.wait(hours=20)
    await minute.run()
    assert await talks.notices() == [("new", "city"), ("message", "city")]


async def test_a_message_taken_up_the_next_day_is_late_only_from_then_on(
    minute: Minute, talks: Talks, now: Ahead, book: Desks, handoffs: Handoffs
) -> None:
    _, handoff = await talks.begin()
    book.open.clear()
    await minute.run()
    now.wait(hours=20)
    await handoffs.claim(handoff, SATO)
    await minute.run()
    assert await alarms(talks) == []
    now.wait(minutes=11)
    await minute.run()
    assert await alarms(talks) == ["alarm_office"]


async def test_who_waits_where_nobody_is_goes_to_who_stands_in(
    minute: Minute, talks: Talks, book: Desks, views: Views
) -> None:
    conversation, handoff = await talks.begin()
    book.open.discard("city")
    await minute.run()
    [row] = await views.queue(["tax"])
    assert row.handoff.id == handoff
    assert (await talks.notices())[-1] == ("new", "tax")
    assert "税の窓口" in (await talks.last(conversation)).body["text"]


async def test_a_talk_under_way_stays_when_its_desk_closes(
    minute: Minute, talks: Talks, book: Desks, handoffs: Handoffs
) -> None:
    _, handoff = await talks.begin()
    await handoffs.claim(handoff, SATO)
    book.open.clear()
    await minute.run()
    assert (await talks.of(handoff)).state is State.CLAIMED


async def test_one_broken_talk_does_not_silence_the_alarms_of_the_others(
    minute: Minute, talks: Talks, now: Ahead, book: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    await talks.begin("tax")
    await talks.begin("city")
    whole = book.chain

    def chain(desk: str) -> tuple[str, ...]:
        if desk == "tax":
            raise RuntimeError("a bug")
        return whole(desk)

    monkeypatch.setattr(book, "chain", chain)
    now.wait(minutes=11)
    await minute.run()
    assert ("alarm_office", "city") in await talks.notices()


async def test_the_minute_is_looked_at_by_the_worker(talks: Talks, now: Ahead, bench: Bench) -> None:
    _, handoff = await talks.begin()
    now.wait(minutes=11)
    await bench.queue.tasks["look_at_handoffs"](timestamp=0)
    assert (await talks.of(handoff)).alarm == 1
