"""What may stand in the steps and the checklist of a guide, and what is told of what may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.guides import NO, UNSURE, YES, AnswerType, Task
from tests.knowledge.guided import a_guide_file, a_step, of_yaml
from tests.knowledge.handmade import a_content, problems_of
from tests.knowledge.test_broken_yaml import assert_helpful

GUIDE = "guides/guide-a.yml"
FIRST = "  - {id: z, ask: いつ。, answer: date}\n"
"""On line 9; what is tested stands on line 10, or on line 11 in the checklist."""
ONE_THING = "ask（聞くこと）か do（すること）の、どちらか1つ"
ONE_LENGTH = "days（日数）か months（月数）の、どちらか1つ"
NO_CHOICES = "choices は、日付でない ask にだけ"
TWO = "choices: [{label: 大}, {label: 小}]"


def told(root: Path, file: str) -> list[tuple[int, str]]:
    problems = problems_of(a_content(root, {GUIDE: file}))
    for problem in problems:
        assert problem.path == GUIDE
        assert_helpful(problem)
    return [(problem.line, problem.message) for problem in problems]


def a_step_file(fields: str) -> str:
    return a_guide_file(f"{FIRST}  - {{{fields}}}\n")


def a_task_file(fields: str) -> str:
    return a_guide_file(FIRST, f"checklist:\n  - {{{fields}}}\n")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ("id: a, do: い, ask: う", ONE_THING),
        ("id: a, help: い", ONE_THING),
        ("do: い", "「id」がありません"),
        ("id: 犬, do: い", "「id」の形が違います"),
        ("id: a, do: ''", "「do」は1文字以上"),
        ("id: a, do: 5", "「do」は文字で"),
        ("id: a, do: [い, う]", "「do」は文字で"),
        (f"id: a, do: い, {TWO}", NO_CHOICES),
        (f"id: a, ask: い, answer: date, {TWO}", NO_CHOICES),
        ("id: a, ask: い, choices: [{label: う}]", "choices は2つ以上"),
        ("id: a, ask: い, choices: [はい, いいえ]", "「項目: 値」の行に分けて"),
        ("id: a, ask: い, choices: {はい: z}", "「choices」は「- 」で始まる行の並び"),
        ("id: a, ask: い, choices: [{go: z}, {label: う}]", "「label」がありません"),
        (
            f"id: a, ask: い, choices: [{{label: う}}, {{label: {'え' * 21}}}]",
            "「label」が長すぎます（20文字",
        ),
        ("id: a, ask: い, choices: [{label: う, go: 次}, {label: え}]", "「go」の形が違います"),
        (f"id: a, ask: い, choices: [{', '.join(f'{{label: い{n}}}' for n in range(7))}]", "6つまで"),
        ("id: a, ask: い, answer: 日付", "「answer」に使えるのは"),
        ("id: a, do: い, status: ok", "「status」に使えるのは"),
        ("id: a, do: い, next: 終わり", "「next」の形が違います"),
        ("id: a, do: い, facts: z.fee", "「facts」は「- 」で始まる行の並び"),
        ("id: a, do: い, if: はい", "「if」は「項目: 値」"),
        ("id: a, do: い, if: [z]", "「if」は「項目: 値」"),
        ("id: a, do: い, if: {犬: はい}", "形が違います"),
        ("id: a, do: い, hlep: う", "「hlep」という項目はありません"),
        ("id: a, do: い, by: {after: z, days: 1}", "「by」という項目はありません"),
    ],
)
def test_a_wrong_step_is_told_with_its_line(tmp_path: Path, fields: str, words: str) -> None:
    found = told(tmp_path, a_step_file(fields))
    assert {line for line, _ in found} == {10}
    assert any(words in message for _, message in found), found


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ("entry: city-hall", "「do」がありません"),
        ("ask: い", "「ask」という項目はありません"),
        ("do: い, entry: 市役所", "「entry」の形が違います"),
        ("do: い, by: 14日", "「by」は「項目: 値」"),
        ("do: い, by: [z]", "「by」は「項目: 値」"),
        ("do: い, by: {days: 14}", "「after」がありません"),
        ("do: い, by: {after: z}", ONE_LENGTH),
        ("do: い, by: {after: z, days: 0}", ONE_LENGTH),
        ("do: い, by: {after: z, days: 1, months: 1}", ONE_LENGTH),
        ("do: い, by: {after: z, days: -1}", "「days」は0以上"),
        ("do: い, by: {after: z, days: 3661}", "「days」は3660以下"),
        ("do: い, by: {after: z, months: 121}", "「months」は120以下"),
        ("do: い, by: {after: z, days: 14日}", "「days」の書き方が違います"),
        ("do: い, by: {after: z, days: 1.5}", "「days」の書き方が違います"),
        ("do: い, by: {after: z, days: }", "「days」は半角の整数だけ"),
        ("do: い, by: {after: z, days: 1, first_day: 当日}", "「first_day」に使えるのは"),
        ("do: い, by: {after: z, days: 1, if_closed: after}", "「if_closed」に使えるのは"),
        ("do: い, at_home: 家", "「at_home」の書き方が違います"),
        ("do: い, by_words: 14", "「by_words」は文字で"),
        ("do: い, if: はい", "「if」は「項目: 値」"),
        ("do: い, help: う", "「help」という項目はありません"),
    ],
)
def test_a_wrong_task_is_told_with_its_line(tmp_path: Path, fields: str, words: str) -> None:
    found = told(tmp_path, a_task_file(fields))
    assert {line for line, _ in found} == {11}
    assert any(words in message for _, message in found), found


@pytest.mark.parametrize(
    ("file", "line", "words"),
    [
        (a_guide_file("  - 行きます\n"), 9, "「steps」は「項目: 値」の行に分けて"),
        (a_guide_file("  - {id: a, do: あ}\n", "checklist: 出す\n"), 10, "「checklist」は「- 」で始まる"),
        (a_guide_file("  - {id: a, do: あ}\n", "checklist:\n  - 出す\n"), 11, "「checklist」は「項目: 値」"),
        (a_guide_file("  - {id: a, do: あ}\n", short="あ" * 13), 7, "「short」が長すぎます（12文字まで）"),
        (a_guide_file("  - {id: a, do: あ}\n", short="''"), 7, "「short」は1文字以上"),
        (
            a_guide_file("  - {id: a, do: あ}\n", "starts_from: parking\n"),
            10,
            "「starts_from」は「- 」で始まる",
        ),
    ],
)
def test_a_guide_of_another_form_is_told_with_its_line(
    tmp_path: Path, file: str, line: int, words: str
) -> None:
    [(where, message)] = told(tmp_path, file)
    assert where == line
    assert words in message


@pytest.mark.parametrize("meant", ["1", "true", "{い: う}", "", "[]"])
def test_a_wrong_answer_in_a_condition_is_told_in_words(tmp_path: Path, meant: str) -> None:
    file = a_guide_file(f"  - {{id: y, ask: あ}}\n  - {{id: a, do: い, if: {{y: {meant}}}}}\n")
    found = told(tmp_path, file)
    assert {line for line, _ in found} == {10}
    assert not any("constrained" in message for _, message in found)


def test_a_fact_without_its_field_is_told_what_to_write(tmp_path: Path) -> None:
    [(_, message)] = told(tmp_path, a_step_file("id: a, do: い, facts: [city-hall]"))
    assert "city-hall.phone" in message or "mynumber-apply.fee" in message


@pytest.mark.parametrize(
    ("step", "text", "options"),
    [
        ("{id: a, ask: 犬。}", "犬。", [YES, NO]),
        ("{id: a, ask: 犬。, choices: [{label: 大}, {label: 小}]}", "犬。", ["大", "小"]),
        ("{id: a, ask: いつ。, answer: date}", "いつ。", []),
        ("{id: a, do: 行く。}", "行く。", []),
    ],
)
def test_a_step_has_one_text_and_its_answers(step: str, text: str, options: list[str]) -> None:
    made = a_step(step)
    assert (made.text, [option.label for option in made.options]) == (text, options)
    assert (made.answer is AnswerType.DATE) == ("date" in step)


@pytest.mark.parametrize(
    ("condition", "answers", "applies"),
    [
        ("{}", {}, True),
        ("{dog: はい}", {"dog": "はい"}, True),
        ("{dog: はい}", {"dog": "いいえ"}, False),
        ("{dog: はい}", {}, False),  # a question that was skipped
        ("{dog: はい}", {"cat": "はい"}, False),
        ("{dog: はい}", {"dog": UNSURE}, True),
        ("{dog: [大, 小]}", {"dog": "小"}, True),
        ("{dog: [大, 小]}", {"dog": "中"}, False),
        ("{dog: [大, 小]}", {"dog": UNSURE}, True),
        ("{dog: はい, cat: いいえ}", {"dog": "はい", "cat": "いいえ"}, True),
        ("{dog: はい, cat: いいえ}", {"dog": "はい", "cat": "はい"}, False),
        ("{dog: はい, cat: いいえ}", {"dog": UNSURE, "cat": UNSURE}, True),
        ("{dog: はい, cat: いいえ}", {"dog": UNSURE}, False),
        ("{dog: はい, cat: いいえ}", {"dog": UNSURE, "cat": "はい"}, False),
    ],
)
def test_conditions_are_met_by_all_they_name_or_by_not_knowing(
    condition: str, answers: dict[str, str], applies: bool
) -> None:
    task = Task.model_validate(of_yaml(f"{{do: あ, if: {condition}}}"))
    assert task.applies(answers) is applies
    assert a_step(f"{{id: a, do: あ, if: {condition}}}").applies(answers) is applies
