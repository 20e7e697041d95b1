"""What the console reads beside the handoffs: topics, names, who had a talk; and that it was read."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncEngine

from channels.core import tables
from channels.core.events import Author
from channels.staff.audit import Action, Audit
from channels.staff.roles import Staff
from knowledge.service import Knowledge

OPENING = timedelta(minutes=5)
"""Who did something in a talk so lately has it open still."""
_HAD = (
    Action.CLAIMED,
    Action.RELEASED,
    Action.TRANSFERRED,
    Action.GIVEN_BACK,
    Action.CLOSED,
    Action.LABELLED,
    Action.DRAFTED,
)
_LATEST = 20


@dataclass(frozen=True)
class Deed:
    """Who did what with a talk, and when."""

    name: str
    did: str
    at: datetime


class Reading:
    """Reads, but for `open`."""

    def __init__(self, engine: AsyncEngine, knowledge: Knowledge, audit: Audit) -> None:
        self._engine = engine
        self._knowledge = knowledge
        self._audit = audit

    async def topics(self, conversations: Collection[UUID]) -> Mapping[UUID, str]:
        """The title of the entry that was last answered in each; what the resident said stays unread."""
        of = tables.event.c
        query = (
            select(of.conversation, of.body["entry"].astext)
            .where(of.conversation.in_(conversations), of.author == Author.BOT)
            .where(of.body["entry"].astext.is_not(None))
            .ext(distinct_on(of.conversation))
            .order_by(of.conversation, of.sequence.desc())
        )
        entries = self._knowledge.content.entries
        async with self._engine.connect() as connection:
            return {
                conversation: entries[entry].title
                for conversation, entry in await connection.execute(query)
                if entry in entries
            }

    async def names(self, accounts: Collection[UUID]) -> Mapping[UUID, str]:
        """Who is called how."""
        row = tables.account.c
        async with self._engine.connect() as connection:
            found = await connection.execute(select(row.id, row.name).where(row.id.in_(accounts)))
            return {each.id: each.name for each in found}

    async def history(self, conversation: UUID) -> list[Deed]:
        """Who had the talk and what became of it, the latest deeds, in order."""
        did, who = tables.audit.c, tables.account.c
        query = (
            select(func.coalesce(who.name, did.login), did.action, did.at)
            .join_from(tables.audit, tables.account, did.account == who.id, isouter=True)
            .where(did.conversation == conversation, did.action.in_([action.value for action in _HAD]))
            .order_by(did.id.desc())
            .limit(_LATEST)
        )
        async with self._engine.connect() as connection:
            found = (await connection.execute(query)).all()
        return [Deed(name, Action(action).label, at) for name, action, at in reversed(found)]

    async def last_sequence(self, conversation: UUID) -> int:
        """The sequence of the last event; 0 for a conversation that is gone."""
        of = tables.conversation.c
        async with self._engine.connect() as connection:
            return int(await connection.scalar(select(of.last_sequence).where(of.id == conversation)) or 0)

    async def open(self, conversation: UUID, staff: Staff) -> None:
        """Write down that somebody reads a conversation, once an opening."""
        of = tables.audit.c
        async with self._engine.begin() as connection:
            is_open = await connection.scalar(
                select(func.count()).where(
                    of.conversation == conversation,
                    of.account == staff.account,
                    of.at > func.now() - OPENING,
                )
            )
            if not is_open:
                await self._audit.note(connection, staff, Action.SEEN, conversation)
