from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.action import AnswerAction
from actions.answer import ActionAnswer
from actions.choose import ActionChoose
from actions.correct import ActionCorrect
from actions.follow_up import ActionFollowUp
from actions.hours import ActionHours
from actions.person import ActionPerson
from actions.server import CAPABILITIES
from actions.talk import ActionTalk
from actions.turn import Turn
from knowledge.answer import AnswerKind, LinkRole
from knowledge.aspects import Aspect
from knowledge.service import Knowledge
from tests.actions.rasa import say, tracker
from tests.content import real_knowledge

KNOWLEDGE = real_knowledge()
OFFERED = ["転入届", "転出届", "転居届"]


@pytest.mark.parametrize("capability", CAPABILITIES)
@pytest.mark.parametrize("text", ["児童手当", "明日は？", "2番", "", None, "😀", "は" * 3000])
def test_every_action_answers_any_text_with_a_valid_answer(
    capability: type[AnswerAction], text: str | None
) -> None:
    assert say(capability(KNOWLEDGE), text, "greet").answer.text


@pytest.mark.parametrize("capability", CAPABILITIES)
@given(
    text=st.text(max_size=30),
    offered=st.lists(st.sampled_from(OFFERED)),
    entry=st.sampled_from(["birth", "x", None]),
)
def test_no_text_and_no_context_breaks_an_action(
    capability: type[AnswerAction], text: str, offered: list[str], entry: str | None
) -> None:
    assert say(capability(KNOWLEDGE), text, "greet", offered=offered, entry=entry).answer.text


@pytest.mark.parametrize("aspect", Aspect)
def test_an_intent_names_the_aspect(aspect: Aspect) -> None:
    said = say(ActionAnswer(KNOWLEDGE), "児童手当", f"ask_{aspect}")
    assert (said.answer.entry, said.answer.aspect) == ("child-allowance", aspect)
    assert said.context["entry"] == "child-allowance"
    assert said.context["offered"] != []


@pytest.mark.parametrize("intent", [None, "", "nlu_fallback", "ask_hours", "thank"])
def test_any_other_intent_asks_for_the_overview(intent: str | None) -> None:
    assert Turn.of(tracker("児童手当", intent)).aspect is Aspect.ABOUT


def test_a_follow_up_question_uses_the_entry_of_the_context() -> None:
    said = say(ActionAnswer(KNOWLEDGE), "いくら？", "ask_fee", entry="dog-registration")
    assert (said.answer.entry, said.answer.aspect) == ("dog-registration", "fee")


def test_an_unknown_topic_keeps_the_entry_and_offers_a_person() -> None:
    said = say(ActionAnswer(KNOWLEDGE), "宇宙船の車検", "ask_about", entry="birth")
    assert said.answer.kind is AnswerKind.UNKNOWN
    assert said.context == {"offered": [KNOWLEDGE.phrases.labels.person]}


def test_choices_are_remembered_as_offered() -> None:
    said = say(ActionAnswer(KNOWLEDGE), "引っ越しの手続き", "ask_about")
    assert said.answer.kind is AnswerKind.CHOICES
    assert said.context["offered"] == [choice.says for choice in said.answer.choices]
    assert len(said.context["offered"]) >= 2


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        *(
            (said, "moving-in")
            for said in ("1", "1番", "１番目", "①で", "一つ目", "最初の", "上の", "いちばん上のでいいわ")
        ),
        *((said, "moving-out") for said in ("2番", "２", "②", "二番目でお願いします", "にばん", "真ん中の")),
        *((said, "moving-out") for said in ("上から二番目", "下から2番目", "そのうちの2番目")),
        *(
            (said, "moving-within")
            for said in ("3番", "さんばんめ", "みっつ目", "最後の", "一番下", "一番最後の", "いちばん下")
        ),
    ],
)
def test_a_position_is_the_choice_that_stands_there(text: str, entry: str) -> None:
    assert say(ActionChoose(KNOWLEDGE), text, "choose", offered=OFFERED).answer.entry == entry


