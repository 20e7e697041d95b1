from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.furigana import with_readings
from tests.content import REAL

OWN = REAL.city.readings


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("市役所に行きます。", "市役所（しやくしょ）に行（い）きます。"),
        ("引っ越した日", "引（ひ）っ越（こ）した日（ひ）"),
        ("14日以内に", "14日（じゅうよっか）以内（いない）に"),
        ("120日", "120日（にち）"),
        ("11月20日まで", "11月（がつ）20日（はつか）まで"),
        ("芦別市役所", "芦別市役所（あしべつしやくしょ）"),
        ("変わった方", "変（か）わった方（かた）"),
        ("方法", "方法（ほうほう）"),
        ("健康保険（けんこうほけん）", "健康保険（けんこうほけん）"),
        ("ひらがなとカタカナ 0124-22-2111", "ひらがなとカタカナ 0124-22-2111"),
        ("", ""),
        ("😀", "😀"),
    ],
)
def test_kanji_carry_their_reading(text: str, read: str) -> None:
    assert with_readings(text, OWN) == read


def test_staff_correct_the_dictionary() -> None:
    assert with_readings("新城に行く", {"新城": "にいしろ"}).startswith("新城（にいしろ）")
    assert not with_readings("新城に行く", {}).startswith("新城（にいしろ）")


@given(st.text(alphabet=st.characters(blacklist_characters="（）", blacklist_categories=["Cs"]), max_size=40))
def test_nothing_but_readings_is_added(text: str) -> None:
    assert re.sub(r"（[^（）]*）", "", with_readings(text, OWN)) == text
