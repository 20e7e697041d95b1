from __future__ import annotations

from datetime import date

import pytest

from knowledge.answer import Answer, AnswerFact, GuideState, LinkRole, Status
from knowledge.compose_guide import GuideComposer
from knowledge.entries import AnyEntry, Guide
from knowledge.guides import UNSURE
from tests.knowledge.guided import PHRASES, TODAY, WORDS, a_guide, an, contents, labels
from tests.knowledge.handmade import an_entry

CONFIRMED, NATIONAL, UNCONFIRMED = Status.CONFIRMED, Status.NATIONAL, Status.UNCONFIRMED
ASPECTS = {aspect.value: label for aspect, label in PHRASES.labels.aspects.items()}


def an_entry_of(name: str, more: str, status: str = "confirmed", kind: str = "procedure") -> AnyEntry:
    return an(an_entry(kind, name, more, status))


FORM = "form: {service: ぴったり, url: 'https://myna.go.jp/a'}\n"
BIRTH = an_entry_of(
    "birth",
    """fee: 無料
bring:
  - 印鑑
  - 本人確認書類
  - {value: 写真, status: unconfirmed}
  - {value: 証紙, valid_until: 2026-11-22}
how: {post: 郵送できます}
phone: 0124-22-2222
takes: 1週間
when: 14日
"""
    + FORM,
    "national",
)
ALLOWANCE = an_entry_of("allowance", "bring: [印鑑, 通帳]\nfee: 千円\n" + FORM)
GIFT = an_entry_of("gift", "bring: 母子手帳\nfee: 千円\n", "unconfirmed")
PENSION = an_entry_of("pension", "handled_by: 年金事務所\nbring: 年金手帳\n")
DESK = an_entry_of("desk", "", kind="department")
OLD = an_entry_of("old", "fee: 百円\nvalid_until: 2026-11-22\n")
ENTRIES = (BIRTH, ALLOWANCE, GIFT, PENSION, DESK, OLD)


def a_composer(guide: Guide, today: date = TODAY) -> GuideComposer:
    return GuideComposer(contents(guide, *ENTRIES), today)


def shown(step: str, number: int = 1) -> Answer:
    guide = a_guide(f"  - {{id: first, do: あ}}\n  - {{id: a, {step}}}\n")
    state = GuideState(guide=guide.id, path=("a",) if number == 1 else ("first", "a"))
    return a_composer(guide).step(guide, guide.steps[1], state)


def of(facts: tuple[AnswerFact, ...]) -> list[tuple[str, str, Status]]:
    return [(fact.label, fact.value, fact.status) for fact in facts]


def test_a_step_says_where_one_is_and_has_its_buttons() -> None:
    answer = shown("do: 紙を書く。", number=2)
    assert answer.text == "【案内 手順2】\n紙を書く。"
    assert labels(answer) == [WORDS.next, WORDS.back, WORDS.unsure, WORDS.stop]
    assert answer.choices[0].says == "できた（案内 手順2）"


@pytest.mark.parametrize(
    ("step", "options"),
    [
        ("ask: 犬。", ["はい", "いいえ"]),
        ("ask: 犬。, choices: [{label: 大}, {label: 小}]", ["大", "小"]),
        ("ask: いつ。, answer: date", []),
    ],
)
def test_the_first_step_has_no_way_back_and_a_question_its_answers(step: str, options: list[str]) -> None:
    answer = shown(step)
    assert labels(answer) == [*options, WORDS.unsure, WORDS.stop]
    assert (WORDS.which_day in answer.text) == (not options)


