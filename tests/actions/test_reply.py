"""Whole talks with the real actions: guides, easy Japanese, verdicts; context as channels/ keeps it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.action import AnswerAction
from actions.answer import ActionAnswer
from actions.choose import ActionChoose
from actions.person import ActionPerson
from actions.talk import ActionTalk
from knowledge.answer import Answer, AnswerKind, Verdict
from knowledge.entries import Faq
from tests.actions.rasa import tracker
from tests.content import real_knowledge

KNOWLEDGE = real_knowledge()
DANGERS = [e.id for e in KNOWLEDGE.content.entries.values() if isinstance(e, Faq) and e.danger]
ACTIONS: dict[str, type[AnswerAction]] = {
    "choose": ActionChoose,
    "ask_person": ActionPerson,
    **dict.fromkeys(("deny", "goodbye", "abuse", "complain", "thank"), ActionTalk),
}
BABY = "順番に案内してもらう（赤ちゃん 手順1）"


@dataclass
class Talk:
    """A resident and the bot; what the last replies say is the next turn's context."""

    context: dict[str, Any] = field(default_factory=dict)

    def say(self, text: str, intent: str = "nlu_fallback") -> list[Answer]:
        action = ACTIONS.get(intent, ActionAnswer)(KNOWLEDGE)
        dispatcher = CollectingDispatcher()
        action.run(dispatcher, tracker(text, intent, **self.context), {})
        said = [Answer.model_validate(message["custom"]) for message in dispatcher.messages]
        for answer in said:
            if answer.entry:
                self.context |= {"entry": answer.entry, "aspect": answer.aspect}
            if answer.guide:
                self.context["guide"] = answer.guide.model_dump(mode="json")
            if answer.easy is not None:
                self.context["easy"] = answer.easy
        self.context["offered"] = [choice.says for choice in said[-1].choices]
        self.context["is_choosing"] = said[-1].kind is AnswerKind.CHOICES
        return said

    def press(self, label: str) -> list[Answer]:
        [says] = [says for says in self.context["offered"] if says.startswith(f"{label}（")]
        return self.say(says)


@pytest.fixture
def talk() -> Talk:
    return Talk()


def path_of(answer: Answer) -> tuple[str, ...]:
    assert answer.guide is not None
    return answer.guide.path


def test_what_has_a_guide_offers_its_first_answers_as_buttons(talk: Talk) -> None:
    [answer] = talk.say("マイナンバーカードを作る")
    assert answer.kind is AnswerKind.ANSWER
    assert answer.text.endswith("どの方法にしますか。")
    assert [choice.label for choice in answer.choices][:2] == ["スマホ", "パソコン"]
    [step] = talk.press("スマホ")
    assert (step.kind, len(path_of(step))) == (AnswerKind.STEP, 2)


def test_a_question_in_a_guide_is_answered_and_the_guide_goes_on(talk: Talk) -> None:
    talk.say("マイナンバーカードを作る")
    [step] = talk.press("スマホ")
    answer, again = talk.say("犬の登録")
    assert answer.entry == "dog-registration"
    assert again.text.startswith(KNOWLEDGE.phrases.guide.goes_on)
    assert path_of(again) == path_of(step)
    [after] = talk.say("できました")
    assert len(path_of(after)) == len(path_of(step)) + 1


def test_yes_and_no_in_other_words_come_from_the_intent(talk: Talk) -> None:
    talk.say(BABY)
    [step] = talk.say("20日")
    [after] = talk.say("んだ、んだ", "affirm")
    assert after.guide is not None
    assert after.guide.answers[path_of(step)[-1]] == "はい"


def test_a_position_chooses_an_answer_of_the_step(talk: Talk) -> None:
    talk.say("マイナンバーカードを作る")
    [first] = talk.press("パソコン")
    [other] = Talk({"offered": ["スマホ（カード申請 手順1）", "パソコン（カード申請 手順1）"]}).say(
        "2番", "choose"
    )
    assert path_of(other) == path_of(first)


def test_a_checklist_is_counted_from_the_day_that_was_said(talk: Talk) -> None:
    talk.say(BABY)
    talk.say("11月20日")
    [checklist] = talk.say("いいえ")
    while not (checklist.guide and checklist.guide.is_done):
        [checklist] = talk.say(checklist.choices[0].says)
    by_task = {fact.value[:4]: fact.label for fact in checklist.facts}
    assert by_task["出生届を"] == "12月3日（木）まで"
    assert by_task["児童手当"] == "12月4日（金）まで", "the fifteenth day is a Saturday"
    assert len({(f.label, f.value) for f in checklist.facts}) == len(checklist.facts)


def test_an_old_guide_is_offered_once_and_can_be_taken_up(talk: Talk) -> None:
    talk.say(BABY)
    [step] = talk.say("20日")
    talk.context["guide_is_old"] = True
    answer, offer = talk.say("犬の登録")
    assert answer.entry == "dog-registration"
    assert "赤ちゃん" in offer.text
    assert len(talk.say("犬の登録")) == 1
    [again] = talk.say("続きから")
    assert path_of(again) == path_of(step)


@pytest.mark.parametrize("wish", ["やさしい日本語で", "ふりがなをつけて", "漢字が読めない", "やさしく"])
def test_easy_japanese_stays_until_it_is_turned_off(talk: Talk, wish: str) -> None:
    usual = talk.say("転入届")[0]
    change, again = talk.say(wish)
    assert change.easy is True
    easy = KNOWLEDGE.entry("moving-in").easy[0].value
    assert again.entry == "moving-in"
    assert again.text != usual.text
    assert easy.split()[0][0] in again.text
    assert "（" in talk.say("児童手当")[0].text
    assert talk.say("ふつうの日本語で")[0].easy is False
    assert talk.say("転入届")[0].text == usual.text


