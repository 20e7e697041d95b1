from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from channels.staff.agent import agent_label
from channels.staff.room import StaffRoom
from channels.staff.sessions import IDLE, LIFE
from tests.channels.staff.people import CALLER, PASSWORD, Clock, account, signed_in

MINUTE = timedelta(minutes=1)


async def opened(room: StaffRoom) -> str:
    return await room.sign_in.with_password("sato", PASSWORD, CALLER)


async def test_an_idle_session_ends(room: StaffRoom, clock: Clock) -> None:
    await account(room)
    token = await opened(room)
    clock.turn(IDLE - MINUTE)
    assert await room.sessions.find(token)
    clock.turn(IDLE - MINUTE)
    assert await room.sessions.find(token)  # it was used meanwhile
    clock.turn(IDLE)
    assert await room.sessions.find(token) is None


async def test_a_session_in_use_all_day_ends_after_twelve_hours(room: StaffRoom, clock: Clock) -> None:
    await account(room)
    token = await opened(room)
    end = clock.now + LIFE
    while clock.now + 20 * MINUTE < end:
        clock.turn(20 * MINUTE)
        assert await room.sessions.find(token)
    clock.turn(end - clock.now)
    assert await room.sessions.find(token) is None


async def test_a_page_that_is_open_keeps_its_session_for_the_day_and_no_longer(
    room: StaffRoom, clock: Clock
) -> None:
    await account(room)
    staff = await signed_in(room)
    end = clock.now + LIFE
    while clock.now + 5 * MINUTE < end:
        clock.turn(5 * MINUTE)
        assert await room.sessions.lives(staff)
    clock.turn(end - clock.now)
    assert not await room.sessions.lives(staff)


async def test_half_an_hour_after_the_page_was_closed_its_session_is_over(
    room: StaffRoom, clock: Clock
) -> None:
    await account(room)
    staff = await signed_in(room)
    clock.turn(5 * MINUTE)
    assert await room.sessions.lives(staff)
    clock.turn(IDLE)
    assert not await room.sessions.lives(staff)


async def test_only_the_digest_of_a_token_is_stored(room: StaffRoom) -> None:
    await account(room)
    token = await opened(room)
    assert len(token) >= 43  # 256 bits
    async with room.engine.connect() as connection:
        kept = str((await connection.execute(text("select * from staff_session"))).all())
        stored = await connection.scalar(text("select digest from staff_session"))
    assert token not in kept
    assert await room.sessions.find(stored.hex()) is None


@pytest.mark.parametrize("token", [None, "", "x", "あ" * 10_000, "\0", "\ud800"])
async def test_what_is_no_token_opens_nothing(room: StaffRoom, token: str | None) -> None:
    await account(room)
    await opened(room)
    assert await room.sessions.find(token) is None


async def test_a_new_password_ends_all_other_sessions(room: StaffRoom) -> None:
    await account(room)
    other, mine = await opened(room), await opened(room)
    session = await room.sessions.find(mine)
    assert session
    await room.accounts.change_password(session.staff, "まったく べつの ことば 9")
    assert await room.sessions.find(other) is None
    assert await room.sessions.find(mine)


async def test_switching_off_or_a_password_from_the_manager_ends_every_session(room: StaffRoom) -> None:
    await account(room)
    found = await room.accounts.named("sato")
    token = await opened(room)
    await room.accounts.switch(found, "console", is_active=False)
    assert await room.sessions.find(token) is None
    await room.accounts.switch(found, "console", is_active=True)
    assert await room.sessions.find(token) is None  # it does not come back
    token = await opened(room)
    await room.accounts.reset_password(found, "console")
    assert await room.sessions.find(token) is None


async def test_nobody_can_end_the_session_of_another_account(room: StaffRoom) -> None:
    await account(room)
    await account(room, "other")
    mine, theirs = await signed_in(room), await signed_in(room, "other")
    async with room.engine.begin() as connection:
        assert not await room.sessions.end(connection, mine.account, theirs.session)
    assert await room.sessions.lives(theirs)


async def test_what_has_ended_is_cleared_away_at_the_next_sign_in(room: StaffRoom, clock: Clock) -> None:
    await account(room)
    await opened(room)
    clock.turn(IDLE)
    await opened(room)
    async with room.engine.connect() as connection:
        assert await connection.scalar(text("select count(*) from staff_session")) == 1


@pytest.mark.parametrize(
    ("agent", "label"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36 Edg/140.0",
            "Windows・Edge",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605 Version/26.0 Safari/604",
            "iPhone・Safari",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Linux・Firefox"),
        ("", "そのほかの端末"),
        ("<script>" * 5000, "そのほかの端末"),
    ],
)
def test_of_a_browser_a_short_label_is_kept(agent: str, label: str) -> None:
    assert agent_label(agent) == label
