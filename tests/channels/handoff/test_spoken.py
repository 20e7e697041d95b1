from __future__ import annotations

import pytest

from channels.errors import StaffWordsError
from channels.handoff.spoken import MAX_WORDS, spoken

OURS = ("0124-27-7111", "0124-27-7112")


def test_a_clerk_s_words_are_masked_like_a_resident_s() -> None:
    masked = spoken("お電話は 090-1234-5678 でよいですか", OURS)
    assert masked.text == "お電話は ［電話番号］ でよいですか"
    assert masked.hidden == ("［電話番号］",)


def test_a_number_of_the_city_is_told_and_a_resident_s_beside_it_is_not() -> None:
    said = "0124-27-7111 に、090-1234-5678 からおかけください（0124-27-7112 でも）"
    assert spoken(said, OURS).text == said.replace("090-1234-5678", "［電話番号］")


def test_a_number_that_only_begins_like_the_city_s_is_masked() -> None:
    assert "［" in spoken("0124-27-71119999", OURS).text


def test_empty_and_too_long_words_are_refused_with_what_to_do() -> None:
    with pytest.raises(StaffWordsError, match="文章を書いてから"):
        spoken(" \n", OURS)
    with pytest.raises(StaffWordsError, match="2,000文字まで"):
        spoken("あ" * (MAX_WORDS + 1), OURS)
    assert len(spoken("あ" * MAX_WORDS, OURS).text) == MAX_WORDS
    assert spoken("", (), is_needed=False).text == ""


def test_what_postgresql_cannot_keep_is_left_out() -> None:
    assert spoken("あ\x00い", ()).text == "あい"