def test_who_does_not_understand_twice_gets_easy_japanese(talk: Talk) -> None:
    talk.say("転入届")
    [offer] = talk.say("わかりません")
    assert offer.choices[0].label == KNOWLEDGE.phrases.easy.button
    assert talk.say("わかりません")[0].easy is True


def test_who_does_not_understand_a_step_twice_gets_easy_japanese(talk: Talk) -> None:
    talk.say(BABY)
    assert talk.say("わからない")[0].easy is None
    assert talk.say("わからない")[0].easy is True


def test_an_answer_asks_whether_it_helped(talk: Talk) -> None:
    talk.say("転入届")
    [why] = talk.press("解決しなかった")
    assert why.feedback is not None
    assert (why.feedback.entry, why.feedback.verdict) == ("moving-in", Verdict.UNSOLVED)
    [thanks] = talk.press("言葉が難しい")
    assert thanks.feedback is not None
    assert thanks.feedback.verdict is Verdict.HARD
    assert thanks.links, "who was not helped is told whom to call"


def test_a_verdict_is_about_the_entry_whose_button_was_pressed(talk: Talk) -> None:
    old = talk.say("転入届")[0].choices
    talk.say("児童手当")
    [thanks] = talk.say(next(choice.says for choice in old if choice.label == "解決した"))
    assert thanks.feedback is not None
    assert (thanks.feedback.entry, thanks.feedback.verdict) == ("moving-in", Verdict.SOLVED)


@pytest.mark.parametrize("text", ["解決した", "解決した（転入）", "解決した（", "内容が違う（転入届）です"])
def test_words_alone_are_no_verdict(talk: Talk, text: str) -> None:
    assert all(answer.feedback is None for answer in talk.say(text))


def test_a_typed_number_does_whatever_its_button_would(talk: Talk) -> None:
    [answer] = talk.say(KNOWLEDGE.entry("dog-registration").title)
    place = [choice.label for choice in answer.choices].index("解決した") + 1
    [thanks] = talk.say(f"{place}", "choose")
    assert thanks.feedback is not None
    assert (thanks.feedback.entry, thanks.feedback.verdict) == ("dog-registration", Verdict.SOLVED)
    talk.context["offered"] = [KNOWLEDGE.phrases.labels.person, KNOWLEDGE.phrases.easy.button]
    assert talk.say("1番", "choose")[0].kind is AnswerKind.HANDOFF
    talk.context["offered"] = [KNOWLEDGE.phrases.labels.person, KNOWLEDGE.phrases.easy.button]
    assert talk.say("2番", "choose")[0].easy is True


def test_after_choices_nothing_is_said_of_what_was_answered_before_them(talk: Talk) -> None:
    talk.say("児童手当")
    [choices] = talk.say("引っ越しの手続き")
    assert choices.kind is AnswerKind.CHOICES
    offered = talk.context["offered"]
    [again] = talk.say("いくら？", "ask_fee")
    assert (again.kind, len(again.choices)) == (AnswerKind.CHOICES, len(choices.choices))
    assert {choice.label for choice in again.choices} == {choice.label for choice in choices.choices}
    assert talk.context["offered"] != offered, "the buttons ask for the fee"
    [fee] = talk.say("1", "choose")
    assert fee.entry is not None
    assert (KNOWLEDGE.entry(fee.entry).title, fee.aspect) == (again.choices[0].label, "fee")


@pytest.mark.parametrize("entry", DANGERS)
@pytest.mark.parametrize("intent", ["deny", "goodbye", "abuse", "complain"])
def test_after_a_danger_small_talk_says_it_again(talk: Talk, entry: str, intent: str) -> None:
    talk.say(KNOWLEDGE.entry(entry).title)
    assert [answer.entry for answer in talk.say("まだなの", intent)] == [entry]


@pytest.mark.parametrize("entry", DANGERS)
def test_after_a_danger_who_wants_a_person_gets_its_number_first(talk: Talk, entry: str) -> None:
    talk.say(KNOWLEDGE.entry(entry).title)
    first, then = talk.say("職員と話したい", "ask_person")
    assert (first.entry, then.kind) == (entry, AnswerKind.HANDOFF)


def test_who_does_not_understand_a_danger_is_told_again_too(talk: Talk) -> None:
    talk.say(KNOWLEDGE.entry("gas-leak").title)
    again, offer = talk.say("わからない")
    assert again.entry == "gas-leak"
    assert offer.choices[0].label == KNOWLEDGE.phrases.easy.button


def test_thanks_and_another_topic_end_a_danger(talk: Talk) -> None:
    talk.say(KNOWLEDGE.entry("bear-sighting").title)
    assert [answer.kind for answer in talk.say("ありがとう", "thank")] == [AnswerKind.TALK]
    assert [answer.entry for answer in talk.say("児童手当")] == ["child-allowance"]
    assert [answer.kind for answer in talk.say("まだなの", "deny")] == [AnswerKind.TALK]


def test_the_entries_that_must_not_be_lost_in_small_talk_are_marked() -> None:
    assert {"gas-leak", "bear-sighting", "phone-fraud", "domestic-violence", "suicide-support"} < set(DANGERS)
