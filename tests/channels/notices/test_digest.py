from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from channels.core import tables
from channels.core.erasure import Erasure
from channels.handoff import wishes
from channels.handoff.duty import Clock
from channels.notices.digest import last_working_day
from channels.notices.sender import Sender
from tests.channels.handoff.conftest import Talks
from tests.channels.notices.conftest import CITY, HALL, TAX, Hook, Inbox

MONDAY = datetime.fromisoformat("2026-11-30T08:00")
FRIDAY = MONDAY - timedelta(days=3)


class Set:
    """A clock that a test sets."""

    at: datetime = FRIDAY

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Set:
    return Set()


@pytest.fixture
def now(clock: Set) -> Clock:
    return clock


@pytest.fixture
def to(inbox: Inbox) -> Callable[[str], str]:
    def text(address: str) -> str:
        at = inbox.sent_to.index(address)
        return inbox.texts()[at].replace("\r\n", "\n")

    return text


async def answered(talks: Talks, desk: str, minutes: int) -> tuple[object, object]:
    conversation, handoff = await talks.begin(desk)
    await talks.run(
        "update handoff set state = 'closed', closed_at = requested_at, first_answer_at = requested_at,"
        " claimed_at = requested_at + make_interval(mins => :m) where id = :id",
        m=minutes,
        id=handoff,
    )
    return conversation, handoff


async def test_on_monday_each_desk_is_told_of_friday_to_sunday_once(
    sender: Sender,
    talks: Talks,
    clock: Set,
    inbox: Inbox,
    hook: Hook,
    database: AsyncEngine,
    to: Callable[[str], str],
) -> None:
    clock.at = FRIDAY - timedelta(hours=9)
    await answered(talks, "city", 50)  # on Thursday: told of on Friday
    clock.at = FRIDAY + timedelta(hours=2)
    await answered(talks, "city", 4)
    deleted, _ = await answered(talks, "city", 10)
    await answered(talks, "city", 30)
    await talks.begin("city")
    clock.at = FRIDAY + timedelta(days=1, hours=5)
    message, called = await talks.store.open_web(), await talks.store.open_web()
    async with database.begin() as connection:
        await wishes.leave_message(connection, message, "tax", clock())
        await wishes.schedule(connection, called, "tax", MONDAY + timedelta(hours=2), clock())
        for entry, verdict, on in (
            ("property-tax-ledger", "unsolved", FRIDAY),
            ("property-tax-ledger", "unsolved", MONDAY - timedelta(days=1)),
            ("property-tax-ledger", "solved", FRIDAY),
            ("property-tax-ledger", "unsolved", MONDAY),
            ("no-more-there", "unsolved", FRIDAY),
        ):
            await connection.execute(
                insert(tables.feedback).values(entry=entry, verdict=verdict, given_on=on.date())
            )
    await Erasure(database).run(deleted)  # type: ignore[arg-type]
    await talks.run("update notice_due set sent_at = now()")
    for clock.at in (MONDAY - timedelta(minutes=1), MONDAY, MONDAY + timedelta(minutes=1)):
        await sender.run()
    assert sorted(inbox.sent_to) == [CITY, HALL, TAX]
    assert inbox.mails[0]["Subject"] == "【まどぐち】11月30日（月）のまとめ"
    city, tax = to(CITY), to(TAX)
    assert "11月27日（金）から11月29日（日）まで" in city
    assert "職員との相談：4件（答えたもの：3件）" in city
    assert "：10分" in city
    assert "まだ終わっていない相談：1件（うち、返事を待つ伝言：0件）" in city
    assert "今日、話す約束：ありません" in city
    assert "税の窓口" not in city
    assert "職員との相談：2件（答えたもの：0件）" in tax
    assert "来るまでの時間" not in tax
    assert "まだ終わっていない相談：2件（うち、返事を待つ伝言：1件）" in tax
    assert "今日、話す約束：1件（10:00）" in tax
    assert "・名寄帳・固定資産課税台帳の閲覧・縦覧：2件" in tax
    assert "市民の窓口" in to(HALL)
    assert "税の窓口" in to(HALL)
    assert [body["about"]["digest"][0]["wishes"] for body in hook.bodies] == [2]


@pytest.mark.parametrize(
    "at",
    ["2026-11-29T08:00", "2026-11-28T09:00", "2026-11-23T08:30", "2026-11-30T07:59", "2026-11-30T12:00"],
)
async def test_there_is_none_on_days_off_before_eight_or_from_noon_on(
    at: str, sender: Sender, clock: Set, inbox: Inbox
) -> None:
    clock.at = datetime.fromisoformat(at)
    await sender.run()
    assert inbox.mails == []


async def test_a_worker_that_was_down_at_eight_makes_up_for_it(
    sender: Sender, clock: Set, inbox: Inbox
) -> None:
    clock.at = MONDAY + timedelta(hours=3)
    await sender.run()
    assert sorted(inbox.sent_to) == [CITY, HALL, TAX]


async def test_what_runs_out_within_a_month_is_told_to_the_desk_of_its_department(
    sender: Sender, clock: Set, inbox: Inbox, to: Callable[[str], str]
) -> None:
    clock.at = datetime.fromisoformat("2027-03-15T08:00")
    await sender.run()
    assert "31日のうちに期限が来る" in to(CITY)


def test_the_last_working_day_skips_weekends_and_holidays() -> None:
    assert last_working_day(date(2026, 11, 30)) == date(2026, 11, 27)
    assert last_working_day(date(2026, 11, 24)) == date(2026, 11, 20)
    assert last_working_day(date(2026, 12, 2)) == date(2026, 12, 1)
