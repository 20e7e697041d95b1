from __future__ import annotations

import asyncio
import uuid

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from channels.core import tables
from channels.core.context import Context
from channels.core.retention import Retention
from channels.core.store import MAX_TEXT, Store
from channels.errors import ConversationNotFoundError, EmptyMessageError, MessageTooLongError
from knowledge.answer import Answer, AnswerChoice, AnswerKind, Feedback, GuideState, Verdict

KEY = "0123456789abcdef"


def an_answer(said: str = "はい") -> Answer:
    return Answer(kind=AnswerKind.TALK, text=said)


async def jobs_of(database: AsyncEngine, conversation: uuid.UUID) -> list[str]:
    async with database.connect() as connection:
        found = await connection.scalars(
            text("select task_name from procrastinate_jobs where lock = :lock order by id"),
            {"lock": f"conversation:{conversation}"},
        )
        return list(found)


async def test_a_message_and_its_job_are_stored_together(store: Store, database: AsyncEngine) -> None:
    conversation = await store.open_web()
    sequence = await store.say(conversation, "児童手当", KEY)
    events = await store.events(conversation)
    assert [(event.sequence, event.body["text"]) for event in events] == [(sequence, "児童手当")]
    assert await jobs_of(database, conversation) == ["answer_turn"]


async def test_the_same_key_twice_is_one_message(store: Store, database: AsyncEngine) -> None:
    conversation = await store.open_web()
    first, second = await asyncio.gather(
        store.say(conversation, "児童手当", KEY), store.say(conversation, "児童手当", KEY)
    )
    assert first == second
    assert len(await store.events(conversation)) == 1
    assert len(await jobs_of(database, conversation)) == 1


async def test_a_failed_job_leaves_no_message_behind(store: Store, database: AsyncEngine) -> None:
    class BrokenQueue:
        async def enqueue_turn(self, *_: object, urgent: bool) -> None:
            raise RuntimeError("crash")

        async def enqueue_delivery(self, *_: object) -> None:
            raise RuntimeError("crash")

    conversation = await store.open_web()
    with pytest.raises(RuntimeError):
        await Store(database, BrokenQueue(), lambda _: False).say(conversation, "児童手当", KEY)
    assert await store.events(conversation) == []


async def test_messages_from_two_tabs_at_once_get_one_order_without_gaps(store: Store) -> None:
    conversation = await store.open_web()
    said = [store.say(conversation, f"質問{n}", f"key-{n:05}") for n in range(20)]
    sequences = await asyncio.gather(*said)
    assert sorted(sequences) == list(range(1, 21))


@pytest.mark.parametrize("said", ["", "   ", "\n\t　"])
async def test_an_empty_message_is_refused(store: Store, said: str) -> None:
    conversation = await store.open_web()
    with pytest.raises(EmptyMessageError):
        await store.say(conversation, said, KEY)


async def test_a_message_over_the_limit_is_refused_and_one_at_the_limit_is_not(store: Store) -> None:
    conversation = await store.open_web()
    with pytest.raises(MessageTooLongError):
        await store.say(conversation, "あ" * (MAX_TEXT + 1), KEY)
    assert await store.say(conversation, "あ" * MAX_TEXT, KEY) == 1


async def test_nobody_can_speak_in_a_conversation_that_is_not_there(store: Store) -> None:
    with pytest.raises(ConversationNotFoundError):
        await store.say(uuid.uuid4(), "こんにちは", KEY)


async def test_a_my_number_never_reaches_the_database(store: Store, database: AsyncEngine) -> None:
    conversation = await store.open_web()
    await store.say(conversation, "番号は１２３４-５６７８-９０１２です", KEY)
    async with database.connect() as connection:
        body = await connection.scalar(
            select(tables.event.c.body).where(tables.event.c.conversation == conversation)
        )
    assert body is not None
    assert body["text"] == "番号は［個人番号］です"
    assert body["hidden"] == ["［個人番号］"]


async def test_a_turn_is_answered_once_however_often_it_is_tried(store: Store) -> None:
    conversation = await store.open_web()
    sequence = await store.say(conversation, "児童手当", KEY)
    tries = [store.reply(conversation, sequence, [an_answer(str(n))]) for n in range(5)]
    stored = await asyncio.gather(*tries)
    assert sorted(stored) == [False, False, False, False, True]
    assert len(await store.events(conversation)) == 2


async def test_an_interim_notice_may_come_before_the_reply_but_not_twice_nor_after(store: Store) -> None:
    conversation = await store.open_web()
    sequence = await store.say(conversation, "児童手当", KEY)
    assert await store.reply(conversation, sequence, [an_answer("お待ちを")], interim=True)
    assert not await store.reply(conversation, sequence, [an_answer("お待ちを")], interim=True)
    assert not await store.is_answered(conversation, sequence)
    assert await store.reply(conversation, sequence, [an_answer("答え")])
    assert not await store.reply(conversation, sequence, [an_answer("お待ちを")], interim=True)
    assert await store.is_answered(conversation, sequence)


async def test_idle_conversations_are_deleted_with_everything_they_said(
    store: Store, database: AsyncEngine
) -> None:
    old, fresh = await store.open_web(), await store.open_web()
    await store.say(old, "むかしの質問", KEY)
    async with database.begin() as connection:
        await connection.execute(
            text("update conversation set active_at = now() - interval '31 days' where id = :id"),
            {"id": old},
        )
    await Retention(database, 30, 90).run()
    assert await store.events(old) == []
    assert not await store.exists(old)
    assert await store.exists(fresh)


