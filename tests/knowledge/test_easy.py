from __future__ import annotations

from datetime import date

import pytest

from knowledge.answer import AnswerKind
from knowledge.aspects import Aspect
from knowledge.compose import Composer
from knowledge.easy import EasyWords, wishes_easy
from knowledge.guiding import Guiding, Reply
from tests.content import REAL

TODAY = date(2026, 11, 23)
EASY = EasyWords(REAL, TODAY)


@pytest.mark.parametrize(
    "text",
    [
        "やさしく",
        "やさしい日本語で",
        "やさしい日本語でお願いします",
        "もっと簡単に説明して",
        "ふりがなをつけて",
        "漢字が読めない",
    ],
)
def test_easy_words_are_asked_for_in_many_ways(text: str) -> None:
    assert wishes_easy(text) is True


@pytest.mark.parametrize(
    "text", ["ふつうの日本語で", "普通にして", "ふりがなはいらない", "ふりがなはいりません。"]
)
def test_and_given_up_in_some(text: str) -> None:
    assert wishes_easy(text) is False


@pytest.mark.parametrize(
    "text",
    ["やさしい人に相談したい", "簡単に住民票を取りたい", "漢字を間違えて登録した", "普通徴収とは", "", "😀"],
)
def test_a_question_is_no_wish(text: str) -> None:
    assert wishes_easy(text) is None


def test_every_overview_speaks_its_easy_text() -> None:
    for entry in REAL.entries.values():
        usual = Composer(REAL, TODAY).about(entry, Aspect.ABOUT, 1.0)
        easy = EASY.of(usual)
        assert (easy.links, easy.choices, easy.kind) == (usual.links, usual.choices, usual.kind)
        assert [f.status for f in easy.facts] == [f.status for f in usual.facts]
        summary = entry.summary_on(TODAY)
        if summary and entry.easy and usual.kind is AnswerKind.ANSWER and summary in usual.text:
            assert summary not in easy.text or summary == entry.easy[0].value, entry.id


def test_a_step_speaks_its_easy_text() -> None:
    guide = REAL.guides["new-baby"]
    step = Guiding(REAL, TODAY).take(Reply(f"はじめる（{guide.short} 手順9）"))
    assert step is not None
    assert guide.steps[0].ask is not None
    assert guide.steps[0].ask in step.text
    assert guide.steps[0].ask not in EASY.of(step).text
