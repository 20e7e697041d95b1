from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import tokens
from knowledge.confidence import OFFERED, Mode, Verdict
from knowledge.encoder import Kind
from knowledge.entries import AnyEntry, Department, Outside, Place
from knowledge.loader import load
from knowledge.search import Hit, Ranking, SearchIndex, texts_to_encode
from knowledge.service import Knowledge
from knowledge.vectors import VectorStore
from tests.content import REAL
from tests.knowledge.encoders import HashEncoder
from tests.knowledge.handmade import a_content, an_entry

ENTRIES = tuple(REAL.entries.values())
INDEX = SearchIndex(ENTRIES, home=REAL.city.home)
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


@pytest.fixture(scope="module", params=Mode)
def index(request: pytest.FixtureRequest) -> SearchIndex:
    """The real content, searched by the letter and by meaning."""
    if request.param is Mode.LETTERS:
        return INDEX
    vectors: VectorStore = request.getfixturevalue("vectors")
    request.getfixturevalue("by_meaning")  # has every vector made
    return SearchIndex(ENTRIES, vectors=vectors, home=REAL.city.home)


def some(index: SearchIndex) -> tuple[AnyEntry, ...]:
    """All entries, or every tenth where each costs an encoding."""
    return ENTRIES[:: 10 if index.mode is Mode.MEANING else 1]


def squeezed(entry: AnyEntry) -> set[str]:
    return {tokens.squeeze(short) for short in (entry.title, *entry.aliases, *entry.questions)}


def found(ranking: Ranking) -> list[AnyEntry]:
    return [hit.entry for hit in ranking.hits]


def a_ranking(*hits: Hit, of: Ranking) -> Ranking:
    return replace(of, hits=hits)


def test_every_entry_is_found_first_by_its_own_title_and_surely(index: SearchIndex) -> None:
    asked = some(index)
    rankings = [(entry, index.search(entry.title)) for entry in asked]
    assert [entry.id for entry, ranking in rankings if found(ranking)[0] is not entry] == []
    unsure = [entry.id for entry, ranking in rankings if not ranking.sure]
    assert len(unsure) <= len(asked) / 50, unsure


def test_every_question_written_in_an_entry_finds_an_entry_that_has_it(index: SearchIndex) -> None:
    asked = [question for entry in some(index) for question in entry.questions[::5]]
    owners = {question: found(index.search(question))[0] for question in asked}
    assert [q for q, owner in owners.items() if tokens.squeeze(q) not in squeezed(owner)] == []


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("じゅうみんひょう いくら", "residence-certificate"),
        ("じどうてあての手続きをしたい", "child-allowance"),
        ("ｼﾞﾄﾞｳﾃｱﾃ", "child-allowance"),
        ("引越してきた", "moving-in"),
        ("まいなんばーかーどなくした", "mynumber-lost"),
    ],
)
def test_kana_and_other_spellings_find_the_entry(index: SearchIndex, said: str, expected: str) -> None:
    assert expected in [entry.id for entry in found(index.search(said))]


@pytest.mark.parametrize("said", ["火星に移住したい", "ビットコインの買い方", "カレーの作り方"])
def test_what_the_city_does_not_know_is_never_sure(index: SearchIndex, said: str) -> None:
    sure = index.search(said).sure
    assert sure is None or isinstance(sure.entry, Outside)


def test_only_accepted_entries_are_found(index: SearchIndex) -> None:
    ranking = index.search("市役所と百年記念館", accept=lambda entry: isinstance(entry, Place | Department))
    assert ranking.hits
    assert all(isinstance(entry, Place | Department) for entry in found(ranking))
    assert index.search("犬", accept=lambda _: False) == Ranking()


@pytest.mark.parametrize("vectors", [None, VectorStore(HashEncoder())])
def test_an_index_of_nothing_finds_nothing(vectors: VectorStore | None) -> None:
    nothing = SearchIndex([], vectors=vectors).search("児童手当")
    assert (nothing, nothing.verdict, nothing.sure, nothing.offered) == (Ranking(), Verdict.REFUSE, None, [])


