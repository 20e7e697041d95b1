from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.entries import AnyEntry, Department, Place
from knowledge.loader import load
from knowledge.search import SURE, SearchIndex, decide

ENTRIES = tuple(load().entries.values())
INDEX = SearchIndex(ENTRIES)
SAID = st.text() | st.lists(
    st.sampled_from(
        [
            "児童手当",
            "犬",
            "マイナンバーカード",
            "なくした",
            "図書館",
            "は",
            "？",
            "転入",
            "宇宙船",
            "いつまで",
        ]
    )
).map("".join)


@pytest.mark.parametrize("entry", ENTRIES, ids=[entry.id for entry in ENTRIES])
def test_every_entry_is_found_first_by_its_own_title(entry: AnyEntry) -> None:
    hits = INDEX.search(entry.title)
    assert hits[0].entry is entry
    assert hits[0].confidence >= SURE


def test_nearly_every_question_written_in_an_entry_finds_that_entry() -> None:
    asked = [(question, entry) for entry in ENTRIES for question in entry.questions]
    lost = [q for q, entry in asked if entry not in [hit.entry for hit in INDEX.search(q, 4)]]
    assert lost == []


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("じゅうみんひょう いくら", "residence-certificate"),
        ("じどうてあての手続きをしたい", "child-allowance"),
        ("引越してきた", "moving-in"),
        ("まいなんばーかーどなくした", "mynumber-lost"),
    ],
)
def test_kana_and_other_spellings_find_the_entry(said: str, expected: str) -> None:
    assert expected in [hit.entry.id for hit in INDEX.search(said)]


@pytest.mark.parametrize("said", ["火星に移住したい", "ビットコインの買い方", "カレーの作り方"])
def test_what_the_city_does_not_know_is_never_sure(said: str) -> None:
    assert all(hit.confidence < SURE for hit in INDEX.search(said))


def test_only_accepted_entries_are_found() -> None:
    hits = INDEX.search("市役所と百年記念館", accept=lambda entry: isinstance(entry, Place | Department))
    assert hits
    assert all(isinstance(hit.entry, Place | Department) for hit in hits)


def test_an_index_of_nothing_finds_nothing() -> None:
    assert SearchIndex([]).search("児童手当") == []


def test_a_tie_is_not_clear_and_a_single_hit_is() -> None:
    hits = INDEX.search("マイナンバーカード")
    assert decide([hits[0], hits[0]]) is None
    assert decide(hits[:1]) == hits[0]
    assert decide([]) is None


@given(SAID)
def test_hits_are_ordered_and_their_confidence_is_between_0_and_1(said: str) -> None:
    hits = INDEX.search(said, limit=5)
    assert len(hits) <= 5
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(0 <= hit.confidence <= 1 for hit in hits)
