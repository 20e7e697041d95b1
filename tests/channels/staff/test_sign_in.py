from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from unittest.mock import patch

import pytest
from sqlalchemy import text

from channels.errors import SignInRefusedError
from channels.staff.lockout import ACCOUNT, ADDRESS
from channels.staff.passwords import Passwords
from channels.staff.room import StaffRoom
from channels.staff.sign_in import Caller
from tests.channels.conftest import HOUSE_SECRET
from tests.channels.staff.people import CALLER, PASSWORD, Clock, account, signed_in

WRONG = "not the password"


async def refused(
    room: StaffRoom, login: str, password: str = WRONG, caller: Caller = CALLER
) -> SignInRefusedError:
    with pytest.raises(SignInRefusedError) as error:
        await room.sign_in.with_password(login, password, caller)
    return error.value


def from_address(last: int) -> Caller:
    return Caller(f"198.51.100.{last}", "")


async def test_the_right_password_opens_a_session(room: StaffRoom) -> None:
    await account(room)
    token = await room.sign_in.with_password(" ＳＡＴＯ ", PASSWORD, CALLER)
    session = await room.sessions.find(token)
    assert session
    assert session.step is None
    assert session.staff.login == "sato"
    assert [shown.agent for shown in await room.sessions.of(session.staff.account)] == ["Windows・Edge"]


async def test_an_unknown_a_switched_off_and_a_wrong_one_look_the_same(room: StaffRoom) -> None:
    await account(room)
    await account(room, "gone")
    await room.accounts.switch(await room.accounts.named("gone"), "console", is_active=False)
    await room.accounts.create(
        "openid.one", "市の認証の人", (await room.accounts.named("sato")).role, "console", is_oidc=True
    )
    checked: list[str | None] = []
    real: Callable[..., object] = Passwords.matches

    async def watched(self: Passwords, password: str, stored: str | None) -> object:
        checked.append(stored)
        return await real(self, password, stored)  # type: ignore[misc]

    with patch.object(Passwords, "matches", watched):
        told = [
            str(await refused(room, login, PASSWORD if login != "sato" else WRONG))
            for login in ("sato", "nobody", "gone", "openid.one", "NOT a login", "")
        ]
    assert len(set(told)) == 1
    assert len(checked) == len(told)  # each was as much work
    assert checked[1] is None


@pytest.mark.parametrize("login", ["sato", "nobody"])
async def test_an_account_has_to_wait_longer_after_each_failure_whether_it_exists_or_not(
    room: StaffRoom, clock: Clock, login: str
) -> None:
    await account(room)
    for turn in range(ACCOUNT.free):
        assert (await refused(room, login, caller=from_address(turn))).retry_after == 0
    waits = []
    for turn in range(8):
        locked = await refused(room, login, PASSWORD, from_address(100 + turn))
        assert "一時止めています" in str(locked)
        waits.append(locked.retry_after)
        clock.turn(timedelta(seconds=locked.retry_after + 1))
        assert (await refused(room, login, caller=from_address(turn))).retry_after == 0
    assert waits == [30, 60, 120, 240, 480, 900, 900, 900]


async def test_while_it_waits_not_even_the_right_password_is_looked_at(room: StaffRoom, clock: Clock) -> None:
    await account(room)
    for _ in range(ACCOUNT.free):
        await refused(room, "sato")
    with patch.object(Passwords, "matches", side_effect=AssertionError):
        assert (await refused(room, "sato", PASSWORD)).retry_after == 30
    clock.turn(timedelta(seconds=31))
    await signed_in(room)
    assert (await refused(room, "sato")).retry_after == 0  # it began anew


async def test_a_restart_forgets_no_failure(room: StaffRoom, clock: Clock) -> None:
    await account(room)
    for _ in range(ACCOUNT.free):
        await refused(room, "sato")
    restarted = StaffRoom.of(room.engine, HOUSE_SECRET, clock=clock)
    assert (await refused(restarted, "sato", PASSWORD)).retry_after == 30


async def test_an_address_that_tries_many_accounts_has_to_wait_but_no_other_does(
    room: StaffRoom, clock: Clock
) -> None:
    await account(room)
    for turn in range(ADDRESS.free):
        assert (await refused(room, f"guess{turn}")).retry_after == 0
    assert (await refused(room, "sato", PASSWORD)).retry_after == 30
    assert await room.sign_in.with_password("sato", PASSWORD, from_address(7))
    clock.turn(ADDRESS.forget + timedelta(minutes=1))
    assert (await refused(room, "guess")).retry_after == 0


async def test_ones_own_success_does_not_wash_an_address_clean(room: StaffRoom) -> None:
    await account(room)
    for turn in range(ADDRESS.free - 1):
        await refused(room, f"guess{turn}")
        await room.sign_in.with_password("sato", PASSWORD, CALLER)
    await refused(room, "guess")
    assert (await refused(room, "sato", PASSWORD)).retry_after == 30


async def test_many_tries_at_once_are_no_more_than_one_after_another(room: StaffRoom) -> None:
    await account(room)
    looked_at = 0
    real: Callable[..., object] = Passwords.matches

    async def counted(self: Passwords, password: str, stored: str | None) -> object:
        nonlocal looked_at
        looked_at += 1
        return await real(self, password, stored)  # type: ignore[misc]

    with patch.object(Passwords, "matches", counted):
        await asyncio.gather(
            *(refused(room, "sato", f"guess {turn}", from_address(turn)) for turn in range(30))
        )
    assert looked_at == ACCOUNT.free


async def test_failures_are_forgotten_after_a_day_and_by_a_new_password(
    room: StaffRoom, clock: Clock
) -> None:
    await account(room)
    for _ in range(ACCOUNT.free):
        await refused(room, "sato")
    await room.accounts.reset_password(await room.accounts.named("sato"), "console")
    assert (await refused(room, "sato")).retry_after == 0
    clock.turn(ACCOUNT.forget + timedelta(minutes=1))
    await refused(room, "another")
    async with room.engine.connect() as connection:
        assert await connection.scalar(text("select count(*) from lockout")) == 2  # a login and an address


async def test_neither_address_nor_a_wrong_login_is_kept(room: StaffRoom) -> None:
    await refused(room, "my-password-by-mistake")
    async with room.engine.connect() as connection:
        kept = str((await connection.execute(text("select * from lockout"))).all())
        kept += str((await connection.execute(text("select login, detail from audit"))).all())
    assert "mistake" not in kept
    assert CALLER.address is not None
    assert CALLER.address not in kept


@pytest.mark.parametrize("login", ["あ" * 10_000, "sato\0", "' or 1=1 --", "<b>sato</b>", "\ud800"])
async def test_a_hostile_login_is_just_wrong(room: StaffRoom, login: str) -> None:
    await account(room)
    assert (await refused(room, login, PASSWORD)).retry_after == 0


async def test_a_password_that_is_reset_while_somebody_signs_in_with_the_old_one_keeps_them_out(
    room: StaffRoom,
) -> None:
    await account(room)
    real: Callable[..., object] = Passwords.matches

    async def slow(self: Passwords, password: str, stored: str | None) -> object:
        result = await real(self, password, stored)  # type: ignore[misc]
        await room.accounts.reset_password(await room.accounts.named("sato"), "console")
        return result

    with patch.object(Passwords, "matches", slow):
        await refused(room, "sato", PASSWORD)
