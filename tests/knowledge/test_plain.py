from __future__ import annotations

import pytest

from knowledge.plain import LONGEST, LONGEST_EASY, in_any_text, in_easy_text, in_first_text

PLAIN = "転入した日から14日以内に、窓口で届け出てください。"


def test_a_plain_text_has_no_hints() -> None:
    assert [*in_any_text(PLAIN), *in_first_text(PLAIN), *in_easy_text(PLAIN)] == []


@pytest.mark.parametrize(
    ("text", "word", "instead"),
    [
        ("遅滞なく届け出てください。", "遅滞なく", "何日以内か"),
        ("関係機関に聞いてください。", "関係機関", "どこか"),
        ("今年度の受付は終わりました。", "今年度", "令和8年度"),
        ("来年から変わります。", "来年", "年を数字で"),
    ],
)
def test_words_that_say_nothing_or_rot_are_told_with_what_to_write(
    text: str, word: str, instead: str
) -> None:
    [hint] = in_any_text(text)
    assert f"「{word}」" in hint
    assert instead in hint


def test_each_such_word_of_a_text_is_told() -> None:
    assert len(list(in_any_text("適宜、関係機関に聞いてください。"))) == 2


@pytest.mark.parametrize("year", ["昭和65年", "平成32年", "大正16年", "明治46年", "平成0年", "平成３２年"])
def test_a_year_that_never_was_is_told(year: str) -> None:
    [hint] = in_any_text(f"{year}に建てられました。")
    assert f"「{year}」という年はありません" in hint


@pytest.mark.parametrize(
    "year", ["昭和64年", "平成31年", "大正15年", "明治45年", "昭和1年", "令和32年", "平成元年"]
)
def test_a_year_that_was_is_right(year: str) -> None:
    assert list(in_any_text(f"{year}に建てられました。")) == []


def test_a_term_without_explanation_is_told_with_its_meaning() -> None:
    [hint] = in_first_text("国民健康保険の被保険者が対象です。")
    assert "「被保険者」" in hint
    assert "「加入している人」" in hint


@pytest.mark.parametrize(
    "text",
    [
        "被保険者（加入している人）が対象です。",
        "減免の制度（安くする決まり）があります。",
        "被保険者証をお持ちください。",
        "被保険者番号を書いてください。",
    ],
)
def test_a_term_that_is_explained_or_the_name_of_a_card_is_right(text: str) -> None:
    assert list(in_first_text(text)) == []


def test_an_explanation_after_the_next_comma_explains_something_else() -> None:
    assert len(list(in_first_text("減免は、窓口（1階）で受け付けます。"))) == 1


def test_only_texts_read_first_must_explain_their_terms() -> None:
    assert list(in_any_text("減免があります。")) == list(in_easy_text("減免があります。")) == []


def test_a_sentence_may_be_as_long_as_the_limit_and_not_longer() -> None:
    assert list(in_first_text("あ" * LONGEST + "。")) == []
    [hint] = in_first_text("あ" * (LONGEST + 1) + "。")
    assert f"{LONGEST}文字まで" in hint
    assert list(in_easy_text("あ" * LONGEST_EASY + "。")) == []
    [hint] = in_easy_text("あ" * (LONGEST_EASY + 1) + "。")
    assert f"{LONGEST_EASY}文字まで" in hint


def test_sentences_are_measured_one_by_one() -> None:
    sentence = "あ" * LONGEST
    assert list(in_first_text(f"{sentence}。{sentence}\n{sentence}")) == []


def test_each_long_sentence_is_told_by_how_it_begins() -> None:
    first, second = in_first_text(f"短い文です。{'い' * 71}。{'う' * 71}。")
    assert first.endswith("い" * 20 + "…")
    assert second.endswith("う" * 20 + "…")


def test_the_spaces_of_easy_japanese_do_not_make_a_sentence_longer() -> None:
    assert list(in_easy_text("あ " * LONGEST_EASY + "。")) == []
