from __future__ import annotations

from itertools import pairwise

import pytest
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.tokenizer import MAX_BYTES, SudachiTokenizer

MIXED = [
    "引越しの手続きについて教えてください",
    "ﾏｲﾅﾝﾊﾞｰｶｰﾄﾞ　を　失くした！！",
    "１２月３１日（木）は何時まで？",
    "😀児童手当👨‍👩‍👧‍👦は𠮷田さんも𩸽も食べる🇯🇵",
    "犬犬犬の犬の登録と犬",
    "  前後に  空白　\t\nと改行 ",
    "㍿と㌔と½とﬁとİ",
    "がぎぐ濁点が分かれた か\u3099 文字",
    "Hello, city hall! 24/7 https://example.jp/a?b=c",
    "ーーーー～～～",
]


def a_tokenizer(**config: object) -> SudachiTokenizer:
    return SudachiTokenizer({**SudachiTokenizer.get_default_config(), **config})


def tokens_of(text: str, **config: object) -> list[Token]:
    return a_tokenizer(**config).tokenize(Message(data={TEXT: text}), TEXT)


@pytest.mark.parametrize("mode", ["A", "B", "C"])
@pytest.mark.parametrize("text", MIXED)
def test_every_token_is_the_resident_s_own_characters_at_its_offsets(text: str, mode: str) -> None:
    tokens = tokens_of(text, split_mode=mode)
    assert tokens
    for token in tokens:
        assert text[token.start : token.end] == token.text
        assert token.text.strip()
        assert token.lemma


@pytest.mark.parametrize("text", MIXED)
def test_tokens_come_in_order_and_leave_out_only_white_space(text: str) -> None:
    tokens = tokens_of(text)
    assert all(one.end <= other.start for one, other in pairwise(tokens))
    assert "".join("".join(token.text.split()) for token in tokens) == "".join(text.split())


@pytest.mark.parametrize("spelling", ["引越し", "引っ越し", "引越"])
def test_spellings_of_one_word_share_its_lemma(spelling: str) -> None:
    assert [token.lemma for token in tokens_of(spelling)] == ["引っ越し"]
    assert [token.text for token in tokens_of(spelling)] == [spelling]


def test_split_modes_cut_short_units_and_whole_names() -> None:
    found = {mode: [token.text for token in tokens_of("国民健康保険", split_mode=mode)] for mode in "ABC"}
    assert found["A"] == ["国民", "健康", "保険"]
    assert found["C"] == ["国民健康保険"]
    assert len(found["A"]) >= len(found["B"]) >= len(found["C"])


@pytest.mark.parametrize("mode", ["D", "a", "", None])
def test_an_unknown_split_mode_is_refused(mode: object) -> None:
    with pytest.raises(ValueError, match="split_mode must be A, B or C"):
        a_tokenizer(split_mode=mode)


@pytest.mark.parametrize("text", ["あ" * 100_000, "犬を飼う😀" * 20_000, "a" * 100_000, " " * 100_000])
def test_a_hundred_thousand_characters_do_not_raise_and_keep_true_offsets(text: str) -> None:
    tokens = tokens_of(text)
    assert all(text[token.start : token.end] == token.text for token in tokens)
    assert len("".join(token.text for token in tokens).encode()) <= MAX_BYTES


@pytest.mark.parametrize("text", ["", " ", "\n\t　"])
def test_an_empty_message_has_no_token(text: str) -> None:
    assert tokens_of(text) == []
