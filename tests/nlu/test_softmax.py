from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from nlu.softmax import Matrix, Softmax, fit

NONE = np.zeros((6, 0), dtype=np.float32)
SPARSE = csr_matrix([[1, 0], [1, 0], [1, 0], [0, 1], [0, 1], [0, 0]])
LABELS = ["fee", "fee", "fee", "who", "who", "other"]


def trained(dense: Matrix = NONE) -> Softmax:
    return fit(SPARSE, dense, LABELS, strength=100.0, rounds=50)


def test_what_was_taught_is_known_again() -> None:
    model = trained()
    best = model.probabilities(SPARSE, NONE).argmax(axis=1)
    assert [model.classes[number] for number in best] == LABELS


def test_probabilities_add_up_to_one() -> None:
    chances = trained().probabilities(SPARSE, NONE)
    assert chances.shape == (6, 3)
    assert chances.sum(axis=1) == pytest.approx(np.ones(6), abs=1e-5)


def test_dense_features_decide_where_sparse_ones_are_silent() -> None:
    dense = np.array([[1], [1], [1], [-1], [-1], [0]], dtype=np.float32)
    model = fit(csr_matrix((6, 1)), dense, LABELS, strength=100.0, rounds=50)
    chances = model.probabilities(csr_matrix((2, 1)), np.array([[2], [-2]], dtype=np.float32))
    assert [model.classes[number] for number in chances.argmax(axis=1)] == ["fee", "who"]


def test_a_rare_class_is_not_outvoted() -> None:
    nothing = csr_matrix((6, 1))
    chances = fit(nothing, NONE, LABELS, strength=1.0, rounds=50).probabilities(nothing[:1], NONE[:1])
    assert chances[0] == pytest.approx([1 / 3] * 3, abs=0.02)


def test_training_twice_gives_the_same_model() -> None:
    np.testing.assert_array_equal(trained().weights, trained().weights)
