from __future__ import annotations

import asyncio

import pytest

from channels.errors import AccountNotFoundError, AccountRejectedError, PasswordRejectedError
from channels.staff.roles import Role
from channels.staff.room import StaffRoom
from channels.staff.sessions import Step
from tests.channels.staff.people import CALLER, PASSWORD, account, signed_in


@pytest.mark.parametrize(
    "login",
    [
        "",
        "s",
        "Sato",
        "佐藤",
        "1sato",
        "sato hanako",
        "sato\0",
        "sato\n",
        "a" * 33,
        "<b>",
        "console",
        "a" * 10_000,
    ],
)
async def test_a_login_that_cannot_be_is_refused(room: StaffRoom, login: str) -> None:
    with pytest.raises(AccountRejectedError, match="ログイン名は"):
        await room.accounts.create(login, "佐藤はなこ", Role.CLERK, "console")


@pytest.mark.parametrize("name", ["", " 　", "あ" * 41, "佐藤\0はなこ", "佐藤\u202eはなこ", "\ud800"])
async def test_a_name_that_cannot_be_is_refused(room: StaffRoom, name: str) -> None:
    with pytest.raises(AccountRejectedError, match="氏名"):
        await room.accounts.create("sato", name, Role.CLERK, "console")


async def test_a_name_is_kept_as_it_is_with_single_gaps(room: StaffRoom) -> None:
    await room.accounts.create("sato", " <b>佐藤</b>　 はなこ\n", Role.CLERK, "console")
    assert (await room.accounts.named("sato")).name == "<b>佐藤</b> はなこ"


async def test_of_two_who_make_the_same_login_at_once_one_is_told(room: StaffRoom) -> None:
    made = (room.accounts.create("sato", f"佐藤{turn}", Role.CLERK, "console") for turn in range(2))
    results = await asyncio.gather(*made, return_exceptions=True)
    assert sum(isinstance(result, AccountRejectedError) for result in results) == 1
    assert len(await room.accounts.all()) == 1


async def test_a_one_time_password_leads_only_to_the_page_where_it_is_changed(room: StaffRoom) -> None:
    password = await room.accounts.create("sato", "佐藤はなこ", Role.CLERK, "console")
    assert password
    session = await room.sessions.find(await room.sign_in.with_password("sato", password, CALLER))
    assert session
    assert session.step is Step.PASSWORD
    with pytest.raises(AccountRejectedError):
        await room.accounts.change_password(session.staff, password)
    await room.accounts.change_password(session.staff, PASSWORD)
    assert (await signed_in(room)).login == "sato"


async def test_a_new_password_has_to_keep_the_rules(room: StaffRoom) -> None:
    await account(room)
    staff = await signed_in(room)
    with pytest.raises(PasswordRejectedError):
        await room.accounts.change_password(staff, "short")
    assert await signed_in(room)


async def test_only_who_may_sign_in_is_an_active_login(room: StaffRoom) -> None:
    for login in ("sato", "kato", "ito"):
        await account(room, login)
    await room.accounts.switch(await room.accounts.named("kato"), "console", is_active=False)
    assert await room.accounts.active_logins() == {"sato", "ito"}
    people = await room.directory.people()
    assert {login: person.is_active for login, person in people.items()} == {
        "ito": True,
        "kato": False,
        "sato": True,
    }
    assert list(await room.directory.people(["sato", "nobody"])) == ["sato"]
    assert people["sato"].account == (await room.accounts.named("sato")).id


@pytest.mark.parametrize("login", ["nobody", "", "\0", "a" * 10_000])
async def test_an_account_that_is_not_there_is_said(room: StaffRoom, login: str) -> None:
    with pytest.raises(AccountNotFoundError):
        await room.accounts.named(login)