async def test_a_nul_byte_is_dropped_because_postgresql_refuses_it(store: Store) -> None:
    conversation = await store.open_web()
    await store.say(conversation, "児童\x00手当", KEY)
    assert (await store.events(conversation))[0].body["text"] == "児童手当"


async def test_the_context_of_a_turn_is_what_was_said_before_it(store: Store) -> None:
    conversation = await store.open_web()
    first = await store.say(conversation, "児童手当", "key-00001")
    assert await store.context(conversation, first) == Context()
    about = Answer(kind=AnswerKind.ANSWER, text="手当", entry="child-allowance", aspect="about")
    choices = (AnswerChoice(label="一", says="転入届"), AnswerChoice(label="二", says="転出届"))
    await store.reply(conversation, first, [about])
    second = await store.say(conversation, "引っ越し", "key-00002")
    await store.reply(conversation, second, [Answer(kind=AnswerKind.CHOICES, text="どれ", choices=choices)])
    third = await store.say(conversation, "1番", "key-00003")
    now = Context(
        entry="child-allowance",
        aspect="about",
        said=("児童手当", "引っ越し"),
        offered=("転入届", "転出届"),
        is_choosing=True,
    )
    assert await store.context(conversation, third) == now
    await store.reply(conversation, third, [an_answer()])
    assert await store.context(conversation, third) == now, "the same at every attempt"


async def test_the_context_of_the_second_of_two_quick_messages_is_the_reply_to_the_first(
    store: Store,
) -> None:
    conversation = await store.open_web()
    first = await store.say(conversation, "児童手当", "key-00001")
    second = await store.say(conversation, "それはいくら", "key-00002")
    await store.reply(conversation, first, [Answer(kind=AnswerKind.ANSWER, text="手当", entry="birth")])
    assert (await store.context(conversation, second)).entry == "birth"
    assert await store.context(conversation, first) == Context()


async def test_what_was_said_is_remembered_back_to_what_was_last_answered(store: Store) -> None:
    conversation = await store.open_web()
    told = Answer(kind=AnswerKind.ANSWER, text="手当", entry="child-allowance")
    unsure = Answer(kind=AnswerKind.CHOICES, text="どれですか")
    expected = {
        "児童手当": ((), told),
        "引っ越し 090-1234-5678": (("児童手当",), unsure),
        "出るほう": (("児童手当", "引っ越し"), unsure),
        "旭川に": (("児童手当", "引っ越し", "出るほう"), unsure),
        "来月": (("引っ越し", "出るほう", "旭川に"), told),
        "いくら": (("来月",), told),
    }
    for number, (words, (said, reply)) in enumerate(expected.items()):
        sequence = await store.say(conversation, words, f"key-{number:05}")
        assert (await store.context(conversation, sequence)).said == said
        await store.reply(conversation, sequence, [reply])


async def test_the_context_ends_after_an_hour(store: Store, database: AsyncEngine) -> None:
    conversation = await store.open_web()
    first = await store.say(conversation, "児童手当", KEY)
    await store.reply(conversation, first, [Answer(kind=AnswerKind.ANSWER, text="手当", entry="birth")])
    async with database.begin() as connection:
        await connection.execute(text("update event set created_at = now() - interval '61 minutes'"))
    assert await store.context(conversation, 99) == Context()


async def test_a_guide_is_kept_for_days_and_known_to_be_old(store: Store, database: AsyncEngine) -> None:
    conversation = await store.open_web()
    first = await store.say(conversation, "赤ちゃん", "key-00001")
    here = GuideState(guide="new-baby", path=("born", "nhi"), answers={"born": "2026-11-20"})
    await store.reply(conversation, first, [Answer(kind=AnswerKind.STEP, text="国保ですか", guide=here)])
    second = await store.say(conversation, "犬", "key-00002")
    now = await store.context(conversation, second)
    assert now.guide is not None
    assert (GuideState.model_validate(now.guide), now.guide_is_old) == (here, False)
    await store.reply(conversation, second, [an_answer()])
    async with database.begin() as connection:
        await connection.execute(text("update event set created_at = now() - interval '2 days'"))
    later = await store.context(conversation, 99)
    assert (later.guide, later.guide_is_old) == (now.guide, True)
    assert (await store.context(conversation, first)).guide is None


async def test_the_wish_for_easy_words_lasts(store: Store, database: AsyncEngine) -> None:
    conversation = await store.open_web()
    for number, wish in enumerate((True, None, False, None)):
        said = await store.say(conversation, "やさしく", f"key-0000{number}")
        reply = Answer(kind=AnswerKind.TALK, text="はい", easy=wish)
        await store.reply(conversation, said, [reply])
        async with database.begin() as connection:
            await connection.execute(text("update event set created_at = created_at - interval '2 days'"))
        assert (await store.context(conversation, 99)).easy is (number < 2)


async def test_a_verdict_is_kept_once_and_tells_nothing_of_who_gave_it(
    store: Store, database: AsyncEngine
) -> None:
    conversation = await store.open_web()
    first = await store.say(conversation, "解決した（転入届）", KEY)
    verdict = Feedback(entry="moving-in", verdict=Verdict.SOLVED)
    thanks = Answer(kind=AnswerKind.TALK, text="はい", feedback=verdict)
    for _ in range(2):
        await store.reply(conversation, first, [thanks])
    async with database.connect() as connection:
        [row] = (await connection.execute(select(tables.feedback))).mappings().all()
    assert (row["entry"], row["verdict"]) == ("moving-in", "solved")
    assert set(row) == {"id", "entry", "verdict", "given_on"}
