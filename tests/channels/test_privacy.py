from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.core.privacy import mask, without_labels

ASCII_TO = {
    "ascii": "0123456789",
    "full-width": "０１２３４５６７８９",
    "kanji": "〇一二三四五六七八九",
    "arabic-indic": "٠١٢٣٤٥٦٧٨٩",
}
GAPS = ["", " ", "　", "-", "‐", "ー", "−", "－", "・", ".", "\n", " - "]
NUMBER = "123456789012"


@pytest.mark.parametrize("writing", ASCII_TO)
@pytest.mark.parametrize("gap", GAPS)
def test_a_my_number_is_hidden_in_every_writing(writing: str, gap: str) -> None:
    digits = NUMBER.translate(str.maketrans(ASCII_TO["ascii"], ASCII_TO[writing]))
    written = gap.join([digits[:4], digits[4:8], digits[8:]])
    assert mask(f"番号は{written}です").text == "番号は［個人番号］です"


@given(st.text(alphabet="0123456789", min_size=12, max_size=12), st.text(), st.text())
def test_twelve_digits_never_stay_whatever_stands_around_them(digits: str, before: str, after: str) -> None:
    masked = mask(f"{before}あ{digits}あ{after}")
    assert f"あ{digits}あ" not in masked.text
    assert masked.hidden


@given(st.text())
def test_masking_never_fails_and_what_is_left_is_stable(text: str) -> None:
    once = mask(text)
    assert mask(once.text).text == once.text


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("4111 1111 1111 1111", "［カード番号］"),
        ("090-1234-5678 に電話して", "［電話番号］ に電話して"),
        ("（0124）22-2111", "（［電話番号］"),
        ("暗証番号は1234です", "暗証番号は［暗証番号］です"),
        ("PINは １２３４", "PINは ［暗証番号］"),
        ("taro@example.jp へ", "［メールアドレス］ へ"),
        ("北1条東1丁目3番地に住んでいます", "［住所］に住んでいます"),
        ("上芦別町123番地4", "上芦別町［住所］"),
    ],
)
def test_other_personal_things_are_hidden(said: str, left: str) -> None:
    assert mask(said).text == left


@pytest.mark.parametrize(
    "said",
    [
        "15日以内ですか",
        "2026年11月23日",
        "2026-11-23",
        "3歳未満は15,000円",
        "119番",
        "#7119",
        "暗証番号4桁を忘れた",
        "北1条西2丁目の近く",
        "1番",
        "12月31日は開いてる？",
        "電話は9時から17時30分",
        "昭和二十三年四月五日生まれ",
    ],
)
def test_harmless_numbers_stay(said: str) -> None:
    assert mask(said).text == said


def test_the_words_that_stand_for_what_was_hidden_are_no_part_of_the_question() -> None:
    masked = mask("123456789012 の再発行")
    assert without_labels(masked.text, masked.hidden) == "の再発行"
