from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from channels.core.events import Event
from channels.core.store import Store
from channels.handoff import rows
from channels.handoff.duty import local
from channels.handoff.handoffs import Handoffs
from channels.handoff.machine import State
from channels.handoff.presses import moment_in_words
from channels.handoff.rows import Handoff
from channels.handoff.views import Views
from knowledge.answer import Answer, AnswerKind
from knowledge.handoff_phrases import HandoffPhrases
from knowledge.service import Knowledge, local_now
from tests.channels.conftest import Bench
from tests.channels.handoff.conftest import ITO, SATO, Ahead, Desks, Talks

PERSON = "職員と話したい"


@pytest.fixture
def phrases(knowledge: Knowledge) -> HandoffPhrases:
    return knowledge.phrases.handoff


@pytest.fixture
def closed(book: Desks) -> Desks:
    """Nobody is there; the desks open tomorrow at nine."""
    book.open.clear()
    book.opening = (local_now() + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0)
    return book


async def ask(bench: Bench, talks: Talks, conversation: UUID, text: str) -> Event:
    """Say something and have it answered."""
    await talks.say(conversation, text)
    await bench.work()
    return await talks.last(conversation)


async def handoff_of(database: AsyncEngine, conversation: UUID) -> Handoff | None:
    async with database.connect() as connection:
        return await rows.open_one(connection, conversation)


def buttons(event: Event) -> list[str]:
    return [choice["says"] for choice in event.body["choices"]]


async def test_while_somebody_is_there_a_wish_waits_and_the_desk_is_told(
    wishing: Bench, talks: Talks, phrases: HandoffPhrases, database: AsyncEngine
) -> None:
    conversation = await talks.store.open_web()
    told = await ask(wishing, talks, conversation, PERSON)
    lines = told.body["text"].splitlines()
    assert lines[:2] == [phrases.waiting.format(desk="市民の窓口"), phrases.nobody_before]
    assert buttons(told) == [phrases.stop]
    assert any(link["role"] == "tel" for link in told.body["links"])
    handoff = await handoff_of(database, conversation)
    assert handoff is not None
    assert (handoff.state, handoff.desk) == (State.WAITING, "city")
    assert await talks.notices() == [("new", "city")]
    assert (await ask(wishing, talks, conversation, "児童手当")).body["text"] == "聞きました：児童手当"


async def test_who_asks_again_is_told_where_the_wish_stands_and_waits_once(
    wishing: Bench, talks: Talks, phrases: HandoffPhrases, views: Views
) -> None:
    conversation = await talks.store.open_web()
    await ask(wishing, talks, conversation, PERSON)
    told = await ask(wishing, talks, conversation, PERSON)
    assert told.body["text"].splitlines()[0] == phrases.still_waiting.format(desk="市民の窓口")
    assert len(await views.queue()) == 1
    assert await talks.notices() == [("new", "city")]


async def test_who_comes_later_is_told_how_many_wait_and_how_long_it_took(
    wishing: Bench, talks: Talks, phrases: HandoffPhrases, handoffs: Handoffs, now: Ahead
) -> None:
    for _ in range(3):
        _, handoff = await talks.begin()
        now.wait(minutes=4)
        await handoffs.claim(handoff, SATO)
    await talks.begin()
    now.wait(seconds=1)
    conversation = await talks.store.open_web()
    told = await ask(wishing, talks, conversation, PERSON)
    assert phrases.before.format(count=1) in told.body["text"]
    assert phrases.estimate.format(minutes=5) in told.body["text"]


async def test_the_desk_is_that_of_the_entry_last_answered(
    wishing: Bench, talks: Talks, knowledge: Knowledge, database: AsyncEngine
) -> None:
    entry = next(e for e in knowledge.content.entries.values() if getattr(e, "department", "") == "tax")
    says = wishing.assistant.says
    told = [Answer(kind=AnswerKind.ANSWER, text="税", entry=entry.id)]
    wishing.assistant.says = lambda said: told if said == "税" else says(said)
    conversation = await talks.store.open_web()
    await ask(wishing, talks, conversation, "税")
    await ask(wishing, talks, conversation, PERSON)
    handoff = await handoff_of(database, conversation)
    assert handoff is not None
    assert handoff.desk == "tax"


