from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest

from knowledge.alarm import UrgentMessage, hear_all, read_messages
from knowledge.entries import Faq
from knowledge.service import Knowledge
from knowledge.urgent import Emergency, Groups, urgent
from tests.content import real_knowledge

MESSAGES = read_messages(Path(__file__).parents[1] / "questions" / "urgent.yml")
GROUPS = {"夫": ("夫", "旦那"), "木": ("木", "看板")}


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return real_knowledge()


def heard(said: str, *lines: str, groups: Groups = GROUPS, calming: tuple[str, ...] = ()) -> bool:
    return urgent(said, [Emergency.of("it", lines, groups, calming, is_first=False)]) == "it"


@pytest.mark.parametrize("blind", [True, False])
def test_emergencies_are_heard_and_hardly_anything_else_is_taken_for_one(
    knowledge: Knowledge, blind: bool
) -> None:
    alarm = hear_all(knowledge.is_urgent, [message for message in MESSAGES if message.blind == blind])
    assert alarm.recall >= 0.99, str(alarm)
    assert alarm.false_alarms <= 0.02, str(alarm)


def test_what_is_heard_gets_the_answer_it_needs(knowledge: Knowledge) -> None:
    answers = {message: knowledge.urgent(message.text) for message in MESSAGES if message.entry}
    wrong = [
        (message.text, message.entry, answer.entry)
        for message, answer in answers.items()
        if answer and answer.entry != message.entry
    ]
    assert wrong == []


def test_every_entry_with_urgent_words_has_labelled_messages(knowledge: Knowledge) -> None:
    with_words = {e.id for e in knowledge.content.entries.values() if isinstance(e, Faq) and e.urgent}
    assert {message.entry for message in MESSAGES if message.entry} == with_words


def test_no_message_is_labelled_twice() -> None:
    times = Counter(message.text for message in MESSAGES)
    assert [said for said, number in times.items() if number > 1] == []


def test_a_message_is_heard_in_about_a_millisecond(knowledge: Knowledge) -> None:
    begun = time.perf_counter()
    for message in MESSAGES:
        knowledge.is_urgent(message.text)
    assert (time.perf_counter() - begun) / len(MESSAGES) < 0.01  # ten times what it takes


@pytest.mark.parametrize(
    "said", ["火事だ", "家事だ!", "カジダ", "かじだー", "かじ だ", "KAJIDA KAJIDA TASUKETE"]
)
def test_a_word_in_hiragana_is_found_however_it_is_spelt(said: str) -> None:
    assert heard(said, "かじだ")


def test_a_word_in_kanji_is_found_as_it_is_written_alone() -> None:
    assert heard("炎が見える", "炎が")
    assert not heard("ほのおが見える", "炎が")


@pytest.mark.parametrize(
    ("said", "line"), [("近くまで来た", "くま"), ("電子証明書", "いしょ"), ("息子", "子")]
)
def test_a_short_word_is_not_found_inside_another(said: str, line: str) -> None:
    assert not heard(said, line)


def test_small_kana_may_be_typed_large() -> None:
    assert heard("きゆうきゆうしや よんで", "きゅうきゅうしゃ + よんで")


@pytest.mark.parametrize(("said", "is_heard"), [
    ("夫に殴られた", True),
    ("殴られたんです、旦那に", True),
    ("夫の証明書", False),
    ("夫と住んでいます。引っ越しの届けはどこに出せばよいですか。昔、人に殴られた", False),
])  # fmt: skip
def test_words_belong_together_in_any_order_when_they_are_near(said: str, is_heard: bool) -> None:
    assert heard(said, "【夫】 + なぐ|殴") is is_heard


def test_a_word_that_stands_near_silences_its_own_line_alone() -> None:
    assert not heard("看板が倒れた", "たおれた - 【木】")
    assert heard("看板が倒れた。父が下敷き", "たおれた - 【木】", "したじき")


def test_calming_words_must_follow_in_the_same_sentence() -> None:
    assert not heard("ガス漏れの検査", "がすもれ", calming=("検査",))
    assert heard("検査の人がガス漏れだと言う", "がすもれ", calming=("検査",))
    assert heard("ガス漏れ!検査は後で", "がすもれ", calming=("検査",))


def test_a_full_stop_is_the_beginning_or_the_end_of_a_sentence() -> None:
    assert heard("火事!", "。火事。")
    assert heard("火事", "。火事。")
    assert not heard("火事のときの税金", "。火事。")


def test_the_first_emergencies_go_before_what_is_said_more_closely() -> None:
    others = Emergency.of("others", ["夫 + なぐ"], {}, (), is_first=False)
    first = Emergency.of("first", ["いしきがな"], {}, (), is_first=True)
    assert urgent("夫に殴られて意識がない", [others, first]) == "first"


@pytest.mark.parametrize(("line", "why"), [
    ("夫 +なぐ", "半角の空白"),
    ("夫 + ", "半角の空白"),
    ("夫||妻", "半角の空白"),
    ("【妻】 + なぐ", "urgent_words"),
    ("!", "記号だけ"),
    ("夫 + !", "記号だけ"),
])  # fmt: skip
def test_a_line_that_cannot_be_read_says_why(line: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Emergency.of("it", [line], GROUPS, (), is_first=False)


@pytest.mark.parametrize("said", ["", " ", "!?", "。", "あ" * 3000, "夫" * 1000, "\ud800"])
def test_nothing_is_too_odd_to_hear(knowledge: Knowledge, said: str) -> None:
    assert not knowledge.is_urgent(said)


def test_an_alarm_counts_what_was_missed_and_what_was_harmless() -> None:
    messages = [
        UrgentMessage(text=text, entry=entry) for text, entry in [("a", "x"), ("b", "x"), ("c", None)]
    ]
    alarm = hear_all(lambda text: text != "b", messages)
    assert (alarm.recall, alarm.false_alarms) == (0.5, 1.0)
    assert (alarm.missed, alarm.false) == (("b",), ("c",))
