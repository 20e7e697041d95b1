from __future__ import annotations

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.clock import Stretch, names_clock, read_clock, without_clock
from knowledge.errors import NoSuchDayError
from knowledge.tokens import normalise


@pytest.mark.parametrize(
    ("said", "hour", "minute"),
    [
        ("午後3時に行けますか", 15, 0),
        ("午前9時は", 9, 0),
        ("15時半", 15, 30),
        ("十五時半に", 15, 30),
        ("15時45分", 15, 45),
        ("15:30は", 15, 30),
        ("１５：３０", 15, 30),
        ("9:05", 9, 5),
        ("3時に行っていい", 15, 0),
        ("三時に行っていい", 15, 0),
        ("朝の6時から開いてる", 6, 0),
        ("8時に開く", 8, 0),
        ("夜8時までやってる", 20, 0),
        ("夕方5時過ぎ", 17, 0),
        ("午後0時", 12, 0),
        ("午後12時", 12, 0),
        ("正午は", 12, 0),
        ("24時に", 0, 0),
        ("夜中の12時", 0, 0),
    ],
)
def test_a_time_is_read_as_residents_say_it(said: str, hour: int, minute: int) -> None:
    assert read_clock(normalise(said)) == Stretch(time(hour, minute), time(hour, minute))


@pytest.mark.parametrize(
    ("said", "start", "end"),
    [
        ("昼休みに行けますか", time(12), time(13)),
        ("お昼はやってる", time(12), time(13)),
        ("夕方寄れますか", time(16), time(18)),
        ("仕事帰りに", time(17, 30), time(19)),
        ("仕事の後でも間に合う", time(17, 30), time(19)),
        ("午前中に", time(9), time(12)),
        ("午後から行く", time(13), time(17)),
        ("朝一番で", time(7), time(9)),
        ("今夜やってますか", time(18), time(21)),
        ("夜間の窓口", time(18), time(21)),
    ],
)
def test_a_vague_time_is_a_stretch_of_the_day(said: str, start: time, end: time) -> None:
    assert read_clock(normalise(said)) == Stretch(start, end)


@pytest.mark.parametrize("said", ["25時に", "午後30時", "12:75", "99:99", "三十時に"])
def test_a_time_that_no_clock_has_is_refused(said: str) -> None:
    assert names_clock(normalise(said))
    with pytest.raises(NoSuchDayError):
        read_clock(normalise(said))


@pytest.mark.parametrize(
    "said",
    [
        "何時まで",
        "2時間かかる",
        "一時預かり",
        "一時停止したい",
        "臨時の休み",
        "24時間やってる",
        "朝日町",
        "夜尿症",
        "昼間",
        "3時点",
        "",
    ],
)
def test_words_that_only_look_like_times_are_none(said: str) -> None:
    assert read_clock(normalise(said)) is None
    assert not names_clock(normalise(said))


def test_without_its_time_a_question_keeps_its_topic() -> None:
    assert without_clock(normalise("図書館は午後3時半でも入れる")).split() == ["図書館は", "でも入れる"]
    assert without_clock(normalise("仕事帰りに図書館")).split() == ["に図書館"]


@given(st.text(alphabet="0123456789:午前後朝夜昼夕方時分半一二三十の休み仕事帰り"))
def test_any_text_has_a_time_or_none_or_is_refused(said: str) -> None:
    question = normalise(said)
    try:
        found = read_clock(question)
    except NoSuchDayError:
        assert names_clock(question)
    else:
        assert (found is not None) is names_clock(question)
        assert found is None or found.start <= found.end
