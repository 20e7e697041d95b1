from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from knowledge.answer import AnswerKind, GuideState, LinkRole
from knowledge.guides import UNSURE
from knowledge.guiding import Guiding, Reply
from knowledge.service import Knowledge
from tests.content import real_knowledge
from tests.knowledge.guided import (
    PHRASES,
    TODAY,
    WORDS,
    Resident,
    a_guide,
    a_guide_file,
    contents,
    labels,
    says,
)
from tests.knowledge.handmade import a_content, an_entry

STEPS = """
  - {id: born, ask: いつ生まれましたか。, answer: date, help: 出生証明書を見てください。}
  - {id: nhi, ask: 国民健康保険に入りますか。, help: 会社の保険なら「いいえ」です。}
  - id: way
    ask: どの方法でしますか。
    choices:
      - {label: 窓口, go: visit}
      - {label: 郵便, go: write}
      - {label: カード, guide: guide-b}
  - {id: write, do: 紙に書きます。, help: ペンで書きます。}
  - {id: post, do: ポストに出します。, next: end}
  - {id: visit, do: 市役所に行きます。}
"""
BABY = a_guide(STEPS, "checklist:\n  - {do: 届を出す, by: {days: 14, after: born, first_day: counts}}\n")
CARD = a_guide("  - {id: go, do: 行く。}\n  - {id: back, do: 帰る。}\n", name="guide-b", short="カード")
CONTENT = contents(BABY, CARD)


@pytest.fixture
def resident() -> Resident:
    """At the first step, which asks for a day."""
    resident = Resident(CONTENT)
    resident.press(WORDS.start, 1)
    return resident


@pytest.fixture
def at_post(resident: Resident) -> Resident:
    """At the fifth step, the last of its branch."""
    for text in ("11月20日", "はい", "郵便", "できた"):
        resident.told(text)
    assert resident.here == "post"
    return resident


@pytest.fixture
def done(at_post: Resident) -> Resident:
    at_post.told("できた")
    assert at_post.at.is_done
    return at_post


def test_a_guide_is_walked_by_buttons_and_by_words(resident: Resident) -> None:
    assert BABY.steps[1].text in resident.told("11月20日").text
    resident.press("はい", 2)
    resident.told("郵便です")
    assert resident.at.answers == {"born": "2026-11-20", "nhi": "はい", "way": "郵便"}
    resident.press(WORDS.next, 4)
    answer = resident.press(WORDS.next, 5)
    assert resident.at.is_done
    assert answer.text == WORDS.checklist.format(title=BABY.title, count=1)
    assert labels(answer) == [WORDS.back, WORDS.restart]


def test_a_day_that_was_understood_is_said_again(resident: Resident) -> None:
    text = resident.told("20日").text
    assert text.startswith(WORDS.day_read.format(day="11月20日（金）"))
    assert resident.here == "nhi"


@pytest.mark.parametrize("text", ["2月30日", "11月31日", "9999年1月1日"])
def test_a_day_of_no_calendar_is_asked_for_again(resident: Resident, text: str) -> None:
    answer = resident.told(text)
    assert answer.text.startswith(WORDS.no_such_day)
    assert resident.here == "born"
    assert resident.at.answers == {}


def test_what_rasa_took_for_a_yes_is_one(resident: Resident) -> None:
    resident.told("11月20日")
    resident.told("んだ", meant="はい")
    assert resident.at.answers["nhi"] == "はい"
    assert resident.say("んだ", meant="はい") is None  # no option of the next question


@pytest.mark.parametrize(
    "text",
    [
        "わからないことがある",
        "できたら教えて",
        "戻ってきた書類",
        "国保をやめる",
        "続きはどこ",
        "児童手当はいくら",
        "",
    ],
)
def test_what_is_nothing_to_a_guide_is_left_to_others(resident: Resident, text: str) -> None:
    before = resident.at
    assert resident.say(text) is None
    again = resident.guiding.goes_on(before)
    assert again is not None
    assert again.text.startswith(WORDS.goes_on)
    assert again.guide == before


