from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.answer import Status
from knowledge.entries import Place
from knowledge.facts import Closing, HoursFact, IfHoliday, Source, SpecialDay, Text
from knowledge.hours import CLOSED, Weekday, holiday_name
from knowledge.timetable import Day, DayState, Timetable
from tests.knowledge import hours_oracle as oracle

FIRST, LAST = date(2024, 1, 1), date(2035, 12, 31)
HOLIDAYS = [
    day
    for day in (FIRST + timedelta(days=n) for n in range((LAST - FIRST).days - 7))
    if oracle.is_holiday(day)
]
AROUND_HOLIDAYS = st.builds(
    lambda day, n: day + timedelta(days=n), st.sampled_from(HOLIDAYS), st.integers(0, 4)
)
DAYS = st.one_of(st.dates(FIRST, LAST), AROUND_HOLIDAYS)
MINUTES = st.integers(0, 24 * 60)
HALF_HOURS = st.integers(0, 47).map(lambda n: n * 30)


def a_place(
    value: str = "Mo-Su 09:00-17:00",
    *,
    closing: Closing | None = None,
    special: tuple[SpecialDay, ...] = (),
    last_entry: int | None = None,
    status: Status = Status.CONFIRMED,
) -> Place:
    return Place(
        kind="place",
        id="library",
        title="図書館",
        summary=(Text(value="図書館です。"),),
        status=status,
        sources=(Source(title="市の案内", checked_on=date(2026, 11, 1)),),
        hours=(HoursFact(value=value, text="時間", closing=closing, last_entry=last_entry),),
        special_days=special,
    )


def at(moment: str) -> datetime:
    return datetime.fromisoformat(moment)


def mondays(if_holiday: IfHoliday) -> Timetable:
    return Timetable(a_place(closing=Closing(days=(Weekday.MONDAY,), if_holiday=if_holiday)))


@st.composite
def spans(draw: st.DrawFn) -> tuple[tuple[int, int], ...]:
    marks = sorted(draw(st.sets(HALF_HOURS, min_size=2, max_size=4)))
    return tuple((a, b) for a, b in zip(marks[::2], marks[1::2], strict=False))


@st.composite
def rules(draw: st.DrawFn) -> oracle.Rule:
    times = draw(spans())
    form = draw(st.sampled_from(["week", "season", "nth", "holidays", "dates"]))
    weekdays = tuple(sorted(draw(st.sets(st.integers(0, 6), min_size=1))))
    if form == "holidays":
        return oracle.Rule(holidays=True, spans=draw(st.sampled_from([(), times])))
    if form == "dates":
        dates = draw(st.sampled_from([((12, 29), (1, 3)), ((8, 13), (8, 16)), ((12, 31), (1, 5))]))
        return oracle.Rule(dates=dates, spans=draw(st.sampled_from([(), times])))
    if form == "season":
        months = draw(st.sampled_from([(5, 10), (11, 4), (7, 8)]))
        return oracle.Rule(weekdays, months=months, spans=times)
    return oracle.Rule(weekdays, nth=draw(st.integers(1, 4)) if form == "nth" else 0, spans=times)


@st.composite
def plans(draw: st.DrawFn) -> oracle.Plan:
    base = oracle.Rule(tuple(range(7)), spans=draw(spans()))
    special = []
    for _ in range(draw(st.integers(0, 2))):
        first = draw(DAYS)
        last = first + timedelta(days=draw(st.integers(0, 3)))
        special.append((first, last, draw(st.one_of(st.just(()), spans()))))
    return oracle.Plan(
        rules=(base, *draw(st.lists(rules(), max_size=3))),
        closing=draw(st.sampled_from([(), (0,), (0, 1), (1,), (0, 3), (5, 6)])),
        if_holiday=draw(st.sampled_from([choice.value for choice in IfHoliday])),
        special=tuple(special),
    )


def as_times(minutes: tuple[tuple[int, int], ...]) -> str:
    return ",".join(f"{a // 60:02d}:{a % 60:02d}-{b // 60:02d}:{b % 60:02d}" for a, b in minutes)


