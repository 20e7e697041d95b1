"""Multinomial logistic regression over sparse and dense features side by side.

scikit-learn's takes one matrix: 900 dense columns in a sparse matrix made it ten times slower to train.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import fmin_l_bfgs_b
from scipy.sparse import csr_matrix

Matrix = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Softmax:
    """`weights` has a row for each sparse feature, then each dense one, then the bias; a column a class."""

    classes: tuple[str, ...]
    weights: Matrix

    def probabilities(self, sparse: csr_matrix, dense: Matrix) -> Matrix:
        """A row for each message, a column for each of `classes`."""
        return _softmax(_scores(self.weights, sparse, _biased(dense)))


def fit(sparse: csr_matrix, dense: Matrix, labels: Sequence[str], strength: float, rounds: int) -> Softmax:
    """Train on a row for each label; rare classes count as much as frequent ones.

    `strength` is the inverse of the L2 penalty, as scikit-learn's `C`; `rounds` of L-BFGS at most.
    """
    classes, numbers = np.unique(np.array(labels), return_inverse=True)
    sparse, dense = sparse.astype(np.float32), _biased(dense)
    columns, (rows, wide) = sparse.T.tocsr(), sparse.shape
    meant = np.eye(len(classes), dtype=np.float32)[numbers]
    importance = (rows / (len(classes) * np.bincount(numbers)))[numbers].astype(np.float32)[:, None]
    shape = (wide + dense.shape[1], len(classes))
    penalty = np.full((shape[0], 1), 1 / strength, dtype=np.float32)
    penalty[-1] = 0  # the bias is free

    def loss(flat: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        weights = flat.reshape(shape).astype(np.float32)
        found = _softmax(_scores(weights, sparse, dense))
        missed = -np.log(np.maximum(found[np.arange(rows), numbers], 1e-30))
        error = (found - meant) * importance
        slope = np.vstack([columns @ error, dense.T @ error]) + penalty * weights
        cost = float(missed @ importance[:, 0]) + 0.5 * float((penalty * weights**2).sum())
        return cost, slope.astype(np.float64).ravel()

    flat, _, _ = fmin_l_bfgs_b(loss, np.zeros(shape[0] * shape[1]), maxiter=rounds, factr=1e10, m=7)
    return Softmax(tuple(classes.tolist()), flat.reshape(shape).astype(np.float32))


def _biased(dense: Matrix) -> Matrix:
    return np.hstack([dense, np.ones((len(dense), 1), dtype=np.float32)])


def _scores(weights: Matrix, sparse: csr_matrix, dense: Matrix) -> Matrix:
    wide = sparse.shape[1]
    scores: Matrix = sparse @ weights[:wide] + dense @ weights[wide:]
    return scores


def _softmax(scores: Matrix) -> Matrix:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    chances: Matrix = powers / powers.sum(axis=1, keepdims=True)
    return chances
