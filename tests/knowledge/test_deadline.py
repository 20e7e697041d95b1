from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.deadline import is_office_day, last_day
from knowledge.errors import NoSuchDayError
from knowledge.guides import Deadline

DAY = timedelta(days=1)
WEEKDAYS = "月火水木金土日"
TO_NOTIFY = {"days": 14, "first_day": "counts", "if_closed": "next"}
"""出生届: within 14 days, the day itself being the first (戸籍法第43条・第49条)."""
TO_MOVE = {"days": 14, "if_closed": "next"}
"""転入届: within 14 days from the day after (民法第140条, 住民基本台帳法第22条)."""
TO_ASK_FOR_MONEY = {"days": 15}
"""児童手当: within 15 days from the day after; no later day is promised."""


def due(given: str, rule: Mapping[str, object]) -> str:
    day = last_day(Deadline.model_validate({"after": "born", **rule}), date.fromisoformat(given))
    return f"{day.isoformat()} {WEEKDAYS[day.weekday()]}"


@pytest.mark.parametrize(
    ("born", "last"),
    [
        ("2026-11-20", "2026-12-03 木"),
        ("2026-11-23", "2026-12-07 月"),  # ends on Sunday the 6th
        ("2026-11-22", "2026-12-07 月"),  # ends on Saturday the 5th
        ("2026-11-21", "2026-12-04 金"),
        ("2026-12-15", "2026-12-28 月"),  # the last day before the turn of the year
        ("2026-12-16", "2027-01-04 月"),  # ends on 29 December
        ("2026-12-21", "2027-01-04 月"),  # ends on 3 January, a Sunday
        ("2026-12-22", "2027-01-04 月"),
        ("2026-04-20", "2026-05-07 木"),  # ends on 3 May; 6 May is a substitute holiday
        ("2027-02-15", "2027-03-01 月"),  # ends on Sunday 28 February
        ("2028-02-16", "2028-02-29 火"),
        ("2026-09-08", "2026-09-24 木"),  # ends on 21 September; three holidays in a row
    ],
)
def test_a_birth_is_to_be_notified_within_14_days_its_own_being_the_first(born: str, last: str) -> None:
    assert due(born, TO_NOTIFY) == last


@pytest.mark.parametrize(
    ("moved", "last"),
    [
        ("2026-11-20", "2026-12-04 金"),  # a day later than for a birth
        ("2026-11-21", "2026-12-07 月"),
        ("2026-12-14", "2026-12-28 月"),
        ("2026-12-15", "2027-01-04 月"),
        ("2026-12-31", "2027-01-14 木"),
        ("2028-02-15", "2028-02-29 火"),
        ("2027-02-15", "2027-03-01 月"),
    ],
)
def test_a_move_is_to_be_notified_within_14_days_from_the_next(moved: str, last: str) -> None:
    assert due(moved, TO_MOVE) == last


@pytest.mark.parametrize(
    ("born", "last"),
    [
        ("2026-11-19", "2026-12-04 金"),
        ("2026-11-20", "2026-12-04 金"),  # ends on Saturday the 5th
        ("2026-11-21", "2026-12-04 金"),  # ends on Sunday the 6th
        ("2026-11-22", "2026-12-07 月"),
        ("2026-11-08", "2026-11-20 金"),  # ends on Monday the 23rd, a holiday
        ("2026-12-14", "2026-12-28 月"),  # ends on 29 December
        ("2026-12-19", "2026-12-28 月"),  # ends on 3 January
        ("2026-12-20", "2027-01-04 月"),
        ("2026-04-21", "2026-05-01 金"),  # ends on 6 May, a substitute holiday
    ],
)
def test_money_is_to_be_asked_for_by_the_last_open_day_before(born: str, last: str) -> None:
    assert due(born, TO_ASK_FOR_MONEY) == last