def ours(plan: oracle.Plan) -> Timetable:
    closing = None
    if plan.closing:
        days = tuple(tuple(Weekday)[n] for n in plan.closing)
        closing = Closing(days=days, if_holiday=IfHoliday(plan.if_holiday))
    special = tuple(
        SpecialDay(day=first, until=last, hours=as_times(times) or CLOSED)
        for first, last, times in plan.special
    )
    value = "; ".join(rule.in_osm() for rule in plan.rules)
    return Timetable(a_place(value, closing=closing, special=special))


def near(plan: oracle.Plan, day: date, draw_special: bool) -> date:
    """Half of the time a day that the plan treats specially, so that these are not missed."""
    return plan.special[0][0] if draw_special and plan.special else day


def test_the_holidays_of_twelve_years_are_those_of_the_law() -> None:
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    assert [day for day in days if oracle.is_holiday(day) != bool(holiday_name(day))] == []
    assert oracle.is_holiday(date(2026, 9, 22))  # 国民の休日
    assert oracle.is_holiday(date(2026, 5, 6))  # 振替休日


@settings(max_examples=300, deadline=None)
@given(plans(), DAYS, st.booleans())
def test_every_minute_of_a_day_is_as_the_oracle_has_it(plan: oracle.Plan, day: date, special: bool) -> None:
    day = near(plan, day, special)
    here = ours(plan).on(day)
    midnight = datetime.combine(day, time())
    moments = [midnight + timedelta(minutes=n) for n in range(24 * 60)]
    assert [m for m in moments if here.open_at(m.time()) != plan.is_open(m)] == []


@settings(max_examples=100, deadline=None)
@given(plans(), DAYS, MINUTES, st.booleans())
def test_until_when_and_the_next_opening_are_as_the_oracle_has_them(
    plan: oracle.Plan, day: date, minute: int, special: bool
) -> None:
    moment = datetime.combine(near(plan, day, special), time()) + timedelta(minutes=minute)
    timetable = ours(plan)
    ahead = [moment + timedelta(minutes=n) for n in range(3 * 24 * 60)]
    is_open = [plan.is_open(m) for m in ahead]
    assert timetable.is_open(moment) is is_open[0]
    closes = next((m for m, here in zip(ahead, is_open, strict=True) if not here), None)
    if is_open[0] and closes:
        assert timetable.open_until(moment) == closes
    if not is_open[0]:
        assert timetable.open_until(moment) is None
    opens = next((ahead[n] for n in range(1, len(ahead)) if is_open[n] and not is_open[n - 1]), None)
    if opens:
        assert timetable.next_opening(moment) == opens


@pytest.mark.parametrize("if_holiday", list(IfHoliday))
def test_closing_days_move_as_the_oracle_moves_them_around_every_holiday(if_holiday: IfHoliday) -> None:
    """Every one or two closing days in the week, on the six days after each holiday of twelve years."""
    around = sorted({day + timedelta(days=n) for day in HOLIDAYS for n in range(7)})
    for closing in (*combinations(range(7), 1), *combinations(range(7), 2)):
        plan = oracle.Plan((oracle.Rule(tuple(range(7)), spans=((540, 1020),)),), closing, if_holiday)
        timetable = ours(plan)
        wrong = [
            day
            for day in around
            if bool(timetable.on(day).spans) is not plan.is_open(datetime.combine(day, time(12)))
        ]
        assert wrong == [], closing


