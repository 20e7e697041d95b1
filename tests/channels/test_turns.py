from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, text, update

from channels.core import tables
from channels.core.turns import TurnAnswerer
from channels.handoff.reception import Reception
from knowledge.answer import Answer, AnswerChoice, AnswerKind
from knowledge.service import Knowledge
from tests.channels.conftest import Bench

KEY = "0123456789abcdef"


async def said_by_bot(bench: Bench, conversation: UUID) -> list[str]:
    events = await bench.store.events(conversation)
    return [event.body["text"] for event in events if event.author == "bot"]


async def test_a_turn_is_answered_by_rasa(bench: Bench) -> None:
    conversation = await bench.store.open_web()
    await bench.store.say(conversation, "転入届", KEY)
    await bench.work()
    assert await said_by_bot(bench, conversation) == ["聞きました：転入届"]


async def test_turns_of_one_conversation_are_answered_in_order(bench: Bench) -> None:
    conversation = await bench.store.open_web()
    for n in range(10):
        await bench.store.say(conversation, f"質問{n}", f"key-{n:05}")
    await bench.work()
    assert await said_by_bot(bench, conversation) == [f"聞きました：質問{n}" for n in range(10)]


async def test_an_emergency_is_answered_without_asking_rasa(bench: Bench) -> None:
    conversation = await bench.store.open_web()
    await bench.store.say(conversation, "火事です、家が燃えています", KEY)
    bench.assistant.failures = 99
    await bench.work()
    (reply,) = await said_by_bot(bench, conversation)
    assert "119" in reply
    assert bench.assistant.failures == 99


async def test_the_resident_is_told_that_a_number_was_hidden(bench: Bench, knowledge: Knowledge) -> None:
    conversation = await bench.store.open_web()
    await bench.store.say(conversation, "1234 5678 9012 の再発行", KEY)
    await bench.work()
    notice, _ = await said_by_bot(bench, conversation)
    assert notice == knowledge.phrases.masked
    assert bench.assistant.heard == ["の再発行"]


async def test_a_number_and_nothing_else_is_not_taken_for_a_question(
    bench: Bench, knowledge: Knowledge
) -> None:
    conversation = await bench.store.open_web()
    await bench.store.say(conversation, "123456789012", KEY)
    await bench.work()
    assert await said_by_bot(bench, conversation) == [
        knowledge.phrases.masked,
        knowledge.phrases.empty,
    ]
    assert bench.assistant.heard == []


@pytest.mark.parametrize("said", ["😀", "？！", "、、、"])
async def test_a_message_without_a_single_letter_is_asked_for_words(
    bench: Bench, knowledge: Knowledge, said: str
) -> None:
    conversation = await bench.store.open_web()
    await bench.store.say(conversation, said, KEY)
    await bench.work()
    assert await said_by_bot(bench, conversation) == [knowledge.phrases.empty]


async def test_without_rasa_a_sure_question_gets_the_best_knowledge_answer_once(
    bench: Bench, knowledge: Knowledge
) -> None:
    conversation = await bench.store.open_web()
    await bench.store.say(conversation, "マイナンバーカードを失くした", KEY)
    bench.assistant.failures = 1
    await bench.work()
    notice, answer = await said_by_bot(bench, conversation)
    assert notice == knowledge.phrases.trouble_answer
    assert "0120-95-0178" in answer
    await bench.work()
    assert len(await said_by_bot(bench, conversation)) == 2


async def test_without_rasa_an_unsure_question_is_told_so_and_answered_when_rasa_is_back(
    bench: Bench, knowledge: Knowledge
) -> None:
    conversation = await bench.store.open_web()
    await bench.store.say(conversation, "あれはどうなった", KEY)
    bench.assistant.failures = 2
    await bench.work()
    await bench.work()
    assert await said_by_bot(bench, conversation) == [knowledge.phrases.trouble]
    await bench.work()
    assert await said_by_bot(bench, conversation) == [
        knowledge.phrases.trouble,
        "聞きました：あれはどうなった",
    ]


async def test_a_later_message_waits_for_the_postponed_one(bench: Bench) -> None:
    conversation = await bench.store.open_web()
    await bench.store.say(conversation, "あれはどうなった", "key-00001")
    bench.assistant.failures = 1
    await bench.work()
    await bench.store.say(conversation, "転入届", "key-00002")
    await bench.work()
    assert bench.assistant.heard == ["あれはどうなった", "転入届"]


async def test_when_rasa_stays_away_the_turn_ends_with_the_phone_number(bench: Bench) -> None:
    conversation = await bench.store.open_web()
    sequence = await bench.store.say(conversation, "ドローンのことで", KEY)
    bench.assistant.failures = 99
    async with bench.database.begin() as connection:
        await connection.execute(update(tables.event).values(created_at=func.now() - timedelta(minutes=5)))
    await bench.work()
    assert await bench.store.is_answered(conversation, sequence)
    last = (await bench.store.events(conversation))[-1]
    assert last.body["kind"] == "unknown"
    assert any(link["role"] == "tel" for link in last.body["links"])


