from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opening_hours import OpeningHours

from knowledge.entries import Place
from knowledge.errors import HoursError
from knowledge.hours import Day, DayState, holiday_name, next_open_day, on_day, parse_hours
from knowledge.loader import load

WEEKDAYS = "Mo-Fr 08:45-17:15; PH off"
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@pytest.fixture(scope="module")
def museum() -> str:
    place = load().entries["centennial-museum"]
    assert isinstance(place, Place)
    return place.hours[0].value


def test_the_museum_is_closed_on_a_winter_tuesday_and_opens_on_wednesday(museum: str) -> None:
    tuesday = date(2026, 11, 24)
    assert on_day(museum, tuesday) == Day(tuesday, DayState.CLOSED)
    opening = next_open_day(museum, tuesday)
    assert opening == Day(date(2026, 11, 25), DayState.OPEN, ((time(9), time(17, 30)),))


def test_the_museum_is_open_on_a_summer_tuesday_but_not_on_monday(museum: str) -> None:
    assert on_day(museum, date(2026, 7, 14)).state is DayState.OPEN
    assert on_day(museum, date(2026, 7, 13)).state is DayState.CLOSED


@pytest.mark.parametrize("day", [date(2026, 12, 29), date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 5)])
def test_whether_the_museum_opens_around_new_year_is_unknown(museum: str, day: date) -> None:
    assert on_day(museum, day) == Day(day, DayState.UNKNOWN)


def test_the_next_open_day_is_one_that_is_known_to_be_open(museum: str) -> None:
    opening = next_open_day(museum, date(2026, 12, 28))
    assert opening is not None
    assert opening.date == date(2027, 1, 6)


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
    assert on_day(WEEKDAYS, day).state is DayState.CLOSED
    assert on_day("Mo-Fr 08:45-17:15", day).state is DayState.OPEN


def test_our_holidays_include_days_that_the_library_itself_misses() -> None:
    year = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    ours = {day for day in year if on_day("PH 10:00-12:00", day).state is DayState.OPEN}
    library = OpeningHours("PH 10:00-12:00", country="JP")
    missed = {day for day in ours if not library.is_open(datetime.combine(day, time(11)))}
    assert ours == {day for day in year if holiday_name(day)}
    assert missed, "the library has caught up: the rewriting of PH may go"


def test_a_holiday_rule_touches_only_holidays() -> None:
    expression = "We-Su 09:00-17:00; PH 10:00-12:00"
    assert on_day(expression, date(2026, 11, 23)).spans == ((time(10), time(12)),)
    assert on_day(expression, date(2026, 11, 25)).spans == ((time(9), time(17)),)


def test_always_open_ends_at_midnight_and_is_open_at_every_moment() -> None:
    day = on_day("24/7", date(2026, 11, 24))
    assert day.spans == ((time(0), time(0)),)
    assert day.open_at(time(0))
    assert day.open_at(time(23, 59))


def test_a_lunch_break_and_the_closing_time_are_closed() -> None:
    day = on_day("Mo-Fr 09:00-12:00,13:00-17:00", date(2026, 11, 24))
    assert [day.open_at(time(*at)) for at in ((8, 59), (9, 0), (12, 0), (12, 30), (13, 0), (17, 0))] == [
        *(False, True, False),
        *(False, True, False),
    ]


def test_a_place_that_never_opens_has_no_next_open_day() -> None:
    assert next_open_day("off", date(2026, 11, 24)) is None


@pytest.mark.parametrize(
    "wrong", ["平日9時から", "Mo-Fr 9-17", "Mo–Fr 09:00-17:00", "Sa,Su,PH 10:00-16:00", "月-金"]
)
def test_an_expression_that_cannot_be_read_is_refused_in_japanese(wrong: str) -> None:
    with pytest.raises(
        HoursError, match="を読めません。「Mo-Fr 08:45-17:15; PH off」のような形で書いてください"
    ):
        parse_hours(wrong)


@given(
    DAYS,
    st.sampled_from([WEEKDAYS, "24/7", "Tu-Su 10:00-18:00; PH off; Dec 29-Jan 03 off", "Sa[1] 09:00-12:00"]),
)
def test_any_day_can_be_evaluated_and_has_spans_only_when_open(day: date, expression: str) -> None:
    found = on_day(expression, day)
    assert found.date == day
    assert bool(found.spans) == (found.state is DayState.OPEN)


@given(DAYS)
def test_the_next_open_day_lies_ahead_and_is_open(day: date) -> None:
    opening = next_open_day(WEEKDAYS, day)
    assert opening is not None
    assert day < opening.date
    assert opening == on_day(WEEKDAYS, opening.date)
    between = (day + timedelta(days=n) for n in range(1, (opening.date - day).days))
    assert all(on_day(WEEKDAYS, closed).state is DayState.CLOSED for closed in between)
