from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from knowledge.answer import Answer, AnswerKind
from knowledge.curve import draw
from knowledge.labelled import Outcome, Question, Report


def an_outcome(right: float, *, is_right: bool, answered: bool) -> Outcome:
    question = Question(text="犬", entries=("dogs",) if is_right else ("cats",), aspect="about")
    kind = AnswerKind.ANSWER if answered else AnswerKind.UNKNOWN
    return Outcome(question, Answer(kind=kind, text="犬", entry="dogs"), (), ("dogs",), right)


def a_report(*outcomes: Outcome) -> Report:
    return Report(len(outcomes), 0, 0, 0, 0, 0, 0, 0, outcomes)


MIXED = a_report(
    an_outcome(0.1, is_right=False, answered=False),
    an_outcome(0.8, is_right=False, answered=True),
    an_outcome(0.9, is_right=True, answered=True),
)


def test_the_surest_are_answered_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    figures: list[Figure] = []
    save = Figure.savefig

    def remembers(figure: Figure, path: Path) -> None:
        figures.append(figure)
        save(figure, path)

    monkeypatch.setattr(Figure, "savefig", remembers)
    draw(MIXED, tmp_path / "curve.svg")
    curve, product, _ = (np.ravel(line.get_xydata()) for line in figures[0].axes[0].lines)
    np.testing.assert_allclose(curve, [1 / 3, 0, 2 / 3, 1 / 2, 1, 2 / 3])
    np.testing.assert_allclose(product, [2 / 3, 1 / 2])


@pytest.mark.parametrize("name", ["curve.svg", "curve.png", "new/folder/curve.svg"])
def test_a_picture_is_drawn_where_it_is_wanted(tmp_path: Path, name: str) -> None:
    draw(MIXED, tmp_path / name)
    assert (tmp_path / name).stat().st_size > 1000


def test_where_nothing_was_answered_there_is_no_point_of_the_product(tmp_path: Path) -> None:
    refused = a_report(an_outcome(0.1, is_right=False, answered=False))
    draw(refused, tmp_path / "refused.svg")
    draw(MIXED, tmp_path / "mixed.svg")
    assert "the product" not in (tmp_path / "refused.svg").read_text(encoding="utf-8")
    assert "the product" in (tmp_path / "mixed.svg").read_text(encoding="utf-8")


def test_no_questions_draw_an_empty_picture(tmp_path: Path) -> None:
    draw(a_report(), tmp_path / "empty.svg")
    assert (tmp_path / "empty.svg").stat().st_size > 1000
