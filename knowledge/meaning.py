"""Search by meaning: vectors of entries, put so that texts of one entry lie together.

Raw vectors of an encoder share one direction and spread most along what does not matter
(politeness, kind of sentence). Both are taken out with what the entries themselves show: the mean
of all texts is subtracted, and directions in which texts of the same entry differ are shrunk
(within-class covariance normalisation, Hatch et al. 2006, with the entry as the class).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from knowledge.encoder import Vectors
from knowledge.lexical import Scores

_CALM = 3.0
"""How much of an even spread is added to what the entries show; flat from 1 to 6."""
_NEAREST = 3
"""A question is as near to an entry as to this many of its texts on average."""
_FEEDBACK = 5
"""The best passages, whose vectors are mixed into the question's."""
_MIXED = 0.5


class MeaningIndex:
    """An immutable index over `n` entries with one passage and one or more short texts each."""

    def __init__(self, shorts: Vectors, owners: NDArray[np.int64], passages: Vectors) -> None:
        """`owners` are ascending: the entry (0 to n - 1) of each short text; every entry has one."""
        self._mean = shorts.mean(axis=0)
        centred: Vectors = shorts - self._mean
        passages = passages - passages.mean(axis=0)
        self._turn = _within(centred, owners, passages)
        self._shorts = _unit(centred @ self._turn)
        self._passages = _unit(passages @ self._turn)
        self._firsts = np.searchsorted(owners, np.arange(len(passages)))
        self._owners = owners
        self._counts = np.minimum(np.bincount(owners), _NEAREST)

    def question(self, vector: NDArray[np.float32]) -> NDArray[np.float32]:
        """An encoder's vector of a question, put like those of the entries."""
        turned: NDArray[np.float32] = _unit((vector - self._mean) @ self._turn)
        return turned

    def nearest_texts(self, question: NDArray[np.float32]) -> tuple[Scores, Scores]:
        """For each entry the cosine of its nearest text, and the mean of its nearest few."""
        cosines = self._shorts @ question
        nearest = np.maximum.reduceat(cosines, self._firsts)
        total, best = nearest.astype(np.float64), nearest
        for place in range(1, _NEAREST):
            cosines[cosines == best[self._owners]] = -np.inf
            further = np.maximum.reduceat(cosines, self._firsts)
            best = np.where(np.isneginf(further), best, further)  # texts that are all the same
            total += np.where(place < self._counts, best, 0.0)
        return nearest.astype(np.float64), total / self._counts

    def passages(self, question: NDArray[np.float32]) -> Scores:
        """The cosine of each entry's passage."""
        return (self._passages @ question).astype(np.float64)

    def fed_back(self, question: NDArray[np.float32], scores: Scores) -> Scores:
        """The passages' cosines for a question that has learned from the best by `scores`."""
        best = np.argpartition(-scores, min(_FEEDBACK, len(scores)) - 1)[:_FEEDBACK]
        weights = np.exp(scores[best] - scores.max()).astype(np.float32)
        told = weights @ self._passages[best] / weights.sum()
        return self.passages(_unit((1 - _MIXED) * question + _MIXED * told))


def _within(shorts: Vectors, owners: NDArray[np.int64], passages: Vectors) -> NDArray[np.float32]:
    """The inverse root of the covariance within entries."""
    texts = np.concatenate([shorts, passages])
    of = np.concatenate([owners, np.arange(len(passages))])
    sums = np.zeros((len(passages), texts.shape[1]), dtype=np.float32)
    np.add.at(sums, of, texts)
    apart = texts - (sums / np.bincount(of)[:, None])[of]
    covariance = apart.T @ apart / len(texts)
    size = len(covariance)
    evenly = _CALM * np.trace(covariance) / size
    if evenly <= 0:
        return np.eye(size, dtype=np.float32)
    values, directions = np.linalg.eigh(covariance + evenly * np.eye(size))
    turn: NDArray[np.float32] = ((directions * values**-0.5) @ directions.T).astype(np.float32)
    return turn


def _unit(vectors: NDArray[np.floating]) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    unit: Vectors = (vectors / np.maximum(lengths, 1e-9)).astype(np.float32)
    return unit