def test_without_a_guide_under_way_words_are_nothing_to_guides() -> None:
    resident = Resident(CONTENT)
    for text in ("できた", "戻る", "わからない", "やめる", "続きから", "はい", "11月20日"):
        assert resident.say(text) is None


# Old buttons.


def test_another_answer_to_an_earlier_question_changes_it_and_forgets_what_followed(
    at_post: Resident,
) -> None:
    at_post.press("いいえ", 2)
    assert at_post.here == "way"
    assert at_post.at.answers == {"born": "2026-11-20", "nhi": "いいえ"}


def test_the_same_answer_again_is_harmless(at_post: Resident) -> None:
    at_post.press("郵便", 3)
    first = at_post.at
    at_post.press("郵便", 3)
    assert at_post.at == first
    assert at_post.here == "write"


@pytest.mark.parametrize(("label", "number"), [("できた", 4), ("戻る", 2), ("わからない", 3), ("できた", 1)])
def test_an_old_button_that_meant_its_step_alone_does_nothing_later(
    at_post: Resident, label: str, number: int
) -> None:
    before = at_post.at
    answer = at_post.press(label, number)
    assert answer.text.startswith(WORDS.stale)
    assert at_post.at == before


@pytest.mark.parametrize(
    ("label", "number"), [("はい", 9), ("できた", 6), ("写真機", 3), ("犬", 5), ("はい", 1)]
)
def test_a_button_of_no_such_step_or_label_does_nothing(at_post: Resident, label: str, number: int) -> None:
    before = at_post.at
    assert at_post.press(label, number).text.startswith(WORDS.stale)
    assert at_post.at == before


def test_a_button_of_a_step_that_was_taken_back_does_nothing(at_post: Resident) -> None:
    at_post.told("戻る")
    at_post.told("戻る")
    assert at_post.press("できた", 5).text.startswith(WORDS.stale)
    assert at_post.here == "way"


def test_old_buttons_that_leave_or_begin_anew_mean_the_same_at_every_step(at_post: Resident) -> None:
    assert at_post.press(WORDS.stop, 2).text == WORDS.stopped.format(title=BABY.title)
    assert at_post.here == "post"
    at_post.press(WORDS.restart, 2)
    assert at_post.at == GuideState(guide=BABY.id, path=("born",))


def test_a_button_of_a_guide_that_nobody_knows_is_nothing_to_guides(resident: Resident) -> None:
    assert resident.say(says("はい", 1, "なくなった")) is None


def test_the_first_button_of_another_guide_begins_it(at_post: Resident) -> None:
    at_post.press(WORDS.start, 1, "カード")
    assert at_post.at == GuideState(guide=CARD.id, path=("go",))


def test_a_later_button_of_another_guide_leaves_this_one_where_it_is(at_post: Resident) -> None:
    answer = at_post.press(WORDS.next, 2, "カード")
    assert answer.text.startswith(WORDS.goes_on)
    assert at_post.here == "post"


# Two buttons at once.


@pytest.mark.parametrize(
    ("first", "second", "here"),
    [
        ("はい", "いいえ", "way"),
        ("はい", "はい", "way"),
        ("はい", "わからない", "way"),
        ("わからない", "はい", "way"),
        ("はい", "戻る", "way"),
        ("戻る", "はい", "born"),
        ("戻る", "戻る", "born"),
    ],
)
def test_of_two_buttons_of_a_question_the_last_answer_counts(
    resident: Resident, first: str, second: str, here: str
) -> None:
    resident.told("11月20日")
    resident.press(first, 2)
    resident.press(second, 2)
    assert resident.here == here
    if here == "way":
        assert resident.at.answers["nhi"] == (second if second in {"はい", "いいえ"} else "はい")


def test_done_pressed_twice_is_one_step(at_post: Resident) -> None:
    at_post.told("戻る")
    at_post.press(WORDS.next, 4)
    at_post.press(WORDS.next, 4)
    assert at_post.here == "post"
    assert not at_post.at.is_done