async def test_where_no_account_could_ever_answer_the_phone_number_stays_and_the_wish_is_recorded(
    wishing: Bench, talks: Talks, phrases: HandoffPhrases, accounts: set[str], views: Views
) -> None:
    accounts.clear()
    conversation = await talks.store.open_web()
    told = await ask(wishing, talks, conversation, PERSON)
    assert told.body["text"].startswith(phrases.unstaffed)
    assert await views.queue() == []
    assert await views.of_conversation(conversation) is None
    async with talks.database.connect() as connection:
        assert (await connection.exec_driver_sql("select closed_why from handoff")).scalars().all() == [
            "unstaffed"
        ]


async def test_who_waits_no_more_is_with_the_bot_again(
    wishing: Bench, talks: Talks, phrases: HandoffPhrases, views: Views
) -> None:
    conversation = await talks.store.open_web()
    await ask(wishing, talks, conversation, PERSON)
    assert (await ask(wishing, talks, conversation, phrases.stop)).body["text"] == phrases.stopped
    assert await views.queue() == []
    assert (await ask(wishing, talks, conversation, phrases.stop)).body["text"] == phrases.nothing_to_stop


async def test_out_of_hours_three_times_and_a_message_are_offered_and_nothing_personal_is_asked(
    wishing: Bench, talks: Talks, phrases: HandoffPhrases, closed: Desks, knowledge: Knowledge, views: Views
) -> None:
    conversation = await talks.store.open_web()
    told = await ask(wishing, talks, conversation, PERSON)
    assert closed.opening is not None
    moment = moment_in_words(closed.opening, knowledge.phrases.labels)
    assert phrases.closed_now.format(desk="市民の窓口", opens=moment) in told.body["text"]
    assert buttons(told)[0] == phrases.slot.format(moment=moment)
    assert buttons(told)[3:] == [phrases.message]
    assert await views.queue() == []


async def test_a_time_that_is_pressed_is_kept_and_can_be_given_up(
    wishing: Bench, talks: Talks, phrases: HandoffPhrases, closed: Desks, database: AsyncEngine, views: Views
) -> None:
    conversation = await talks.store.open_web()
    slot = buttons(await ask(wishing, talks, conversation, PERSON))[0]
    told = await ask(wishing, talks, conversation, slot)
    assert buttons(told) == [phrases.stop_callback]
    handoff = await handoff_of(database, conversation)
    assert handoff is not None
    assert handoff.state is State.CALLBACK
    assert handoff.due_at is not None
    assert local(handoff.due_at) == closed.opening
    assert (await ask(wishing, talks, conversation, phrases.stop_callback)).body["text"] == phrases.stopped
    assert await views.queue() == []


async def test_of_two_who_press_the_last_time_one_gets_it_and_the_other_is_offered_others(
    wishing: Bench, talks: Talks, phrases: HandoffPhrases, closed: Desks, views: Views
) -> None:
    first, second = await talks.store.open_web(), await talks.store.open_web()
    slot = buttons(await ask(wishing, talks, first, PERSON))[0]
    await asyncio.gather(talks.say(first, slot), talks.say(second, slot))
    await wishing.work()
    told = [(await talks.last(conversation)) for conversation in (first, second)]
    gone = [event for event in told if phrases.slot_gone in event.body["text"]]
    assert len(gone) == len(await views.queue()) == 1
    assert slot not in buttons(gone[0])
    assert len(buttons(gone[0])) == 4