@pytest.mark.parametrize(
    ("given", "months", "last"),
    [
        ("2026-11-20", 3, "2027-02-19 金"),  # 20 February is a Saturday
        ("2026-11-23", 3, "2027-02-22 月"),  # 23 February is a holiday
        ("2026-11-24", 3, "2027-02-24 水"),
        ("2026-11-30", 3, "2027-02-26 金"),  # 28 February is a Sunday
        ("2026-11-29", 3, "2027-02-26 金"),  # there is no 30 February
        ("2027-11-29", 3, "2028-02-29 火"),  # nor in a leap year, which has a 29th
        ("2027-11-28", 3, "2028-02-28 月"),
        ("2027-11-27", 3, "2028-02-25 金"),  # 27 February 2028 is a Sunday
        ("2026-12-31", 1, "2027-01-29 金"),  # ends on 31 January, a Sunday
        ("2027-01-31", 1, "2027-02-26 金"),
        ("2028-01-31", 1, "2028-02-29 火"),
        ("2028-01-30", 1, "2028-02-29 火"),
        ("2027-03-31", 1, "2027-04-30 金"),
        ("2027-03-30", 1, "2027-04-30 金"),
        ("2027-07-30", 1, "2027-08-30 月"),
        ("2027-07-31", 1, "2027-08-31 火"),
        ("2026-08-31", 6, "2027-02-26 金"),
        ("2026-07-31", 4, "2026-11-30 月"),
        ("2028-02-29", 12, "2029-02-28 水"),
        ("2028-02-28", 12, "2029-02-28 水"),
        ("2026-12-10", 120, "2036-12-10 水"),
    ],
)
def test_months_end_on_the_day_of_the_same_number_or_with_the_month(
    given: str, months: int, last: str
) -> None:
    assert due(given, {"months": months}) == last


@pytest.mark.parametrize(
    ("given", "months", "last"),
    [
        ("2026-11-19", 1, "2026-12-18 金"),
        ("2027-03-01", 1, "2027-03-31 水"),
        ("2027-01-31", 1, "2027-02-26 金"),  # ends with February
        ("2028-02-29", 12, "2029-02-28 水"),
    ],
)
def test_months_that_count_their_first_day_end_a_day_earlier(given: str, months: int, last: str) -> None:
    assert due(given, {"months": months, "first_day": "counts"}) == last


@pytest.mark.parametrize(
    "day",
    ["2026-12-29", "2026-12-31", "2027-01-01", "2027-01-02", "2030-01-03", "2026-11-23", "2026-11-22"],
)
def test_offices_rest_at_the_turn_of_the_year_on_holidays_and_at_weekends(day: str) -> None:
    assert not is_office_day(date.fromisoformat(day))


@pytest.mark.parametrize("day", ["2026-12-28", "2027-01-04", "2026-11-24", "2028-02-29"])
def test_offices_work_on_other_days(day: str) -> None:
    assert is_office_day(date.fromisoformat(day))


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ("9999-12-20", TO_NOTIFY),
        ("9999-12-31", {"days": 1}),
        ("9999-12-28", {"days": 1, "if_closed": "next"}),
        ("9999-12-01", {"months": 1}),
        ("9990-12-01", {"months": 120}),
        ("0001-01-01", {"days": 1, "first_day": "counts"}),
    ],
)
def test_beyond_the_calendar_there_is_no_day(given: str, rule: Mapping[str, object]) -> None:
    with pytest.raises(NoSuchDayError):
        due(given, rule)


def test_the_last_years_of_the_calendar_are_counted() -> None:
    assert due("9999-11-01", TO_NOTIFY).startswith("9999-11-1")


RULES = st.builds(
    lambda length, first, closed: Deadline.model_validate(
        {"after": "born", **length, "first_day": first, "if_closed": closed}
    ),
    st.builds(lambda n: {"days": n}, st.integers(1, 400))
    | st.builds(lambda n: {"months": n}, st.integers(1, 36)),
    st.sampled_from(["counts", "next_day"]),
    st.sampled_from(["next", "previous"]),
)
DAYS = st.dates(date(2000, 1, 1), date(2090, 12, 31))


@given(RULES, DAYS)
def test_one_can_go_on_the_last_day_and_a_later_beginning_ends_no_earlier(rule: Deadline, day: date) -> None:
    assert is_office_day(last_day(rule, day))
    assert last_day(rule, day) <= last_day(rule, day + DAY)


@given(RULES, DAYS)
def test_where_nobody_promised_more_the_last_day_is_never_too_late(rule: Deadline, day: date) -> None:
    early = last_day(rule.model_copy(update={"if_closed": "previous"}), day)
    late = last_day(rule.model_copy(update={"if_closed": "next"}), day)
    assert early <= late
    assert not any(is_office_day(early + DAY * n) for n in range(1, (late - early).days))
    counted = last_day(rule.model_copy(update={"if_closed": "previous", "first_day": "counts"}), day)
    assert counted <= last_day(
        rule.model_copy(update={"if_closed": "previous", "first_day": "next_day"}), day
    )
    if rule.days:
        ends = day + DAY * (rule.days - (rule.first_day == "counts"))
        assert early <= ends <= late