def test_the_last_done_pressed_twice_shows_the_end_twice(at_post: Resident) -> None:
    first = at_post.press(WORDS.next, 5)
    assert at_post.press(WORDS.next, 5) == first


def test_a_jump_pressed_twice_is_one_jump(at_post: Resident) -> None:
    at_post.press("カード", 3)
    assert at_post.at.guide == CARD.id
    at_post.press("カード", 3)
    assert at_post.at.guide == CARD.id


def test_back_from_the_end_pressed_twice_is_one_step_back(done: Resident) -> None:
    done.press(WORDS.back, 5)
    done.press(WORDS.back, 5)
    assert done.here == "post"


# 「わからない」.


def test_one_who_does_not_know_gets_help_then_the_question_is_left_open(resident: Resident) -> None:
    resident.told("11月20日")
    first = resident.told("わからない")
    assert first.text.startswith("会社の保険なら「いいえ」です。")
    assert (resident.here, resident.at.unsure, resident.at.answers) == ("nhi", 1, {"born": "2026-11-20"})
    second = resident.told("わからない")
    assert second.text.startswith(WORDS.taken_as_unsure)
    assert resident.here == "way"
    assert resident.at.answers["nhi"] == UNSURE


def test_one_who_never_knows_ends_with_a_list_without_days(resident: Resident) -> None:
    for _ in range(6):
        resident.told("わからない")
    assert resident.here == "write"
    for _ in range(10):
        answer = resident.told("わからない")
    assert resident.here == "write"
    assert answer.text.startswith("ペンで書きます。")
    assert any(link.role is LinkRole.TEL for link in answer.links)
    assert PHRASES.labels.person in labels(answer)
    resident.told("できた")
    answer = resident.told("できた")
    assert [fact.label for fact in answer.facts] == [WORDS.to_do]


def test_where_nobody_wrote_help_the_phone_is_given_at_once(resident: Resident) -> None:
    for text in ("11月20日", "はい"):
        resident.told(text)
    answer = resident.told("わからない")
    assert answer.text.startswith(WORDS.no_help)
    assert any(link.role is LinkRole.TEL for link in answer.links)
    assert PHRASES.labels.person in labels(answer)


def test_help_is_not_counted_over_steps(resident: Resident) -> None:
    resident.told("わからない")
    resident.told("11月20日")
    resident.told("わからない")
    assert resident.here == "nhi"


# Leaving and coming back.


def test_a_guide_that_was_stopped_is_taken_up_where_it_was(at_post: Resident) -> None:
    before = at_post.at
    answer = at_post.told("やめる")
    assert answer.text == WORDS.stopped.format(title=BABY.title)
    assert labels(answer) == [WORDS.resume]
    for text in ("できた", "戻る", "はい", "わからない", "初めから"):
        assert at_post.say(text) is None  # a guide that was left is silent
    assert at_post.guiding.goes_on(at_post.at) is None
    assert at_post.guiding.offered(at_post.at) is None
    at_post.told(answer.choices[0].says)
    assert at_post.at == before


@pytest.mark.parametrize("text", ["続きから", "続き", "つづき", "続ける"])
def test_words_take_a_stopped_guide_up_again(at_post: Resident, text: str) -> None:
    before = at_post.at
    at_post.told("やめる")
    at_post.told(text)
    assert at_post.at == before


def test_a_button_of_its_step_takes_a_stopped_guide_up_again(at_post: Resident) -> None:
    at_post.told("やめる")
    at_post.press(WORDS.next, 5)
    assert at_post.at.is_done
    assert not at_post.at.is_offered


def test_a_guide_of_long_ago_answers_to_its_buttons_and_to_going_on_alone(at_post: Resident) -> None:
    before = at_post.at
    for text in ("できた", "戻る", "わからない", "やめる", "はい", "11月20日"):
        assert at_post.say(text, is_away=True) is None
    assert at_post.told("続きから", is_away=True).guide == before
    assert at_post.told(says("できた", 5), is_away=True).guide != before


