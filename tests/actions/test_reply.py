"""Whole talks with the real actions: guides, easy Japanese, verdicts; context as channels/ keeps it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import ActionAnswer
from actions.choose import ActionChoose
from knowledge.answer import Answer, AnswerKind, Verdict
from knowledge.service import Knowledge
from tests.actions.rasa import tracker

KNOWLEDGE = Knowledge(now=lambda: datetime.fromisoformat("2026-11-23T10:00"))
BABY = "順番に案内してもらう（赤ちゃん 手順1）"


@dataclass
class Talk:
    """A resident and the bot; what the last replies say is the next turn's context."""

    context: dict[str, Any] = field(default_factory=dict)

    def say(self, text: str, intent: str = "nlu_fallback") -> list[Answer]:
        action = ActionChoose(KNOWLEDGE) if intent == "choose" else ActionAnswer(KNOWLEDGE)
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