@pytest.mark.parametrize(
    "text",
    [
        "1たす1は",
        "2つあるんだけど",
        "1番大きいのはタンス",
        "1人暮らしなんだけど",
        "上の子は3歳",
        "3階に住んでる",
    ],
)
def test_a_number_in_a_sentence_chooses_nothing(text: str) -> None:
    said = say(ActionChoose(KNOWLEDGE), text, "choose", offered=OFFERED)
    assert said.answer.entry not in ("moving-in", "moving-out", "moving-within")


@pytest.mark.parametrize("text", ["５番", "4", "10番", "12番", "十番", "下から4番目"])
def test_a_position_that_was_not_offered_is_asked_again(text: str) -> None:
    said = say(ActionChoose(KNOWLEDGE), text, "choose", offered=OFFERED, entry="birth")
    assert said.answer.kind is AnswerKind.CHOICES
    assert said.context == {"offered": OFFERED}


@pytest.mark.parametrize("offered", [[], None])
@pytest.mark.parametrize("text", ["2番", "最後の", "上の"])
def test_a_position_with_nothing_offered_asks_for_the_topic(text: str, offered: list[str] | None) -> None:
    said = say(ActionChoose(KNOWLEDGE), text, "choose", offered=offered)
    assert (said.answer.kind, said.answer.text) == (AnswerKind.TALK, KNOWLEDGE.phrases.which_topic)


def test_what_is_no_position_is_searched() -> None:
    said = say(ActionChoose(KNOWLEDGE), "犬を飼い始めた", "choose", offered=OFFERED)
    assert said.answer.entry == "dog-registration"


def test_choosing_a_next_question_by_number_answers_that_question() -> None:
    first = say(ActionAnswer(KNOWLEDGE), "児童手当", "ask_about")
    position = [choice.label for choice in first.answer.choices].index("費用・金額") + 1
    then = say(ActionChoose(KNOWLEDGE), f"{position}番", "choose", **first.context)
    assert (then.answer.entry, then.answer.aspect) == ("child-allowance", "fee")


def test_choosing_a_person_by_number_hands_over() -> None:
    first = say(ActionAnswer(KNOWLEDGE), "宇宙船の車検", "ask_about")
    assert say(ActionChoose(KNOWLEDGE), "1番", "choose", **first.context).answer.kind is AnswerKind.HANDOFF


@pytest.mark.parametrize("heard", ["ask_deadline", "nlu_fallback"])
def test_nothing_but_a_date_asks_a_place_for_its_hours_whatever_is_heard(heard: str) -> None:
    said = say(ActionAnswer(KNOWLEDGE), "12月31日は？", heard, entry="centennial-museum")
    assert said.answer.entry == "centennial-museum"
    assert "12月31日" in said.answer.text
    assert "期限" not in said.answer.text


def test_a_date_after_a_place_goes_on_with_its_hours() -> None:
    first = say(ActionHours(KNOWLEDGE), "百年記念館は明日開いてる？", "ask_hours")
    assert first.context["entry"] == "centennial-museum"
    then = say(ActionFollowUp(KNOWLEDGE), "土曜は？", "follow_up", **first.context)
    assert then.answer.entry == "centennial-museum"
    assert "11月28日（土）は開いています" in then.answer.text


def test_a_date_after_a_procedure_stays_with_the_procedure() -> None:
    said = say(ActionFollowUp(KNOWLEDGE), "明日は？", "follow_up", entry="child-allowance")
    assert said.answer.entry == "child-allowance"


def test_more_after_a_procedure_is_how_to_do_it_and_after_a_place_its_overview() -> None:
    procedure = say(ActionFollowUp(KNOWLEDGE), "もっと詳しく", "follow_up", entry="dog-registration").answer
    assert (procedure.entry, procedure.aspect) == ("dog-registration", "how")
    place = say(ActionFollowUp(KNOWLEDGE), "もっと詳しく", "follow_up", entry="centennial-museum").answer
    assert (place.entry, place.aspect) == ("centennial-museum", "about")


