from __future__ import annotations

from datetime import date, datetime

import pytest
from pydantic import ValidationError

from knowledge.answer import Status
from knowledge.desks import Desk, Shift
from knowledge.duty import Duty
from knowledge.entries import Department
from knowledge.hours import Weekday
from knowledge.timetable import DayState, Timetable
from tests.content import REAL

DESKS = REAL.desks.desks
OPEN_ALL_WEEK = {"value": "Mo-Su 09:00-17:00", "text": "毎日"}


def a_desk(**fields: object) -> Desk:
    return Desk.model_validate({"id": "front", "title": "総合案内", "hours": [OPEN_ALL_WEEK], **fields})


def test_the_hours_of_a_desk_are_the_city_s_own_decision_and_so_confirmed() -> None:
    day = Timetable(a_desk()).on(date(2026, 12, 1))
    assert (day.state, day.status) == (DayState.OPEN, Status.CONFIRMED)


@pytest.mark.parametrize("more", [{"status": "unconfirmed"}, {"status": "confirmed"}, {"last_entry": 30}])
def test_hours_that_would_leave_a_desk_silently_closed_are_refused(more: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="書けません"):
        a_desk(hours=[{**OPEN_ALL_WEEK, **more}])


@pytest.mark.parametrize("login", ["sa", "sato", "sato.taro", "s_t-2", "a" * 32])
def test_a_login_is_a_short_name_in_small_letters(login: str) -> None:
    assert a_desk(members=[login]).members == (login,)


@pytest.mark.parametrize(
    "login", ["", "s", "Sato", "2sato", "sato taro", "sato\n", "佐藤", "ｓａｔｏ", "a" * 33]
)
def test_anything_else_is_no_login(login: str) -> None:
    with pytest.raises(ValidationError):
        a_desk(members=[login])


@pytest.mark.parametrize(
    "address", ["a@b", "a b@example.jp", "a@example.jp\n", "@example.jp", "<a@example.jp>"]
)
def test_notices_go_to_plain_addresses_only(address: str) -> None:
    with pytest.raises(ValidationError):
        a_desk(notify=[address])


def test_a_shift_without_days_covers_every_day_of_its_dates() -> None:
    shift = Shift(members=("sato",), valid_from=date(2026, 12, 5), valid_until=date(2026, 12, 6))
    assert [shift.covers(date(2026, 12, day)) for day in (4, 5, 6, 7)] == [False, True, True, False]


def test_a_shift_with_days_and_dates_covers_what_is_in_both() -> None:
    shift = Shift(members=("sato",), days=(Weekday.TUESDAY,), valid_from=date(2026, 12, 2))
    assert [shift.covers(date(2026, 12, day)) for day in (1, 7, 8)] == [False, False, True]


def test_every_department_of_the_city_has_its_desk() -> None:
    departments = {entry.id for entry in REAL.entries.values() if isinstance(entry, Department)}
    assert {department for desk in DESKS for department in desk.departments} == departments


def test_residents_are_shown_to_no_desk_before_the_city_has_named_its_clerks() -> None:
    assert [desk.members for desk in DESKS] == [()] * len(DESKS)
    duty = Duty(REAL.desks)
    moment = datetime.fromisoformat("2026-12-01T10:00")
    assert {duty.answering(desk, moment, {"anyone"}) for desk in DESKS} == {None}


def test_each_desk_ends_at_the_default_one() -> None:
    duty = Duty(REAL.desks)
    front = duty.desk_for(None)
    assert all((desk, *duty.substitutes(desk))[-1] is front for desk in DESKS)
