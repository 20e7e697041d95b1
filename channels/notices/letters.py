"""Letters to staff: written into the database when they are made, taken from it when they are sent."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import case, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from channels.core import tables
from channels.handoff.duty import instant

GIVE_UP_AFTER = timedelta(hours=1)
"""A notice that is older is of no use: what it told of stands in the console."""
LONGEST_PAUSE = 15
"""Minutes between two tries, at most."""
KEPT = timedelta(days=7)
"""How long letters are kept after they were made, sent or not."""

_of = tables.letter.c
_UNSENT = _of.sent_at.is_(None) & _of.given_up_at.is_(None)


class Way(StrEnum):
    """How a letter goes."""

    MAIL = "mail"
    WEBHOOK = "webhook"


@dataclass(frozen=True, order=True)
class Target:
    """Where a letter goes: an address, or the URL of a webhook."""

    way: Way
    to: str

    @property
    def server(self) -> str:
        """What may be down: one mail server for all addresses, a server for each webhook."""
        return Way.MAIL.value if self.way is Way.MAIL else self.to


@dataclass(frozen=True)
class Letter:
    """One letter to one target; `about` is the same for machines, `once` keeps it from being made twice."""

    target: Target
    subject: str
    text: str
    about: dict[str, Any]
    once: str | None = None
    id: UUID = field(default_factory=uuid.uuid4)
    failures: int = 0


class Carrier(Protocol):
    """Who takes letters of one way."""

    async def send(self, letter: Letter) -> None:
        """Hand a letter over; raises NoticeFailedError."""


async def put(connection: AsyncConnection, letters: Iterable[Letter], now: datetime) -> None:
    """Have letters sent. One whose `once` is there already is not made again."""
    for letter in letters:
        await connection.execute(
            insert(tables.letter)
            .values(
                id=letter.id,
                way=letter.target.way,
                target=letter.target.to,
                subject=letter.subject,
                text=letter.text,
                about=letter.about,
                once=letter.once,
                made_at=instant(now),
                next_at=instant(now),
            )
            .on_conflict_do_nothing(index_elements=["once"])
        )


async def take(connection: AsyncConnection, down: Collection[str], now: datetime) -> Letter | None:
    """The oldest letter that is due, locked until the end of the transaction; none to the servers `down`."""
    server = case((_of.way == Way.MAIL, _of.way), else_=_of.target)
    row = (
        await connection.execute(
            select(tables.letter)
            .where(_UNSENT, _of.next_at <= instant(now), server.not_in(down))
            .order_by(_of.made_at, _of.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
    ).one_or_none()
    if row is None:
        return None
    target = Target(Way(row.way), row.target)
    return Letter(target, row.subject, row.text, row.about, row.once, row.id, row.failures)


async def mark_sent(connection: AsyncConnection, letter: Letter, now: datetime) -> None:
    """It has been taken."""
    await connection.execute(update(tables.letter).where(_of.id == letter.id).values(sent_at=instant(now)))


async def put_off(connection: AsyncConnection, letter: Letter, now: datetime) -> None:
    """It was not taken: again later, ever more rarely."""
    pause = timedelta(minutes=min(1 << letter.failures, LONGEST_PAUSE))
    await connection.execute(
        update(tables.letter)
        .where(_of.id == letter.id)
        .values(failures=letter.failures + 1, next_at=instant(now + pause))
    )


async def give_up(connection: AsyncConnection, now: datetime) -> int:
    """Try no more what is too old; how many those were."""
    given_up = await connection.execute(
        update(tables.letter)
        .where(_UNSENT, _of.made_at <= instant(now - GIVE_UP_AFTER))
        .values(given_up_at=instant(now))
    )
    return int(given_up.rowcount)


async def forget(connection: AsyncConnection, now: datetime) -> None:
    """Delete old letters: they hold addresses of staff."""
    await connection.execute(delete(tables.letter).where(_of.made_at < instant(now - KEPT)))


async def given_up_since(connection: AsyncConnection, since: datetime) -> int:
    """How many letters were given up since a local time."""
    found = await connection.scalar(select(func.count()).where(_of.given_up_at >= instant(since)))
    return int(found or 0)
