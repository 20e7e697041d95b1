from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from channels.staff.audit import PAGE, Action, Search
from channels.staff.roles import Role
from channels.staff.room import StaffRoom
from knowledge.service import local_now
from tests.channels.staff.people import Team, account, signed_in


@pytest.mark.parametrize(
    "change",
    [
        "update audit set login = 'somebody'",
        "update audit set detail = '{}' where id = -1 or true",
        "delete from audit",
        "truncate audit",
        "truncate audit, account cascade",
    ],
)
async def test_nobody_can_change_what_was_written_down(room: StaffRoom, change: str) -> None:
    await account(room)
    with pytest.raises(DBAPIError, match="the audit is final"):
        async with room.engine.begin() as connection:
            await connection.execute(text(change))
    entries, _ = await room.audit.find(Search())
    assert [entry.login for entry in entries] == ["console"]


async def test_a_deed_that_is_rolled_back_was_not_done(room: StaffRoom) -> None:
    async with room.engine.connect() as connection:
        await room.audit.note(connection, "console", Action.EXPORTED)
        await connection.rollback()
    assert await room.audit.find(Search()) == ([], None)


async def test_it_is_found_by_day_by_login_and_by_conversation_the_newest_first(room: StaffRoom) -> None:
    await account(room)
    staff, conversation = await signed_in(room), uuid.uuid4()
    async with room.engine.begin() as connection:
        await room.audit.note(connection, staff, Action.SEEN, conversation)
        await room.audit.note(connection, staff, Action.CLAIMED, conversation, desk="citizens")
        await room.audit.note(connection, "ito", Action.SEEN, uuid.uuid4())
    found, _ = await room.audit.find(Search(conversation=conversation))
    assert [entry.action for entry in found] == ["会話を引き受けた", "会話を見た"]
    assert found[0].detail == {"desk": "citizens"}
    assert [entry.login for entry in (await room.audit.find(Search(login="ito")))[0]] == ["ito"]
    today = local_now().date()
    assert len((await room.audit.find(Search(day=today)))[0]) == 5
    assert (await room.audit.find(Search(day=today + timedelta(days=1))))[0] == []
    assert (await room.audit.find(Search(day=today - timedelta(days=1), login="ito")))[0] == []


@pytest.mark.parametrize("asked", ["day=9999-12-31", "day=0001-01-01", f"before={'9' * 5000}", "before=²"])
async def test_no_day_and_no_number_is_too_far(team: Team, asked: str) -> None:
    auditor = await team.person(Role.AUDITOR)
    answer = await auditor.get(f"/staff/audit?{asked}")
    assert answer.status_code == (422 if asked.startswith("day") else 200)


async def test_pages_follow_each_other_without_a_gap_while_it_grows(room: StaffRoom) -> None:
    async with room.engine.begin() as connection:
        for turn in range(PAGE + 3):
            await room.audit.note(connection, "console", Action.SEEN, turn=str(turn))
    first, older = await room.audit.find(Search())
    async with room.engine.begin() as connection:
        await room.audit.note(connection, "console", Action.SEEN, turn="new")
    second, end = await room.audit.find(Search(before=older))
    assert [entry.detail["turn"] for entry in (*first, *second)] == [
        str(turn) for turn in reversed(range(PAGE + 3))
    ]
    assert end is None


async def test_every_deed_has_a_name_and_so_has_one_of_a_later_version(room: StaffRoom) -> None:
    assert len({action.label for action in Action}) == len(Action)
    async with room.engine.begin() as connection:
        await connection.execute(
            text("insert into audit (login, action, detail) values ('ito', 'flew', '{}')")
        )
    assert (await room.audit.find(Search()))[0][0].action == "flew"


async def test_every_deed_about_accounts_is_written_down_with_who_did_it(room: StaffRoom) -> None:
    await account(room, "boss", Role.CLERK)
    boss = await signed_in(room, "boss")
    await room.accounts.create("sato", "佐藤", Role.CLERK, boss)
    found = await room.accounts.named("sato")
    await room.accounts.reset_password(found, boss)
    await room.accounts.reset_second_factor(found, boss)
    await room.accounts.switch(found, boss, is_active=False)
    await room.accounts.switch(found, boss, is_active=True)
    entries, _ = await room.audit.find(Search(login="boss"))
    assert [entry.action for entry in reversed(entries)] == [
        "ログインした",
        "アカウントを作った",
        "一回限りのパスワードを出した",
        "二段階認証を外した",
        "アカウントを止めた",
        "アカウントを使えるようにした",
    ]
    assert {entry.detail.get("だれの") for entry in entries} == {None, "sato"}
