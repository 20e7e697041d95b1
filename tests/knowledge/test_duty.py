from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.desks import Desk, Desks, Shift, SlotPlan
from knowledge.duty import NOTICE, Duty
from knowledge.facts import HoursFact, Source, SpecialDay
from knowledge.hours import CLOSED, Weekday
from tests.content import REAL
from tests.knowledge import hours_oracle as oracle

OFFICE_HOURS = "Mo-Fr 09:00-12:00,13:00-17:00; PH off; Dec 29-Jan 03 off"
SAME_HOURS = oracle.Plan(
    (
        oracle.Rule(tuple(range(5)), spans=((540, 720), (780, 1020))),
        oracle.Rule(holidays=True),
        oracle.Rule(dates=((12, 29), (1, 3))),
    )
)
STAFF = ("abe", "baba", "chiba")
DESKS = REAL.desks
"""Those of the city."""


def at(moment: str) -> datetime:
    return datetime.fromisoformat(moment)


MOMENTS = st.one_of(
    st.datetimes(at("2026-01-01"), at("2030-12-31")),
    st.datetimes(at("2026-12-25"), at("2027-01-06")),
    st.datetimes(at("2027-04-27"), at("2027-05-08")),
)
SUBSETS = st.frozensets(st.sampled_from(STAFF))


def a_desk(
    name: str = "front",
    hours: str = OFFICE_HOURS,
    *,
    members: tuple[str, ...] = STAFF,
    roster: tuple[Shift, ...] = (),
    special: tuple[SpecialDay, ...] = (),
    substitute: str | None = None,
    departments: tuple[str, ...] = (),
    slots: SlotPlan | None = None,
) -> Desk:
    return Desk(
        id=name,
        title="総合案内",
        departments=departments,
        hours=(HoursFact(value=hours, text="時間"),),
        special_days=special,
        members=members,
        roster=roster,
        substitute=substitute,
        slots=slots or SlotPlan(),
    )


def a_duty(*desks: Desk) -> Duty:
    source = Source(title="市の決まり", checked_on=date(2026, 11, 1))
    return Duty(Desks(kind="desks", default=desks[0].id, desks=desks, sources=(source,)))


def slots(desk: Desk, after: str, active: tuple[str, ...] = STAFF, **taken: int) -> list[str]:
    """The free call-backs after a moment; `t1000=1` is one promised for ten o'clock of 1 December 2026."""
    promised = {at(f"2026-12-01T{name[1:]}"): n for name, n in taken.items()}
    found = a_duty(desk).callback_slots(desk, at(after), promised, active)
    return [f"{slot:%m-%d %H:%M}" for slot in found]


# Which desk.


def test_the_desk_that_a_department_belongs_to_answers_for_it() -> None:
    front, tax = a_desk(), a_desk("taxes", departments=("tax",))
    assert a_duty(front, tax).desk_for("tax") is tax


@pytest.mark.parametrize("department", [None, "", "water", "no-such", "taxes", "税"])
def test_where_no_desk_fits_the_default_one_answers(department: str | None) -> None:
    front = a_desk()
    assert a_duty(front, a_desk("taxes", departments=("tax",))).desk_for(department) is front


@settings(deadline=None)
@given(st.one_of(st.none(), st.text()))
def test_there_is_a_desk_for_whatever_is_asked_for(department: str | None) -> None:
    assert Duty(DESKS).desk_for(department) in DESKS.desks


def test_a_desk_that_the_city_has_given_up_is_not_found() -> None:
    front = a_desk()
    assert a_duty(front).called("front") is front
    assert a_duty(front).called("gone") is None


# Open or not.


@pytest.mark.parametrize(
    ("moment", "closes", "opens"),
    [
        ("2026-12-01T08:59", None, "2026-12-01T09:00"),
        ("2026-12-01T09:00", "2026-12-01T12:00", "2026-12-01T13:00"),
        ("2026-12-01T11:59", "2026-12-01T12:00", "2026-12-01T13:00"),
        ("2026-12-01T12:00", None, "2026-12-01T13:00"),
        ("2026-12-01T12:59", None, "2026-12-01T13:00"),
        ("2026-12-01T13:00", "2026-12-01T17:00", "2026-12-02T09:00"),
        ("2026-12-01T17:00", None, "2026-12-02T09:00"),
        ("2026-11-20T18:00", None, "2026-11-24T09:00"),  # Friday; Monday is 勤労感謝の日
        ("2026-11-23T10:00", None, "2026-11-24T09:00"),
        ("2026-12-28T17:00", None, "2027-01-04T09:00"),
        ("2026-12-31T10:00", None, "2027-01-04T09:00"),
        ("2026-04-28T17:00", None, "2026-04-30T09:00"),
    ],
)
def test_lunch_holidays_and_the_turn_of_the_year_are_known(
    moment: str, closes: str | None, opens: str
) -> None:
    desk = a_desk()
    duty = a_duty(desk)
    assert duty.is_open(desk, at(moment)) is (closes is not None)
    assert duty.closes_at(desk, at(moment)) == (at(closes) if closes else None)
    assert duty.next_opening(desk, at(moment)) == at(opens)
    assert bool(duty.on_duty(desk, at(moment))) is (closes is not None)


