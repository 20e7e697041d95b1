"""The OSM language with our holidays; whole places are in `test_timetable.py`."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opening_hours import OpeningHours

from knowledge.errors import HoursError
from knowledge.hours import evaluate, holiday_name, is_working_day, parse_hours, parse_special

WEEKDAYS = "Mo-Fr 08:45-17:15; PH off"
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 11, 23), "勤労感謝の日"),
        (date(2026, 9, 22), "国民の休日"),
        (date(2026, 5, 6), "振替休日"),
        (date(2024, 8, 12), "振替休日"),
    ],
)
def test_a_public_holiday_closes_a_weekday_office(day: date, name: str) -> None:
    assert (holiday_name(day) or "").startswith(name)
    assert not is_working_day(day)
    assert evaluate(WEEKDAYS, day) == ()
    assert evaluate("Mo-Fr 08:45-17:15", day) == ((time(8, 45), time(17, 15)),)


def test_our_holidays_include_days_that_the_library_itself_misses() -> None:
    year = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    ours = {day for day in year if evaluate("PH 10:00-12:00", day)}
    library = OpeningHours("PH 10:00-12:00", country="JP")
    missed = {day for day in ours if not library.is_open(datetime.combine(day, time(11)))}
    assert ours == {day for day in year if holiday_name(day)}
    assert missed, "the library has caught up: the rewriting of PH may go"


def test_a_holiday_rule_touches_only_holidays() -> None:
    expression = "We-Su 09:00-17:00; PH 10:00-12:00"
    assert evaluate(expression, date(2026, 11, 23)) == ((time(10), time(12)),)
    assert evaluate(expression, date(2026, 11, 25)) == ((time(9), time(17)),)


def test_what_is_said_to_be_unknown_is_neither_open_nor_closed() -> None:
    assert evaluate("We-Su 09:00-17:30; Dec 29-Jan 05 unknown", date(2026, 12, 31)) is None


def test_always_open_ends_at_midnight() -> None:
    assert evaluate("24/7", date(2026, 11, 24)) == ((time(0), time(0)),)


@pytest.mark.parametrize(
    "wrong", ["平日9時から", "Mo-Fr 9-17", "Mo–Fr 09:00-17:00", "Sa,Su,PH 10:00-16:00", "月-金", "PHoff", " "]
)
def test_an_expression_that_cannot_be_read_is_refused_in_japanese(wrong: str) -> None:
    with pytest.raises(
        HoursError, match="を読めません。「Mo-Fr 08:45-17:15; PH off」のような形で書いてください"
    ):
        parse_hours(wrong)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ("Mo-Fr 09:00-25:00", "「25:00」という時刻はありません"),
        ("Mo-Fr 09:00-24:30", "「24:30」という時刻はありません"),
        ("Mo-Fr 09:60-17:00", "「09:60」という時刻はありません"),
        ("Mo-Fr 09:00+", "「09:00\\+」には終わりがありません"),
        ("Mo-Fr 09:00-17:00; Feb 30 off", "「Feb 30」という日はありません"),
        ("Nov 29-31 off", "「Nov 31」という日はありません"),
        ("SH off", "「SH」は使えません"),
        ("PH off; PH -1 day off", "「PH -1 day」は使えません"),
        ("Mo-Fr sunrise-17:00", "「sunrise」は使えません"),
    ],
)
def test_times_and_days_that_this_town_does_not_have_are_refused(wrong: str, why: str) -> None:
    with pytest.raises(HoursError, match=why):
        parse_hours(wrong)


def test_a_one_off_day_has_only_times() -> None:
    assert parse_special("10:00-12:00, 13:00-15:00") == ((time(10), time(12)), (time(13), time(15)))
    for wrong in ("", "off", "10時から", "10:00", "Mo 10:00-12:00", "10:00-25:00", "15:00-10:00"):
        with pytest.raises(HoursError):
            parse_special(wrong)


@given(
    DAYS,
    st.sampled_from([WEEKDAYS, "24/7", "Tu-Su 10:00-18:00; PH off; Dec 29-Jan 03 off", "Sa[1] 09:00-12:00"]),
)
def test_any_day_can_be_evaluated(day: date, expression: str) -> None:
    assert evaluate(expression, day) is not None