def test_a_date_after_a_procedure_asks_when_its_counter_is_open() -> None:
    said = say(ActionFollowUp(KNOWLEDGE), "日曜は？", "follow_up", entry="marriage")
    assert said.answer.entry == "marriage"
    counter = KNOWLEDGE.content.department(KNOWLEDGE.entry("marriage").department)
    assert counter.title in said.answer.text


@pytest.mark.parametrize("entry", [None, "deleted-yesterday"])
def test_more_about_nothing_asks_for_the_topic(entry: str | None) -> None:
    said = say(ActionFollowUp(KNOWLEDGE), "もっと詳しく", "follow_up", entry=entry)
    assert said.answer.text == KNOWLEDGE.phrases.which_topic


@pytest.mark.parametrize(
    ("second", "besides"),
    [
        (("ask_deadline", 0.3), Aspect.DEADLINE),
        (("ask_deadline", 0.1), None),
        (("ask_about", 0.3), None),
        (("thank", 0.3), None),
    ],
)
def test_a_side_nearly_as_likely_is_answered_too(second: tuple[str, float], besides: Aspect | None) -> None:
    turn = tracker("犬の登録 お金は今月中ですか", "ask_fee")
    ranking = [("ask_fee", 0.6), second]
    turn.latest_message["intent_ranking"] = [{"name": name, "confidence": p} for name, p in ranking]
    assert (Turn.of(turn).aspect, Turn.of(turn).besides) == (Aspect.FEE, besides)


@pytest.mark.parametrize(
    "text",
    [
        "いや、犬の登録のほう",
        "いや、犬の登録のほうです",
        "違います、犬の登録です",
        "そうじゃなくて犬の登録",
        "ちがう、犬の登録の方なんだけど",
        "ごめん、犬の登録の方",
        "　いえ、犬の登録　",
        "犬の登録",
        "いや犬の登録です",
        "違うよ犬の登録",
        "ちがいます犬の登録です",
        "いや、児童手当じゃなくて犬の登録です",
    ],
)
def test_a_correction_asks_the_same_of_what_is_meant(by_meaning: Knowledge, text: str) -> None:
    said = say(ActionCorrect(by_meaning), text, "correct", entry="child-allowance", aspect="fee")
    assert (said.answer.entry, said.answer.aspect) == ("dog-registration", "fee")


@pytest.mark.parametrize("rather", ["のほう", "の方", "のほうです", "のほうなんだけど", "ほうね"])
def test_which_of_two_is_meant_is_taken_word_for_word(rather: str) -> None:
    title = KNOWLEDGE.entry("stray-animals").title
    answer = say(ActionCorrect(KNOWLEDGE), f"いや、{title}{rather}", "correct").answer
    assert (answer.entry, answer.confidence) == ("stray-animals", 1.0)


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        ("residence-certificate", "いや戸籍です"),
        ("residence-certificate", "あ、間違えた、戸籍のほうです"),
        ("nhi-join", "いや年金です"),
        ("bulky-garbage", "ちがうよテレビだよ"),
        ("residence-certificate", "違います"),
        ("seal-registration", "いや、印鑑のほうです"),
        ("child-allowance", "いや、子どもの手当です"),
    ],
)
def test_a_correction_never_ends_in_what_was_denied(by_meaning: Knowledge, entry: str, text: str) -> None:
    answer = say(ActionCorrect(by_meaning), text, "correct", entry=entry, said=[text]).answer
    assert answer.entry != entry
    assert by_meaning.entry(entry).title not in [choice.label for choice in answer.choices]