def test_a_guide_of_long_ago_is_offered_once(at_post: Resident) -> None:
    offer = at_post.guiding.offered(at_post.at)
    assert offer is not None
    assert offer.text == WORDS.paused.format(title=BABY.title)
    assert labels(offer) == [WORDS.resume]
    assert offer.guide is not None
    assert at_post.guiding.offered(offer.guide) is None
    at_post.state = offer.guide
    at_post.told(offer.choices[0].says)
    assert at_post.here == "post"


def test_restart_forgets_all(at_post: Resident) -> None:
    at_post.told("初めから")
    assert at_post.at == GuideState(guide=BABY.id, path=("born",))


def test_from_the_end_one_can_go_back_or_begin_anew_and_nothing_else(done: Resident) -> None:
    end = done.at
    for text in ("できた", "わからない", "やめる", "はい", "11月20日"):
        assert done.say(text) is None
    assert done.guiding.goes_on(end) is None
    assert done.guiding.offered(end) is None
    done.told("戻る")
    assert (done.here, done.at.is_done) == ("post", False)
    done.told("できた")
    assert done.at == end
    done.told("初めから")
    assert done.here == "born"


def test_an_answer_changed_after_the_end_leads_to_another_end(done: Resident) -> None:
    done.press("窓口", 3)
    assert done.here == "visit"
    assert not done.at.is_done


def test_the_last_answer_changed_after_the_end_ends_anew() -> None:
    dog = a_guide("  - {id: dog, ask: 犬。}\n", "checklist:\n  - {do: 登録, if: {dog: はい}}\n")
    resident = Resident(contents(dog))
    resident.press("はい", 1)
    assert [fact.value for fact in resident.press("はい", 1).facts] == ["登録"]
    resident.press("いいえ", 1)
    assert (resident.at.is_done, resident.at.answers) == (True, {"dog": "いいえ"})


def test_who_begins_a_guide_again_after_its_end_begins_it(done: Resident) -> None:
    done.press(WORDS.start, 1)
    assert done.here == "born"


# Staff change a guide while somebody is in it.


def changed(old: str, new: str) -> Guiding:
    assert old in STEPS
    return Guiding(contents(a_guide(STEPS.replace(old, new)), CARD), TODAY)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("id: nhi", "id: insurance"),
        ("{label: 郵便, go: write}", "{label: 手紙, go: write}"),
        ("id: post", "id: letter"),
        ("answer: date, ", ""),
    ],
)
def test_a_guide_whose_way_there_is_gone_begins_anew_and_says_so(
    at_post: Resident, old: str, new: str
) -> None:
    before = at_post.at
    at_post.guiding = changed(old, new)
    assert at_post.say("できた") is None
    again = at_post.guiding.goes_on(before)
    for answer in (again, at_post.press(WORDS.next, 5)):
        assert answer is not None
        assert answer.text.startswith(WORDS.changed)
        assert answer.guide == GuideState(guide=BABY.id, path=("born",))


def test_a_stopped_guide_that_was_changed_begins_anew_too(at_post: Resident) -> None:
    at_post.told("やめる")
    at_post.guiding = changed("id: post", "id: letter")
    assert at_post.told("続きから").text.startswith(WORDS.changed)
    assert at_post.here == "born"


def test_other_words_and_new_steps_disturb_nobody(at_post: Resident) -> None:
    at_post.guiding = changed("ポストに出します", "赤いポストに出します")
    assert at_post.told("戻る").guide is not None
    assert "赤いポスト" in at_post.told("できた").text
    at_post.guiding = changed(
        "  - {id: post, do: ポストに出します。, next: end}\n",
        "  - {id: post, do: ポストに出します。}\n  - {id: wait, do: 待ちます。, next: end}\n",
    )
    at_post.told("できた")
    assert at_post.here == "wait"


def test_a_guide_that_was_deleted_is_forgotten(at_post: Resident) -> None:
    at_post.guiding = Guiding(contents(CARD), TODAY)
    for text in ("できた", "続きから", says("できた", 5)):
        assert at_post.say(text) is None
    assert at_post.guiding.goes_on(at_post.at) is None
    assert at_post.guiding.offered(at_post.at) is None


# As actions use it.


