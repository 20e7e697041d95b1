from __future__ import annotations

import math
import re
from dataclasses import replace
from pathlib import Path

import pytest

from knowledge.confidence import FEATURES, Mode, Verdict, learned
from knowledge.explain import _FEATURES, explanation
from knowledge.loader import load
from knowledge.search import Ranking, SearchIndex
from knowledge.service import Knowledge
from knowledge.vectors import VectorStore
from tests.knowledge.encoders import HashEncoder
from tests.knowledge.handmade import a_content, an_entry

VERDICTS = {
    Verdict.ANSWER: "答える",
    Verdict.OFFER: "選択肢を出す",
    Verdict.REFUSE: "分からないと言う",
}


def rows(lines: list[str]) -> dict[str, list[str]]:
    """The cells of each row by its first."""
    cells = [re.split(r"\s{2,}", line.strip()) for block in lines for line in block.splitlines()]
    return {first: rest for first, *rest in cells}


@pytest.fixture
def index(tmp_path: Path) -> SearchIndex:
    dogs = an_entry(name="dogs").replace("駐車場", "犬の登録")
    files: dict[str, str | bytes] = {"procedures/parking.yml": an_entry(), "procedures/dogs.yml": dogs}
    return SearchIndex(
        list(load(a_content(tmp_path, files)).entries.values()), vectors=VectorStore(HashEncoder())
    )


def test_every_feature_has_words() -> None:
    assert list(_FEATURES) == list(FEATURES)


def test_nothing_found_is_told() -> None:
    assert list(explanation(Ranking())) == ["調べる言葉がありません。"]


def test_the_hits_are_told_with_the_parts_of_their_score(index: SearchIndex) -> None:
    ranking = index.search("犬の登録の手続き")
    told = rows(list(explanation(ranking)))
    assert told["順位"] == ["点", *ranking.hits[0].parts, "id", "名前"]
    score, *parts, entry, title = told["1"]
    assert (entry, title) == ("dogs", "犬の登録の手続き")
    assert float(score) == pytest.approx(sum(map(float, parts)), abs=0.05)
    assert len(told["2"]) == len(told["1"])


@pytest.mark.parametrize("said", ["犬の登録の手続き", "駐車場がほしい", "宇宙船"])
def test_the_parts_of_each_probability_add_up_to_it(index: SearchIndex, said: str) -> None:
    ranking = index.search(said)
    told = rows(list(explanation(ranking)))
    for column, probability in ((-2, ranking.right), (-1, ranking.among)):
        odds = sum(float(told[label][column]) for label in (*_FEATURES.values(), "もとの値"))
        assert 1 / (1 + math.exp(-odds)) == pytest.approx(probability, abs=0.03)
        assert told["見込み"][column] == f"{probability:.1%}"


@pytest.mark.parametrize("said", ["犬の登録の手続き", "手続き", "宇宙船"])
def test_the_last_line_is_what_would_be_done(index: SearchIndex, said: str) -> None:
    ranking = index.search(said)
    *_, last = explanation(ranking)
    assert last == f"→ {VERDICTS[ranking.verdict]}"


def test_two_that_are_called_by_name_are_offered_however_cheap_an_answer_seems(index: SearchIndex) -> None:
    ranking = index.search("犬の登録の手続き")
    hits = tuple(replace(hit, named=True) for hit in ranking.hits)
    *_, last = explanation(Ranking(hits, ranking.evidence, ranking.mode))
    assert ranking.verdict is Verdict.ANSWER
    assert last == "→ 選択肢を出す"


def test_how_it_was_searched_is_told(index: SearchIndex, by_meaning: Knowledge) -> None:
    entries = list(by_meaning.content.entries.values())
    assert next(explanation(by_meaning.search("児童手当"))) == "探し方: 文字と意味"
    assert next(explanation(SearchIndex(entries[:5]).search("児童手当"))) == "探し方: 文字だけ"
    assert learned(Mode.MEANING) != learned(Mode.LETTERS)
