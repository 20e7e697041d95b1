from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from knowledge.parts import MOST, questions_in


@pytest.mark.parametrize(
    ("said", "parts"),
    [
        ("犬の注射っていくら？あと粗大ごみ出したい", ("犬の注射っていくら？", "粗大ごみ出したい")),
        ("住民票はどこで取れますか？それと印鑑登録は？", ("住民票はどこで取れますか？", "印鑑登録は？")),
        ("図書館は何時ですか。駐車場はありますか。", ("図書館は何時ですか。", "駐車場はありますか。")),
        ("転入届はいつまで？ 保育園の申込みはどこ？", ("転入届はいつまで？", "保育園の申込みはどこ？")),
        (
            "転入届はいつまで？保育園はどこ？児童手当はいくら？",
            ("転入届はいつまで？", "保育園はどこ？", "児童手当はいくら？"),
        ),
    ],
)
def test_questions_that_follow_each_other_are_taken_apart(said: str, parts: tuple[str, ...]) -> None:
    assert questions_in(said) == parts


@pytest.mark.parametrize(
    "said",
    [
        "犬を飼い始めた",
        "え？犬の登録はいくら",
        "先月父が亡くなりました。母が一人で残っています。何をすればいいですか？",
        "児童手当はいくらですか？よろしくお願いします。",
        "あとで図書館に行きたい",
        "このあとどうすればいいですか",
        "後から追加できますか",
        "一つ？二つ？三つ？四つ？",
        "いくら？いつ？どこ？だれ？",
        "？？？？",
        "？",
        "",
    ],
)
def test_one_question_with_its_story_and_too_many_stay_whole(said: str) -> None:
    assert questions_in(said) == (said,)


@given(st.text() | st.text("犬いくら？あとそれと、。かですのどこ \n", max_size=40))
@example("あと？あと？あと？")
@example("？" * 5000)
def test_nothing_is_invented_and_every_part_is_a_piece_of_the_message(said: str) -> None:
    parts = questions_in(said)
    assert 1 <= len(parts) <= MOST
    assert parts == (said,) or (len(parts) > 1 and all(parts))
    rest = "".join(said.split())
    for part in parts:
        for piece in part.split():
            place = rest.find(piece)
            assert place >= 0
            rest = rest[place + len(piece) :]
