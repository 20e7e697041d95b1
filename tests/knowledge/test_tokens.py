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
