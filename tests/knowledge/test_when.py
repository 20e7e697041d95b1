from __future__ import annotations

from datetime import date, time

import pytest

from knowledge.clock import Stretch
from knowledge.errors import NoSuchDayError
from knowledge.when import Asked, names_when, read_when, without_when

MONDAY = date(2026, 11, 23)
THREE = Stretch(time(15), time(15))


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("明日開いてる？", Asked((date(2026, 11, 24),))),
        ("明日の午後3時は", Asked((date(2026, 11, 24),), THREE)),
        ("水曜の15時に行きます", Asked((date(2026, 11, 25),), THREE)),
        ("3時に行っていいですか", Asked((MONDAY,), THREE)),
        ("今夜やってる", Asked((MONDAY,), Stretch(time(18), time(21)))),
        ("土日の夕方は", Asked((date(2026, 11, 28), date(2026, 11, 29)), Stretch(time(16), time(18)))),
        ("今開いてる？", Asked((MONDAY,), now=True)),
        ("いまやってる？", Asked((MONDAY,), now=True)),
        ("現在開いてますか", Asked((MONDAY,), now=True)),
        ("まだ開いてる？", Asked((MONDAY,), now=True)),
        ("まだやってますか", Asked((MONDAY,), now=True)),
        ("次いつ開きますか", Asked((MONDAY,), next=True)),
        ("次に開くのはいつ", Asked((MONDAY,), next=True)),
        ("今度いつ開く", Asked((MONDAY,), next=True)),
        ("開いていますか", None),
        ("今年の予定", None),
        ("", None),
    ],
)
def test_days_times_and_this_moment_are_read_together(said: str, asked: Asked | None) -> None:
    assert read_when(said, MONDAY) == asked
    assert names_when(said) is (asked is not None)


@pytest.mark.parametrize("said", ["2月30日の午後", "明日の25時"])
def test_what_does_not_exist_is_refused_whole(said: str) -> None:
    with pytest.raises(NoSuchDayError):
        read_when(said, MONDAY)


def test_without_its_time_a_question_keeps_its_place() -> None:
    assert without_when("来週の土曜の午後3時に図書館は").split() == ["の", "に図書館は"]
