from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from knowledge.dates import Asked, asked_day, names_day, without_day
from knowledge.errors import NoSuchDayError

MONDAY = date(2026, 11, 23)
TODAYS = st.dates(date(2020, 1, 1), date(2090, 12, 31))


@pytest.mark.parametrize(
    ("said", "month", "day"),
    [
        ("今日開いてますか", 11, 23),
        ("本日は？", 11, 23),
        ("今夜やってますか", 11, 23),
        ("明日開いてる？", 11, 24),
        ("あしたは？", 11, 24),
        ("明後日は", 11, 25),
        ("あさってはどう", 11, 25),
        ("土曜は？", 11, 28),
        ("土曜日開いてますか", 11, 28),
        ("土日は開いてる", 11, 28),
        ("月曜は休み？", 11, 23),
        ("今度の月曜は", 11, 30),
        ("次の月曜日", 11, 30),
        ("今度の日曜は", 11, 29),
        ("今週の金曜", 11, 27),
        ("来週の火曜", 12, 1),
        ("来週火曜", 12, 1),
        ("再来週の水曜", 12, 9),
        ("12月31日は", 12, 31),
        ("１２月３１日は", 12, 31),
        ("十二月三十一日は", 12, 31),
        ("十一月二十四日", 11, 24),
        ("12/5は開いてますか", 12, 5),
        ("2026年12月5日", 12, 5),
        ("2026-12-05は", 12, 5),
        ("２０２６／１２／５", 12, 5),
        ("大晦日は", 12, 31),
        ("おおみそか", 12, 31),
        ("年末年始の休み", 12, 31),
        ("25日は？", 11, 25),
        ("二十五日は", 11, 25),
    ],
)
def test_a_day_is_read_as_residents_say_it(said: str, month: int, day: int) -> None:
    assert asked_day(said, MONDAY) == Asked(date(2026, month, day))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("元日は", date(2027, 1, 1)),
        ("お正月やってますか", date(2027, 1, 1)),
        ("3日は？", date(2026, 12, 3)),
        ("11月22日は", date(2027, 11, 22)),
        ("11月23日は", date(2026, 11, 23)),
        ("31日は？", date(2026, 12, 31)),
    ],
)
def test_a_day_that_has_passed_means_the_next_one(said: str, expected: date) -> None:
    assert asked_day(said, MONDAY) == Asked(expected)


def test_the_29th_of_february_waits_for_the_next_leap_year() -> None:
    assert asked_day("2月29日は開いてますか", MONDAY) == Asked(date(2028, 2, 29))
    assert asked_day("2月29日は開いてますか", date(2096, 3, 1)) == Asked(date(2104, 2, 29))


@pytest.mark.parametrize(
    "said",
    ["2月30日は", "13月1日は", "6月31日", "2027年2月29日は", "0月0日", "9999年12月31日", "0001年1月1日"],
)
def test_an_impossible_or_absurd_day_is_refused(said: str) -> None:
    assert names_day(said)
    with pytest.raises(NoSuchDayError):
        asked_day(said, MONDAY)


@pytest.mark.parametrize(
    "said", ["今開いてる？", "いまやってる？", "現在開いてますか", "まだ開いてる？", "まだやってますか"]
)
def test_a_question_about_this_moment_is_now(said: str) -> None:
    assert asked_day(said, MONDAY) == Asked(MONDAY, now=True)


@pytest.mark.parametrize(
    "said",
    [
        "開いていますか",
        "やっていません",
        "今度行きます",
        "今年の休み",
        "今月の予定",
        "今後の予定",
        "",
        "😀",
        "預けますか",
        "15日以内",
        "10日間",
    ],
)
def test_a_text_that_names_no_day_is_none(said: str) -> None:
    assert asked_day(said, MONDAY) is None


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("土曜日は？", "は?"),
        ("百年記念館は来週の火曜日開いてる", "百年記念館は 開いてる"),
        ("2026年12月5日の道の駅", "の道の駅"),
        ("１２月３１日 図書館", "図書館"),
        ("印鑑登録", "印鑑登録"),
    ],
)
def test_without_its_day_a_question_keeps_its_topic(said: str, left: str) -> None:
    assert without_day(said).strip() == left


@given(
    st.text(alphabet="0123456789０１２一二三十年月日/-今来再週度の土火曜明後元大晦日はも開 あすいま正年末始"),
    TODAYS,
)
@example("9999年12月31日", MONDAY)
@example("12月29日", date(2090, 12, 31))
def test_any_text_names_a_near_day_or_none_or_is_refused(said: str, today: date) -> None:
    try:
        found = asked_day(said, today)
    except NoSuchDayError:
        assert names_day(said)
    else:
        assert bool(found) is names_day(said)
        assert found is None or abs(found.day - today) <= timedelta(days=9 * 366)
    assert isinstance(without_day(said), str)


@given(TODAYS, st.integers(0, 62))
def test_a_coming_day_is_found_by_its_month_and_day(today: date, ahead: int) -> None:
    day = today + timedelta(days=ahead)
    assert asked_day(f"{day.month}月{day.day}日は開いてますか", today) == Asked(day)
