from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.answer import AnswerKind
from knowledge.aspects import Aspect
from knowledge.service import Knowledge
from tests.content import real_knowledge

KNOWLEDGE = real_knowledge()


def offered(knowledge: Knowledge, text: str, *said: str, last: str | None = None) -> set[str]:
    answer = knowledge.answer(text, last=last, said=said)
    assert answer.kind is AnswerKind.CHOICES
    entries = {entry.title: entry.id for entry in knowledge.content.entries.values()}
    return {entries[choice.label] for choice in answer.choices if choice.label in entries}


@pytest.mark.parametrize(
    ("said", "text", "entry"),
    [
        ("選挙いつ", "字が書けない", "election-voting"),
        ("犬をもらった", "注射は", "dog-registration"),
    ],
)
def test_what_was_said_and_not_answered_is_part_of_the_question(
    by_meaning: Knowledge, said: str, text: str, entry: str
) -> None:
    assert by_meaning.answer(text, said=[said]).entry == entry


def test_a_word_that_alone_means_anything_chooses_among_what_was_spoken_of(by_meaning: Knowledge) -> None:
    assert {"moving-in", "moving-out", "moving-within"} == offered(by_meaning, "出るほう", "引っ越し")


@pytest.mark.parametrize(("text", "kind"), [("つかれた", AnswerKind.ANSWER), ("それは", AnswerKind.TALK)])
def test_without_a_word_of_its_own_only_a_question_of_an_entry_has_a_topic(
    by_meaning: Knowledge, text: str, kind: AnswerKind
) -> None:
    assert by_meaning.answer(text).kind is kind


def test_a_side_asked_of_what_was_not_told_apart_is_asked_of_each(by_meaning: Knowledge) -> None:
    answer = by_meaning.answer("いつまで", Aspect.DEADLINE, said=["孫が生まれたよ"])
    deadline = by_meaning.phrases.labels.aspects[Aspect.DEADLINE]
    first = next(choice for choice in answer.choices if choice.label == by_meaning.entry("birth").title)
    assert first.says == by_meaning.phrases.question_about.format(title=first.label, label=deadline)
    pressed = by_meaning.answer(first.says)
    assert (pressed.entry, pressed.aspect) == ("birth", Aspect.DEADLINE)


@pytest.mark.parametrize(
    ("last", "said", "text", "aspect"),
    [
        ("water-stop", "水道を止めたい", "ネットでできる？", Aspect.ONLINE),
        ("mynumber-apply", "マイナンバーカードを作りたい", "何日かかる？", Aspect.TAKES),
    ],
)
def test_a_side_is_asked_of_what_was_answered_before(
    by_meaning: Knowledge, last: str, said: str, text: str, aspect: Aspect
) -> None:
    answer = by_meaning.answer(text, aspect, last=last, said=[said])
    assert (answer.entry, answer.aspect) == (last, aspect)


def test_a_name_that_may_leave_out_the_topic_is_asked_about(by_meaning: Knowledge) -> None:
    """After a dog's death 「火葬は？」 is hardly about people's."""
    assert {"cremation", "dog-death"} <= offered(by_meaning, "火葬は？", "犬が死んだ", last="dog-death")


@pytest.mark.parametrize("text", ["テレビを捨てたい", "住民票の写しがほしい", "児童手当の金額を教えて"])
def test_a_topic_of_its_own_leaves_what_was_answered_before(by_meaning: Knowledge, text: str) -> None:
    alone = by_meaning.answer(text)
    assert alone.kind is AnswerKind.ANSWER
    assert by_meaning.answer(text, last="birth", said=["孫が生まれたよ"]) == alone


@pytest.mark.parametrize("text", ["明日の天気は", "郵便局は何時まで"])
def test_what_is_outside_stays_outside(by_meaning: Knowledge, text: str) -> None:
    assert by_meaning.answer(text, last="birth", said=["出生届"]).kind is AnswerKind.UNKNOWN


def test_of_a_button_only_its_entry_is_remembered(by_meaning: Knowledge) -> None:
    title = by_meaning.entry("moving-within").title
    button = by_meaning.phrases.question_about.format(title=title, label="期限")
    plain = by_meaning.answer("お金いりますか", Aspect.FEE, last="moving-within", said=[title])
    assert by_meaning.answer("お金いりますか", Aspect.FEE, last="moving-within", said=[button]) == plain