def test_a_special_day_goes_before_the_week() -> None:
    training = SpecialDay(day=date(2026, 12, 1), hours=CLOSED, why="研修のため")
    moving = SpecialDay(day=date(2026, 12, 6), hours="10:00-12:00")  # a Sunday
    desk = a_desk(special=(training, moving))
    duty = a_duty(desk)
    assert duty.next_opening(desk, at("2026-11-30T17:00")) == at("2026-12-02T09:00")
    assert duty.on_duty(desk, at("2026-12-01T10:00")) == ()
    assert duty.on_duty(desk, at("2026-12-06T10:00")) == STAFF


def test_the_next_version_of_the_hours_holds_from_its_day_on() -> None:
    now = HoursFact(value="Mo-Fr 09:00-12:00", text="午前", valid_until=date(2027, 3, 31))
    later = HoursFact(value="Mo-Fr 13:00-17:00", text="午後", valid_from=date(2027, 4, 1))
    desk = a_desk().model_copy(update={"hours": (now, later)})
    assert a_duty(desk).next_opening(desk, at("2027-03-31T12:00")) == at("2027-04-01T13:00")


def test_a_desk_that_is_never_open_has_nobody_and_nothing_to_promise() -> None:
    desk = a_desk(hours="off")
    duty = a_duty(desk)
    assert duty.next_opening(desk, at("2026-12-01T10:00")) is None
    assert duty.on_duty(desk, at("2026-12-01T10:00")) == ()
    assert slots(desk, "2026-12-01T10:00") == []


# Who is on duty.


def test_without_a_roster_every_member_is_on_duty_in_the_order_of_the_file() -> None:
    desk = a_desk(members=("chiba", "abe"))
    assert a_duty(desk).on_duty(desk, at("2026-12-01T10:00")) == ("chiba", "abe")


@pytest.mark.parametrize(
    ("moment", "there"),
    [
        ("2026-11-30T10:00", ("abe",)),  # Monday
        ("2026-12-01T10:00", ("baba",)),
        ("2026-12-02T10:00", ("abe", "baba")),
        ("2026-12-03T10:00", ()),
        ("2026-12-02T12:30", ()),
    ],
)
def test_a_roster_by_weekdays_says_who(moment: str, there: tuple[str, ...]) -> None:
    roster = (
        Shift(members=("baba",), days=(Weekday.TUESDAY, Weekday.WEDNESDAY)),
        Shift(members=("abe",), days=(Weekday.MONDAY, Weekday.WEDNESDAY)),
    )
    desk = a_desk(roster=roster)
    assert a_duty(desk).on_duty(desk, at(moment)) == there


@pytest.mark.parametrize(
    ("moment", "there"),
    [
        ("2026-11-30T16:59", ("abe",)),
        ("2026-12-01T09:00", ("abe", "chiba")),
        ("2026-12-04T16:59", ("abe", "chiba")),
        ("2026-12-07T09:00", ("abe",)),
    ],
)
def test_a_roster_by_dates_holds_on_both_its_ends(moment: str, there: tuple[str, ...]) -> None:
    week = Shift(members=("chiba", "abe"), valid_from=date(2026, 12, 1), valid_until=date(2026, 12, 4))
    desk = a_desk(roster=(week, Shift(members=("abe",))))
    assert a_duty(desk).on_duty(desk, at(moment)) == there


# Who stands in.


