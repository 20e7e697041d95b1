from __future__ import annotations

import asyncio
import uuid

import psycopg
import pytest

from channels.core.erasure import Erasure
from channels.core.events import STAFF_CHANNEL
from channels.core.store import Store
from channels.errors import HandoffGoneError, MoveRefusedError, StaffWordsError, UnheardWordsError
from channels.handoff.handoffs import Handoffs
from channels.handoff.machine import State
from channels.handoff.views import Views
from knowledge.answer import Answer, AnswerKind
from knowledge.service import Knowledge
from tests.channels.conftest import Bench
from tests.channels.handoff.conftest import ITO, SATO, Ahead, Talks

KEY = "clerk-key-1"
AN_ANSWER = Answer(kind=AnswerKind.TALK, text="答え")


async def test_of_two_clerks_at_the_same_moment_exactly_one_wins(handoffs: Handoffs, talks: Talks) -> None:
    for _ in range(5):
        conversation, handoff = await talks.begin()
        results = await asyncio.gather(
            handoffs.claim(handoff, SATO), handoffs.claim(handoff, ITO), return_exceptions=True
        )
        [refused] = [result for result in results if result is not None]
        assert isinstance(refused, MoveRefusedError)
        assert "ほかの職員がすでに対応しています" in str(refused)
        events = await talks.store.events(conversation)
        assert [e.body["handoff"] for e in events if e.author == "system"] == [{"state": "claimed"}]


async def test_the_resident_is_told_which_desk_has_come(
    handoffs: Handoffs, talks: Talks, knowledge: Knowledge
) -> None:
    conversation, handoff = await talks.begin()
    await handoffs.claim(handoff, SATO)
    told = await talks.last(conversation)
    assert told.body["text"] == knowledge.phrases.handoff.claimed.format(desk="市民の窓口")


async def test_a_clerk_who_claims_twice_has_claimed_once(handoffs: Handoffs, talks: Talks) -> None:
    conversation, handoff = await talks.begin()
    await handoffs.claim(handoff, SATO)
    before = await talks.last(conversation)
    await handoffs.claim(handoff, SATO)
    assert await talks.last(conversation) == before


async def test_while_claimed_the_bot_stores_nothing_whatever_was_on_its_way(
    handoffs: Handoffs, talks: Talks, store: Store
) -> None:
    conversation, handoff = await talks.begin()
    before = await talks.say(conversation, "まだ答えていない質問")
    await handoffs.claim(handoff, SATO)
    during = await talks.say(conversation, "職員への言葉")
    for sequence in (before, during):
        assert await store.is_silent(conversation, sequence)
        assert not await store.reply(conversation, sequence, [AN_ANSWER])
        assert not await store.reply(conversation, sequence, [AN_ANSWER], interim=True)
    assert all(event.author != "bot" for event in await store.events(conversation))


async def test_what_was_said_to_a_person_is_never_the_bot_s_later(
    handoffs: Handoffs, talks: Talks, store: Store
) -> None:
    conversation, handoff = await talks.begin()
    await handoffs.claim(handoff, SATO)
    during = await talks.say(conversation, "職員への言葉")
    await handoffs.close(handoff, SATO, heard=during)
    assert not await store.reply(conversation, during, [AN_ANSWER])
    after = await talks.say(conversation, "まどぐちへの質問")
    assert await store.reply(conversation, after, [AN_ANSWER])


async def test_a_turn_that_runs_while_the_claim_comes_leaves_no_reply(
    wishing: Bench, handoffs: Handoffs, talks: Talks
) -> None:
    conversation, handoff = await talks.begin()
    heard = asyncio.Event()
    may_go_on = asyncio.Event()

    async def slow(_: uuid.UUID, said: str, context: object) -> list[Answer]:
        heard.set()
        await may_go_on.wait()
        return [AN_ANSWER]

    wishing.assistant.turn = slow  # type: ignore[method-assign, assignment]
    working = asyncio.create_task(wishing.work())
    await heard.wait()
    await handoffs.claim(handoff, SATO)
    may_go_on.set()
    await working
    assert [e.author for e in await talks.store.events(conversation)] == ["resident", "system"]


async def test_a_turn_put_off_before_the_claim_is_not_answered_after_it(
    wishing: Bench, handoffs: Handoffs, talks: Talks
) -> None:
    conversation, handoff = await talks.begin()
    await wishing.work()
    wishing.assistant.failures = 1
    await talks.say(conversation, "あれはどうなった")
    await wishing.work()
    await handoffs.claim(handoff, SATO)
    await wishing.work()
    events = await talks.store.events(conversation)
    assert "聞きました：あれはどうなった" not in [event.body["text"] for event in events]
    assert wishing.assistant.heard == ["税金のことで"]


