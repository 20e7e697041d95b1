"""Everything about the staff, joined together once for the web and once for the command line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from channels.staff.accounts import Accounts
from channels.staff.audit import Audit
from channels.staff.cookie import Forms, StaffCookie
from channels.staff.directory import Directory
from channels.staff.gate import Gate
from channels.staff.lockout import Lockout
from channels.staff.pages import Pages
from channels.staff.passwords import Passwords
from channels.staff.second_factor import SecondFactor
from channels.staff.sessions import Sessions
from channels.staff.sign_in import SignIn


def utc_now() -> datetime:
    """The time, as sessions and lockouts count it."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class StaffRoom:
    """What routes and commands need."""

    engine: AsyncEngine
    accounts: Accounts
    audit: Audit
    directory: Directory
    sessions: Sessions
    second_factor: SecondFactor
    sign_in: SignIn
    cookie: StaffCookie
    gate: Gate
    pages: Pages

    @classmethod
    def of(
        cls,
        engine: AsyncEngine,
        secret: str,
        *,
        is_https: bool = False,
        has_openid: bool = False,
        clock: Callable[[], datetime] = utc_now,
    ) -> StaffRoom:
        """Over one database and the secret of the house."""
        passwords, audit = Passwords(), Audit(engine)
        sessions, second_factor = Sessions(engine, clock), SecondFactor(secret, clock)
        cookie = StaffCookie(is_https)
        forms = Forms(secret, cookie)
        return cls(
            engine=engine,
            accounts=Accounts(engine, passwords, sessions, second_factor, audit),
            audit=audit,
            directory=Directory(engine),
            sessions=sessions,
            second_factor=second_factor,
            sign_in=SignIn(engine, passwords, second_factor, sessions, Lockout(engine, secret, clock), audit),
            cookie=cookie,
            gate=Gate(sessions, cookie, forms),
            pages=Pages(cookie, forms, has_openid=has_openid),
        )
