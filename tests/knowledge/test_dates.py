from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from knowledge.dates import names_days, read_days, without_days
from knowledge.errors import NoSuchDayError
from knowledge.hours import holiday_name, is_working_day
from knowledge.tokens import normalise

MONDAY = date(2026, 11, 23)
TODAYS = st.dates(date(2020, 1, 1), date(2090, 12, 31))


def days(said: str, today: date = MONDAY) -> list[date] | None:
    found = read_days(normalise(said), today)
    return None if found is None else list(found)


def november(*numbers: int) -> list[date]:
    return [date(2026, 11, number) for number in numbers]


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
        ("月曜は休み？", 11, 23),
        ("今度の月曜は", 11, 30),
        ("次の月曜日", 11, 30),
        ("今度の日曜は", 11, 29),
        ("今週の金曜", 11, 27),
        ("来週の火曜", 12, 1),
        ("来週火曜", 12, 1),
        ("再来週の水曜", 12, 9),
        ("12月31日は", 12, 31),
        ("今年の12月31日は", 12, 31),
        ("5日後は", 11, 28),
        ("一週間後も開いてますか", 11, 30),
        ("2週間後", 12, 7),
        ("昨日は開いてましたか", 11, 22),
        ("おとといは", 11, 21),
        ("１２月３１日は", 12, 31),
        ("十二月三十一日は", 12, 31),
        ("十一月二十四日", 11, 24),
        ("12/5は開いてますか", 12, 5),
        ("2026年12月5日", 12, 5),
        ("2026-12-05は", 12, 5),
        ("２０２６／１２／５", 12, 5),
        ("大晦日は", 12, 31),
        ("おおみそか", 12, 31),
        ("25日は？", 11, 25),
        ("二十五日は", 11, 25),
        ("しあさっては", 11, 26),
        ("来月の5日", 12, 5),
        ("来月の第2水曜日", 12, 9),
        ("第4土曜", 11, 28),
        ("第一月曜は", 12, 7),
        ("月末は", 11, 30),
        ("来月末", 12, 31),
        ("令和8年12月30日", 12, 30),
        ("R8.12.30", 12, 30),
        ("2026.12.30", 12, 30),
    ],
)
def test_a_day_is_read_as_residents_say_it(said: str, month: int, day: int) -> None:
    assert days(said) == [date(2026, month, day)]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("元日は", date(2027, 1, 1)),
        ("第5月曜", date(2026, 11, 30)),
        ("祝日は", date(2026, 11, 23)),
        ("成人の日、図書館は休館ですか", date(2027, 1, 11)),
        ("海の日は", date(2027, 7, 19)),
        ("体育の日は", date(2027, 10, 11)),
        ("国民の休日は", date(2032, 9, 21)),
        ("こどもの日", date(2027, 5, 5)),
        ("来年の12月1日は", date(2027, 12, 1)),
        ("再来年の1月4日", date(2028, 1, 4)),
        ("3日は？", date(2026, 12, 3)),
        ("11月22日は", date(2027, 11, 22)),
        ("11月23日は", date(2026, 11, 23)),
        ("31日は？", date(2026, 12, 31)),
    ],
)
def test_a_day_that_has_passed_means_the_next_one(said: str, expected: date) -> None:
    assert days(said) == [expected]


