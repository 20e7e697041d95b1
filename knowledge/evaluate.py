"""How well questions find their entry, measured on questions the index has not seen.

Each entry's own questions are dealt into folds; every fold is asked of an index built
without it. That is harder than real use, where all questions are known, and needs no
labels beyond what staff write anyway.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.entries import AnyEntry
from knowledge.loader import Content
from knowledge.progress import Tick, silently
from knowledge.search import Ranking, SearchIndex
from knowledge.vectors import VectorStore

FOLDS = 5


@dataclass(frozen=True)
class Outcome:
    """What became of one unseen question: `rank` of its entry from 1, 0 when it was not found."""

    question: str
    entry: str
    rank: int
    answered: str | None
    offered: bool


@dataclass(frozen=True)
class Quality:
    """Shares, 0 to 1, over all questions; `precision` over the answered ones."""

    questions: int
    hit_at_1: float
    hit_at_3: float
    answered: float
    precision: float
    offered: float
    wrong: tuple[Outcome, ...]


def cross_validate(
    content: Content, vectors: VectorStore | None, folds: int = FOLDS, tick: Tick = silently
) -> Quality:
    """Ask every question of an index that does not hold it."""
    entries = content.searched
    outcomes = []
    for fold in range(folds):
        tick(fold + 1, folds)
        kept = [_without(entry, fold, folds) for entry in entries]
        index = SearchIndex(kept, vectors=vectors, home=content.city.home)
        outcomes += [
            _outcome(question, entry.id, index.search(question))
            for entry in entries
            for number, question in enumerate(entry.questions)
            if number % folds == fold
        ]
    return _quality(outcomes)


def _without(entry: AnyEntry, fold: int, folds: int) -> AnyEntry:
    kept = tuple(q for number, q in enumerate(entry.questions) if number % folds != fold)
    return entry.model_copy(update={"questions": kept})


def _outcome(question: str, entry: str, ranking: Ranking) -> Outcome:
    found = [hit.entry.id for hit in ranking.hits]
    sure = ranking.sure
    return Outcome(
        question=question,
        entry=entry,
        rank=found.index(entry) + 1 if entry in found else 0,
        answered=sure.entry.id if sure else None,
        offered=sure is None and bool(ranking.offered),
    )


def _quality(outcomes: Sequence[Outcome]) -> Quality:
    total = max(len(outcomes), 1)
    answered = [outcome for outcome in outcomes if outcome.answered]
    wrong = tuple(outcome for outcome in answered if outcome.answered != outcome.entry)
    return Quality(
        questions=len(outcomes),
        hit_at_1=sum(outcome.rank == 1 for outcome in outcomes) / total,
        hit_at_3=sum(1 <= outcome.rank <= 3 for outcome in outcomes) / total,
        answered=len(answered) / total,
        precision=1 - len(wrong) / max(len(answered), 1),
        offered=sum(outcome.offered for outcome in outcomes) / total,
        wrong=wrong,
    )
