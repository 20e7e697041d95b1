"""Which entry is meant: search by the letter and by meaning, fused, and how far to trust it.

Three signals, each in standard deviations over all entries, are added: BM25 (`lexical`), nearness
to an entry's own questions, and nearness to its text after feedback from the best (`meaning`).
Without vectors BM25 stands alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import numpy as np
import structlog
from numpy.typing import NDArray

from knowledge import tokens
from knowledge.aspects import Aspect, facts_of
from knowledge.confidence import OFFERED, Evidence, Mode, Verdict, decide, learned
from knowledge.encoder import Kind
from knowledge.entries import AnyEntry, Outside
from knowledge.lexical import LexicalIndex, Scores, terms_of
from knowledge.meaning import MeaningIndex
from knowledge.names import NameIndex
from knowledge.places import other_places
from knowledge.progress import Tick, silently
from knowledge.vectors import VectorStore

log = structlog.get_logger(__name__)

_PASSAGE = 100
"""Letters of an entry's title and text that are encoded: more costs time and finds no more."""
_ASKED = 64
"""Letters of a question that are encoded, its end: after a long story comes what is asked. More finds
no more and takes longer."""
_FIRST_LETTERS, _FIRST_QUESTIONS, _FIRST_PASSAGE = 0.6, 0.5, 0.6
"""Weights of the first round, whose best feed back."""
_LETTERS, _QUESTIONS, _FED_BACK = 0.5, 0.3, 0.8
"""Weights of the fused score; chosen on the labelled questions, flat around."""
_NAMED = 0.8
"""How probably an entry must be right that alone is called by its name."""
_SAME = 10.0
"""Added for an entry that has the very question: more than any other signal reaches."""


@dataclass(frozen=True)
class Hit:
    """A found entry. `score`, the sum of `parts`, only ranks.

    `named` means that the entry's title or an alias stands in the question; `eclipsed`, that it stands only
    within a longer name there, another entry's (固定資産税 in 固定資産税が払えない).
    """

    entry: AnyEntry
    score: float
    parts: Mapping[str, float]
    named: bool
    eclipsed: bool


@dataclass(frozen=True)
class Ranking:
    """What was found, best first, and how probably the first is right, or one of the first few."""

    hits: tuple[Hit, ...] = ()
    evidence: Evidence | None = None
    mode: Mode = Mode.LETTERS
    named: int = 0
    """How many entries the question calls by name, found among the first or not."""

    @cached_property
    def right(self) -> float:
        """The probability that the first hit is right."""
        return learned(self.mode).right.probability(self.evidence) if self.evidence else 0.0

    @cached_property
    def among(self) -> float:
        """The probability that one of the first few entries is."""
        return learned(self.mode).among.probability(self.evidence) if self.evidence else 0.0

    @property
    def verdict(self) -> Verdict:
        """Answer, offer or refuse.

        Two entries that are both called by name are never told apart; the only one that is, is meant. What is
        named only within the longer name of another is no answer.
        """
        if not self.hits:
            return Verdict.REFUSE
        verdict = decide(self.right, self.among, outside=isinstance(self.hits[0].entry, Outside))
        is_named = self.hits[0].named
        is_one_of_two = is_named and max(self.named, sum(hit.named for hit in self.hits)) > 1
        if is_one_of_two or self.hits[0].eclipsed:
            return Verdict.OFFER if verdict is Verdict.ANSWER else verdict
        return Verdict.ANSWER if is_named and self.right >= _NAMED else verdict

    @property
    def sure(self) -> Hit | None:
        """The hit to answer with, None when none is sure enough."""
        return self.hits[0] if self.verdict is Verdict.ANSWER else None

    @property
    def offered(self) -> list[AnyEntry]:
        """The entries to choose from when none is sure."""
        if self.verdict is Verdict.REFUSE:
            return []
        order = sorted(self.hits, key=lambda hit: not hit.named) if self.hits[0].eclipsed else self.hits
        inside: list[AnyEntry] = [hit.entry for hit in order if not isinstance(hit.entry, Outside)]
        return inside[:OFFERED]