def test_a_button_of_a_guide_is_no_topic() -> None:
    button = KNOWLEDGE.phrases.guide.says.format(label="はい", short="転入", number=2)
    assert KNOWLEDGE.answer("いつまで", Aspect.DEADLINE, said=[button]).text == KNOWLEDGE.phrases.which_topic


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("jidou teate", "child-allowance"),
        ("inkan touroku", "seal-registration"),
        ("gomi no hi", "garbage-day"),
    ],
)
def test_romaji_is_understood_as_what_it_spells(by_meaning: Knowledge, text: str, entry: str) -> None:
    assert by_meaning.answer(text).entry == entry


@given(st.text(max_size=30), st.lists(st.text(max_size=60), max_size=3), st.sampled_from(Aspect))
@settings(max_examples=40)
def test_any_words_before_any_question_do_no_harm(text: str, said: list[str], aspect: Aspect) -> None:
    for last in (None, "birth", "deleted-yesterday"):
        assert KNOWLEDGE.answer(text, aspect, last=last, said=said).text


CHOICES = ("出生届", "児童手当の認定請求")
"""Titles of entries, as the buttons of choices say them."""


@pytest.mark.parametrize(("text", "aspect"), [("いくら", Aspect.FEE), ("代理でもいい？", Aspect.PROXY)])
def test_after_choices_a_side_is_asked_of_each(by_meaning: Knowledge, text: str, aspect: Aspect) -> None:
    answer = by_meaning.answer(text, aspect, last="residence-certificate", said=["子ども"], among=CHOICES)
    assert [choice.label for choice in answer.choices][:2] == list(CHOICES)
    label = by_meaning.phrases.labels.aspects[aspect]
    says = by_meaning.phrases.question_about.format(title=CHOICES[0], label=label)
    assert answer.choices[0].says == says


def test_the_only_choice_being_what_was_answered_goes_on_with_it() -> None:
    title = KNOWLEDGE.entry("birth").title
    assert (
        KNOWLEDGE.answer("いくら", Aspect.FEE, last="birth", among=[title, "職員と話したい"]).entry == "birth"
    )


def test_suggestions_are_no_choices() -> None:
    assert KNOWLEDGE.answer("いくら", Aspect.FEE, last="birth").entry == "birth"


def test_after_choices_a_topic_of_its_own_is_answered(by_meaning: Knowledge) -> None:
    answer = by_meaning.answer("犬を飼い始めた", last="birth", said=["子ども"], among=CHOICES)
    assert answer.entry == "dog-registration"


def test_after_choices_a_question_that_an_entry_was_written_for_is_answered(by_meaning: Knowledge) -> None:
    cards = by_meaning.answer("カード", last="child-allowance")
    among = [choice.says for choice in cards.choices]
    answer = by_meaning.answer("犬を飼い始めた", last="child-allowance", said=["カード"], among=among)
    assert answer.entry == "dog-registration"


def test_after_choices_a_day_asks_which_is_meant() -> None:
    answer = KNOWLEDGE.hours("土曜は？", last="residence-certificate", among=CHOICES)
    assert [choice.label for choice in answer.choices][:2] == list(CHOICES)


@pytest.mark.parametrize("text", ["袋いくら", "券いくら", "シールいくら"])
def test_what_is_outside_is_not_gone_on_with(by_meaning: Knowledge, text: str) -> None:
    for last in ("gas-kerosene", "weather", "car-registration"):
        assert by_meaning.answer(text, Aspect.FEE, last=last, said=["灯油"]).entry != last


@pytest.mark.parametrize("said", [["犬の登録"], ["いくらですか？"]])
def test_what_topic_and_words_find_together_is_among_the_choices(
    by_meaning: Knowledge, said: list[str]
) -> None:
    assert "dog-death" in offered(by_meaning, "死んじゃったときは？", *said, last="dog-registration")


def test_after_choices_not_even_what_was_said_leads_back_to_what_was_answered(by_meaning: Knowledge) -> None:
    titles = [by_meaning.entry(entry).title for entry in ("dog-registration", "dog-death")]
    said = [by_meaning.entry("dog-registration").title]
    assert by_meaning.search(" ".join((*said, "もう一匹いる"))).sure, "together it is sure"
    answer = by_meaning.answer("もう一匹いる", last="dog-registration", said=said, among=titles)
    assert answer.kind is AnswerKind.CHOICES
