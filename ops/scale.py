"""`make bench`: search among more entries than one city writes, and how long a first index takes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

from knowledge.encoder import load_encoder
from knowledge.entries import AnyEntry
from knowledge.labelled import read_questions
from knowledge.loader import load
from knowledge.search import SearchIndex
from knowledge.vectors import CACHE, VectorStore
from ops.model import ROOT
from ops.rows import Row, p50_p95

MANY, VERY_MANY = 2_000, 20_000
_ASKED = 200
"""Labelled questions that are asked of an index; none twice, so that each is encoded."""


def measure(say: Callable[[str], None]) -> Iterator[Row]:
    """Entries are the city's own, again and again.

    The second number of them is without the questions that staff wrote, as a list of FAQ would be.
    """
    encoder = load_encoder()
    cached = VectorStore(encoder, CACHE) if encoder else None
    content = load()
    own = content.searched
    questions = [question.text for question in read_questions(ROOT / "tests" / "questions" / "tuned.yml")]
    bare = [entry.model_copy(update={"questions": ()}) for entry in own]
    first, second = questions[:_ASKED], questions[_ASKED : 2 * _ASKED]
    for entries, asked, budget in ((_times(own, MANY), first, 25), (_times(bare, VERY_MANY), second, 60)):
        say(f"{len(entries):,}件の中を探します。")
        index = SearchIndex(entries, vectors=cached, home=content.city.home)
        seconds = _search(index, asked)
        yield Row(f"{len(entries):,}件の中を探す p50 / p95", p50_p95(seconds), f"{budget} ms")
    say(f"{MANY:,}件の索引を初めから作ります。ふつう2分ほどです。")
    began = time.perf_counter()
    SearchIndex(_faqs(own), vectors=VectorStore(encoder) if encoder else None)
    yield Row(f"{MANY:,}件の索引を初めから", f"{time.perf_counter() - began:.0f} s", "120 s")


def _times(entries: Sequence[AnyEntry], number: int) -> list[AnyEntry]:
    """`number` entries, each of `entries` as often as that takes."""
    return [
        entries[i % len(entries)].model_copy(update={"id": f"{entries[i % len(entries)].id}-{i}"})
        for i in range(number)
    ]


def _faqs(entries: Sequence[AnyEntry]) -> list[AnyEntry]:
    """One entry for each question of `entries`, asked by nothing else."""
    faqs: list[AnyEntry] = [
        entry.model_copy(update={"id": f"{entry.id}-{i}", "title": asked, "aliases": (), "questions": ()})
        for entry in entries
        for i, asked in enumerate(entry.questions)
    ]
    return faqs[:: max(len(faqs) // MANY, 1)][:MANY]


def _search(index: SearchIndex, questions: Sequence[str]) -> list[float]:
    seconds = []
    for question in questions:
        began = time.perf_counter()
        index.search(question)
        seconds.append(time.perf_counter() - began)
    return seconds