@dataclass(frozen=True)
class _Document:
    """What search needs of one entry; it keeps the entry alive, so that its id() stays its own."""

    entry: AnyEntry
    names: frozenset[str]
    terms: list[str]
    shorts: tuple[str, ...]
    passage: str

    @classmethod
    def of(cls, entry: AnyEntry) -> _Document:
        shorts = tuple(dict.fromkeys((entry.title, *entry.aliases, *entry.questions)))
        weak = _weak_texts(entry)
        return cls(
            entry,
            names=frozenset(tokens.squeeze(name) for name in (entry.title, *entry.aliases)),
            terms=terms_of(shorts, weak),
            shorts=shorts,
            passage=" ".join((entry.title, *weak[:1]))[:_PASSAGE],
        )


class SearchIndex:
    """An immutable index over some entries; build a new one when they change."""

    def __init__(
        self,
        entries: Sequence[AnyEntry],
        previous: SearchIndex | None = None,
        *,
        vectors: VectorStore | None = None,
        home: Sequence[str] = (),
        tick: Tick = silently,
    ) -> None:
        """`previous` lends what it worked out for entries that are still the same objects.

        `home` are names of places that are ours. `tick` is told of texts that are encoded.
        """
        known = {id(document.entry): document for document in previous._documents} if previous else {}
        self._documents: tuple[_Document, ...] = tuple(
            known.get(id(entry)) or _Document.of(entry) for entry in entries
        )
        self._home = home
        self._same = {
            tokens.squeeze(short): place
            for place, document in reversed(list(enumerate(self._documents)))
            for short in document.shorts
        }
        self._names = NameIndex([document.names for document in self._documents])
        self._lexical = LexicalIndex([document.terms for document in self._documents])
        self._vectors = vectors if self._documents else None
        self._meaning = _meaning(self._documents, vectors, tick) if vectors and self._documents else None

    @property
    def mode(self) -> Mode:
        """What it searches with."""
        return Mode.MEANING if self._meaning else Mode.LETTERS

    def search(
        self, text: str, limit: int = 5, accept: Callable[[AnyEntry], bool] = lambda _: True
    ) -> Ranking:
        """The best `limit` entries that `accept` lets through; an empty ranking when nothing was asked."""
        text = tokens.from_romaji(text)
        if not self._documents or not (tokens.words(text) or tokens.pairs(text)):
            return Ranking()
        signals = self._signals(text)
        order = np.argsort(-signals.score, kind="stable").tolist()
        accepted = (i for i in order if accept(self._documents[i].entry))
        if not (best := list(islice(accepted, max(limit, 2)))):
            return Ranking()
        called = self._names.called(tokens.squeeze(text))
        named = sum(accept(self._documents[i].entry) for i in self._names.owners(called))
        hits = tuple(self._hit(i, signals, tokens.squeeze(text), called) for i in best[:limit])
        return Ranking(hits, self._evidence(text, signals, best), signals.mode, named)

    def _hit(self, i: int, signals: _Signals, question: str, called: frozenset[str]) -> Hit:
        document = self._documents[i]
        parts = {name: float(part[i]) for name, part in signals.parts.items()}
        is_named = bool(called & document.names)
        is_eclipsed = not is_named and any(name in question for name in document.names)
        return Hit(document.entry, float(signals.score[i]), parts, is_named, is_eclipsed)

    def _signals(self, text: str) -> _Signals:
        letters = _standard(self._lexical.scores(text))
        question = self._meant(text)
        if self._meaning is None or question is None:
            mode, parts = Mode.LETTERS, {"文字": letters}
            nearest = fed_back = np.zeros(len(letters))
        else:
            nearest, near = self._meaning.nearest_texts(question)
            first = (
                _FIRST_LETTERS * letters
                + _FIRST_QUESTIONS * _standard(near)
                + _FIRST_PASSAGE * _standard(self._meaning.passages(question))
            )
            fed_back = self._meaning.fed_back(question, first)
            mode, parts = (
                Mode.MEANING,
                {
                    "文字": _LETTERS * letters,
                    "聞き方": _QUESTIONS * _standard(near),
                    "内容": _FED_BACK * _standard(fed_back),
                },
            )
        if (same := self._same.get(tokens.squeeze(text))) is not None:
            parts["同じ"] = np.where(np.arange(len(letters)) == same, _SAME, 0.0)
        return _Signals(mode, parts, nearest, fed_back)

    def _meant(self, text: str) -> NDArray[np.float32] | None:
        """The question's vector, None without meaning or when the encoder fails."""
        if self._meaning is None or self._vectors is None:
            return None
        try:
            vector = self._vectors.question(tokens.as_written(text)[-_ASKED:])
        except Exception as error:  # an encoder is foreign code
            log.warning("meaning_lost", why=type(error).__name__)
            return None
        return self._meaning.question(vector)

    def _evidence(self, text: str, signals: _Signals, order: Sequence[int]) -> Evidence:
        """Of the first of `order`, against the second."""
        best, scores = order[0], signals.score[order]
        document = self._documents[best]
        others = other_places(text, self._home)
        return Evidence(
            question=float(signals.nearest[best]),
            passage=float(signals.fed_back[best]),
            words=float(self._lexical.covered_words(text)[best]),
            letters=float(self._lexical.covered_letters(text)[best]),
            alike=max(_alike(text, short) for short in document.shorts),
            lead=float(scores[0] - scores[min(1, len(scores) - 1)]),
            length=math.log1p(len(tokens.squeeze(text))),
            strange=self._lexical.strange(text),
            elsewhere=float(any(all(p not in short for short in document.shorts) for p in others)),
            outside=float(isinstance(document.entry, Outside)),
        )


