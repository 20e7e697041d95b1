"""Every mistake of a guide is told with the line of its file; `steps` begin on line 9."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.guide_checks import leads_to, mistakes_of
from tests.content import REAL
from tests.knowledge.guided import a_guide, a_guide_file
from tests.knowledge.handmade import a_content, an_entry, problems_of
from tests.knowledge.test_broken_yaml import assert_helpful

GUIDE = "guides/guide-a.yml"
STEPS = """  - {id: dog, ask: 犬がいますか。}
  - {id: born, ask: いつですか。, answer: date}
  - id: way
    ask: どの方法ですか。
    choices:
      - {label: 窓口, go: visit}
      - {label: 郵便, guide: guide-b}
  - id: visit
    do: 行きます。
    if: {dog: はい}
    facts: [parking.fee, parking.form]
"""
CHECKLIST = """checklist:
  - do: 届を出す
    entry: parking
    by: {days: 14, after: born}
    if: {way: [窓口, 郵便]}
"""
STARTS = "starts_from: [parking]\n"
MORE = "fee: 無料\nform: {service: ぴったり, url: 'https://myna.go.jp/'}\n"
OTHER = a_guide_file("  - {id: go, do: 行く。}\n", name="guide-b", short="別")
WHOLE = a_guide_file(STEPS, CHECKLIST + STARTS)


def a_folder(root: Path, guide: str, **files: str) -> Path:
    good: dict[str, str | bytes] = {
        "procedures/parking.yml": an_entry(more=MORE),
        "guides/guide-b.yml": OTHER,
        GUIDE: guide,
    }
    return a_content(root, good | {f"{name}.yml": text for name, text in files.items()})


def lines_told(root: Path, guide: str, **files: str) -> list[tuple[int, str]]:
    """Lines and sentences, all of them of the guide, in Japanese and with what to do."""
    problems = problems_of(a_folder(root, guide, **files))
    for problem in problems:
        assert problem.path == GUIDE
        assert "ください" in problem.message or "答え: " in problem.message
    return [(problem.line, problem.message) for problem in problems]


def test_a_right_guide_has_no_mistakes(tmp_path: Path) -> None:
    assert lines_told(tmp_path, WHOLE) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("starts_from: [parking]", "starts_from: [parking, parkign]", 25, "starts_from の「parkign」"),
        ("id: born,", "id: dog,", 10, "steps の id「dog」は使えません"),
        ("id: visit\n", "id: end\n", 16, "steps の id「end」は使えません"),
        (
            "{id: dog, ask: 犬がいますか。}",
            "{id: dog, ask: 犬。, if: {born: はい}}",
            9,
            "最初の手順に if は書けません",
        ),
        ("go: visit", "go: visti", 14, "「visti」という手順はありません"),
        ("do: 行きます。", "do: 行きます。\n    next: visti", 18, "「visti」という手順はありません"),
        ("guide: guide-b", "guide: guide-c", 15, "「guide-c」という guide はありません"),
        ("guide: guide-b", "guide: parking", 15, "「parking」という guide はありません"),
        ("parking.form]", "parkign.fee]", 19, "facts の「parkign」という項目はありません"),
        ("parking.form]", "parking.takes]", 19, "「parking.takes」には事実がありません"),
        ("parking.form]", "parking.fees]", 19, "「parking.fees」には事実がありません"),
        ("parking.form]", "city-hall.form]", 19, "「city-hall.form」には事実がありません"),
        ("if: {dog: はい}", "if: {cat: はい}", 18, "if の「cat」という質問は、これより前にありません"),
        ("if: {dog: はい}", "if: {visit: はい}", 18, "if の「visit」という質問は、これより前にありません"),
        (
            "if: {dog: はい}",
            "if: {dog: ハイ}",
            18,
            "「dog」に「ハイ」という答えはありません。答え: いいえ、はい",
        ),
        ("if: {dog: はい}", "if: {born: はい}", 18, "答え: （日付）"),
        ("if: {way: [窓口, 郵便]}", "if: {way: [窓口, 電話]}", 24, "「way」に「電話」という答えはありません"),
        (
            "if: {way: [窓口, 郵便]}",
            "if: {wya: 窓口}",
            24,
            "if の「wya」という質問は、これより前にありません",
        ),
        ("    entry: parking", "    entry: parkign", 22, "entry「parkign」という項目はありません"),
        ("after: born", "after: dog", 23, "「dog」は、日付を聞く質問（answer: date）ではありません"),
        ("after: born", "after: bron", 23, "「bron」は、日付を聞く質問"),
        ("answer: date}", "answer: date, next: visit}", 11, "手順「way」には、どこからも進めません"),
        ("    if: {dog: はい}", "    next: visit", 16, "手順「visit」から終わりに進めません"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, old: str, new: str, line: int, words: str) -> None:
    assert WHOLE.count(old) == 1, old
    told = lines_told(tmp_path, WHOLE.replace(old, new))
    assert any(where == line and words in message for where, message in told), told


def test_a_short_name_of_two_guides_is_told_at_the_second(tmp_path: Path) -> None:
    a_folder(tmp_path, WHOLE, **{"guides/guide-b": OTHER.replace("short: 別", "short: 案内")})
    [problem] = problems_of(tmp_path)
    assert (problem.path, problem.line) == ("guides/guide-b.yml", 7)
    assert "short「案内」は guide-a でも使われています" in problem.message


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ("  - {id: a, do: あ, next: a}\n", [(9, "手順「a」から終わりに進めません")]),
        (
            "  - {id: a, do: あ}\n  - {id: b, do: い, next: a}\n",
            [(9, "手順「a」から終わりに"), (10, "手順「b」から終わりに")],
        ),
        (
            "  - {id: a, do: あ, next: end}\n  - {id: b, do: い, next: c}\n  - {id: c, do: う}\n",
            [(10, "手順「b」には、どこからも"), (11, "手順「c」には、どこからも")],
        ),
    ],
)
def test_steps_that_lead_nowhere_or_nobody_reaches_are_told(
    tmp_path: Path, steps: str, told: list[tuple[int, str]]
) -> None:
    found = lines_told(tmp_path, a_guide_file(steps))
    assert [line for line, _ in found] == [line for line, _ in told]
    for (_, message), (_, words) in zip(found, told, strict=True):
        assert words in message


def test_a_loop_with_a_way_out_is_none_to_be_told(tmp_path: Path) -> None:
    steps = """  - {id: a, do: あ}
  - {id: b, ask: い, choices: [{label: もう一度, go: a}, {label: 終わる, go: end}], next: a}
