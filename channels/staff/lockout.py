"""Failed sign-ins are counted by login and by address, and each further one makes the next wait longer.

A try is counted before it is looked at, so that many at once gain nothing; one that succeeds is taken
back. Logins are counted as they are typed: one that does not exist is locked just like one that does.
The counts are in the database, so a restart forgets none; addresses and logins are kept as keyed digests.
"""

from __future__ import annotations

import hashlib
import hmac
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from channels.core import tables
from channels.core.derived import derive
from channels.errors import SignInRefusedError


@dataclass(frozen=True)
class Policy:
    """After `free` failures the wait is `first`, then twice as long each time, up to `most`."""

    free: int
    first: timedelta
    most: timedelta
    forget: timedelta

    def wait(self, failures: int) -> timedelta | None:
        """How long nothing is looked at after so many failures in a row."""
        over = failures - self.free
        if over < 0:
            return None
        return self.most if over > 20 else min(self.first * 2**over, self.most)


ACCOUNT = Policy(5, timedelta(seconds=30), timedelta(minutes=15), timedelta(hours=24))
"""Not longer: who locks a clerk out on purpose must not win the day."""
ADDRESS = Policy(20, timedelta(seconds=30), timedelta(hours=1), timedelta(hours=1))
"""A whole town hall may stand behind one address."""


class Lockout:
    """Counts tries; raises SignInRefusedError while a login or an address has to wait."""

    def __init__(self, engine: AsyncEngine, secret: str, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._key = derive(secret, b"staff-lockout")
        self._clock = clock

    async def count(self, login: str, account: UUID | None, address: str | None) -> bool:
        """One more try; returns whether the next has to wait if this one fails. Raises SignInRefusedError."""
        await self._forget()
        async with self._engine.begin() as connection:
            # Always the login first: two tries never wait for each other.
            locks = await self._count(connection, f"login:{login}", account, ACCOUNT)
            if address:
                locks |= await self._count(connection, f"address:{address}", None, ADDRESS)
        return locks

    async def forgive(self, connection: AsyncConnection, login: str, address: str | None) -> None:
        """The try was right: the login begins anew, the address has one failure less."""
        row = tables.lockout.c
        await connection.execute(delete(tables.lockout).where(row.digest == self._digest(f"login:{login}")))
        if address:
            await connection.execute(
                update(tables.lockout)
                .where(row.digest == self._digest(f"address:{address}"))
                .values(failures=func.greatest(row.failures - 1, 0), locked_until=None)
            )

    async def _count(
        self, connection: AsyncConnection, of: str, account: UUID | None, policy: Policy
    ) -> bool:
        row, now, digest = tables.lockout.c, self._clock(), self._digest(of)
        await connection.execute(
            insert(tables.lockout)
            .values(digest=digest, account=account, failures=0, failed_at=now)
            .on_conflict_do_nothing()
        )
        found = await connection.execute(
            select(row.failures, row.failed_at, row.locked_until)
            .where(row.digest == digest)
            .with_for_update()
        )
        last = found.one()
        if last.locked_until and last.locked_until > now:
            raise SignInRefusedError(*_wait_words((last.locked_until - now).total_seconds()))
        failures = 1 if now - last.failed_at > policy.forget else last.failures + 1
        wait = policy.wait(failures)
        await connection.execute(
            update(tables.lockout)
            .where(row.digest == digest)
            .values(failures=failures, failed_at=now, locked_until=now + wait if wait else None)
        )
        return wait is not None

    async def _forget(self) -> None:
        """Delete what is too old to count."""
        row = tables.lockout.c
        old = select(row.digest).where(row.failed_at < self._clock() - ACCOUNT.forget)
        async with self._engine.begin() as connection:
            await connection.execute(
                delete(tables.lockout).where(row.digest.in_(old.with_for_update(skip_locked=True)))
            )

    def _digest(self, of: str) -> bytes:
        return hmac.digest(self._key, of.encode(errors="replace"), hashlib.sha256)


async def unlock(connection: AsyncConnection, account: UUID) -> None:
    """An account need not wait any more: somebody gave it a new password."""
    await connection.execute(delete(tables.lockout).where(tables.lockout.c.account == account))


def _wait_words(seconds: float) -> tuple[str, int]:
    minutes = math.ceil(seconds / 60)
    return (
        f"続けて失敗したため、ログインを一時止めています。あと{minutes}分ほど待って、もう一度してください。",
        max(1, math.ceil(seconds)),
    )