@dataclass(frozen=True)
class _Signals:
    """For each entry: the parts of its score, the cosine of its nearest text, that of its passage."""

    mode: Mode
    parts: Mapping[str, Scores]
    nearest: Scores
    fed_back: Scores

    @cached_property
    def score(self) -> Scores:
        """What entries are ranked by."""
        total: Scores = np.sum(list(self.parts.values()), axis=0)
        return total


def texts_to_encode(entries: Iterable[AnyEntry]) -> list[tuple[str, Kind]]:
    """What an index over `entries` needs the vectors of."""
    return _texts([_Document.of(entry) for entry in entries])


def _texts(documents: Sequence[_Document]) -> list[tuple[str, Kind]]:
    shorts = [(short, Kind.QUESTION) for document in documents for short in document.shorts]
    return shorts + [(document.passage, Kind.PASSAGE) for document in documents]


def _meaning(documents: Sequence[_Document], vectors: VectorStore, tick: Tick) -> MeaningIndex:
    rows = vectors.of(_texts(documents), tick)
    owners = np.repeat(np.arange(len(documents)), [len(document.shorts) for document in documents])
    return MeaningIndex(rows[: len(owners)], owners, rows[len(owners) :])


def _standard(scores: Scores) -> Scores:
    spread: Scores = (scores - scores.mean()) / (scores.std() + 1e-9)
    return spread


def _alike(one: str, other: str) -> float:
    """The share of letter pairs that two texts have in common (Dice, 0 to 1)."""
    pairs, others = frozenset(tokens.pairs(one)), frozenset(tokens.pairs(other))
    return 2 * len(pairs & others) / max(len(pairs) + len(others), 1)


def _weak_texts(entry: AnyEntry) -> tuple[str, ...]:
    facts = (fact.value for aspect in Aspect for _, fact in facts_of(entry, aspect))
    return (*(text.value for text in entry.summary), *facts)