@pytest.mark.parametrize(
    ("paths", "facts"),
    [
        ("birth.fee", [("fee", "無料", NATIONAL)]),
        ("allowance.fee", [("fee", "千円", CONFIRMED)]),
        ("gift.fee", [("fee", "千円", UNCONFIRMED)]),
        (
            "birth.bring",
            [
                ("bring", "印鑑", NATIONAL),
                ("bring", "本人確認書類", NATIONAL),
                ("bring", "写真", UNCONFIRMED),
            ],
        ),
        ("birth.how.post", [("post", "郵送できます", NATIONAL)]),
        ("birth.takes, birth.when", [("takes", "1週間", NATIONAL), ("deadline", "14日", NATIONAL)]),
        ("birth.phone", [("phone", "0124-22-2222", NATIONAL)]),
        ("birth.form", []),
    ],
)
def test_facts_come_by_reference_with_their_status(paths: str, facts: list[tuple[str, str, Status]]) -> None:
    found = of(shown(f"do: あ, facts: [{paths}]").facts)
    assert found == [(ASPECTS[aspect], value, status) for aspect, value, status in facts]


def test_a_number_can_be_called_and_a_form_opened_from_its_step() -> None:
    links = shown("do: あ, facts: [birth.phone, birth.form, birth.fee]").links
    assert [(link.role, link.url) for link in links] == [
        (LinkRole.TEL, "tel:0124-22-2222"),
        (LinkRole.FORM, "https://myna.go.jp/a"),
    ]
    assert shown("do: あ, facts: [birth.fee]").links == ()


def test_facts_of_an_entry_that_has_ended_are_not_asserted() -> None:
    assert shown("do: あ, facts: [old.fee]").facts == ()


def test_a_step_that_nobody_confirmed_says_so() -> None:
    assert shown("do: あ, status: unconfirmed") != shown("do: あ")


def test_help_names_a_number_once() -> None:
    guide = a_guide("  - {id: a, do: あ, facts: [city-hall.phone]}\n")
    state = GuideState(guide=guide.id, path=("a",), unsure=2)
    links = a_composer(guide).help(guide, guide.steps[0], state).links
    assert len({link.url for link in links}) == len(links)


# The checklist.

STEPS = """
  - {id: born, ask: いつ。, answer: date}
  - {id: nhi, ask: 国保。}
"""
TASKS = """checklist:
  - {do: お祝いを聞く, entry: gift, by_words: 早めに}
  - {do: 年金を聞く, entry: pension}
  - {do: 手当を申し込む, entry: allowance, by: {days: 15, after: born}}
  - {do: 国保に入れる, if: {nhi: はい}, by: {days: 14, after: born, first_day: counts}}
  - {do: 会社に言う, if: {nhi: いいえ}, at_home: true}
  - {do: 届を出す, entry: birth, by: {days: 14, after: born, first_day: counts, if_closed: next}}
"""


def the_end(born: str = "2026-11-22", nhi: str = "はい", tasks: str = TASKS, today: date = TODAY) -> Answer:
    guide = a_guide(STEPS, tasks)
    state = GuideState(guide=guide.id, path=("born", "nhi"), answers={"born": born, "nhi": nhi}, is_done=True)
    return a_composer(guide, today).done(guide, state)


def tasks_of(answer: Answer) -> list[tuple[str, str]]:
    others = {WORDS.together, ASPECTS["bring"]}
    return [(fact.label, fact.value) for fact in answer.facts if fact.label not in others]


OFFICE = "芦別市役所"


def test_the_list_begins_with_what_is_due_first_then_as_it_is_written() -> None:
    answer = the_end()
    assert tasks_of(answer) == [
        ("12月4日（金）まで", "国保に入れる"),
        ("12月7日（月）まで", f"手当を申し込む（{OFFICE}）"),
        ("12月7日（月）まで", f"届を出す（{OFFICE}）"),
        ("早めに", f"お祝いを聞く（{OFFICE}）"),
        (WORDS.to_do, "年金を聞く（年金事務所）"),
    ]
    assert answer.text == WORDS.checklist.format(title="駐車場の手続き", count=5)


def test_what_is_overdue_is_told_so_from_the_next_day_on() -> None:
    def label(today: str) -> str:
        return tasks_of(the_end(today=date.fromisoformat(today)))[0][0]

    assert label("2026-12-04") == WORDS.until.format(day="12月4日（金）")
    assert label("2026-12-05") == WORDS.overdue.format(day="12月4日（金）")


