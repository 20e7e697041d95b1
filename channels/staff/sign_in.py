"""Letting somebody in: the password, then the second factor.

Whether an account exists, is switched off or has another password looks the same: the same words, after
the same work.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, select, update
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from channels.core import tables
from channels.errors import SignInRefusedError
from channels.staff.audit import NOBODY, Action, Audit
from channels.staff.lockout import Lockout
from channels.staff.passwords import Passwords
from channels.staff.roles import LOGIN, Role, Staff
from channels.staff.second_factor import SecondFactor
from channels.staff.sessions import Sessions, digest

_WRONG = "ログイン名かパスワードが違います。確かめて、もう一度入れてください。"
_WRONG_CODE = "番号が違うか、もう使われています。アプリに出ている新しい番号を入れてください。"
_NO_ACCOUNT = "市の認証は通りましたが、ここにアカウントがありません。管理者に作ってもらってください。"
_WRONG_OWN = "いまのパスワードが違います。もう一度入れてください。"


@dataclass(frozen=True)
class Caller:
    """Where a try comes from: an address (None for this machine), and the browser's own name."""

    address: str | None
    agent: str


class SignIn:
    """Each method counts its try before it looks at it, and raises SignInRefusedError for a wrong one."""

    def __init__(
        self,
        engine: AsyncEngine,
        passwords: Passwords,
        second_factor: SecondFactor,
        sessions: Sessions,
        lockout: Lockout,
        audit: Audit,
    ) -> None:
        self._engine = engine
        self._passwords = passwords
        self._second_factor = second_factor
        self._sessions = sessions
        self._lockout = lockout
        self._audit = audit

    async def with_password(self, login: str, password: str, caller: Caller) -> str:
        """The token of a session; where there is a second factor, of one that awaits its code."""
        login = unicodedata.normalize("NFKC", login).strip().lower()
        account = await self._account(login)
        locks = await self._lockout.count(login, account.id if account else None, caller.address)
        is_right = await self._passwords.matches(password, account.password_hash if account else None)
        if account is None or not is_right or not account.is_active:
            raise await self._refused(account.login if account else NOBODY, "password", _WRONG, locks=locks)
        async with self._engine.begin() as connection:
            if await self._is_still(connection, account):
                await self._lockout.forgive(connection, login, caller.address)
                return await self.admit(connection, account, caller, "password")
        raise await self._refused(account.login, "password", _WRONG, locks=locks)

    async def with_code(self, staff: Staff, code: str, caller: Caller) -> str:
        """The token of a new session, in the place of the one that awaited the code."""
        locks = await self._lockout.count(_codes_of(staff), staff.account, caller.address)
        async with self._engine.begin() as connection:
            kind = await self._second_factor.use(connection, staff.account, code)
            if kind:
                await self._lockout.forgive(connection, _codes_of(staff), caller.address)
                await self._sessions.end(connection, staff.account, staff.session)
                await self._audit.note(connection, staff, Action.SIGNED_IN, way=kind)
                return await self._sessions.open(connection, staff.account, caller.agent)
        raise await self._refused(staff, "code", _WRONG_CODE, locks=locks)

    async def prove(self, staff: Staff, password: str, caller: Caller) -> None:
        """Who is signed in shows that they still know their password, before it or the factor changes."""
        account = await self._account(staff.login)
        if account is None or account.password_hash is None:
            return
        locks = await self._lockout.count(staff.login, staff.account, caller.address)
        if not await self._passwords.matches(password, account.password_hash):
            raise await self._refused(staff, "own_password", _WRONG_OWN, locks=locks)
        async with self._engine.begin() as connection:
            await self._lockout.forgive(connection, staff.login, caller.address)

    async def with_openid(self, subject: str, username: str, caller: Caller) -> str:
        """The token of who the city's provider has proven; the first time they are found by their login.

        Only an account made for it is: a name at the provider opens no account with a password.
        """
        row = tables.account.c
        async with self._engine.begin() as connection:
            login = username if LOGIN.fullmatch(username) else NOBODY
            await connection.execute(
                update(tables.account)
                .where(row.login == login, row.password_hash.is_(None), row.oidc_subject.is_(None))
                .where(~exists().where(row.oidc_subject == subject).correlate(None))
                .values(oidc_subject=subject)
            )
            found = await connection.execute(
                select(tables.account)
                .where(row.oidc_subject == subject, row.is_active)
                .with_for_update(key_share=True)
            )
            account = found.one_or_none()
            if account is not None:
                return await self.admit(connection, account, caller, "openid")
        raise await self._refused(NOBODY, "openid", _NO_ACCOUNT, locks=False)

    async def admit(self, connection: AsyncConnection, account: Row[Any], caller: Caller, way: str) -> str:
        """The token of an account that has shown who it is; it signs in when no code is to come."""
        awaits_code = account.totp_secret is not None
        token = await self._sessions.open(connection, account.id, caller.agent, awaits_code=awaits_code)
        if not awaits_code:
            staff = Staff(account.id, account.login, account.name, Role(account.role), digest(token))
            await self._audit.note(connection, staff, Action.SIGNED_IN, way=way)
        return token

    async def out(self, staff: Staff) -> None:
        """End the session of who leaves."""
        async with self._engine.begin() as connection:
            await self._sessions.end(connection, staff.account, staff.session)
            await self._audit.note(connection, staff, Action.SIGNED_OUT)

    async def _account(self, login: str) -> Row[Any] | None:
        """The row of a login; what cannot be one is not asked for."""
        asked = login if LOGIN.fullmatch(login) else NOBODY
        async with self._engine.connect() as connection:
            found = await connection.execute(select(tables.account).where(tables.account.c.login == asked))
            return found.one_or_none()

    async def _is_still(self, connection: AsyncConnection, account: Row[Any]) -> bool:
        """Whether the account is as it was read; it stays so until the transaction ends."""
        row = tables.account.c
        found = await connection.execute(
            select(row.password_hash, row.is_active)
            .where(row.id == account.id)
            .with_for_update(key_share=True)
        )
        return tuple(found.one()) == (account.password_hash, account.is_active)

    async def _refused(self, who: Staff | str, way: str, words: str, *, locks: bool) -> SignInRefusedError:
        """The error of a wrong try, which has been written down; `locks` when the next one has to wait."""
        async with self._engine.begin() as connection:
            await self._audit.note(
                connection, who, Action.SIGN_IN_FAILED, way=way, locks="yes" if locks else "no"
            )
        return SignInRefusedError(words)


def _codes_of(staff: Staff) -> str:
    """Codes are counted apart from passwords: the right password forgives no wrong code."""
    return f"{staff.login} code"
