"""What stands in a message, as counts: words and pieces of words, in all of it and in its last clause."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rasa.nlu.tokenizers.tokenizer import Token
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

from nlu.clauses import last_clause

_WORDS = {"ngram_range": (1, 2), "token_pattern": r"(?u)\b\w+\b", "sublinear_tf": True}
_PIECES = {"analyzer": "char", "ngram_range": (1, 4), "lowercase": False, "sublinear_tf": True}
_RARE = 2
"""Pieces in fewer examples than this are left out: most are typos or parts of a name."""
_VIEWS: tuple[Mapping[str, Any], ...] = (_WORDS, _PIECES, _PIECES, _WORDS)
"""As `Said.views` gives them: words and pieces of the whole, pieces and words of its last clause."""


@dataclass(frozen=True)
class Said:
    """A message as it is counted."""

    text: str
    tokens: Sequence[Token]

    def views(self) -> tuple[str, ...]:
        """The texts that _VIEWS count."""
        start = last_clause(self.text)
        return (
            " ".join(token.lemma for token in self.tokens),
            _framed(self.text),
            _framed(self.text[start:]),
            " ".join(token.lemma for token in self.tokens if token.start >= start),
        )


def _framed(text: str) -> str:
    return f"^{' '.join(unicodedata.normalize('NFKC', text).lower().split())}$"


class Counter:
    """TF-IDF of the four views, with the vocabulary of the messages it was fitted to."""

    def __init__(self, vectorizers: Sequence[TfidfVectorizer]) -> None:
        self._vectorizers = tuple(vectorizers)

    @classmethod
    def fitted(cls, messages: Sequence[Said]) -> Counter:
        """Learn the vocabulary of `messages`."""
        made = [
            TfidfVectorizer(**view, min_df=_RARE if view is _PIECES else 1).fit(texts)
            for view, texts in zip(_VIEWS, _columns(messages), strict=True)
        ]
        return cls(made)

    def count(self, messages: Sequence[Said]) -> csr_matrix:
        """A row for each message."""
        pairs = zip(self._vectorizers, _columns(messages), strict=True)
        return hstack([vectorizer.transform(texts) for vectorizer, texts in pairs]).tocsr().astype(np.float32)

    def state(self) -> list[dict[str, Any]]:
        """What `restored` needs, as JSON can hold it."""
        return [
            {
                "terms": sorted(vectorizer.vocabulary_, key=vectorizer.vocabulary_.__getitem__),
                "rarity": [round(float(value), 5) for value in vectorizer.idf_],
            }
            for vectorizer in self._vectorizers
        ]

    @classmethod
    def restored(cls, state: Sequence[Mapping[str, Any]]) -> Counter:
        """The counter whose `state` this was."""
        vectorizers = []
        for view, kept in zip(_VIEWS, state, strict=True):
            vocabulary = {term: number for number, term in enumerate(kept["terms"])}
            vectorizer = TfidfVectorizer(**view, vocabulary=vocabulary)
            vectorizer.idf_ = np.array(kept["rarity"])
            vectorizers.append(vectorizer)
        return cls(vectorizers)


def _columns(messages: Sequence[Said]) -> list[tuple[str, ...]]:
    """The texts of all messages, view by view."""
    return list(zip(*(message.views() for message in messages), strict=True))