def test_of_who_did_not_know_both_are_told_with_a_mark_and_without_days() -> None:
    said = tasks_of(the_end(UNSURE, UNSURE))
    assert said == [
        ("早めに", f"お祝いを聞く（{OFFICE}）"),
        (WORDS.to_do, "年金を聞く（年金事務所）"),
        (WORDS.to_do, f"手当を申し込む（{OFFICE}）"),
        (WORDS.to_do, f"国保に入れる{WORDS.unsure_note}"),
        (WORDS.to_do, f"会社に言う{WORDS.unsure_note}（{WORDS.at_home}）"),
        (WORDS.to_do, f"届を出す（{OFFICE}）"),
    ]


@pytest.mark.parametrize("born", ["9999-12-31", "はい"])
def test_a_day_that_cannot_be_counted_from_makes_no_deadline(born: str) -> None:
    assert tasks_of(the_end(born)) == tasks_of(the_end(UNSURE))


def test_what_can_be_done_at_home_is_told_so() -> None:
    assert (WORDS.to_do, f"会社に言う（{WORDS.at_home}）") in tasks_of(the_end(nhi="いいえ"))


def test_each_thing_to_bring_is_named_once_if_it_is_known() -> None:
    bring = [fact for fact in the_end().facts if fact.label == ASPECTS["bring"]]
    assert of(tuple(bring)) == [
        (ASPECTS["bring"], "印鑑", CONFIRMED),
        (ASPECTS["bring"], "通帳", CONFIRMED),
        (ASPECTS["bring"], "本人確認書類", NATIONAL),
        (ASPECTS["bring"], "年金手帳", CONFIRMED),
    ]


def test_what_is_done_at_home_needs_nothing_to_be_brought() -> None:
    answer = the_end(tasks="checklist:\n  - {do: 電話する, entry: birth, at_home: true}\n")
    assert of(answer.facts) == [(WORDS.to_do, f"電話する（{WORDS.at_home}）", NATIONAL)]


def test_what_can_be_done_in_one_visit_is_told_together() -> None:
    together = [fact.value for fact in the_end().facts if fact.label == WORDS.together]
    assert together == [f"{OFFICE}：手当を申し込む／届を出す／お祝いを聞く"]
    one = the_end(tasks="checklist:\n  - {do: 届, entry: birth}\n  - {do: 年金, entry: pension}\n")
    assert [fact for fact in one.facts if fact.label == WORDS.together] == []


def test_a_task_has_the_status_of_its_entry_unless_it_states_its_own() -> None:
    tasks = """checklist:
  - {do: い, entry: gift}
  - {do: ろ, entry: allowance}
  - {do: は}
  - {do: に, entry: allowance, status: unconfirmed}
"""
    statuses = [fact.status for fact in the_end(tasks=tasks).facts[:4]]
    assert statuses == [UNCONFIRMED, CONFIRMED, NATIONAL, UNCONFIRMED]


def test_each_form_is_linked_once_and_there_is_somebody_to_call() -> None:
    links = the_end().links
    assert [link.url for link in links if link.role is LinkRole.FORM] == ["https://myna.go.jp/a"]
    assert [link.url for link in links if link.role is LinkRole.TEL] == ["tel:0124-11-1111"]


def test_a_list_with_nothing_on_it_gives_the_phone() -> None:
    answer = the_end(nhi="いいえ", tasks="checklist:\n  - {do: 国保, if: {nhi: はい}}\n")
    assert answer.text == WORDS.checklist_empty.format(title="駐車場の手続き")
    assert [link.url for link in answer.links] == ["tel:0124-11-1111"]
    assert labels(answer)[:2] == [WORDS.back, WORDS.restart]
    assert answer.guide is not None
    assert answer.guide.is_done


def test_a_walk_ends_with_a_word() -> None:
    answer = the_end(tasks="")
    assert answer.text == WORDS.done.format(title="駐車場の手続き")
    assert labels(answer) == [WORDS.back, WORDS.restart]
    assert answer.facts == ()