@pytest.mark.parametrize("vectors", [None, VectorStore(HashEncoder())])
def test_an_index_of_one_finds_that_one(vectors: VectorStore | None) -> None:
    assert found(SearchIndex(ENTRIES[:1], vectors=vectors).search(ENTRIES[0].title)) == [ENTRIES[0]]


def test_meaning_finds_what_no_letter_tells(by_meaning: Knowledge) -> None:
    """Not one particular question: of many without a word of their entry, meaning finds more."""
    asked = [
        ("ワンちゃんを迎えました", "dog-registration"),
        ("赤ちゃんが産まれた", "birth"),
        ("よその町へ移ります", "moving-out"),
        ("よその町から移ってきました", "moving-in"),
        ("本を借りたい", "library"),
        ("身内が亡くなった", "death"),
        ("プラスチックカードを落とした 個人番号の", "mynumber-lost"),
        ("キッズのためのお金がほしい", "child-allowance"),
    ]
    known = [(said, entry) for said, entry in asked if entry in by_meaning.content.entries]
    assert len(known) >= 5

    def hits(search: Knowledge | SearchIndex) -> int:
        return sum(entry in [hit.entry.id for hit in search.search(said).hits] for said, entry in known)

    assert hits(by_meaning) >= len(known) / 2
    assert hits(by_meaning) >= hits(INDEX)


def test_the_very_question_wins_over_everything(index: SearchIndex) -> None:
    both = replace_questions(ENTRIES[:2], "同じ聞き方をする")
    first, second = both
    small = SearchIndex([first, second.model_copy(update={"questions": ()}), *ENTRIES[2:40]])
    ranking = small.search("同じ　聞き方を する")
    assert found(ranking)[0] is first
    assert ranking.hits[0].parts["同じ"] > sum(ranking.hits[1].parts.values())
    assert "同じ" not in small.search("同じ聞き方をしない").hits[0].parts


def replace_questions(entries: Sequence[AnyEntry], *questions: str) -> list[AnyEntry]:
    return [entry.model_copy(update={"questions": questions}) for entry in entries]


def test_a_question_that_two_entries_have_is_the_first_s() -> None:
    first, second = replace_questions(ENTRIES[:2], "同じ聞き方をする")
    for both in ([first, second], [second, first]):
        assert found(SearchIndex([*both, *ENTRIES[2:20]]).search("同じ聞き方をする"))[0] is both[0]


def test_two_that_are_called_by_name_are_never_told_apart(index: SearchIndex) -> None:
    ranking = index.search("転入届")
    hit = ranking.hits[0]
    assert ranking.sure == hit
    assert hit.named
    assert a_ranking(hit, hit, of=ranking).verdict is Verdict.OFFER
    other = replace(hit, named=False)
    assert a_ranking(hit, other, of=ranking).sure == hit
    assert a_ranking(other, hit, of=ranking).sure == other
    assert a_ranking(hit, of=ranking).sure == hit


def test_a_name_within_a_longer_name_is_not_called(tmp_path: Path) -> None:
    """「駐車場の手続き」 stands in 「臨時駐車場の手続き」, and nobody said it."""
    other = an_entry(name="other").replace("駐車場", "臨時駐車場")
    files: dict[str, str | bytes] = {"procedures/parking.yml": an_entry(), "procedures/other.yml": other}
    entries = list(load(a_content(tmp_path, files)).entries.values())
    named = {hit.entry.id: hit.named for hit in SearchIndex(entries).search("臨時駐車場の手続きは？").hits}
    assert (named["other"], named["parking"]) == (True, False)
    both = SearchIndex(entries).search("駐車場の手続きと臨時駐車場の手続き").hits
    assert not all(hit.named for hit in both if hit.entry.id == "parking")


def test_what_is_outside_is_never_offered(index: SearchIndex) -> None:
    for entry in (entry for entry in some(index) if entry.questions):
        ranking = index.search(entry.questions[0][:-1], limit=10)
        assert not any(isinstance(offered, Outside) for offered in ranking.offered)
        assert len(ranking.offered) <= OFFERED


