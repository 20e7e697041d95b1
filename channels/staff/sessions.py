"""Who is signed in: a random token in a cookie, only its digest in the database.

A session ends after IDLE without a request, and in any case after LIFE. A page that is open counts as a
request: a clerk who watches the queue on a quiet day must not miss who comes.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from channels.core import tables
from channels.staff.agent import agent_label
from channels.staff.roles import Role, Staff

IDLE = timedelta(minutes=30)
LIFE = timedelta(hours=12)
CODE_LIFE = timedelta(minutes=5)
"""How long the second step of signing in may take."""
_NOTED_EVERY = timedelta(minutes=1)
"""How often it is written that a session is in use."""
_BYTES = 32


class Step(StrEnum):
    """What is still to do before the work begins: the path of the page where it is done."""

    CODE = "/staff/login/code"
    PASSWORD = "/staff/account/password"  # noqa: S105  # a path
    FACTOR = "/staff/account/second-factor"


@dataclass(frozen=True)
class Session:
    """A living session, whose it is, and the step that comes before everything else."""

    staff: Staff
    step: Step | None


@dataclass(frozen=True)
class Shown:
    """A session as its owner sees it in the list of all their own."""

    digest: bytes
    agent: str
    created_at: datetime
    seen_at: datetime


class Sessions:
    """Opens, finds and ends sessions."""

    def __init__(self, engine: AsyncEngine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    async def open(
        self, connection: AsyncConnection, account: UUID, agent: str, *, awaits_code: bool = False
    ) -> str:
        """The token of a new session, in the transaction of `connection`."""
        token, now = secrets.token_urlsafe(_BYTES), self._clock()
        row = tables.staff_session.c
        await connection.execute(
            delete(tables.staff_session).where(
                (row.expires_at <= now) | (row.seen_at <= now - IDLE), row.account == account
            )
        )
        await connection.execute(
            insert(tables.staff_session).values(
                digest=digest(token),
                account=account,
                awaits_code=awaits_code,
                created_at=now,
                seen_at=now,
                expires_at=now + (CODE_LIFE if awaits_code else LIFE),
                agent=agent_label(agent),
            )
        )
        return token

    async def find(self, token: str | None) -> Session | None:
        """The session of a token, and note that it is in use; None for one that opens nothing (any more)."""
        if not token:
            return None
        return await self._find(digest(token))

    async def lives(self, staff: Staff) -> bool:
        """Whether a session still counts, asked by what stays open long; that is use, too."""
        return await self._find(staff.session) is not None

    async def of(self, account: UUID) -> list[Shown]:
        """The living sessions of an account, the last used first."""
        row, now = tables.staff_session.c, self._clock()
        query = (
            select(row.digest, row.agent, row.created_at, row.seen_at)
            .where(row.account == account, row.expires_at > now, row.seen_at > now - IDLE, ~row.awaits_code)
            .order_by(row.seen_at.desc())
        )
        async with self._engine.connect() as connection:
            return [Shown(*found) for found in await connection.execute(query)]

    async def end(self, connection: AsyncConnection, account: UUID, session: bytes) -> bool:
        """End one of an account's sessions; False for one that is not there."""
        row = tables.staff_session.c
        ended = await connection.execute(
            delete(tables.staff_session).where(row.account == account, row.digest == session)
        )
        return ended.rowcount > 0

    async def end_all(self, connection: AsyncConnection, account: UUID, but: bytes | None = None) -> int:
        """End the sessions of an account, but for one; how many there were."""
        row = tables.staff_session.c
        query = delete(tables.staff_session).where(row.account == account)
        ended = await connection.execute(query.where(row.digest != but) if but else query)
        return ended.rowcount

    async def _find(self, session: bytes) -> Session | None:
        row, owner, now = tables.staff_session.c, tables.account.c, self._clock()
        query = (
            select(
                owner.id,
                owner.login,
                owner.name,
                owner.role,
                owner.must_change,
                owner.totp_secret.is_not(None).label("has_factor"),
                row.awaits_code,
                row.seen_at,
            )
            .join_from(tables.staff_session, tables.account, row.account == owner.id)
            .where(row.digest == session, row.expires_at > now, row.seen_at > now - IDLE, owner.is_active)
        )
        async with self._engine.connect() as connection:
            found = (await connection.execute(query)).one_or_none()
        if found is None:
            return None
        if now - found.seen_at > _NOTED_EVERY:
            async with self._engine.begin() as connection:
                await connection.execute(
                    update(tables.staff_session)
                    .where(row.digest == session)
                    .values(seen_at=func.greatest(row.seen_at, now))
                )
        role = Role(found.role)
        staff = Staff(found.id, found.login, found.name, role, session)
        steps = {
            Step.CODE: found.awaits_code,
            Step.PASSWORD: found.must_change,
            Step.FACTOR: role.needs_second_factor and not found.has_factor,
        }
        return Session(staff, next((step for step, is_open in steps.items() if is_open), None))


def digest(token: str) -> bytes:
    """What is stored of a token; 256 random bits need no key."""
    return hashlib.sha256(token.encode(errors="replace")).digest()