async def test_asking_for_a_person_works_without_rasa(bench: Bench) -> None:
    conversation = await bench.store.open_web()
    await bench.store.say(conversation, "職員と話したい", KEY)
    bench.assistant.failures = 1
    await bench.work()
    assert (await bench.store.events(conversation))[-1].body["kind"] == "handoff"


async def test_who_is_in_danger_gets_that_number_first_without_rasa_too(bench: Bench) -> None:
    conversation = await bench.store.open_web()
    await bench.store.say(conversation, "死にたい", KEY)
    await bench.work()
    await bench.store.say(conversation, "職員と話したい", "fedcba9876543210")
    bench.assistant.failures = 1
    await bench.work()
    again, person = (await bench.store.events(conversation))[-2:]
    assert (again.body["entry"], person.body["kind"]) == ("suicide-support", "handoff")


async def test_a_crash_after_the_answer_was_stored_does_not_answer_again(
    bench: Bench, knowledge: Knowledge, reception: Reception
) -> None:
    conversation = await bench.store.open_web()
    sequence = await bench.store.say(conversation, "転入届", KEY)
    turns = TurnAnswerer(bench.store, bench.assistant, knowledge, reception, 90)
    await turns.answer(conversation, sequence)
    await bench.work()  # the queue still holds the job, as after a crash before its end was written
    assert await said_by_bot(bench, conversation) == ["聞きました：転入届"]
    assert bench.assistant.heard == ["転入届"]


async def test_a_turn_of_a_deleted_conversation_is_dropped(bench: Bench) -> None:
    conversation = await bench.store.open_web()
    await bench.store.say(conversation, "転入届", KEY)
    async with bench.database.begin() as connection:
        await connection.execute(text("delete from conversation"))
    await bench.work()
    assert bench.assistant.heard == []


async def test_a_cry_for_help_does_not_wait_behind_a_postponed_turn(bench: Bench) -> None:
    conversation = await bench.store.open_web()
    await bench.store.say(conversation, "あれはどうなった", "key-00001")
    bench.assistant.failures = 99
    await bench.work()
    await bench.store.say(conversation, "死にたい", "key-00002")
    await bench.work()
    assert (await bench.store.events(conversation))[-1].body["entry"] == "suicide-support"


async def test_a_bug_in_a_turn_ends_with_the_phone_number_and_not_in_a_loop(bench: Bench) -> None:
    conversation = await bench.store.open_web()
    await bench.store.say(conversation, "転入届", "key-00001")
    bench.assistant.bugs = 2
    await bench.work()
    assert await said_by_bot(bench, conversation) == []
    async with bench.database.begin() as connection:
        await connection.execute(update(tables.event).values(created_at=func.now() - timedelta(minutes=5)))
    await bench.work()
    await bench.store.say(conversation, "印鑑登録", "key-00002")
    await bench.work()
    first, second = [e for e in await bench.store.events(conversation) if e.author == "bot"]
    assert first.body["kind"] == "unknown"
    assert second.body["text"] == "聞きました：印鑑登録"


async def test_a_message_unsent_while_it_is_answered_gets_no_answer(bench: Bench) -> None:
    conversation = await bench.store.open_web()
    sequence = await bench.store.say(conversation, "ひみつ", KEY)
    async with bench.database.begin() as connection:
        await connection.execute(update(tables.event).values(body={"unsent": True}))
    assert not await bench.store.reply(conversation, sequence, [Answer(kind=AnswerKind.TALK, text="答え")])
    assert await said_by_bot(bench, conversation) == []


BOTH = "犬の注射はいくらですか？あと粗大ごみはどこに出せますか？"
DOG, GARBAGE = "犬の注射はいくらですか？", "粗大ごみはどこに出せますか？"
KNOWN = {
    DOG: ("dog-registration", "fee"),
    GARBAGE: ("garbage", "where"),
    BOTH: ("environment", "about"),
}


def answered(said: str) -> list[Answer]:
    """An answer to each question alone, and another one to both at once."""
    entry, aspect = KNOWN[said]
    return [Answer(kind=AnswerKind.ANSWER, text=f"答え：{said}", entry=entry, aspect=aspect)]


def refused(said: str) -> list[Answer]:
    """Nothing is known of the second question."""
    return [Answer(kind=AnswerKind.UNKNOWN, text="分かりません")] if said == GARBAGE else answered(said)


def the_same(said: str) -> list[Answer]:
    """Both questions are about the same."""
    return [
        answer.model_copy(update={"entry": "environment", "aspect": "about"}) for answer in answered(said)
    ]


