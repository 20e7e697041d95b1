"""`channels staff`: accounts of the staff, made on the server itself; the audit names it as `console`."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable

from channels.core.database import engine
from channels.errors import StaffError
from channels.staff.audit import CONSOLE
from channels.staff.roles import Role
from channels.staff.room import StaffRoom
from knowledge.table import table

_Command = Callable[[StaffRoom, argparse.Namespace], Awaitable[None]]
_NO_SECRET = "commands neither sign in nor read a second factor"  # noqa: S105  # a reason
_ROLES = "、".join(f"{role.value}（{role.label}）" for role in Role)


def add_staff(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], database_url: Callable[[], str]
) -> None:
    """Add `staff` and its commands; each sets `run`, which takes the arguments and returns an exit code."""
    staff = commands.add_parser("staff", help="職員のアカウントを作る、止める、パスワードを出しなおす")
    parts = staff.add_subparsers(required=True, metavar="コマンド")

    def command(name: str, run: _Command, text: str, *, takes_login: bool = True) -> argparse.ArgumentParser:
        parser = parts.add_parser(name, help=text, description=text)
        if takes_login:
            parser.add_argument("login", metavar="ログイン名", help="例：sato.hanako")
        parser.set_defaults(run=lambda arguments: _run(run, arguments, database_url()))
        return parser

    add = command("add", _add, "アカウントを作り、一回限りのパスワードを出す（最初のログインで変えてもらう）")
    add.add_argument("--name", metavar="氏名", required=True, help="画面と住民に見える名前")
    add.add_argument("--role", choices=[role.value for role in Role], required=True, help=_ROLES)
    add.add_argument(
        "--oidc", action="store_true", help="パスワードを作らず、市の認証（OpenID Connect）だけでログインする"
    )
    command("list", _list, "アカウントの一覧を出す", takes_login=False)
    reset = command("reset", _reset, "一回限りのパスワードを出しなおす")
    reset.add_argument(
        "--second-factor", action="store_true", help="二段階認証も外す（スマートフォンをなくしたとき）"
    )
    command("off", _off, "アカウントを止める（ログイン中なら、すぐ終わる）")
    command("on", _on, "止めたアカウントを、また使えるようにする")


def _run(command: _Command, arguments: argparse.Namespace, database_url: str) -> int:
    async def run() -> None:
        database = engine(database_url)
        try:
            await command(StaffRoom.of(database, _NO_SECRET), arguments)
        finally:
            await database.dispose()

    try:
        asyncio.run(run())
    except StaffError as error:
        print(f"✖ {error}", file=sys.stderr)
        return 1
    return 0


async def _add(room: StaffRoom, arguments: argparse.Namespace) -> None:
    role = Role(arguments.role)
    password = await room.accounts.create(
        arguments.login, arguments.name, role, CONSOLE, is_oidc=arguments.oidc
    )
    print(f"✔ {arguments.login}（{role.label}）のアカウントを作りました。")
    if password is None:
        print("市の認証（OpenID Connect）でログインします。パスワードはありません。")
    else:
        _tell(password)
    if role.needs_second_factor:
        print("最初のログインで、二段階認証も設定します（認証アプリの入ったスマートフォンが要ります）。")


async def _list(room: StaffRoom, _: argparse.Namespace) -> None:
    accounts = await room.accounts.all()
    if not accounts:
        print("アカウントはまだありません。channels staff add で作ってください。")
        return
    rows = [
        (
            account.login,
            account.name,
            account.role.label,
            "使える" if account.is_active else "止めてある",
            "あり" if account.has_second_factor else "なし",
            "パスワード" if account.has_password else "市の認証",
        )
        for account in accounts
    ]
    print(table(("ログイン名", "氏名", "役割", "状態", "二段階認証", "ログイン"), rows))


async def _reset(room: StaffRoom, arguments: argparse.Namespace) -> None:
    account = await room.accounts.named(arguments.login)
    password = await room.accounts.reset_password(account, CONSOLE)
    if arguments.second_factor:
        await room.accounts.reset_second_factor(account, CONSOLE)
    print(f"✔ {account.login} のログインをすべて終わらせ、パスワードを出しなおしました。")
    _tell(password)


async def _off(room: StaffRoom, arguments: argparse.Namespace) -> None:
    account = await room.accounts.named(arguments.login)
    await room.accounts.switch(account, CONSOLE, is_active=False)
    print(f"✔ {account.login} を止めました。ログイン中なら終わりました。")


async def _on(room: StaffRoom, arguments: argparse.Namespace) -> None:
    account = await room.accounts.named(arguments.login)
    await room.accounts.switch(account, CONSOLE, is_active=True)
    print(f"✔ {account.login} は、またログインできます。")


def _tell(password: str) -> None:
    print(f"一回限りのパスワード：{password}")
    print("本人だけに伝えてください。最初のログインで、新しいパスワードに変えます。ここでしか出ません。")
