from __future__ import annotations

from dataclasses import replace

from knowledge.entries import AnyEntry
from knowledge.evaluate import cross_validate
from knowledge.loader import Content
from knowledge.vectors import VectorStore
from tests.content import REAL
from tests.knowledge.encoders import real_encoder

ENDINGS = ("は", "を", "が", "の", "に")


def repeated(entry_id: str, topic: str) -> AnyEntry:
    entry = REAL.entries["birth"]
    questions = tuple(f"{topic}{ending}" for ending in ENDINGS)
    return entry.model_copy(
        update={"id": entry_id, "title": topic, "aliases": (), "questions": questions, "summary": ()}
    )


def holding(*entries: AnyEntry) -> Content:
    return replace(REAL, entries={entry.id: entry for entry in entries})


THREE = holding(repeated("a", "児童手当"), repeated("b", "転入届"), repeated("c", "犬の登録"))


def test_an_index_that_knows_the_words_finds_every_unseen_question(vectors: VectorStore) -> None:
    for store in (None, VectorStore(real_encoder())):
        quality = cross_validate(THREE, store)
        assert (quality.questions, quality.hit_at_1, quality.precision) == (15, 1.0, 1.0)


def test_questions_that_belong_to_another_entry_count_as_wrong() -> None:
    one, other = repeated("a", "児童手当"), repeated("b", "転入届")
    swapped = one.model_copy(update={"questions": other.questions})
    assert cross_validate(holding(swapped, other), None).hit_at_1 < 1.0


def test_a_question_is_asked_of_an_index_that_has_not_seen_it() -> None:
    """Each entry has one question, which stands for it and for nothing else."""
    entries = [
        repeated(name, topic).model_copy(update={"title": topic, "questions": (question,)})
        for name, topic, question in (("a", "児童手当", "ぴゃぴゃぴゃ"), ("b", "転入届", "ぽぽぽぽ"))
    ]
    quality = cross_validate(holding(*entries), None)
    assert quality.questions == 2
    assert quality.answered == 0


def test_progress_is_told_by_the_fold() -> None:
    told: list[tuple[int, int]] = []
    cross_validate(holding(repeated("a", "転入届")), None, tick=lambda done, of: told.append((done, of)))
    assert told == [(fold, len(ENDINGS)) for fold in range(1, len(ENDINGS) + 1)]


def test_the_content_keeps_the_quality_it_has_reached() -> None:
    """A floor well below the measured figure, against a change that breaks search; by the letter alone."""
    quality = cross_validate(REAL, None, folds=2)
    assert quality.hit_at_1 >= 0.5
    assert quality.precision >= 0.85