@pytest.fixture
def knowledge(tmp_path: Path) -> Knowledge:
    files: dict[str, str | bytes] = {
        "procedures/parking.yml": an_entry(),
        "guides/guide-a.yml": a_guide_file(STEPS, "starts_from: [parking]\n").replace("駐車場", "月極"),
        "guides/guide-b.yml": a_guide_file(
            "  - {id: way, ask: どちら。, choices: [{label: 車}, {label: 犬}]}\n",
            "starts_from: [scooters]\n",
            "guide-b",
            "カード",
        ),
        "procedures/scooters.yml": an_entry(name="scooters").replace("駐車場", "駐輪場"),
    }
    return Knowledge(a_content(tmp_path, files), now=lambda: datetime.fromisoformat("2026-11-23T10:00"))


def test_the_overview_of_an_entry_offers_its_guide(knowledge: Knowledge) -> None:
    answer = knowledge.answer("駐車場の手続き")
    assert answer.text == "駐車場を借ります。"
    assert labels(answer)[0] == WORDS.start
    step = knowledge.guide(Reply(answer.choices[0].says))
    assert step is not None
    assert (step.kind, step.entry) == (AnswerKind.STEP, "parking")


def test_where_a_guide_begins_with_a_choice_it_is_asked_at_once(knowledge: Knowledge) -> None:
    answer = knowledge.answer("駐輪場の手続き")
    assert answer.text == "駐輪場を借ります。\nどちら。"
    assert labels(answer)[:2] == ["車", "犬"]
    step = knowledge.guide(Reply(answer.choices[1].says))
    assert step is not None
    assert step.guide == GuideState(guide="guide-b", path=("way",), answers={"way": "犬"}, is_done=True)


def test_a_guide_without_questions_is_reached_from_its_entry_alone(knowledge: Knowledge) -> None:
    found = [hit.entry.id for hit in knowledge.search("月極を借りたい").hits]
    assert "guide-a" not in found
    assert "parking" in [entry.id for entry in knowledge.content.searched]


def test_after_another_answer_the_guide_goes_on_or_is_offered(knowledge: Knowledge) -> None:
    state = GuideState(guide="guide-a", path=("born",))
    going = knowledge.after(Reply("いくら", state))
    assert going is not None
    assert going.text.startswith(WORDS.goes_on)
    offered = knowledge.after(Reply("いくら", state, is_away=True))
    assert offered is not None
    assert offered.text.startswith("「月極の手続き」が途中です")
    assert knowledge.after(Reply("いくら")) is None


def test_an_edit_of_a_guide_is_live_and_a_broken_one_is_not(knowledge: Knowledge, tmp_path: Path) -> None:
    state = GuideState(guide="guide-a", path=("born",))
    good = a_guide_file(STEPS, "starts_from: [parking]\n")
    a_content(tmp_path, {"guides/guide-a.yml": good.replace("いつ生まれ", "何日に生まれ")})
    knowledge.reload()
    first = knowledge.after(Reply("", state))
    assert first is not None
    assert "何日に生まれましたか" in first.text
    a_content(tmp_path, {"guides/guide-a.yml": good.replace("go: write", "go: wirte")})
    knowledge.reload()
    assert [problem.path for problem in knowledge.problems] == ["guides/guide-a.yml"] * len(
        knowledge.problems
    )
    assert knowledge.problems
    assert knowledge.after(Reply("", state)) == first


def test_no_button_of_any_guide_is_heard_as_an_emergency() -> None:
    knowledge = real_knowledge()
    for guide in knowledge.content.guides.values():
        for step in guide.steps:
            for option in step.options:
                said = WORDS.says.format(label=option.label, short=guide.short, number=1)
                assert knowledge.urgent(said) is None, said


def test_no_verdict_on_any_answer_is_heard_as_an_emergency() -> None:
    knowledge = real_knowledge()
    words = knowledge.phrases.feedback
    for entry in knowledge.content.entries.values():
        for label in words.labels.values():
            assert knowledge.urgent(words.says.format(label=label, title=entry.title)) is None, entry.id
