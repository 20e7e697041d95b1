from __future__ import annotations

import asyncio
import re
import sys

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from channels import cli
from channels.staff.room import StaffRoom
from channels.staff.sessions import Step
from tests.channels.staff.people import CALLER, PASSWORD, Team, account, phone, signed_in


class Commands:
    """Runs `channels staff …` in a thread, for it brings an event loop of its own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    async def __call__(self, *arguments: str) -> tuple[int, str]:
        self._monkeypatch.setattr(sys, "argv", ["channels", "staff", *arguments])
        code = await asyncio.to_thread(cli.main)
        told = self._capsys.readouterr()
        return code, told.out + told.err


@pytest.fixture
def run(
    database: AsyncEngine,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Commands:
    monkeypatch.setenv("MADOGUCHI_DATABASE_URL", database_url)
    return Commands(monkeypatch, capsys)


def one_time(told: str) -> str:
    found = re.search(r"一回限りのパスワード：(\S+)", told)
    assert found, told
    return found[1]


async def test_an_account_is_made_with_a_password_that_has_to_be_changed(
    run: Commands, room: StaffRoom
) -> None:
    code, told = await run("add", "sato", "--name", "佐藤はなこ", "--role", "manager")
    assert code == 0
    assert "管理者" in told
    assert "二段階認証も設定します" in told
    session = await room.sessions.find(await room.sign_in.with_password("sato", one_time(told), CALLER))
    assert session
    assert session.step is Step.PASSWORD


async def test_one_for_the_citys_own_sign_in_has_no_password(run: Commands, room: StaffRoom) -> None:
    code, told = await run("add", "sato", "--name", "佐藤はなこ", "--role", "clerk", "--oidc")
    assert code == 0
    assert "一回限り" not in told
    assert not (await room.accounts.named("sato")).has_password
    code, told = await run("reset", "sato")
    assert code == 1
    assert "市の認証" in told


async def test_the_list_says_who_may_sign_in(run: Commands, room: StaffRoom) -> None:
    assert "まだありません" in (await run("list"))[1]
    await account(room)
    await account(room, "kato")
    await phone(room, "kato", room.sessions._clock())
    assert (await run("off", "sato"))[0] == 0
    _, told = await run("list")
    rows = {line.split()[0]: line for line in told.splitlines()}
    assert "止めてある" in rows["sato"]
    assert "使える" in rows["kato"]
    assert "あり" in rows["kato"]


async def test_off_and_on_and_reset_work_at_once_and_are_written_down(
    run: Commands, room: StaffRoom, team: Team
) -> None:
    await account(room)
    staff = await signed_in(room)
    await run("off", "sato")
    assert not await room.sessions.lives(staff)
    await run("on", "sato")
    staff = await signed_in(room)
    await phone(room, "sato", room.sessions._clock())
    code, told = await run("reset", "sato", "--second-factor")
    assert code == 0
    assert not await room.sessions.lives(staff)
    assert not (await room.accounts.named("sato")).has_second_factor
    assert await room.sign_in.with_password("sato", one_time(told), CALLER)
    assert PASSWORD not in told
    deeds = [action for login, action in await team.deeds() if login == "console"]
    assert deeds == ["account_added", "account_off", "account_on", "password_reset", "factor_reset"]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("off", "nobody"), "ありません"),
        (("reset", "あ" * 1000), "ありません"),
        (("add", "Sato Hanako", "--name", "佐藤", "--role", "clerk"), "小文字"),
        (("add", "sato", "--name", " ", "--role", "clerk"), "氏名"),
        (("add", "sato", "--name", "\udcff", "--role", "clerk"), "氏名"),
    ],
)
async def test_what_cannot_be_done_is_told(run: Commands, arguments: tuple[str, ...], why: str) -> None:
    code, told = await run(*arguments)
    assert code == 1
    assert told.startswith("✖")
    assert why in told


async def test_an_account_is_made_once(run: Commands, room: StaffRoom) -> None:
    await account(room)
    code, told = await run("add", "sato", "--name", "佐藤", "--role", "clerk")
    assert code == 1
    assert "もう使われています" in told


@pytest.mark.parametrize("command", ["add", "list", "reset", "off", "on"])
def test_every_command_explains_itself(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["channels", "staff", command, "--help"])
    with pytest.raises(SystemExit):
        cli.main()
    assert re.search(r"[ぁ-ん]", capsys.readouterr().out)