async def test_a_message_is_kept_for_the_clerks_and_the_bot_answers_again(
    wishing: Bench, talks: Talks, phrases: HandoffPhrases, closed: Desks, database: AsyncEngine
) -> None:
    conversation = await talks.store.open_web()
    await ask(wishing, talks, conversation, PERSON)
    assert phrases.message_write in (await ask(wishing, talks, conversation, phrases.message)).body["text"]
    kept = await ask(wishing, talks, conversation, "犬のことで、宇宙より大切な話があります")
    assert "伝言をお預かりしました" in kept.body["text"]
    handoff = await handoff_of(database, conversation)
    assert handoff is not None
    assert (handoff.state, handoff.is_message) == (State.WAITING, True)
    assert await talks.notices() == [("message", "city")]
    assert (await ask(wishing, talks, conversation, "児童手当")).body["text"] == "聞きました：児童手当"


async def test_in_danger_a_message_that_was_asked_for_is_answered_with_the_emergency_number(
    wishing: Bench, talks: Talks, phrases: HandoffPhrases, closed: Desks, views: Views
) -> None:
    conversation = await talks.store.open_web()
    await ask(wishing, talks, conversation, phrases.message)
    told = await ask(wishing, talks, conversation, "死にたい")
    assert told.body["entry"] == "suicide-support"
    assert await views.queue() == []


async def test_who_stops_writing_a_message_is_with_the_bot_again(
    wishing: Bench, talks: Talks, phrases: HandoffPhrases, closed: Desks, views: Views
) -> None:
    conversation = await talks.store.open_web()
    await ask(wishing, talks, conversation, phrases.message)
    await ask(wishing, talks, conversation, phrases.stop)
    assert (await ask(wishing, talks, conversation, "児童手当")).body["text"] == "聞きました：児童手当"
    assert await views.queue() == []


async def test_who_left_a_message_and_comes_while_somebody_is_there_waits_in_the_same_handoff(
    wishing: Bench, talks: Talks, phrases: HandoffPhrases, closed: Desks, views: Views
) -> None:
    conversation = await talks.store.open_web()
    await ask(wishing, talks, conversation, phrases.message)
    await ask(wishing, talks, conversation, "折り返しお願いします")
    closed.open.add("city")
    await ask(wishing, talks, conversation, PERSON)
    [row] = await views.queue()
    assert not row.handoff.is_message


async def test_a_personal_number_in_a_message_is_hidden_and_the_resident_told(
    wishing: Bench, talks: Talks, phrases: HandoffPhrases, closed: Desks, knowledge: Knowledge
) -> None:
    conversation = await talks.store.open_web()
    await ask(wishing, talks, conversation, phrases.message)
    await ask(wishing, talks, conversation, "090-1234-5678 に電話をください")
    events = await talks.store.events(conversation)
    assert events[-2].body["text"] == knowledge.phrases.masked
    assert events[-3].body["text"] == "［電話番号］ に電話をください"


async def test_a_wish_whose_turn_runs_twice_is_one(wishing: Bench, talks: Talks, views: Views) -> None:
    conversation = await talks.store.open_web()
    sequence = await talks.say(conversation, PERSON)
    turn = wishing.queue.tasks["answer_turn"]
    await asyncio.gather(*(turn(conversation=str(conversation), sequence=sequence) for _ in range(3)))
    assert len(await views.queue()) == 1
    assert len(await talks.store.events(conversation)) == 2


async def test_the_second_time_in_a_row_that_nothing_is_known_a_person_is_offered(
    wishing: Bench, talks: Talks, phrases: HandoffPhrases
) -> None:
    conversation = await talks.store.open_web()
    assert phrases.unknown_again not in (await ask(wishing, talks, conversation, "宇宙の果て")).body["text"]
    again = await ask(wishing, talks, conversation, "宇宙の始まり")
    assert phrases.unknown_again in again.body["text"]
    assert buttons(again)[0] == PERSON
    assert buttons(again).count(PERSON) == 1