def test_another_town_speaks_against_an_answer(index: SearchIndex) -> None:
    ours, theirs = (
        index.search(f"{town}の図書館は何時まで", accept=lambda entry: isinstance(entry, Place)).evidence
        for town in ("芦別", "旭川")
    )
    assert ours is not None
    assert theirs is not None
    assert (ours.elsewhere, theirs.elsewhere) == (0, 1)


def test_without_vectors_it_goes_by_the_letter_and_says_so(index: SearchIndex) -> None:
    parts = index.search("犬の登録").hits[0].parts
    by_letter = index.mode is Mode.LETTERS
    assert index.search("犬の登録").mode is index.mode
    assert set(parts) - {"同じ"} == ({"文字"} if by_letter else {"文字", "聞き方", "内容"})


def test_all_that_an_index_needs_is_told_before(by_meaning: Knowledge) -> None:
    encoder = HashEncoder()
    SearchIndex(ENTRIES[:30], vectors=VectorStore(encoder))
    assert set(encoder.encoded) == set(texts_to_encode(ENTRIES[:30]))


def test_an_edit_encodes_what_was_edited() -> None:
    encoder = HashEncoder()
    store = VectorStore(encoder)
    before = SearchIndex(ENTRIES[:30], vectors=store)
    encoder.encoded.clear()
    edited = ENTRIES[3].model_copy(update={"questions": (*ENTRIES[3].questions, "まったく新しい聞き方")})
    after = SearchIndex([*ENTRIES[:3], edited, *ENTRIES[4:30]], before, vectors=store)
    assert encoder.encoded == [("まったく新しい聞き方", Kind.QUESTION)]
    assert found(after.search("まったく新しい聞き方"))[0] is edited


def test_an_edit_works_out_again_what_was_edited_and_no_more() -> None:
    before = SearchIndex(ENTRIES[:10])
    edited = ENTRIES[3].model_copy(update={"title": "まったく新しい名前"})
    after = SearchIndex([*ENTRIES[:3], edited, *ENTRIES[4:10]], before)
    kept = [old is new for old, new in zip(before._documents, after._documents, strict=True)]
    assert kept == [place != 3 for place in range(10)]
    assert found(after.search("まったく新しい名前"))[0] is edited


def test_a_long_story_is_asked_by_its_end() -> None:
    encoder = HashEncoder()
    index = SearchIndex(ENTRIES[:5], vectors=VectorStore(encoder))
    encoder.encoded.clear()
    index.search("昔の話ですが。" * 500 + "犬の登録はいくら？")
    [(asked, kind)] = encoder.encoded
    assert kind is Kind.QUESTION
    assert len(asked) <= 200
    index.search("昔の話ですが。" * 50 + "犬の登録はいくら？")
    assert encoder.encoded[-1][0].endswith("犬の登録はいくら?")


@given(SAID)
def test_hits_are_ordered_and_probabilities_lie_between_0_and_1(said: str) -> None:
    ranking = INDEX.search(said, limit=5)
    scores = [hit.score for hit in ranking.hits]
    assert len(scores) <= 5
    assert np.isfinite(scores).all()
    assert scores == sorted(scores, reverse=True)
    assert all(hit.score == pytest.approx(sum(hit.parts.values())) for hit in ranking.hits)
    assert 0 <= ranking.right <= 1
    assert 0 <= ranking.among <= 1
    assert ranking.sure is None or ranking.sure == ranking.hits[0]


def test_a_name_within_a_longer_one_is_offered_after_it() -> None:
    taxes = [
        entry.model_copy(update={"aliases": (name,), "questions": (name,)})
        for entry, name in zip(ENTRIES[:2], ("固定資産税", "固定資産税が払えない"), strict=True)
    ]
    asked = "固定資産税と固定資産の固定資産税が払えない"
    small = SearchIndex([*taxes, *ENTRIES[2:40]])
    short, long = (next(hit for hit in small.search(asked).hits if hit.entry is tax) for tax in taxes)
    assert (short.named, short.eclipsed) == (False, True)
    assert (long.named, long.eclipsed) == (True, False)
    sure = replace(small.search("固定資産税"), hits=(replace(short, score=99.0), long))
    assert sure.sure is None
    assert sure.offered[:2] == [long.entry, short.entry]
