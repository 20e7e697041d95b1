"""Drafts for the knowledge, made from talks: kept until an editor deletes them, or the night does.

Nothing in a draft tells whose talk it came from; its words go when their time is over (core/retention.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from channels.core import tables


@dataclass(frozen=True)
class Draft:
    """One draft. `kind` is `question` (one more example for `entry`) or `faq` (a new entry)."""

    id: int
    at: datetime
    name: str
    kind: str
    entry: str
    yaml: str
    taken_at: datetime | None


class Drafts:
    """Adds, lists, takes, deletes."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def add(self, connection: AsyncConnection, by: UUID, kind: str, entry: str, yaml: str) -> None:
        """Keep a draft, in the caller's transaction."""
        await connection.execute(insert(tables.draft).values(by=by, kind=kind, entry=entry, yaml=yaml))

    async def all(self) -> list[Draft]:
        """Those that nobody has taken first, each the newest first."""
        of, who = tables.draft.c, tables.account.c
        query = (
            select(of.id, of.at, who.name, of.kind, of.entry, of.yaml, of.taken_at)
            .join_from(tables.draft, tables.account, of.by == who.id)
            .order_by(of.taken_at.is_not(None), of.id.desc())
        )
        async with self._engine.connect() as connection:
            return [Draft(*row) for row in await connection.execute(query)]

    async def take(self, draft: int) -> None:
        """Mark a draft as taken over into the knowledge; one that is gone or taken stays as it is."""
        of = tables.draft.c
        async with self._engine.begin() as connection:
            await connection.execute(
                update(tables.draft).where(of.id == draft, of.taken_at.is_(None)).values(taken_at=func.now())
            )

    async def delete(self, draft: int) -> None:
        """Delete a draft, if it is there."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(tables.draft).where(tables.draft.c.id == draft))
