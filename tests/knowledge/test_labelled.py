from __future__ import annotations

from pathlib import Path

from knowledge.labelled import Question, measure, read_questions
from knowledge.service import Knowledge
from tests.knowledge.handmade import a_content, an_entry

LABELLED = Path(__file__).parent.parent / "questions"


def a_question(text: str, *entries: str, why: str | None = None) -> Question:
    return Question(text=text, entries=entries, aspect="about", why=why)


def knowledge_of(root: Path) -> Knowledge:
    dogs = an_entry(name="dogs").replace("駐車場", "犬の登録")
    return Knowledge(a_content(root, {"procedures/parking.yml": an_entry(), "procedures/dogs.yml": dogs}))


def test_right_wrong_and_refused_are_counted_apart(tmp_path: Path) -> None:
    report = measure(
        knowledge_of(tmp_path),
        [
            a_question("駐車場の手続き", "parking"),
            a_question("犬の登録の手続き", "parking"),
            a_question("？", why="unanswerable"),
            a_question("駐車場を借りたい", why="other-city"),
        ],
    )
    assert (report.inside, report.outside) == (2, 2)
    assert report.hit_at_1 == 0.5
    assert report.answered == 1
    assert report.precision == 1 / 3
    assert report.helped == 0.5
    assert report.refused == 0.5
    assert [outcome.question.text for outcome in report.wrong] == ["犬の登録の手続き", "駐車場を借りたい"]


def test_the_best_hit_is_judged_whether_it_was_answered_or_not(tmp_path: Path) -> None:
    texts = ("駐車場の手続き", "犬の登録の手続き", "？")
    questions = [a_question(text, "parking") for text in texts]
    right, wrong, nothing = measure(knowledge_of(tmp_path), questions).outcomes
    assert (right.best_is_right, wrong.best_is_right, nothing.best_is_right) == (True, False, False)
    assert min(right.right, wrong.right) > 0.9
    assert (nothing.right, nothing.ranked) == (0, ())
    assert wrong.found_within(2)
    assert not wrong.found_within(1)


def test_a_right_entry_among_the_choices_helps(tmp_path: Path) -> None:
    both = measure(knowledge_of(tmp_path), [a_question("駐車場の手続きと犬の登録の手続き", "dogs")])
    assert (both.answered, both.helped) == (0, 1)


def test_what_is_outside_counts_as_refused(tmp_path: Path) -> None:
    moon = an_entry("outside", "moon").replace("駐車場", "月の土地")
    knowledge = Knowledge(a_content(tmp_path, {"outside/moon.yml": moon}))
    report = measure(knowledge, [a_question("月の土地の手続き", why="unanswerable")])
    assert (report.refused, report.wrong) == (1, ())


def test_no_questions_have_no_shares(tmp_path: Path) -> None:
    report = measure(knowledge_of(tmp_path), [])
    assert (report.inside, report.precision, report.refused) == (0, 0, 0)


def test_labelled_files_are_read() -> None:
    questions = read_questions(LABELLED / "tuned.yml")
    assert len(questions) >= 500
    assert any(question.why for question in questions)