@pytest.mark.parametrize("no", ["いや", "いいえ", "いえ", "違うよ", "違います", "ちがうって"])
def test_what_is_meant_may_stand_right_behind_the_no(no: str) -> None:
    title = KNOWLEDGE.entry("stray-animals").title
    answer = say(ActionCorrect(KNOWLEDGE), no + title, "correct", entry="dog-registration").answer
    assert (answer.entry, answer.confidence) == ("stray-animals", 1.0)


def test_a_correction_may_name_what_was_answered(by_meaning: Knowledge) -> None:
    text = "いや、住民票の写しの手数料"
    said = say(ActionCorrect(by_meaning), text, "correct", entry="residence-certificate", aspect="fee")
    assert said.answer.entry == "residence-certificate"


def test_after_choices_it_is_the_choices_that_are_denied(by_meaning: Knowledge) -> None:
    context = {"entry": "child-allowance", "offered": OFFERED, "is_choosing": True}
    said = say(ActionCorrect(by_meaning), "いや、子どもの手当です", "correct", **context)
    titles = [choice.label for choice in said.answer.choices]
    assert said.answer.entry == "child-allowance" or by_meaning.entry("child-allowance").title in titles


def test_a_correction_of_nothing_is_a_question(by_meaning: Knowledge) -> None:
    said = say(ActionCorrect(by_meaning), "いや、犬の登録のほう", "correct")
    assert (said.answer.entry, said.answer.aspect) == ("dog-registration", "about")


@pytest.mark.parametrize("text", ["いや、", "違います", "そうじゃなくて", "いや"])
def test_a_no_that_names_nothing_invents_nothing(by_meaning: Knowledge, text: str) -> None:
    answer = say(ActionCorrect(by_meaning), text, "correct", aspect="fee").answer
    assert answer.kind in (AnswerKind.TALK, AnswerKind.UNKNOWN, AnswerKind.CHOICES)


@pytest.mark.parametrize(
    ("sent", "aspect"), [(None, "about"), ("", "about"), ("proxy", "proxy"), ("no-more", "about")]
)
def test_the_aspect_asked_before_comes_with_the_context(sent: str | None, aspect: str) -> None:
    assert Turn.of(tracker("犬", "correct", aspect=sent)).asked == aspect


def test_a_person_is_reached_by_phone() -> None:
    said = say(ActionPerson(KNOWLEDGE), "職員と話したい", "ask_person", entry="birth")
    assert said.answer.kind is AnswerKind.HANDOFF
    assert LinkRole.TEL in [link.role for link in said.answer.links]
    assert said.context == {"offered": []}


@pytest.mark.parametrize(
    ("text", "entry"),
    [("弁護士に相談したい", "legal-consultation"), ("民生委員に相談したい", "welfare-commissioner")],
)
def test_whom_else_somebody_wants_to_reach_is_answered(by_meaning: Knowledge, text: str, entry: str) -> None:
    assert say(ActionPerson(by_meaning), text, "ask_person").answer.entry == entry


@pytest.mark.parametrize(
    "text",
    ["職員につないでください", "責任者を出して", "人間と話したい", "窓口の人と話したい", "ヘルプ、人お願い"],
)
def test_who_wants_just_anybody_is_handed_over(by_meaning: Knowledge, text: str) -> None:
    assert say(ActionPerson(by_meaning), text, "ask_person").answer.kind is AnswerKind.HANDOFF


@pytest.mark.parametrize(
    "intent",
    ["greet", "thank", "goodbye", "feedback_good", "out_of_scope", "bot_help", "affirm", "deny", "abuse"],
)
def test_small_talk_is_answered_by_the_phrase_of_its_intent(intent: str) -> None:
    said = say(ActionTalk(KNOWLEDGE), "こんにちは", intent)
    assert (said.answer.kind, said.answer.text) == (AnswerKind.TALK, getattr(KNOWLEDGE.phrases.talk, intent))
    assert said.context["offered"] == list(KNOWLEDGE.phrases.suggestions)


