from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from knowledge import tokens


def test_a_compound_counts_as_itself_and_as_its_parts() -> None:
    assert {"児童手当", "児童", "手当"} <= set(tokens.forms("児童手当"))


@pytest.mark.parametrize(
    ("one", "other"),
    [("引越し", "引っ越し"), ("子ども", "子供"), ("ﾏｲﾅﾝﾊﾞｰ", "マイナンバー"), ("ＤＶ", "dv")],
)
def test_spellings_of_one_word_have_one_form(one: str, other: str) -> None:
    assert tokens.forms(one) == tokens.forms(other) != []


@pytest.mark.parametrize(
    "said",
    ["児\u200b童手当", "\u202e児童手当\u202c", "児童\ufeff手\u2060当", "児童手\u00ad当", "　児童手当 "],
)
def test_what_nobody_sees_changes_no_word(said: str) -> None:
    assert tokens.squeeze(said) == "児童手当"
    assert tokens.words(said) == tokens.words("児童手当")
    assert tokens.pairs(said) == tokens.pairs("児童手当")


def test_pairs_are_neighbouring_letters_without_symbols_and_kana_is_one() -> None:
    assert tokens.pairs("ゴミ、の日") == tokens.pairs("ごみの日") == ("ごみ", "みの", "の日")
    assert tokens.pairs("犬") == tokens.pairs("？！") == tokens.pairs("") == ()
    assert "ー" in "".join(tokens.pairs("カード"))


@pytest.mark.parametrize("said", ["児童手当", "じどうてあて", "ジドウテアテ", "ｼﾞﾄﾞｳﾃｱﾃ", "児童 手当？"])
def test_pairs_of_the_reading_are_one_however_it_is_written(said: str) -> None:
    assert tokens.reading_pairs(said) == ("じど", "どう", "うて", "てあ", "あて")


def test_romaji_is_read_as_kana_and_what_is_none_stays() -> None:
    assert tokens.reading_pairs("jidouteate") == tokens.reading_pairs("じどうてあて")
    assert tokens.reading_pairs("xyz") == ("xy", "yz")


@pytest.mark.parametrize(
    "said",
    [
        "もっと詳しく教えてください",
        "それはいくらですか",
        "いつまでに出せばいいですか",
        "",
        "😀😀",
        "？！",
        "123",
    ],
)
def test_words_that_only_ask_are_no_topic(said: str) -> None:
    assert tokens.words(said) == ()


def test_a_very_long_text_is_cut_not_refused() -> None:
    assert tokens.words("犬" * 100_000)
    assert len(tokens.normalise("㍿" * 100_000)) == tokens.MAX_CHARS


def test_threads_do_not_share_a_tokenizer() -> None:
    texts = [f"犬の登録と住民票と図書館{n}" for n in range(200)]
    tokens.words.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(tokens.forms, texts))
    tokens.words.cache_clear()
    assert found == [tokens.forms(text) for text in texts]


@given(st.text())
@example("\ud800")
@example("\x00")
@example("ﷺ" * 2000)
def test_any_text_has_words_with_a_weight_between_0_and_1(said: str) -> None:
    for word in tokens.words(said):
        assert word.form
        assert word.form not in tokens.STOP
        assert 0 < word.weight <= 1
    for pair in (*tokens.pairs(said), *tokens.reading_pairs(said)):
        assert len(pair) == 2
