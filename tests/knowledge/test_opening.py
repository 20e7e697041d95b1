"""What is said of opening hours, in the real phrases."""

from __future__ import annotations

from datetime import datetime

import pytest

from knowledge.answer import Status
from knowledge.facts import Closing, IfHoliday, SpecialDay
from knowledge.hours import CLOSED, Weekday
from knowledge.opening import OpeningWords
from knowledge.when import Asked, read_when
from tests.content import REAL
from tests.knowledge.test_timetable import a_place

PHRASES = REAL.phrases
MONDAY_MORNING = datetime.fromisoformat("2026-11-23T10:00")
LIBRARY = a_place(
    "Mo-Fr 09:00-12:00,13:00-17:15; Sa,Su 10:00-16:00; We[2] 09:00-19:00; Dec 29-Jan 03 off",
    closing=Closing(days=(Weekday.MONDAY,), if_holiday=IfHoliday.NEXT_WEEKDAY),
    special=(
        SpecialDay(day=MONDAY_MORNING.date().replace(day=27), hours=CLOSED, why="館内整理のため"),
        SpecialDay(day=MONDAY_MORNING.date().replace(day=28), hours="10:00-12:00"),
    ),
    last_entry=30,
)


def asked(said: str, now: datetime = MONDAY_MORNING) -> Asked:
    return read_when(said, now.date()) or Asked((now.date(),))


def told(said: str, now: datetime = MONDAY_MORNING, place: object = LIBRARY) -> str:
    assert isinstance(place, type(LIBRARY))
    return OpeningWords(PHRASES, place, now).text(asked(said, now))


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("水曜は", "図書館は、11月25日（水）は開いています。\n時間は9時〜12時、13時〜17時15分です。"),
        ("来月の第2水曜は", "図書館は、12月9日（水）は開いています。\n時間は9時〜19時です。"),
        ("火曜は", "図書館は、11月24日（火）はお休みです。\n次に開くのは11月25日（水）です。"),
        ("金曜は", "図書館は、11月27日（金）はお休みです。\n次に開くのは11月28日（土）です。"),
        (
            "水曜の3時は",
            "図書館は、11月25日（水）の15時は開いています。\nこの日の時間は9時〜12時、13時〜17時15分です。",
        ),
        (
            "水曜の昼休みは",
            "図書館は、11月25日（水）の12時〜13時は閉まっています。\n"
            "この日の時間は9時〜12時、13時〜17時15分です。",
        ),
        ("水曜の夕方は", "図書館は、11月25日（水）の16時〜18時のうち、16時〜17時15分は開いています。"),
        ("火曜の3時は", "図書館は、11月24日（火）はお休みです。"),
        ("年末年始は", "図書館の、12月29日（火）〜1月3日（日）の予定です。"),
        ("次いつ開く", "図書館が次に開くのは、今日の13時です。"),
    ],
)
def test_a_question_about_a_time_is_answered_for_that_time(said: str, text: str) -> None:
    assert told(said).startswith(text)


def test_the_last_entry_and_the_reason_are_added() -> None:
    assert told("水曜は").endswith("\n中に入れるのは16時45分までです。")
    assert told("金曜は").endswith("\nこの日は特別です（館内整理のため）。")


@pytest.mark.parametrize(
    ("clock", "text"),
    [
        ("2026-11-25T10:00", "いま開いています。\n閉まるのは今日の12時です。"),
        ("2026-11-25T12:30", "いま閉まっています。\n次に開くのは今日の13時です。"),
        ("2026-11-25T18:00", "いま閉まっています。\n次に開くのは11月26日（木）の9時です。"),
        ("2026-12-30T12:00", "いま閉まっています。\n次に開くのは1月5日（火）の9時です。"),
    ],
)
def test_this_moment_is_told_with_what_comes_next(clock: str, text: str) -> None:
    assert text in told("今開いてる？", datetime.fromisoformat(clock))


def test_several_days_are_told_in_rows_and_like_days_together() -> None:
    words = OpeningWords(PHRASES, LIBRARY, MONDAY_MORNING)
    rows = words.rows(asked("12月28日から1月5日"))
    assert [(row.label, row.value) for row in rows] == [
        ("12月28日（月）〜1月4日（月）", "休み"),
        ("1月5日（火）", "9時〜12時、13時〜17時15分"),
    ]
    assert words.rows(asked("水曜")) == []


def test_hours_that_never_end_and_doors_that_never_open() -> None:
    assert told("今開いてる？", place=a_place("24/7")) == "図書館は、いつでも開いています。"
    assert told("明日は", place=a_place("off")) == "図書館は、11月24日（火）はお休みです。"
    assert told("今開いてる？", place=a_place("off")) == "図書館は、いま閉まっています。"
    assert told("次いつ開く", place=a_place("off")) == PHRASES.hours.unknown.format(title="図書館")


def test_a_one_off_closure_is_told_though_the_weekly_hours_are_not_confirmed() -> None:
    closed = (SpecialDay(day=MONDAY_MORNING.date().replace(day=27), hours=CLOSED, why="館内整理のため"),)
    place = a_place(status=Status.UNCONFIRMED, special=closed)
    assert told("金曜は", place=place).startswith("図書館は、11月27日（金）はお休みです。")
    assert told("木曜は", place=place) == PHRASES.hours.unknown.format(title="図書館")
    rows = OpeningWords(PHRASES, place, MONDAY_MORNING).rows(asked("今週は"))
    assert [(row.value, row.status) for row in rows] == [
        ("確認できていません", Status.UNCONFIRMED),
        ("休み", Status.CONFIRMED),
        ("確認できていません", Status.UNCONFIRMED),
    ]
