from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from knowledge.lexical import LexicalIndex, terms_of

TEXTS = (
    ("児童手当", "中学生までの子どもを育てる家庭に支給します。"),
    ("犬の登録", "犬を飼い始めたら30日以内に登録します。"),
    ("図書館", "本を借りることができます。子どもの本もあります。"),
    ("住民票の写し", "住所を証明します。窓口で請求します。"),
)
INDEX = LexicalIndex([terms_of([title], [text]) for title, text in TEXTS])
CHILD, DOG, LIBRARY, CERTIFICATE = range(4)


@pytest.mark.parametrize(
    ("said", "best"),
    [
        ("児童手当がほしい", CHILD),
        ("じどうてあて", CHILD),
        ("ｼﾞﾄﾞｳﾃｱﾃ", CHILD),
        ("jidou teate", CHILD),
        ("児童手当て", CHILD),
        ("とうろく", DOG),
        ("としょかん", LIBRARY),
        ("じゅうみんひょう", CERTIFICATE),
        ("住民表", CERTIFICATE),
    ],
)
def test_words_kana_romaji_and_typos_find_what_they_spell(said: str, best: int) -> None:
    scores = INDEX.scores(said)
    assert scores.argmax() == best
    assert scores[best] > 0


def test_what_a_document_is_about_weighs_more_than_what_it_mentions() -> None:
    index = LexicalIndex([terms_of(["犬"], ["図書館の本"]), terms_of(["図書館の本"], ["犬"])])
    assert index.scores("犬").argmax() == 0
    assert index.scores("図書館").argmax() == 1


def test_the_order_of_documents_does_not_change_their_scores() -> None:
    documents = [terms_of([title], [text]) for title, text in TEXTS]
    turned = LexicalIndex(documents[::-1])
    said = "子どもの本を図書館で借りたい"
    np.testing.assert_allclose(turned.scores(said)[::-1], INDEX.scores(said), rtol=1e-5)


@pytest.mark.parametrize("said", ["", "qzx", "😀", "？！"])
def test_a_text_of_nothing_known_scores_nothing(said: str) -> None:
    assert INDEX.scores(said).tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("documents", [[], [[]], [[], []]])
def test_an_index_of_nothing_scores_nothing(documents: list[list[str]]) -> None:
    index = LexicalIndex(documents)
    for scores in (index.scores("犬"), index.covered_words("犬"), index.covered_letters("犬の登録")):
        assert scores.tolist() == [0] * len(documents)
    assert index.strange("犬") == 1


def test_documents_are_found_by_a_term() -> None:
    assert sorted(INDEX.documents_with("子供")) == [CHILD, LIBRARY]
    assert INDEX.documents_with("犬").tolist() == [DOG]
    assert INDEX.documents_with("火星").tolist() == []


def test_pairs_of_letters_are_not_taken_for_words() -> None:
    assert LexicalIndex([terms_of(["登録する"], [])]).documents_with("録す").tolist() == []


def test_a_question_is_covered_by_the_share_of_its_words_that_a_document_has() -> None:
    covered = INDEX.covered_words("犬の登録")
    assert covered[DOG] == pytest.approx(1)
    assert covered[CERTIFICATE] == 0
    assert 0 < INDEX.covered_words("犬と図書館")[DOG] < 1


def test_a_rare_word_covers_more_than_a_common_one() -> None:
    index = LexicalIndex([terms_of([text], []) for text in ("登録 犬", "登録 車", "登録 印鑑", "印鑑")])
    covered = index.covered_words("登録 犬")
    assert covered[0] == pytest.approx(1)
    assert covered[1] < 0.5


def test_letters_cover_a_misspelt_question_in_part() -> None:
    covered = INDEX.covered_letters("じどうてあと")
    assert 0.2 < covered[CHILD] < 1
    assert covered[CHILD] > covered[[DOG, LIBRARY, CERTIFICATE]].max()


def test_strangeness_is_the_share_of_words_that_no_document_has() -> None:
    assert INDEX.strange("犬の登録") == 0
    assert INDEX.strange("犬と火星") == 0.5
    assert INDEX.strange("火星") == 1
    assert INDEX.strange("いくらですか") == 0


@given(st.text() | st.text("犬児童手当のはがじどうてあて ー？", max_size=40))
@example("\ud800")
@example("犬" * 5000)
@example("\0録")
def test_any_text_has_a_finite_score_and_shares_between_0_and_1(said: str) -> None:
    assert np.isfinite(INDEX.scores(said)).all()
    for shares in (INDEX.covered_words(said), INDEX.covered_letters(said)):
        assert shares.shape == (len(TEXTS),)
        assert (shares >= 0).all()
        assert (shares <= 1 + 1e-9).all()
    assert 0 <= INDEX.strange(said) <= 1
