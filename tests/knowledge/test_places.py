from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import tokens
from knowledge.places import is_of_another_town, other_places
from tests.content import REAL

HOME = REAL.city.home


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("旭川のごみの日はいつ", "旭川"),
        ("旭川市のごみの日はいつ", "旭川"),
        ("札幌市役所の電話番号", "札幌"),
        ("札幌で住民票を取りたい", "札幌"),
        ("滝川市の図書館は何時まで", "滝川"),
        ("富良野の病院じゃなくて図書館、富良野の図書館", "富良野"),
        ("東　京の保育園", "東京"),
    ],
)
def test_a_town_that_owns_what_is_asked_is_another_place(said: str, place: str) -> None:
    assert other_places(said, HOME) == {place}


@pytest.mark.parametrize(
    "said",
    [
        "札幌から引っ越してきました",
        "札幌へ引っ越します",
        "旭川の息子が芦別に戻ってくる",
        "札幌で働いていますが住民票は芦別です",
        "旭川生まれです",
        "犬の登録",
        "",
    ],
)
def test_a_town_that_somebody_comes_from_or_goes_to_is_none(said: str) -> None:
    assert other_places(said, HOME) == frozenset()


@pytest.mark.parametrize("said", ["芦別のごみの日", "芦別市の図書館", "北海道の手当", "空知の図書館"])
def test_our_own_town_and_what_it_lies_in_are_no_other_place(said: str) -> None:
    assert other_places(said, HOME) == frozenset()
    assert other_places(said, ()) != frozenset()


@pytest.mark.parametrize(
    "said", ["旭川市の図書館の休館日", "滝川市役所で犬の登録", "札幌市で住民票を取りたい"]
)
def test_a_town_by_its_full_name_makes_it_another_town_s(said: str) -> None:
    assert is_of_another_town(said, HOME)


@pytest.mark.parametrize(
    "said",
    [
        "旭川の図書館の休館日",  # perhaps a name of something of ours
        "芦別市の図書館の休館日",
        "札幌市で暮らしていて芦別に引っ越します",
        "旭川市の家から転入するときの手続き",
        "滝川市の本籍を移したい",
        "図書館の休館日",
        "",
    ],
)
def test_whoever_moves_or_names_no_town_asks_us(said: str) -> None:
    assert not is_of_another_town(said, HOME)


def test_several_towns_are_all_found() -> None:
    assert other_places("旭川のごみの日と滝川の図書館", HOME) == {"旭川", "滝川"}


@given(st.text() | st.text("旭川札幌市町のでから芦別役所 ", max_size=30))
def test_only_what_was_said_is_found(said: str) -> None:
    for place in other_places(said, HOME):
        assert place in tokens.squeeze(said)
        assert not any(ours in place for ours in HOME)
