"""Accounts of the staff: made on the server or by a manager, switched off rather than deleted."""

from __future__ import annotations

import unicodedata
import uuid
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from channels.core import tables
from channels.errors import AccountNotFoundError, AccountRejectedError
from channels.staff import lockout
from channels.staff.audit import CONSOLE, Action, Audit
from channels.staff.passwords import Passwords, check_password, one_time_password
from channels.staff.roles import LOGIN, MAX_NAME, Role, Staff
from channels.staff.second_factor import SecondFactor
from channels.staff.sessions import Sessions

_row = tables.account.c
_PROVIDER_ONLY = "{login} は市の認証でログインします。パスワードはありません。"
_SHOWN = select(
    _row.id,
    _row.login,
    _row.name,
    _row.role,
    _row.is_active,
    _row.password_hash.is_not(None).label("has_password"),
    _row.must_change,
    _row.totp_secret.is_not(None).label("has_second_factor"),
)


@dataclass(frozen=True)
class Account:
    """An account, without its secrets."""

    id: UUID
    login: str
    name: str
    role: Role
    is_active: bool
    has_password: bool
    must_change: bool
    has_second_factor: bool


class Accounts:
    """Every deed is written into the audit in its own transaction; `by` is who does it."""

    def __init__(
        self,
        engine: AsyncEngine,
        passwords: Passwords,
        sessions: Sessions,
        second_factor: SecondFactor,
        audit: Audit,
    ) -> None:
        self._engine = engine
        self._passwords = passwords
        self._sessions = sessions
        self._second_factor = second_factor
        self._audit = audit

    async def create(
        self, login: str, name: str, role: Role, by: Staff | str, *, is_oidc: bool = False
    ) -> str | None:
        """A new account's one-time password; None for one of OpenID. Raises AccountRejectedError."""
        name = _checked(login, name)
        password = None if is_oidc else one_time_password()
        values = {
            "id": uuid.uuid4(),
            "login": login,
            "name": name,
            "role": role.value,
            "password_hash": await self._passwords.hash(password) if password else None,
            "must_change": password is not None,
        }
        async with self._engine.begin() as connection:
            # A refused duplicate would stand in the database's log, login and all.
            made = await connection.scalar(
                insert(tables.account)
                .values(values)
                .on_conflict_do_nothing(index_elements=["login"])
                .returning(tables.account.c.id)
            )
            if made is None:
                raise AccountRejectedError(
                    f"ログイン名「{login}」は、もう使われています。別のログイン名にしてください。"
                )
            way = "openid" if is_oidc else "password"
            await self._audit.note(connection, by, Action.ACCOUNT_ADDED, whom=login, role=role.value, way=way)
        return password

    async def all(self) -> list[Account]:
        """Every account, by login."""
        async with self._engine.connect() as connection:
            found = await connection.execute(_SHOWN.order_by(tables.account.c.login))
            return [_account(row) for row in found.mappings()]

    async def get(self, account: UUID) -> Account:
        """Raises AccountNotFoundError."""
        return await self._one(tables.account.c.id == account)

    async def named(self, login: str) -> Account:
        """Raises AccountNotFoundError."""
        if not LOGIN.fullmatch(login):
            raise AccountNotFoundError
        return await self._one(tables.account.c.login == login)

    async def active_logins(self) -> frozenset[str]:
        """The logins that can sign in: a desk's members without one of these do not count."""
        row = tables.account.c
        async with self._engine.connect() as connection:
            return frozenset(await connection.scalars(select(row.login).where(row.is_active)))

    async def change_password(self, staff: Staff, new: str) -> None:
        """One's own; all other sessions end. Raises PasswordRejectedError, AccountRejectedError.

        Who signs in by the city's provider gets no second way in, which it could not close.
        """
        if not (await self.get(staff.account)).has_password:
            raise AccountRejectedError(_PROVIDER_ONLY.format(login=staff.login))
        check_password(new, staff.login, staff.name)
        if await self._is_password(staff.account, new):
            raise AccountRejectedError("いまと同じパスワードです。新しいパスワードを考えてください。")
        stored = await self._passwords.hash(new)
        async with self._engine.begin() as connection:
            await self._set_password(connection, staff.account, stored, must_change=False)
            await self._sessions.end_all(connection, staff.account, but=staff.session)
            await self._audit.note(connection, staff, Action.PASSWORD_CHANGED)

    async def reset_password(self, account: Account, by: Staff | str) -> str:
        """A one-time password; all sessions end, and nobody has to wait any more.

        Raises AccountRejectedError for an account that has no password.
        """
        if not account.has_password:
            raise AccountRejectedError(_PROVIDER_ONLY.format(login=account.login))
        password = one_time_password()
        stored = await self._passwords.hash(password)
        async with self._engine.begin() as connection:
            await self._set_password(connection, account.id, stored, must_change=True)
            await self._sessions.end_all(connection, account.id)
            await lockout.unlock(connection, account.id)
            await self._audit.note(connection, by, Action.PASSWORD_RESET, whom=account.login)
        return password

    async def reset_second_factor(self, account: Account, by: Staff | str) -> None:
        """A lost phone opens nothing any more; all sessions end."""
        async with self._engine.begin() as connection:
            await self._second_factor.remove(connection, account.id)
            but = by.session if isinstance(by, Staff) and by.account == account.id else None
            await self._sessions.end_all(connection, account.id, but=but)
            await self._audit.note(connection, by, Action.FACTOR_RESET, whom=account.login)

    async def set_second_factor(self, staff: Staff, sealed: str, code: str) -> list[str]:
        """One's own, from an offer; the recovery codes. Raises SignInRefusedError for a wrong code."""
        async with self._engine.begin() as connection:
            codes = await self._second_factor.enrol(connection, staff.account, sealed, code)
            await self._sessions.end_all(connection, staff.account, but=staff.session)
            await self._audit.note(connection, staff, Action.FACTOR_SET)
        return codes

    async def switch(self, account: Account, by: Staff | str, *, is_active: bool) -> None:
        """Let an account in, or end all its sessions and keep it out."""
        async with self._engine.begin() as connection:
            await connection.execute(
                update(tables.account).where(tables.account.c.id == account.id).values(is_active=is_active)
            )
            if not is_active:
                await self._sessions.end_all(connection, account.id)
            action = Action.ACCOUNT_ON if is_active else Action.ACCOUNT_OFF
            await self._audit.note(connection, by, action, whom=account.login)

    async def _is_password(self, account: UUID, password: str) -> bool:
        row = tables.account.c
        async with self._engine.connect() as connection:
            stored = await connection.scalar(select(row.password_hash).where(row.id == account))
        return await self._passwords.matches(password, stored)

    async def _set_password(
        self, connection: AsyncConnection, account: UUID, stored: str, *, must_change: bool
    ) -> None:
        await connection.execute(
            update(tables.account)
            .where(tables.account.c.id == account)
            .values(password_hash=stored, must_change=must_change)
        )

    async def _one(self, where: ColumnElement[bool]) -> Account:
        async with self._engine.connect() as connection:
            found = (await connection.execute(_SHOWN.where(where))).mappings().one_or_none()
        if found is None:
            raise AccountNotFoundError
        return _account(found)


def _account(row: RowMapping) -> Account:
    return Account(**{**row, "role": Role(row["role"])})


def _checked(login: str, name: str) -> str:
    """The name as it is kept. Raises AccountRejectedError for a login or a name that cannot be."""
    if not LOGIN.fullmatch(login) or login == CONSOLE:
        raise AccountRejectedError(
            "ログイン名は、半角の小文字で始まる2〜32文字の英数字にしてください（. _ - も使えます）。"
            f"{CONSOLE} は使えません。例：sato.hanako"
        )
    clean = " ".join(unicodedata.normalize("NFC", name).split())
    if not 0 < len(clean) <= MAX_NAME or any(unicodedata.category(sign).startswith("C") for sign in clean):
        raise AccountRejectedError(f"氏名は、1〜{MAX_NAME}文字にしてください。")
    return clean
