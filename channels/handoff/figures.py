"""Counts of wishes for a person by day and desk: of the handoffs that are there and of those deleted since.

What is deleted is counted by a trigger (migration 0008), so the counts of a day stay what they were.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from statistics import median

from sqlalchemy import Date, cast, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from channels.core import tables

_ZONE = "Asia/Tokyo"


@dataclass(frozen=True)
class DeskFigures:
    """What happened at a desk on some days; `waits` are the seconds until somebody came."""

    wishes: int = 0
    answered: int = 0
    messages: int = 0
    callbacks: int = 0
    waits: tuple[int, ...] = ()
    ratings_sum: int = 0
    ratings_count: int = 0

    @property
    def median_wait(self) -> float | None:
        """Seconds within which somebody came to half of those who waited."""
        return median(self.waits) if self.waits else None

    def __add__(self, other: DeskFigures) -> DeskFigures:
        return DeskFigures(
            self.wishes + other.wishes,
            self.answered + other.answered,
            self.messages + other.messages,
            self.callbacks + other.callbacks,
            self.waits + other.waits,
            self.ratings_sum + other.ratings_sum,
            self.ratings_count + other.ratings_count,
        )


async def figures(connection: AsyncConnection, first: date, last: date) -> dict[str, DeskFigures]:
    """By desk, of the wishes from `first` to `last` (local days, both included)."""
    found: dict[str, DeskFigures] = {}
    for desk, counted in [*await _kept(connection, first, last), *await _there(connection, first, last)]:
        found[desk] = found.get(desk, DeskFigures()) + counted
    return found


async def _kept(connection: AsyncConnection, first: date, last: date) -> Iterable[tuple[str, DeskFigures]]:
    of = tables.handoff_day.c
    rows = await connection.execute(select(tables.handoff_day).where(of.day.between(first, last)))
    return [
        (
            row.desk,
            DeskFigures(
                row.wishes,
                row.answered,
                row.messages,
                row.callbacks,
                tuple(row.waits),
                row.ratings_sum,
                row.ratings_count,
            ),
        )
        for row in rows
    ]


async def _there(connection: AsyncConnection, first: date, last: date) -> Iterable[tuple[str, DeskFigures]]:
    of = tables.handoff.c
    wait = func.round(func.extract("epoch", of.claimed_at - of.requested_at))
    day = cast(func.timezone(_ZONE, of.requested_at), Date)
    rows = await connection.execute(
        select(
            of.desk,
            of.first_answer_at,
            of.is_message,
            of.due_at,
            of.claimed_at,
            wait.label("wait"),
            of.rating,
        ).where(day.between(first, last))
    )
    return [
        (
            row.desk,
            DeskFigures(
                1,
                int(row.first_answer_at is not None),
                int(row.is_message),
                int(row.due_at is not None),
                () if row.wait is None or row.is_message or row.due_at else (int(row.wait),),
                row.rating or 0,
                int(row.rating is not None),
            ),
        )
        for row in rows
    ]
