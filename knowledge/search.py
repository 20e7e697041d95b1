"""Which entry is meant: BM25 over Sudachi words, helped by letters, and how far to trust it.

`confidence` is the share of the question's words, weighted by rarity, that the entry's own
title, aliases and questions account for; a word the city never uses counts against every
entry, so a question about something unknown ends low. Pairs of letters, read as hiragana,
catch what words miss: kana spelling, typos, endings.
"""

from __future__ import annotations

import logging
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import bm25s
import jaconv
import numpy as np
from numpy.typing import NDArray

from knowledge import tokens
from knowledge.aspects import Aspect, facts_of
from knowledge.entries import AnyEntry

logging.getLogger("bm25s").setLevel(logging.WARNING)  # it tells of every index at DEBUG

SURE = 0.6
"""At or above: answer. Chosen by eye on our own questions; to be calibrated on labelled data."""
TORN = 0.35
"""At or above, but not SURE: offer choices."""
CLEAR_LEAD = 0.15
"""A best hit leads clearly when the second scores this share less."""
LIKE = 0.6
"""An entry that shares no word with the question must be this like one of its own questions."""
SAME = 0.85
"""With no word but those of STOP (or kana nobody can split), it must almost be that question."""
PASSING = 0.5
"""The most that is covered by an entry that has the question's words in passing, none in its name."""
NAMED = 0.15
"""Added to the confidence of an entry whose very title or alias stands in the question."""
_WORDS, _COVERED, _LETTERS = 0.4, 0.35, 0.25
"""What makes the score: BM25 (best hit 1), covered words, likeness to the closest question."""
_FIELD_WEIGHT = {"title": 3, "aliases": 3, "questions": 2, "text": 1}


@dataclass(frozen=True)
class Hit:
    """A found entry; `score` only ranks, `confidence` (0 to 1) can be compared to a threshold.

    `named` means that the entry's title or an alias stands in the question, word for word.
    """

    entry: AnyEntry
    score: float
    confidence: float
    named: bool


@dataclass(frozen=True)
class _Document:
    """What search needs of one entry; it keeps the entry alive, so that its id() stays its own."""

    entry: AnyEntry
    strong: frozenset[str]
    weak: frozenset[str]
    name_forms: frozenset[str]
    names: frozenset[str]
    letters: tuple[frozenset[str], ...]
    weighted: list[str]

    @classmethod
    def of(cls, entry: AnyEntry) -> _Document:
        return cls(
            entry,
            strong=frozenset(_forms(_strong_texts(entry))),
            weak=frozenset(_forms(_weak_texts(entry))),
            name_forms=frozenset(_forms((entry.title, *entry.aliases))),
            names=_names(entry),
            letters=tuple(_pairs(text) for text in _strong_texts(entry)),
            weighted=_weighted_forms(entry),
        )


class _Letters:
    """How like a question's pairs of letters are to the closest text of each entry (Dice, 0 to 1)."""

    def __init__(self, letters: Sequence[tuple[frozenset[str], ...]]) -> None:
        texts = [pairs for entry in letters for pairs in entry]
        self._sizes = np.array([len(pairs) for pairs in texts], dtype=np.float64)
        self._firsts = np.cumsum([0, *(len(entry) for entry in letters[:-1])])
        postings: defaultdict[str, list[int]] = defaultdict(list)
        for number, pairs in enumerate(texts):
            for pair in pairs:
                postings[pair].append(number)
        self._postings = {pair: np.array(numbers) for pair, numbers in postings.items()}

    def likeness(self, pairs: frozenset[str]) -> NDArray[np.float64]:
        """One number for each entry; every entry has at least one text, its title."""
        shared = np.zeros(len(self._sizes))
        for pair in pairs & self._postings.keys():
            shared[self._postings[pair]] += 1
        dice = 2 * shared / np.maximum(self._sizes + len(pairs), 1)
        best: NDArray[np.float64] = np.maximum.reduceat(dice, self._firsts)
        return best


