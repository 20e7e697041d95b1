from __future__ import annotations

import pytest
from linebot.v3.messaging import TextMessage

from channels.line import limits
from channels.line.render import render
from knowledge.answer import Answer, AnswerChoice, AnswerFact, AnswerKind, Status
from knowledge.entries import Guide
from knowledge.guiding import Reply
from knowledge.loader import load
from knowledge.service import Knowledge

KNOWLEDGE = Knowledge()
GUIDES = list(load().guides.values())


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def texts(*answers: Answer) -> list[str]:
    messages = render(answers, KNOWLEDGE.phrases)
    assert 1 <= len(messages) <= limits.MESSAGES_PER_REPLY
    found = [message.text for message in messages if isinstance(message, TextMessage)]
    assert all(0 < units(text) <= limits.TEXT_UNITS for text in found)
    return found


def listed(count: int, value: str) -> Answer:
    facts = tuple(
        AnswerFact(label="すること", value=f"{n}：{value}", status=Status.CONFIRMED) for n in range(count)
    )
    choices = (AnswerChoice(label="戻る", says="戻る（犬 手順3）"),)
    return Answer(kind=AnswerKind.STEP, text="一覧です。", facts=facts, choices=choices)


def test_a_list_too_long_for_one_message_goes_on_in_the_next() -> None:
    found = texts(listed(120, "あ" * 100))
    assert len(found) == 3
    lines = "\n".join(found).splitlines()
    assert [line for line in lines if line.startswith("・")] == [f"・{n}：{'あ' * 100}" for n in range(120)]


def test_the_buttons_hang_on_the_last_part() -> None:
    messages = render([listed(120, "あ" * 100)], KNOWLEDGE.phrases)
    assert [message.quick_reply is not None for message in messages] == [False, False, True]


def test_one_line_longer_than_a_message_is_cut_between_characters() -> None:
    found = texts(listed(1, "𠮷" * 3000))
    assert found[-1].endswith("𠮷…")


def test_a_reply_never_has_more_messages_than_line_takes() -> None:
    assert len(texts(*[listed(120, "あ" * 100)] * 3)) == limits.MESSAGES_PER_REPLY


@pytest.mark.parametrize("guide", [guide for guide in GUIDES if guide.checklist], ids=lambda guide: guide.id)
def test_every_checklist_is_whole(guide: Guide) -> None:
    answer = KNOWLEDGE.checklist(guide.id, {})
    assert answer
    found = "\n".join(texts(answer))
    assert all(fact.value in found for fact in answer.facts)
    assert all(link.label in found for link in answer.links)


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.id)
def test_the_buttons_of_every_step_say_the_whole_of_what_they_say(guide: Guide) -> None:
    phrases = KNOWLEDGE.phrases.guide
    answer = KNOWLEDGE.guide(Reply(phrases.says.format(label=phrases.start, short=guide.short, number=1)))
    for _ in range(len(guide.steps)):
        assert answer
        assert answer.guide
        (message,) = render([answer], KNOWLEDGE.phrases)
        assert message.quick_reply
        items = message.quick_reply.items
        shown = [(item.action.label, item.action.text) for item in items]
        assert shown == [(choice.label, choice.says) for choice in answer.choices]
        answer = KNOWLEDGE.guide(Reply(answer.choices[0].says, answer.guide))