"""
    assert lines_told(tmp_path, a_guide_file(steps)) == []


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    wrong = WHOLE.replace("go: visit", "go: visti").replace("entry: parking", "entry: x")
    wrong = wrong.replace("after: born", "after: y").replace("{dog: はい}", "{z: はい}")
    told = [line for line, _ in lines_told(tmp_path, wrong)]
    assert {14, 18, 22, 23} <= set(told)


def test_a_broken_file_makes_no_false_alarm_about_guides_that_refer_to_it(tmp_path: Path) -> None:
    a_folder(tmp_path, WHOLE, **{"procedures/parking": an_entry(more="brng: 印鑑\n")})
    a_content(tmp_path, {})
    assert [problem.path for problem in problems_of(tmp_path)] == ["procedures/parking.yml"]
    a_folder(tmp_path, WHOLE, **{"guides/guide-b": OTHER + "brng: 印鑑\n"})
    assert [problem.path for problem in problems_of(tmp_path)] == ["guides/guide-b.yml"]


def test_a_mistake_in_a_guide_keeps_the_folder_from_going_live_and_names_the_guide(tmp_path: Path) -> None:
    [problem] = problems_of(a_folder(tmp_path, WHOLE.replace("after: born", "after: dog")))
    assert str(problem).startswith(f"{GUIDE}:23: ")
    assert_helpful(problem)


@pytest.mark.parametrize(
    "choices",
    [
        "[{label: 車}, {label: 車}]",
        "[{label: 車}, {label: 戻る}]",  # a button of every step
        "[{label: 車}, {label: わからない}]",
        "[{label: 車}, {label: 犬, guide: guide-b, go: end}]",  # where to?
    ],
)
def test_buttons_that_cannot_be_told_apart_are_a_mistake(tmp_path: Path, choices: str) -> None:
    steps = f"  - {{id: a, ask: あ, choices: {choices}}}\n"
    assert lines_told(tmp_path, a_guide_file(steps)) != []


def test_a_condition_on_a_later_question_is_a_mistake(tmp_path: Path) -> None:
    steps = "  - {id: a, do: あ}\n  - {id: b, do: い, if: {c: はい}}\n  - {id: c, ask: う}\n"
    assert lines_told(tmp_path, a_guide_file(steps)) != []


@pytest.mark.parametrize(
    ("step", "targets"),
    [
        ("do: あ", {"b"}),
        ("do: あ, next: end", {"end"}),
        ("do: あ, if: {z: はい}, next: end", {"b", "end"}),  # passed over
        ("ask: あ", {"b"}),
        ("ask: あ, choices: [{label: い, go: end}, {label: う}]", {"b", "end"}),
        ("ask: あ, choices: [{label: い, go: c}, {label: う, go: c}], next: end", {"c", "end"}),  # unsure
        ("ask: あ, choices: [{label: い, guide: guide-b}, {label: う}]", {"b", "end"}),
    ],
)
def test_a_step_leads_to_all_that_may_follow(step: str, targets: set[str]) -> None:
    guide = a_guide(
        f"  - {{id: z, ask: 犬}}\n  - {{id: a, {step}}}\n  - {{id: b, do: い}}\n  - {{id: c, do: う}}\n"
    )
    assert leads_to(guide, guide.steps[1]) == targets


def test_no_real_guide_has_a_mistake() -> None:
    content = REAL
    assert len(content.guides) > 20
    assert [
        mistake for guide in content.guides.values() for mistake in mistakes_of(guide, content.entries, ())
    ] == []
