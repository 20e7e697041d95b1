from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from knowledge import confidence
from knowledge.confidence import FEATURES, Evidence, Mode, learned
from knowledge.labelled import Question
from knowledge.learn import Examples, fit, gather, save
from knowledge.loader import load
from knowledge.search import SearchIndex
from tests.knowledge.handmade import a_content, an_entry

CALM = Evidence(**dict.fromkeys(FEATURES, 0.5))


def examples(seed: int = 1) -> Examples:
    """The further the lead the righter; the more strange words the less is among the first."""
    random = np.random.default_rng(seed)
    features = random.uniform(size=(400, len(FEATURES)))
    lead, strange = (features[:, FEATURES.index(name)] for name in ("lead", "strange"))
    right = lead + random.normal(scale=0.1, size=400) > 0.5
    return Examples(features, right, strange < 0.5)


def a_question(text: str, *entries: str) -> Question:
    return Question(text=text, entries=entries, aspect="about")


@pytest.fixture
def learned_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A file of its own that `learned` reads."""
    monkeypatch.setattr(confidence, "LEARNED", tmp_path / "learned.json")
    learned.cache_clear()
    yield tmp_path / "learned.json"
    learned.cache_clear()


@pytest.fixture
def index(tmp_path: Path) -> SearchIndex:
    dogs = an_entry(name="dogs").replace("駐車場", "犬の登録")
    moon = an_entry("outside", "moon").replace("駐車場", "月の土地")
    files: dict[str, str | bytes] = {
        "procedures/parking.yml": an_entry(),
        "procedures/dogs.yml": dogs,
        "outside/moon.yml": moon,
    }
    return SearchIndex(list(load(a_content(tmp_path / "content", files)).entries.values()))


def test_what_tells_right_from_wrong_is_learned() -> None:
    models = fit(examples())
    for model, feature, sign in ((models.right, "lead", 1), (models.among, "strange", -1)):
        weights = dict(zip(FEATURES, model.weights, strict=True))
        assert max(weights, key=lambda name: abs(weights[name])) == feature
        assert weights[feature] * sign > 0
    assert models.right.probability(replace(CALM, lead=1.0)) > 0.9
    assert models.right.probability(replace(CALM, lead=0.0)) < 0.1


def test_probabilities_are_as_often_right_as_they_say() -> None:
    models, unseen = fit(examples(1)), examples(2)
    probabilities = np.array([models.right.probability(Evidence(*row)) for row in unseen.features])
    assert probabilities.mean() == pytest.approx(unseen.right.mean(), abs=0.05)
    sure = probabilities > 0.9
    assert unseen.right[sure].mean() > 0.9


def test_what_never_varies_has_no_weight() -> None:
    told = examples()
    told.features[:, FEATURES.index("question")] = 0
    weights = dict(zip(FEATURES, fit(told).right.weights, strict=True))
    assert weights["question"] == 0


def test_what_is_written_is_what_is_read(learned_from: Path) -> None:
    models = fit(examples())
    save(dict.fromkeys(Mode, models), learned_from)
    for mode in Mode:
        read = learned(mode)
        assert read.right.weights == pytest.approx(models.right.weights, abs=1e-3)
        assert read.among.probability(CALM) == pytest.approx(models.among.probability(CALM), abs=1e-3)
    told = json.loads(learned_from.read_text(encoding="utf-8"))
    assert len(str(told["meaning"]["right"]["bias"])) <= 8


def test_the_best_hit_and_the_first_few_are_judged_apart(index: SearchIndex) -> None:
    told = gather(
        index,
        [
            a_question("駐車場の手続き", "parking"),
            a_question("駐車場を借りたい", "dogs"),
            a_question("駐車場の手続き", "no-such-entry"),
            a_question("駐車場の手続き"),
        ],
    )
    assert told.right.tolist() == [True, False, False, False]
    assert told.among.tolist() == [True, True, False, False]
    assert told.features.shape == (4, len(FEATURES))


def test_a_no_is_right_when_nothing_answers_and_is_never_among_the_offered(index: SearchIndex) -> None:
    told = gather(index, [a_question("月の土地の手続き"), a_question("月の土地の手続き", "moon")])
    assert told.right.tolist() == [True, True]
    assert told.among.tolist() == [False, False]


def test_what_would_not_be_offered_is_not_among_the_first_few(tmp_path: Path) -> None:
    """The department of the small folder comes last of more entries than are offered."""
    files: dict[str, str | bytes] = {
        f"procedures/{name}.yml": an_entry(name=name).replace("駐車場", f"{name}駐車場")
        for name in ("one", "two", "three")
    }
    crowd = SearchIndex(list(load(a_content(tmp_path, files)).entries.values()))
    *_, last = crowd.search("駐車場の手続き").hits
    assert last.entry.id == "city-hall"
    assert gather(crowd, [a_question("駐車場の手続き", "city-hall")]).among.tolist() == [False]


def test_a_question_without_words_teaches_nothing_and_progress_is_told(index: SearchIndex) -> None:
    ticks: list[tuple[int, int]] = []
    told = gather(
        index, [a_question("？"), a_question("犬の登録", "dogs")], lambda done, of: ticks.append((done, of))
    )
    assert told.right.tolist() == [True]
    assert ticks == [(1, 2), (2, 2)]