class SearchIndex:
    """An immutable index over some entries; build a new one when they change."""

    def __init__(self, entries: Sequence[AnyEntry], previous: SearchIndex | None = None) -> None:
        """`previous` lends what it worked out for entries that are still the same objects."""
        known = {id(document.entry): document for document in previous._documents} if previous else {}
        self._documents: tuple[_Document, ...] = tuple(
            known.get(id(entry)) or _Document.of(entry) for entry in entries
        )
        self._document_frequency = Counter(form for document in self._documents for form in document.strong)
        self._letters = _Letters([document.letters for document in self._documents])
        self._bm25 = bm25s.BM25()
        corpus = [document.weighted for document in self._documents]
        self._vocabulary = {form for document in corpus for form in document}
        if self._vocabulary:
            self._bm25.index(corpus, show_progress=False)

    def search(
        self,
        text: str,
        limit: int = 5,
        accept: Callable[[AnyEntry], bool] = lambda _: True,
        topic: str = "",
    ) -> list[Hit]:
        """The best `limit` entries that `accept` lets through, best first; [] when none is like it.

        The words of `topic` are searched too, but the resident did not say them: they name nothing.
        """
        said, pairs = tokens.words(text), _pairs(text)
        words = (*said, *(word for word in tokens.words(topic) if word not in said))
        if not self._vocabulary:
            return []
        alike = LIKE if words else SAME
        forms = frozenset(word.form for word in words)
        weights = [(word.form, word.weight * self._rarity(word.form)) for word in words]
        known = [word.form for word in words if word.form in self._vocabulary]
        bm25 = self._bm25.get_scores(known) if known else np.zeros(len(self._documents))
        best = float(bm25.max()) or 1.0
        question = tokens.squeeze(text)
        called = self._called(question)
        likenesses = self._letters.likeness(pairs)
        hits = []
        for i, document in enumerate(self._documents):
            if not accept(document.entry):
                continue
            likeness = float(likenesses[i])
            if bm25[i] == 0 and likeness < alike:
                continue
            covered = _coverage(weights, document)
            named = NAMED if called & document.names else 0.0
            if not forms & document.name_forms:
                covered = min(covered, PASSING)
            confidence = min(1.0, max(covered + named, likeness))
            score = _WORDS * float(bm25[i]) / best + _COVERED * covered + _LETTERS * likeness
            hits.append(Hit(document.entry, score + named, confidence, named > 0))
        hits.sort(key=lambda hit: (-hit.score, hit.entry.id))
        return hits[:limit]

    def _rarity(self, form: str) -> float:
        frequency = self._document_frequency[form]
        return math.log(1 + (len(self._documents) - frequency + 0.5) / (frequency + 0.5))

    def _called(self, question: str) -> frozenset[str]:
        """The names in the question, without those that are but a part of a longer one there."""
        found = {name for document in self._documents for name in document.names if name in question}
        return frozenset(
            name for name in found if not any(name != other and name in other for other in found)
        )


def _coverage(weights: Sequence[tuple[str, float]], document: _Document) -> float:
    """The share of the weighted words that `document` has; those in its text alone count a third."""
    total = covered = 0.0
    for form, weight in weights:
        total += weight
        if form in document.strong:
            covered += weight
        elif form in document.weak:
            covered += weight / 3
    return covered / total if total else 0.0


def decide(hits: Sequence[Hit]) -> Hit | None:
    """The hit to answer with, None when none is sure or two are too close to tell apart.

    Two entries that the question both calls by name are never told apart.
    """
    if not hits or hits[0].confidence < SURE:
        return None
    if len(hits) > 1:
        close = hits[1].score > hits[0].score * (1 - CLEAR_LEAD)
        if close or (hits[0].named and hits[1].named):
            return None
    return hits[0]


def _pairs(text: str) -> frozenset[str]:
    letters = f" {jaconv.kata2hira(tokens.squeeze(text))} "
    return frozenset(a + b for a, b in pairwise(letters) if (a + b).strip())


def _names(entry: AnyEntry) -> frozenset[str]:
    return frozenset(tokens.squeeze(name) for name in (entry.title, *entry.aliases))


def _strong_texts(entry: AnyEntry) -> tuple[str, ...]:
    return (entry.title, *entry.aliases, *entry.questions)


def _weak_texts(entry: AnyEntry) -> tuple[str, ...]:
    facts = (fact.value for aspect in Aspect for _, fact in facts_of(entry, aspect))
    return (*(text.value for text in entry.summary), *facts)


def _forms(texts: Iterable[str]) -> list[str]:
    return [form for text in texts for form in tokens.forms(text)]


def _weighted_forms(entry: AnyEntry) -> list[str]:
    fields = {
        "title": (entry.title,),
        "aliases": entry.aliases,
        "questions": entry.questions,
        "text": _weak_texts(entry),
    }
    return [form for name, texts in fields.items() for form in _forms(texts) * _FIELD_WEIGHT[name]]