def test_substitutes_are_asked_in_their_order() -> None:
    chain = (
        a_desk("a", substitute="b", members=("abe",)),
        a_desk("b", "Mo-Fr 09:00-10:00", substitute="c", members=("baba",)),
        a_desk("c", "24/7", members=("chiba",)),
    )
    first, second, third = chain
    duty = a_duty(*chain)
    assert duty.substitutes(first) == (second, third)
    assert duty.substitutes(third) == ()
    assert duty.answering(first, at("2026-12-01T09:30"), STAFF) is first
    assert duty.answering(first, at("2026-12-01T09:30"), ("baba", "chiba")) is second
    assert duty.answering(first, at("2026-12-01T11:00"), ("baba", "chiba")) is third
    assert duty.answering(first, at("2026-12-01T20:00"), STAFF) is third
    assert duty.answering(second, at("2026-12-01T20:00"), ("abe", "baba")) is None


def test_a_circle_that_slipped_in_ends_all_the_same() -> None:
    first, second = a_desk("a", substitute="b"), a_desk("b", substitute="a")
    assert a_duty(first, second).substitutes(first) == (second,)


def test_a_desk_without_members_is_answered_by_who_stands_in() -> None:
    empty, front = a_desk("taxes", members=(), substitute="front"), a_desk()
    duty = a_duty(front, empty)
    assert duty.on_duty(empty, at("2026-12-01T10:00")) == ()
    assert duty.answering(empty, at("2026-12-01T10:00"), STAFF) is front
    assert slots(empty, "2026-12-01T08:00") == []


def test_members_whose_accounts_do_not_work_do_not_count() -> None:
    desk = a_desk()
    assert a_duty(desk).answering(desk, at("2026-12-01T10:00"), ("former",)) is None
    assert slots(desk, "2026-12-01T08:00", ("former",)) == []


# Call-backs.


@pytest.mark.parametrize(
    ("after", "free"),
    [
        ("2026-12-01T07:59", ["12-01 09:00", "12-01 09:30", "12-01 10:00"]),
        ("2026-12-01T08:01", ["12-01 09:30", "12-01 10:00", "12-01 10:30"]),
        ("2026-12-01T10:30", ["12-01 11:30", "12-01 13:00", "12-01 13:30"]),
        ("2026-12-01T10:31", ["12-01 13:00", "12-01 13:30", "12-01 14:00"]),
        ("2026-12-01T15:30", ["12-01 16:30", "12-02 09:00", "12-02 09:30"]),
        ("2026-11-20T16:00", ["11-24 09:00", "11-24 09:30", "11-24 10:00"]),
        ("2026-12-28T16:00", ["01-04 09:00", "01-04 09:30", "01-04 10:00"]),
    ],
)
def test_call_backs_are_an_hour_ahead_and_never_at_lunch_or_on_holidays(after: str, free: list[str]) -> None:
    assert slots(a_desk(), after) == free


def test_slots_of_another_length_fill_a_morning_without_going_over() -> None:
    desk = a_desk(slots=SlotPlan(minutes=50))
    assert slots(desk, "2026-12-01T07:00") == ["12-01 09:00", "12-01 09:50", "12-01 10:40"]
    assert slots(desk, "2026-12-01T09:45")[0] == "12-01 13:00"


def test_no_slot_lies_further_ahead_than_the_plan_says() -> None:
    desk = a_desk(slots=SlotPlan(ahead=2))
    assert slots(desk, "2026-11-20T16:00") == []  # Monday is three days ahead, and a holiday
    assert slots(desk, "2026-11-22T16:00")[0] == "11-24 09:00"


def test_a_slot_holds_as_many_call_backs_as_active_members_are_on_duty() -> None:
    desk = a_desk(roster=(Shift(members=("abe", "baba"), days=(Weekday.TUESDAY,)),))
    assert slots(desk, "2026-12-01T08:00", t0900=1)[0] == "12-01 09:00"
    assert slots(desk, "2026-12-01T08:00", t0900=2, t0930=2)[0] == "12-01 10:00"
    assert slots(desk, "2026-12-01T08:00", ("abe",), t0900=1)[0] == "12-01 09:30"


def test_a_slot_outside_the_roster_is_not_offered() -> None:
    desk = a_desk(roster=(Shift(members=("abe",), days=(Weekday.THURSDAY,)),))
    assert slots(desk, "2026-12-01T08:00")[0] == "12-03 09:00"


def test_a_promise_made_before_the_slots_were_cut_anew_still_counts() -> None:
    desk = a_desk(members=("abe",))
    assert slots(desk, "2026-12-01T08:00", t0945=1) == ["12-01 09:00", "12-01 10:30", "12-01 11:00"]


def test_a_night_has_slots_up_to_midnight() -> None:
    desk = a_desk(hours="23:00-24:00")
    assert slots(desk, "2026-12-01T21:00") == ["12-01 23:00", "12-01 23:30", "12-02 23:00"]