@pytest.mark.parametrize("intent", ["complain", "feedback_bad"])
def test_an_unhappy_resident_gets_the_phone_number_of_the_city(intent: str) -> None:
    said = say(ActionTalk(KNOWLEDGE), "全然役に立たない", intent)
    assert said.answer.text == getattr(KNOWLEDGE.phrases.talk, intent)
    assert LinkRole.TEL in [link.role for link in said.answer.links]


@pytest.mark.parametrize("entry", ["tax-consultation", "snow-removal"])
def test_a_grievance_that_is_a_question_is_answered(entry: str) -> None:
    text = KNOWLEDGE.entry(entry).questions[0]
    assert say(ActionTalk(KNOWLEDGE), text, "feedback_bad").answer.entry == entry


def test_what_happened_is_no_no(by_meaning: Knowledge) -> None:
    assert say(ActionTalk(by_meaning), "会社やめた", "deny").answer.entry == "job-loss-insurance"
    assert say(ActionTalk(by_meaning), "いえ、いりません", "deny").answer.kind is AnswerKind.TALK
    assert say(ActionTalk(by_meaning), "no", "deny").answer.kind is AnswerKind.TALK
    assert say(ActionTalk(by_meaning), "ノー", "deny").answer.kind is AnswerKind.TALK


@pytest.mark.parametrize(("intent", "kind"), [("complain", AnswerKind.CHOICES), ("abuse", AnswerKind.TALK)])
def test_a_grievance_may_be_about_what_was_said_before(
    by_meaning: Knowledge, intent: str, kind: AnswerKind
) -> None:
    said = say(ActionTalk(by_meaning), "足悪くて行けない", intent, said=["選挙いつ"])
    assert said.answer.kind is kind


def test_after_choices_what_sounds_rude_may_be_one_of_them(by_meaning: Knowledge) -> None:
    offered = [by_meaning.entry(entry).title for entry in ("garbage-day", "garbage-sorting")]
    context = {"offered": offered, "said": ["ごみ投げるのいつだべか"], "is_choosing": True}
    assert say(ActionTalk(by_meaning), "燃えるやつだ", "abuse", **context).answer.kind is not AnswerKind.TALK


def test_nonsense_after_an_answer_is_not_about_it(by_meaning: Knowledge) -> None:
    said = say(ActionTalk(by_meaning), "/restart", "out_of_scope", entry="birth", said=["出生届"])
    assert said.answer.kind is AnswerKind.TALK


@pytest.mark.parametrize("intent", ["out_of_scope", "complain", "abuse", "bot_help"])
def test_what_is_taken_for_no_question_is_answered_when_the_city_knows(
    by_meaning: Knowledge, intent: str
) -> None:
    talk = ActionTalk(by_meaning)
    assert say(talk, "犬を飼い始めた", intent).answer.entry == "dog-registration"
    near = say(talk, "引っ越しの手続き", intent).answer
    assert near.kind is AnswerKind.CHOICES
    phrase = getattr(by_meaning.phrases.talk, intent)
    assert say(talk, "宇宙船の車検", intent).answer.text == phrase
    assert say(talk, "", intent).answer.text == phrase


def test_a_thank_you_with_a_vague_topic_is_a_thank_you(by_meaning: Knowledge) -> None:
    said = say(ActionTalk(by_meaning), "ありがとう、引っ越しの手続き", "thank")
    assert said.answer.text == by_meaning.phrases.talk.thank


def test_a_clear_question_hidden_in_small_talk_is_answered() -> None:
    said = say(ActionTalk(KNOWLEDGE), "こんにちは、児童手当の手続きがしたいです", "greet")
    assert said.answer.entry == "child-allowance"


def test_silence_offers_what_can_be_asked() -> None:
    said = say(ActionAnswer(KNOWLEDGE), "", "nlu_fallback")
    assert said.context["offered"] == list(KNOWLEDGE.phrases.suggestions)