@pytest.mark.parametrize("sweep", range(12))
def test_a_library_is_right_on_every_day_of_every_year(sweep: int) -> None:
    """Closed on Mondays, a Monday holiday giving way to the next weekday; short Sundays; new year."""
    plan = oracle.Plan(
        rules=(
            oracle.Rule(tuple(range(6)), spans=((570, 1080),)),
            oracle.Rule((6,), spans=((570, 1020),)),
            oracle.Rule((2,), nth=2, spans=((570, 1140),)),
            oracle.Rule(dates=((12, 29), (1, 3))),
        ),
        closing=(0,),
        if_holiday="next_weekday",
    )
    timetable = ours(plan)
    for n in range(366):
        day = date(2024 + sweep, 1, 1) + timedelta(days=n)
        here = timetable.on(day)
        for minute in (0, 569, 570, 1019, 1020, 1079, 1080, 1139, 1140, 1439):
            moment = datetime.combine(day, time(minute // 60, minute % 60))
            assert here.open_at(moment.time()) is plan.is_open(moment), moment


@pytest.mark.parametrize(
    ("if_holiday", "monday", "tuesday"),
    [
        (IfHoliday.CLOSED, DayState.CLOSED, DayState.OPEN),
        (IfHoliday.OPEN, DayState.OPEN, DayState.OPEN),
        (IfHoliday.NEXT_DAY, DayState.OPEN, DayState.CLOSED),
        (IfHoliday.NEXT_WEEKDAY, DayState.OPEN, DayState.CLOSED),
    ],
)
def test_a_monday_holiday_does_what_the_clerk_chose(
    if_holiday: IfHoliday, monday: DayState, tuesday: DayState
) -> None:
    timetable = mondays(if_holiday)
    assert timetable.on(date(2026, 11, 23)).state is monday
    assert timetable.on(date(2026, 11, 24)).state is tuesday
    assert timetable.on(date(2026, 11, 30)).state is DayState.CLOSED


def test_the_next_weekday_comes_after_the_holidays_that_follow() -> None:
    timetable = mondays(IfHoliday.NEXT_WEEKDAY)  # Monday 4 May to Wednesday 6 May 2026 are holidays
    states = [timetable.on(date(2026, 5, day)).state for day in (4, 5, 6, 7, 8)]
    assert states == [*[DayState.OPEN] * 3, DayState.CLOSED, DayState.OPEN]
    assert mondays(IfHoliday.NEXT_DAY).on(date(2026, 5, 5)).state is DayState.CLOSED


def test_a_one_off_day_goes_before_everything_and_says_why() -> None:
    closed = SpecialDay(day=date(2026, 12, 1), hours=CLOSED, why="館内整理のため")
    late = SpecialDay(day=date(2026, 12, 7), until=date(2026, 12, 8), hours="10:00-12:00,13:00-19:00")
    place = a_place(
        closing=Closing(days=(Weekday.MONDAY,), if_holiday=IfHoliday.OPEN), special=(closed, late)
    )
    timetable = Timetable(place)
    assert timetable.on(date(2026, 12, 1)) == Day(date(2026, 12, 1), DayState.CLOSED, why="館内整理のため")
    assert timetable.on(date(2026, 12, 2)).state is DayState.OPEN
    assert timetable.on(date(2026, 12, 7)).spans == ((time(10), time(12)), (time(13), time(19)))
    assert timetable.on(date(2026, 12, 9)).spans == ((time(9), time(17)),)


def test_hours_that_are_not_confirmed_are_unknown_but_a_one_off_day_is_known() -> None:
    special = (SpecialDay(day=date(2026, 12, 1), hours=CLOSED),)
    timetable = Timetable(a_place(status=Status.UNCONFIRMED, special=special))
    assert timetable.on(date(2026, 11, 30)).state is DayState.UNKNOWN
    assert timetable.on(date(2026, 12, 1)) == Day(date(2026, 12, 1), DayState.CLOSED)
    assert [timetable.knows(date(2026, 12, day)) for day in (1, 2)] == [True, False]
    assert timetable.next_opening(at("2026-11-30T00:00")) is None


def test_the_last_entry_counts_back_from_closing() -> None:
    day = Timetable(a_place("10:00-24:00", last_entry=30)).on(date(2026, 12, 1))
    assert day.entry_ends() == time(23, 30)
    assert Timetable(a_place()).on(date(2026, 12, 1)).entry_ends() is None


def test_a_place_that_never_closes_has_no_end_and_no_next_opening() -> None:
    timetable = Timetable(a_place("24/7"))
    assert timetable.is_open(at("2026-12-01T03:00"))
    assert timetable.open_until(at("2026-12-01T03:00")) is None
    assert timetable.next_opening(at("2026-12-01T03:00")) is None


def test_a_night_is_one_opening_though_it_crosses_midnight() -> None:
    timetable = Timetable(a_place("18:00-24:00; Tu-Sa 00:00-02:00,18:00-24:00"))
    assert timetable.open_until(at("2026-11-24T20:00")) == at("2026-11-25T02:00")
    assert timetable.next_opening(at("2026-11-24T20:00")) == at("2026-11-25T18:00")
