"""The people behind the logins, for who lists, names or assigns them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from channels.core import tables


@dataclass(frozen=True)
class Person:
    """Somebody of the staff, signed in or not."""

    account: UUID
    login: str
    name: str
    is_active: bool


class Directory:
    """Reads who is who."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def people(self, logins: Collection[str] | None = None) -> dict[str, Person]:
        """By login; of `logins` alone if given. Who has left is in it, with `is_active` false."""
        row = tables.account.c
        query = select(row.id, row.login, row.name, row.is_active).order_by(row.login)
        if logins is not None:
            query = query.where(row.login.in_(logins))
        async with self._engine.connect() as connection:
            return {found.login: Person(*found) for found in await connection.execute(query)}