def test_as_many_slots_are_offered_as_are_asked_for() -> None:
    desk = a_desk()
    for limit in (0, 1, 5):
        assert len(a_duty(desk).callback_slots(desk, at("2026-12-01T08:00"), {}, STAFF, limit)) == limit


@st.composite
def desks(draw: st.DrawFn) -> Desk:
    hours = [OFFICE_HOURS, "24/7", "Mo-Sa 08:45-17:15", "22:00-24:00; Tu-Sa 00:00-02:00,22:00-24:00", "off"]
    dates = draw(st.lists(st.dates(date(2026, 1, 1), date(2030, 12, 31)), max_size=2))
    special = tuple(
        SpecialDay(day=day, hours=draw(st.sampled_from([CLOSED, "10:10-11:55"]))) for day in dates
    )
    roster = tuple(
        Shift(
            members=tuple(draw(st.sets(st.sampled_from(STAFF), min_size=1))),
            days=tuple(draw(st.sets(st.sampled_from(list(Weekday))))),
        )
        for _ in range(draw(st.integers(0, 2)))
    )
    plan = SlotPlan(minutes=draw(st.integers(10, 120)), ahead=draw(st.integers(1, 14)))
    return a_desk(hours=draw(st.sampled_from(hours)), roster=roster, special=special, slots=plan)


@settings(max_examples=150, deadline=None)
@given(desks(), MOMENTS, SUBSETS)
def test_a_slot_lies_wholly_inside_opening_hours_and_duty(
    desk: Desk, after: datetime, active: frozenset[str]
) -> None:
    duty = a_duty(desk)
    for start in duty.callback_slots(desk, after, {}, active, limit=5):
        assert start - after >= NOTICE
        assert (start.date() - after.date()).days <= desk.slots.ahead
        last = desk.slots.minutes - 1
        minutes = [start + timedelta(minutes=n) for n in (*range(0, last, 7), last)]
        assert all(active.intersection(duty.on_duty(desk, minute)) for minute in minutes)


@settings(max_examples=100, deadline=None)
@given(desks(), MOMENTS, SUBSETS, st.lists(st.integers(0, 3), max_size=25), st.integers(10, 120))
def test_never_are_more_call_backs_promised_than_clerks_are_on_duty(
    desk: Desk, after: datetime, active: frozenset[str], picks: list[int], other_length: int
) -> None:
    """Residents press whichever of the offered slots; half-way the city cuts its slots anew."""
    duty = a_duty(desk)
    taken: dict[datetime, int] = {}
    for turn, pick in enumerate(picks):
        if turn == len(picks) // 2:
            shorter = SlotPlan(minutes=min(other_length, desk.slots.minutes), ahead=desk.slots.ahead)
            desk = desk.model_copy(update={"slots": shorter})
        offered = duty.callback_slots(desk, after, taken, active, limit=4)
        if pick < len(offered):
            taken[offered[pick]] = taken.get(offered[pick], 0) + 1
    length = timedelta(minutes=desk.slots.minutes)
    for start in taken:
        at_once = sum(n for other, n in taken.items() if other <= start < other + length)
        assert at_once <= len(active.intersection(duty.on_duty(desk, start)))


@settings(max_examples=100, deadline=None)
@given(MOMENTS, st.integers(10, 120))
def test_the_slots_of_an_office_are_those_the_calendar_has(after: datetime, minutes: int) -> None:
    desk = a_desk(slots=SlotPlan(minutes=minutes))
    length = timedelta(minutes=minutes)

    def expected() -> list[datetime]:
        found = []
        for ahead in range(8):
            midnight = datetime.combine(after.date() + timedelta(days=ahead), time())
            for opens, closes in ((9, 12), (13, 17)) if SAME_HOURS.is_open(midnight.replace(hour=9)) else ():
                start, end = midnight.replace(hour=opens), midnight.replace(hour=closes)
                found += [start + n * length for n in range((end - start) // length)]
        return list(islice((slot for slot in found if slot >= after + timedelta(hours=1)), 3))

    assert a_duty(desk).callback_slots(desk, after, {}, STAFF) == expected()


@settings(deadline=None)
@given(MOMENTS)
def test_the_desks_of_the_city_are_open_when_the_calendar_says_so(moment: datetime) -> None:
    duty = Duty(DESKS)
    for desk in DESKS.desks:
        assert duty.is_open(desk, moment) is SAME_HOURS.is_open(moment)