def chosen(said: str) -> list[Answer]:
    """The second question leaves a choice."""
    choices = (AnswerChoice(label="粗大ごみ", says="粗大ごみ"),)
    return (
        [Answer(kind=AnswerKind.CHOICES, text="どれ", choices=choices)] if said == GARBAGE else answered(said)
    )


async def test_two_questions_get_two_answers_in_one_reply(bench: Bench) -> None:
    conversation = await bench.store.open_web()
    sequence = await bench.store.say(conversation, BOTH, KEY)
    bench.assistant.says = answered
    await bench.work()
    assert await said_by_bot(bench, conversation) == [f"答え：{DOG}", f"答え：{GARBAGE}"]
    assert bench.assistant.heard == [DOG, GARBAGE]
    assert await bench.store.is_answered(conversation, sequence)


async def test_a_question_goes_on_from_the_one_before_it_in_the_same_message(bench: Bench) -> None:
    conversation = await bench.store.open_web()
    await bench.store.say(conversation, BOTH, KEY)
    bench.assistant.says = answered
    await bench.work()
    first, second = bench.assistant.contexts
    assert (first.entry, first.aspect) == (None, None)
    assert (second.entry, second.aspect, second.offered) == ("dog-registration", "fee", ())


async def test_the_next_message_goes_on_from_the_last_answer(bench: Bench) -> None:
    conversation = await bench.store.open_web()
    await bench.store.say(conversation, BOTH, "key-00001")
    bench.assistant.says = lambda said: answered(said) if said in KNOWN else answered(DOG)
    await bench.work()
    await bench.store.say(conversation, "いつまで", "key-00002")
    await bench.work()
    assert bench.assistant.contexts[-1].entry == "garbage"


async def test_choices_for_one_of_two_questions_are_offered(bench: Bench) -> None:
    conversation = await bench.store.open_web()
    await bench.store.say(conversation, BOTH, KEY)
    bench.assistant.says = chosen
    await bench.work()
    assert await said_by_bot(bench, conversation) == [f"答え：{DOG}", "どれ"]


@pytest.mark.parametrize("says", [refused, the_same])
async def test_a_part_refused_or_answered_like_the_other_has_the_whole_asked_once_more(
    bench: Bench, says: Callable[[str], list[Answer]]
) -> None:
    conversation = await bench.store.open_web()
    await bench.store.say(conversation, BOTH, KEY)
    bench.assistant.says = says
    await bench.work()
    assert await said_by_bot(bench, conversation) == [f"答え：{BOTH}"]
    assert bench.assistant.heard == [DOG, GARBAGE, BOTH]
    assert bench.assistant.contexts[-1] == bench.assistant.contexts[0]


async def test_small_talk_before_a_question_has_the_whole_asked(bench: Bench) -> None:
    conversation = await bench.store.open_web()
    await bench.store.say(conversation, BOTH, KEY)
    talk = [Answer(kind=AnswerKind.TALK, text="こんにちは")]
    bench.assistant.says = lambda said: talk if said == DOG else answered(said)
    await bench.work()
    assert await said_by_bot(bench, conversation) == [f"答え：{BOTH}"]
    assert bench.assistant.heard == [DOG, BOTH]


async def test_a_failure_at_the_second_question_is_a_failure_of_the_turn(
    bench: Bench, knowledge: Knowledge
) -> None:
    conversation = await bench.store.open_web()
    sequence = await bench.store.say(conversation, BOTH, KEY)
    bench.assistant.says, bench.assistant.fails_at = answered, GARBAGE
    await bench.work()
    first, *_ = await said_by_bot(bench, conversation)
    assert first in (knowledge.phrases.trouble, knowledge.phrases.trouble_answer)
    await bench.work()
    assert await bench.store.is_answered(conversation, sequence)
    if first == knowledge.phrases.trouble:
        assert (await said_by_bot(bench, conversation))[1:] == [f"答え：{DOG}", f"答え：{GARBAGE}"]
    else:
        assert len(await said_by_bot(bench, conversation)) == 2


async def test_an_emergency_among_two_questions_is_answered_alone(bench: Bench) -> None:
    conversation = await bench.store.open_web()
    await bench.store.say(conversation, f"家が燃えている。{BOTH}", KEY)
    await bench.work()
    (reply,) = await said_by_bot(bench, conversation)
    assert "119" in reply
    assert bench.assistant.heard == []


async def test_a_number_is_hidden_once_for_all_questions(bench: Bench, knowledge: Knowledge) -> None:
    conversation = await bench.store.open_web()
    await bench.store.say(conversation, f"{DOG}あと1234 5678 9012 の再発行はどこ？", KEY)
    bench.assistant.says = lambda said: [Answer(kind=AnswerKind.ANSWER, text="答え", entry=f"e{len(said)}")]
    await bench.work()
    assert (await said_by_bot(bench, conversation)).count(knowledge.phrases.masked) == 1
    assert all("1234" not in heard for heard in bench.assistant.heard)
