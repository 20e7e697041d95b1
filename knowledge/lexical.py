"""Search by the letter: BM25 over words, pairs of letters and pairs of their reading.

One index holds the three kinds of terms, so that a word that is written as the city writes it
weighs most, and kana, typos and endings still find what was meant.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

import bm25s
import numpy as np
from numpy.typing import NDArray

from knowledge import tokens

logging.getLogger("bm25s").setLevel(logging.WARNING)  # it tells of every index at DEBUG

type Scores = NDArray[np.float64]
"""One number for each document."""

_WORD = 2
"""How often a word counts where a pair of letters counts once."""
_STRONG = 2
"""How often a text counts that says what a document is about, where any other counts once."""
_TERM_SATURATION = 2.0
"""BM25's k1: a long entry says its own words often."""
_LETTERS, _READING = "\0", "\1"
"""What pairs of letters and of readings begin with, so that they are no words."""


class LexicalIndex:
    """An immutable index over documents, each a list of terms from `terms_of`."""

    def __init__(self, documents: Sequence[Sequence[str]]) -> None:
        self._size = len(documents)
        self._bm25 = bm25s.BM25(k1=_TERM_SATURATION)
        self._terms: dict[str, int] = {}
        if any(documents):
            self._bm25.index(documents, show_progress=False)
            self._terms = self._bm25.vocab_dict

    def scores(self, text: str) -> Scores:
        """BM25 of every document; the root, since a double score is no double likeness."""
        known = [term for term in _terms(text) if term in self._terms]
        if not known:
            return np.zeros(self._size)
        scores: Scores = np.sqrt(self._bm25.get_scores(known).astype(np.float64))
        return scores

    def covered_words(self, text: str) -> Scores:
        """Of the question's words, weighted by their kind and rarity, the share each document has."""
        return self._covered([(word.form, word.weight) for word in tokens.words(text)])

    def covered_letters(self, text: str) -> Scores:
        """The same for pairs of letters and of the reading."""
        return self._covered([(pair, 1.0) for pair in _pairs(text)])

    def strange(self, text: str) -> float:
        """The share (0 to 1) of the question's words that no document has."""
        words = [word.form for word in tokens.words(text)]
        return sum(form not in self._terms for form in words) / max(len(words), 1)

    def documents_with(self, term: str) -> NDArray[np.int64]:
        """The places of the documents that have `term`."""
        number = self._terms.get(term)
        if number is None:
            return np.zeros(0, dtype=np.int64)
        columns = self._bm25.scores
        found: NDArray[np.int64] = columns["indices"][
            columns["indptr"][number] : columns["indptr"][number + 1]
        ]
        return found

    def _covered(self, terms: Iterable[tuple[str, float]]) -> Scores:
        covered, total = np.zeros(self._size), 0.0
        for term, weight in terms:
            found = self.documents_with(term)
            rarity = weight * np.log(1 + (self._size - len(found) + 0.5) / (len(found) + 0.5))
            covered[found] += rarity
            total += rarity
        return covered / total if total else covered


def terms_of(strong: Iterable[str], weak: Iterable[str]) -> list[str]:
    """The terms of a document with its `strong` texts (what it is about) and its other, `weak` ones."""
    counts: Counter[str] = Counter()
    for text in strong:
        for term in _terms(text):
            counts[term] += _STRONG
    for text in weak:
        counts.update(_terms(text))
    return list(counts.elements())


@lru_cache(maxsize=4096)
def _terms(text: str) -> tuple[str, ...]:
    return (*tokens.forms(text) * _WORD, *_pairs(text))


def _pairs(text: str) -> tuple[str, ...]:
    letters = (_LETTERS + pair for pair in tokens.pairs(text))
    return (*letters, *(_READING + pair for pair in tokens.reading_pairs(text)))
