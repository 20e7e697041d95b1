from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from knowledge.encoder import Kind, Vectors
from knowledge.meaning import MeaningIndex
from knowledge.service import Knowledge
from knowledge.vectors import VectorStore
from tests.knowledge.encoders import HashEncoder

SIZE = 24
MANNERS = 8
"""Directions along which texts differ in how they are put."""
NEAREST = 3
type Parts = tuple[Vectors, NDArray[np.int64], Vectors]


def unit(rows: NDArray[np.floating]) -> Vectors:
    result: Vectors = (rows / np.linalg.norm(rows, axis=-1, keepdims=True)).astype(np.float32)
    return result


def entries(seed: int, counts: list[int]) -> Parts:
    """Texts around a topic for each entry, spread most in how they are put, which says nothing."""
    random = np.random.default_rng(seed)
    topics = random.normal(size=(len(counts), SIZE))
    owners = np.repeat(np.arange(len(counts)), counts)
    manner = random.normal(scale=0.5, size=(len(owners) + len(counts), SIZE))
    manner[:, :MANNERS] *= 8
    rows = unit(np.concatenate([topics[owners], topics]) + manner + 2)
    return rows[: len(owners)], owners, rows[len(owners) :]


COUNTS = st.lists(st.integers(1, 8), min_size=1, max_size=12)
SEEDS = st.integers(0, 10_000)


def found(index: MeaningIndex, asked: Vectors, owners: NDArray[np.int64]) -> float:
    """Of texts asked, the share whose own entry is nearest."""
    hits = [index.nearest_texts(index.question(vector))[1].argmax() for vector in asked]
    return float(np.mean(np.array(hits) == owners))


def test_texts_of_an_entry_lie_nearer_together_after_the_turn() -> None:
    shorts, owners, passages = entries(1, [10] * 30)
    asked, theirs = shorts[::5], owners[::5]
    kept = np.arange(len(shorts)) % 5 != 0
    raw = asked @ shorts[kept].T
    before = np.mean(owners[kept][raw.argmax(axis=1)] == theirs)
    index = MeaningIndex(shorts[kept], owners[kept], passages)
    assert found(index, asked, theirs) > before + 0.2


def test_real_questions_lie_nearer_to_their_entry_after_the_turn(
    by_meaning: Knowledge, vectors: VectorStore
) -> None:
    """Each entry's last question is asked of an index that does not have it."""
    known = [entry for entry in by_meaning.content.entries.values() if len(entry.questions) > NEAREST][:150]
    texts = [(question, Kind.QUESTION) for entry in known for question in entry.questions[:-1]]
    owners = np.repeat(np.arange(len(known)), [len(entry.questions) - 1 for entry in known])
    shorts = vectors.of(texts)
    asked = vectors.of([(entry.questions[-1], Kind.QUESTION) for entry in known])
    passages = np.stack([shorts[owners == entry].mean(axis=0) for entry in range(len(known))])
    before = np.mean(owners[(asked @ shorts.T).argmax(axis=1)] == np.arange(len(known)))
    assert found(MeaningIndex(shorts, owners, passages), asked, np.arange(len(known))) > before


@given(SEEDS, COUNTS)
def test_the_nearest_texts_are_those_a_plain_loop_finds(seed: int, counts: list[int]) -> None:
    shorts, owners, passages = entries(seed, counts)
    index = MeaningIndex(shorts, owners, passages)
    question = index.question(shorts[0])
    nearest, near = index.nearest_texts(question)
    turned = np.stack([index.question(short) for short in shorts])
    for entry in range(len(counts)):
        cosines = sorted((float(text @ question) for text in turned[owners == entry]), reverse=True)
        assert nearest[entry] == pytest.approx(cosines[0], abs=1e-4)
        assert near[entry] == pytest.approx(np.mean(cosines[:NEAREST]), abs=1e-4)


@given(SEEDS, COUNTS)
def test_cosines_are_cosines(seed: int, counts: list[int]) -> None:
    shorts, owners, passages = entries(seed, counts)
    index = MeaningIndex(shorts, owners, passages)
    question = index.question(passages[-1])
    signals = [*index.nearest_texts(question), index.passages(question)]
    signals.append(index.fed_back(question, signals[-1]))
    for cosines in signals:
        assert cosines.shape == (len(counts),)
        assert np.isfinite(cosines).all()
        assert np.abs(cosines).max() <= 1 + 1e-5


@pytest.mark.parametrize("counts", [[1], [5]])
def test_one_entry_is_near_to_whatever_is_asked(counts: list[int]) -> None:
    shorts, owners, passages = entries(3, counts)
    index = MeaningIndex(shorts, owners, passages)
    question = index.question(shorts[0])
    assert np.isfinite(index.nearest_texts(question)).all()
    assert np.isfinite(index.fed_back(question, np.zeros(1))).all()


def test_texts_that_are_all_the_same_tell_nothing_apart() -> None:
    same = np.tile(unit(np.arange(1.0, SIZE + 1)), (6, 1))
    index = MeaningIndex(same[:4], np.array([0, 0, 1, 1]), same[:2])
    nearest, near = index.nearest_texts(index.question(same[0]))
    assert nearest[0] == nearest[1] == pytest.approx(near[0]) == pytest.approx(near[1])
    assert np.isfinite([nearest, near]).all()


def test_the_same_text_in_two_entries_is_as_near_to_both() -> None:
    shorts, owners, passages = entries(4, [4, 4])
    shorts[4] = shorts[0]
    nearest, _ = MeaningIndex(shorts, owners, passages).nearest_texts(
        MeaningIndex(shorts, owners, passages).question(shorts[0])
    )
    np.testing.assert_allclose(nearest, [1, 1], atol=1e-5)


def test_a_question_learns_from_the_best() -> None:
    """The passages of the best come nearer, and what looks like them follows."""
    shorts, owners, passages = entries(5, [3] * 20)
    passages[1] = passages[0]
    index = MeaningIndex(shorts, owners, passages)
    question = index.question(shorts[-1])
    before = index.passages(question)
    scores = np.zeros(20)
    scores[0] = 50.0
    after = index.fed_back(question, scores)
    assert after[0] > before[0]
    assert after[1] == pytest.approx(after[0], abs=1e-5)


@given(SEEDS, COUNTS)
def test_feedback_is_what_a_plain_sum_over_the_best_five_makes(seed: int, counts: list[int]) -> None:
    shorts, owners, passages = entries(seed, counts)
    index = MeaningIndex(shorts, owners, passages)
    question = index.question(shorts[0])
    scores = np.random.default_rng(seed).normal(size=len(counts))
    turned = turned_passages(index)
    best = np.argsort(-scores)[:5]
    weights = np.exp(scores[best])
    told = sum(w * turned[b] for w, b in zip(weights, best, strict=True)) / weights.sum()
    both = 0.5 * question + 0.5 * told
    mixed = both / max(np.linalg.norm(both), 1e-9)
    np.testing.assert_allclose(index.fed_back(question, scores), turned @ mixed, atol=1e-4)


def turned_passages(index: MeaningIndex) -> NDArray[np.float64]:
    """Read off by asking along every axis."""
    return np.stack([index.passages(axis) for axis in np.eye(SIZE, dtype=np.float32)], axis=1)


def test_an_encoder_of_no_meaning_breaks_nothing() -> None:
    rows = HashEncoder().encode([str(n) for n in range(9)], Kind.QUESTION)
    index = MeaningIndex(rows[:6], np.array([0, 0, 1, 1, 2, 2]), rows[6:])
    assert index.nearest_texts(index.question(rows[2]))[0].argmax() == 1