async def test_in_a_claimed_talk_only_a_danger_is_told_and_everyone_is_alarmed_once(
    wishing: Bench, talks: Talks, handoffs: Handoffs
) -> None:
    conversation, handoff = await talks.begin()
    await wishing.work()
    await handoffs.claim(handoff, SATO)
    await ask(wishing, talks, conversation, "こんにちは")
    assert (await talks.last(conversation)).author == "resident"
    sequence = await talks.say(conversation, "火事です、家が燃えています")
    await wishing.work()
    told = await talks.last(conversation)
    assert told.author == "system"
    assert "119" in told.body["text"]
    assert told.body["handoff"] == {"state": "claimed"}
    assert Answer.model_validate(told.body["answer"]).entry
    assert (await talks.of(handoff)).alarm == 2
    await wishing.queue.tasks["answer_turn"](conversation=str(conversation), sequence=sequence)
    assert await talks.last(conversation) == told
    await ask(wishing, talks, conversation, "火事です、早く")
    assert [kind for kind, _ in await talks.notices()].count("alarm_all") == 1


async def test_a_danger_while_still_waiting_alarms_everyone_once(
    wishing: Bench, talks: Talks, database: AsyncEngine
) -> None:
    conversation = await talks.store.open_web()
    await ask(wishing, talks, conversation, PERSON)
    for said in ("火事です、家が燃えています", "火事です、早く"):
        told = await ask(wishing, talks, conversation, said)
        assert (told.author, "119" in told.body["text"]) == ("bot", True)
    handoff = await handoff_of(database, conversation)
    assert handoff is not None
    assert (handoff.state, handoff.alarm) == (State.WAITING, 2)
    assert [kind for kind, _ in await talks.notices()].count("alarm_all") == 1


async def test_a_danger_is_told_though_a_clerk_came_while_it_was_being_answered(
    wishing: Bench, talks: Talks, handoffs: Handoffs, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation, handoff = await talks.begin()
    sequence = await talks.say(conversation, "火事です、家が燃えています")
    real, asked = Store.is_silent, []

    async def claimed_after_the_look(self: Store, conversation: UUID, sequence: int) -> bool:
        found = await real(self, conversation, sequence)
        asked.append(found)
        if len(asked) == 1:
            await handoffs.claim(handoff, SATO)
        return found

    monkeypatch.setattr(Store, "is_silent", claimed_after_the_look)
    await wishing.queue.tasks["answer_turn"](conversation=str(conversation), sequence=sequence)
    assert asked == [False, True]
    told = await talks.last(conversation)
    assert (told.author, "119" in told.body["text"]) == ("system", True)
    assert (await talks.of(handoff)).alarm == 2


async def test_a_danger_that_no_person_was_asked_about_alarms_nobody(wishing: Bench, talks: Talks) -> None:
    conversation = await talks.store.open_web()
    await ask(wishing, talks, conversation, "火事です、家が燃えています")
    assert await talks.notices() == []


async def test_a_rating_is_kept_with_the_talk_and_may_be_changed(
    wishing: Bench, talks: Talks, handoffs: Handoffs, phrases: HandoffPhrases
) -> None:
    conversation, handoff = await talks.begin()
    await handoffs.claim(handoff, SATO)
    await handoffs.close(handoff, SATO, heard=99)
    says = [choice["says"] for choice in (await talks.last(conversation)).body["choices"]]
    for press, rating in ((says[4], 1), (says[0], 5)):
        assert (await ask(wishing, talks, conversation, press)).body["text"] == phrases.rated
        assert (await talks.of(handoff)).rating == rating


async def test_a_rating_without_a_talk_changes_nothing(
    wishing: Bench, talks: Talks, phrases: HandoffPhrases, views: Views
) -> None:
    conversation = await talks.store.open_web()
    await ask(wishing, talks, conversation, phrases.rating_says.format(label=phrases.ratings[0]))
    assert await views.of_conversation(conversation) is None


async def test_after_the_talk_a_new_wish_is_a_new_handoff(
    wishing: Bench, talks: Talks, handoffs: Handoffs, views: Views
) -> None:
    conversation, first = await talks.begin()
    await handoffs.claim(first, SATO)
    await handoffs.close(first, SATO, heard=99)
    await ask(wishing, talks, conversation, PERSON)
    [row] = await views.queue()
    assert row.handoff.id != first
    await handoffs.claim(row.handoff.id, ITO)
