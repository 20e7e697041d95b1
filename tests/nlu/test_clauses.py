from __future__ import annotations

import pytest

from nlu.clauses import last_clause


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("父が亡くなりました。届けはいつまでですか", "届けはいつまでですか"),
        ("犬をもらったんだけど登録はいくら", "登録はいくら"),
        ("仕事で行けないので郵送でもいいですか？", "郵送でもいいですか？"),
        ("引っ越してきた\n何を持って行けばいいの", "何を持って行けばいいの"),
        ("住民票をください", "住民票をください"),
    ],
)
def test_the_last_clause_is_found(text: str, asked: str) -> None:
    assert text[last_clause(text) :] == asked


@pytest.mark.parametrize("text", ["住民票がほしい。いくら？", "転出のこと、でさ。"])
def test_a_clause_too_short_to_ask_is_read_with_the_one_before(text: str) -> None:
    assert last_clause(text) == 0


@pytest.mark.parametrize("text", ["", " ", "？？？", "😀", "。。。", "\n"])
def test_any_text_has_a_last_clause(text: str) -> None:
    assert 0 <= last_clause(text) <= len(text)