async def test_a_clerk_s_words_come_once_however_often_they_are_sent(
    handoffs: Handoffs, talks: Talks
) -> None:
    conversation, handoff = await talks.begin()
    await handoffs.claim(handoff, SATO)
    sent = await asyncio.gather(*(handoffs.say(handoff, SATO, "こんにちは", KEY) for _ in range(3)))
    assert len(set(sent)) == 1
    said = await talks.last(conversation)
    assert (said.author, said.sequence) == ("staff", sent[0])
    assert said.body == {"text": "こんにちは", "hidden": [], "name": "佐藤", "desk": "市民の窓口"}
    await handoffs.close(handoff, SATO, heard=said.sequence)
    assert await handoffs.say(handoff, SATO, "こんにちは", KEY) == sent[0]


async def test_a_resident_s_key_does_not_swallow_a_clerk_s_words(handoffs: Handoffs, talks: Talks) -> None:
    conversation, handoff = await talks.begin()
    await talks.store.say(conversation, "同じ鍵", KEY)
    await handoffs.claim(handoff, SATO)
    sequence = await handoffs.say(handoff, SATO, "こんにちは", KEY)
    assert (await talks.last(conversation)).sequence == sequence


async def test_a_card_of_the_knowledge_goes_with_or_without_words(
    handoffs: Handoffs, talks: Talks, knowledge: Knowledge
) -> None:
    conversation, handoff = await talks.begin()
    await handoffs.claim(handoff, SATO)
    card = knowledge.choose("児童手当")
    await handoffs.say(handoff, SATO, "", KEY, card)
    assert Answer.model_validate((await talks.last(conversation)).body["answer"]) == card
    with pytest.raises(StaffWordsError):
        await handoffs.say(handoff, SATO, "", "clerk-key-2")


async def test_only_the_owner_speaks(handoffs: Handoffs, talks: Talks) -> None:
    conversation, handoff = await talks.begin()
    with pytest.raises(MoveRefusedError, match="対応する"):
        await handoffs.say(handoff, SATO, "こんにちは", KEY)
    await handoffs.claim(handoff, SATO)
    with pytest.raises(MoveRefusedError, match="ほかの職員"):
        await handoffs.say(handoff, ITO, "こんにちは", KEY)
    assert (await talks.last(conversation)).author == "system"


async def test_a_talk_with_words_that_no_page_has_shown_is_not_closed(
    handoffs: Handoffs, talks: Talks, views: Views
) -> None:
    conversation, handoff = await talks.begin()
    await handoffs.claim(handoff, SATO)
    shown = (await talks.last(conversation)).sequence
    await handoffs.hear(handoff, SATO, shown)
    unseen = await talks.say(conversation, "待ってください")
    assert (await views.whole(handoff)).row.unheard == 1
    for end in (handoffs.close, handoffs.give_back):
        with pytest.raises(UnheardWordsError, match="1件"):
            await end(handoff, SATO, shown)
    assert (await talks.of(handoff)).state is State.CLAIMED
    await handoffs.close(handoff, SATO, heard=unseen)
    assert (await talks.of(handoff)).state is State.CLOSED


async def test_what_is_shown_never_goes_back_nor_past_the_end(handoffs: Handoffs, talks: Talks) -> None:
    conversation, handoff = await talks.begin()
    await handoffs.claim(handoff, SATO)
    last = (await talks.last(conversation)).sequence
    await handoffs.hear(handoff, SATO, 10**9)
    await handoffs.hear(handoff, SATO, 1)
    assert (await talks.of(handoff)).heard_sequence == last
    await talks.say(conversation, "まだあります")
    with pytest.raises(UnheardWordsError):
        await handoffs.close(handoff, SATO, heard=last)


async def test_an_unsent_message_need_not_be_seen(handoffs: Handoffs, talks: Talks) -> None:
    conversation, handoff = await talks.begin()
    await handoffs.claim(handoff, SATO)
    last = await talks.say(conversation, "やっぱり")
    await talks.run("update event set body = '{\"unsent\": true}' where sequence = :n", n=last)
    await handoffs.close(handoff, SATO, heard=last - 1)


async def test_the_end_asks_how_it_was_and_leads_to_the_record(
    handoffs: Handoffs, talks: Talks, knowledge: Knowledge
) -> None:
    conversation, handoff = await talks.begin()
    await handoffs.claim(handoff, SATO)
    await handoffs.give_back(handoff, SATO, heard=99)
    body = (await talks.last(conversation)).body
    phrases = knowledge.phrases.handoff
    assert body["text"] == f"{phrases.given_back}\n{phrases.rate}"
    assert [choice["label"] for choice in body["choices"]] == list(phrases.ratings)
    assert body["summary"] == phrases.summary
    assert body["handoff"] == {"state": "closed"}


async def test_a_released_talk_waits_again_and_the_bot_answers_meanwhile(
    handoffs: Handoffs, talks: Talks, store: Store
) -> None:
    conversation, handoff = await talks.begin()
    await handoffs.claim(handoff, SATO)
    unread = await talks.say(conversation, "聞いてください")
    await handoffs.release(handoff, SATO)
    assert not await store.reply(conversation, unread, [AN_ANSWER])
    assert await store.reply(conversation, await talks.say(conversation, "児童手当"), [AN_ANSWER])
    await handoffs.claim(handoff, ITO)
    found = await talks.of(handoff)
    assert (found.claimed_by, found.claimed_name) == (ITO.account, "伊藤")
    assert found.heard_sequence < unread