def test_the_29th_of_february_waits_for_the_next_leap_year() -> None:
    assert days("2月29日は開いてますか") == [date(2028, 2, 29)]
    assert days("2月29日は開いてますか", date(2096, 3, 1)) == [date(2104, 2, 29)]


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ("今週末は", date(2026, 11, 28), date(2026, 11, 29)),
        ("土日は開いてる", date(2026, 11, 28), date(2026, 11, 29)),
        ("土曜と日曜", date(2026, 11, 28), date(2026, 11, 29)),
        ("来週の土日", date(2026, 12, 5), date(2026, 12, 6)),
        ("今週は", date(2026, 11, 23), date(2026, 11, 29)),
        ("来週はずっと休みですか", date(2026, 11, 30), date(2026, 12, 6)),
        ("年末年始の休み", date(2026, 12, 29), date(2027, 1, 3)),
        ("年末は", date(2026, 12, 29), date(2026, 12, 31)),
        ("お正月やってますか", date(2027, 1, 1), date(2027, 1, 3)),
        ("お盆は", date(2027, 8, 13), date(2027, 8, 16)),
        ("ゴールデンウィーク", date(2027, 4, 29), date(2027, 5, 5)),
        ("GW中は", date(2027, 4, 29), date(2027, 5, 5)),
        ("12月29日から1月3日まで", date(2026, 12, 29), date(2027, 1, 3)),
        ("12月1日〜5日は", date(2026, 12, 1), date(2026, 12, 5)),
        ("連休は", date(2027, 1, 1), date(2027, 1, 3)),
    ],
)
def test_several_days_are_read_at_once(said: str, first: date, last: date) -> None:
    found = days(said)
    assert found is not None
    assert (found[0], found[-1]) == (first, last)
    assert len(found) == (last - first).days + 1


def test_a_long_golden_week_goes_to_its_last_holiday() -> None:
    found = days("ゴールデンウィーク", date(2026, 4, 1))
    assert found is not None
    assert (found[0], found[-1]) == (date(2026, 4, 29), date(2026, 5, 6))  # 振替休日


def test_days_that_have_begun_are_told_from_today() -> None:
    assert days("年末年始", date(2027, 1, 2)) == [date(2027, 1, 2), date(2027, 1, 3)]
    assert days("今週末", date(2026, 11, 29)) == november(29)
    assert days("今週", date(2026, 11, 28)) == november(28, 29)


def test_weekdays_in_general_are_the_coming_five() -> None:
    assert days("平日は何時まで") == november(24, 25, 26, 27, 30)


@pytest.mark.parametrize(
    "said",
    ["2月30日は", "13月1日は", "6月31日", "2027年2月29日は", "0月0日", "9999年12月31日", "0001年1月1日"],
)
def test_an_impossible_or_absurd_day_is_refused(said: str) -> None:
    assert names_days(normalise(said))
    with pytest.raises(NoSuchDayError):
        days(said)


@pytest.mark.parametrize(
    "said",
    [
        "開いていますか",
        "やっていません",
        "今度行きます",
        "今開いてる？",
        "今年の休み",
        "今月の予定",
        "今後の予定",
        "",
        "😀",
        "預けますか",
        "15日以内",
        "3日前まで",
        "10日間",
    ],
)
def test_a_text_that_names_no_day_is_none(said: str) -> None:
    assert days(said) is None


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
    assert without_days(normalise(said)).strip() == left


@given(
    st.text(
        alphabet="0123456789０１２一二三十第年月日末週/-今来再週度の土火曜明後元大晦日は"
        "も開 あすいま正年末始令和盆連休祝平GWから〜"
    ),
    TODAYS,
)
@example("9999年12月31日", MONDAY)
@example("12月29日", date(2090, 12, 31))
def test_any_text_names_near_days_in_order_or_none_or_is_refused(said: str, today: date) -> None:
    question = normalise(said)
    try:
        found = read_days(question, today)
    except NoSuchDayError:
        assert names_days(question)
    else:
        assert (found is not None) is names_days(question)
        assert found is None or (found and list(found) == sorted(set(found)))
        assert found is None or abs(found[0] - today) <= timedelta(days=9 * 366)
        assert found is None or len(found) <= 14
    assert isinstance(without_days(question), str)


@given(TODAYS, st.integers(0, 62))
def test_a_coming_day_is_found_by_its_month_and_day(today: date, ahead: int) -> None:
    day = today + timedelta(days=ahead)
    assert days(f"{day.month}月{day.day}日は開いてますか", today) == [day]


@given(st.dates(date(2024, 1, 1), date(2035, 12, 31)))
def test_a_holiday_and_a_run_of_days_off_are_what_they_say(today: date) -> None:
    holiday, run, working = days("祝日", today), days("連休", today), days("平日", today)
    assert holiday is not None
    assert holiday_name(holiday[0])
    assert run is not None
    assert len(run) >= 3
    assert not any(is_working_day(day) for day in run)
    assert working is not None
    assert all(is_working_day(day) for day in working)