async def test_a_talk_passed_to_another_desk_is_in_its_queue_and_its_staff_are_told(
    handoffs: Handoffs, talks: Talks, views: Views
) -> None:
    conversation, handoff = await talks.begin()
    await handoffs.claim(handoff, SATO)
    await handoffs.transfer(handoff, SATO, "tax", to=ITO.account)
    assert await views.queue(["city"]) == []
    [row] = await views.queue(["tax"])
    assert (row.handoff.id, row.handoff.asked_for) == (handoff, ITO.account)
    assert (await talks.notices())[-1] == ("new", "tax")
    assert "税の窓口" in (await talks.last(conversation)).body["text"]


async def test_a_talk_is_taken_over_from_a_clerk_who_does_not_answer(
    handoffs: Handoffs, talks: Talks
) -> None:
    _, handoff = await talks.begin()
    await handoffs.claim(handoff, SATO)
    with pytest.raises(MoveRefusedError):
        await handoffs.take_over(handoff, ITO)
    await talks.run("update handoff set alarm = 1")
    await handoffs.take_over(handoff, ITO)
    with pytest.raises(MoveRefusedError):
        await handoffs.say(handoff, SATO, "もどりました", KEY)
    await handoffs.say(handoff, ITO, "代わりました", KEY)
    assert (await talks.of(handoff)).alarm == 0


async def test_a_deleted_conversation_ends_its_handoff_and_the_clerk_is_told(
    handoffs: Handoffs, talks: Talks, views: Views
) -> None:
    conversation, handoff = await talks.begin()
    await handoffs.claim(handoff, SATO)
    await handoffs.note(handoff, SATO, "折り返し")
    await Erasure(talks.database).run(conversation)
    moves = (
        handoffs.claim(handoff, SATO),
        handoffs.say(handoff, SATO, "もしもし", KEY),
        handoffs.close(handoff, SATO, heard=9),
        handoffs.note(handoff, SATO, "もしもし"),
        views.whole(handoff),
    )
    for move in moves:
        with pytest.raises(HandoffGoneError, match="この会話は、住民が消しました"):
            await move
    assert await views.queue() == []
    assert await talks.notices() == []


async def test_notes_and_labels_are_for_clerks_and_masked(
    handoffs: Handoffs, talks: Talks, views: Views
) -> None:
    conversation, handoff = await talks.begin()
    before = await talks.last(conversation)
    await handoffs.note(handoff, ITO, "電話は 090-1234-5678 とのこと")
    await handoffs.label(handoff, ITO, "税")
    whole = await views.whole(handoff)
    [note] = whole.notes
    assert (note.name, note.text) == ("伊藤", "電話は ［電話番号］ とのこと")
    assert whole.row.handoff.label == "税"
    await handoffs.label(handoff, ITO, None)
    assert (await views.whole(handoff)).row.handoff.label is None
    assert await talks.last(conversation) == before


async def test_a_wish_that_needs_no_talk_any_more_is_closed_by_any_clerk(
    handoffs: Handoffs, talks: Talks, store: Store
) -> None:
    conversation, handoff = await talks.begin()
    await handoffs.close(handoff, ITO, heard=1)
    assert (await talks.of(handoff)).closed_why == "close"
    assert "choices" not in (await talks.last(conversation)).body
    assert await store.reply(conversation, await talks.say(conversation, "児童手当"), [AN_ANSWER])


async def test_one_conversation_never_has_two_open_handoffs(talks: Talks) -> None:
    conversation, _ = await talks.begin()
    with pytest.raises(Exception, match="handoff_one_open"):
        await talks.run(
            "insert into handoff (id, conversation, desk, state, requested_at, changed_at)"
            " values (gen_random_uuid(), :it, 'tax', 'waiting', now(), now())",
            it=conversation,
        )


async def test_consoles_are_woken_by_moves_and_by_what_is_said_to_a_person(
    handoffs: Handoffs, talks: Talks, database_url: str
) -> None:
    conversation, handoff = await talks.begin()
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as listener:
        await listener.execute(f"listen {STAFF_CHANNEL}")
        await handoffs.claim(handoff, SATO)
        await talks.say(conversation, "こんにちは")
        woken = [n.payload async for n in listener.notifies(timeout=1)]
    assert len(woken) >= 2
    assert set(woken) == {str(conversation)}


async def test_the_first_answer_and_the_first_claim_are_kept(
    handoffs: Handoffs, talks: Talks, now: Ahead
) -> None:
    _, handoff = await talks.begin()
    await handoffs.claim(handoff, SATO)
    await handoffs.say(handoff, SATO, "はい", KEY)
    first = await talks.of(handoff)
    now.wait(minutes=3)
    await handoffs.say(handoff, SATO, "いかがですか", "clerk-key-2")
    await handoffs.release(handoff, SATO)
    await handoffs.claim(handoff, ITO)
    later = await talks.of(handoff)
    assert (later.first_answer_at, later.claimed_at) == (first.first_answer_at, first.claimed_at)
    assert later.spoken_at > first.spoken_at  # type: ignore[operator]
