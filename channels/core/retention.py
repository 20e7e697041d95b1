"""Delete what is old: conversations, and Rasa's copy of them (design rule 4).

A conversation is kept for `retention_days` after it was last used. One in which a person has answered is
kept for `handoff_days` after that talk was over, when this is longer: the resident may come back to what they
were promised, and the city can answer for it. A resident may go on with such a conversation for years; then
what was said up to the end of a talk goes `handoff_days` after it, and the rest stays. Nothing keeps a talk
that nobody has closed beyond `handoff_days` after its last word. Rasa's own copy is needed by nobody: it goes
after `retention_days` at the latest, as do jobs that are finished. A draft for the knowledge holds words of a
talk: it goes `retention_days` after it was taken over, else after `handoff_days`. The counts of a day stay
(migration 0008).

Residents are told both figures before they write (`chat.kept` in phrases.yml), and can delete at any time.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, and_, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from channels.core import finished_jobs, tables, tracker

log = structlog.get_logger(__name__)

_BY_ARRIVAL = (tables.line_event, tables.line_unsent, tables.line_unread)
_CLOSED = "closed"
_SLACK = timedelta(seconds=2)
"""Between the clock that closes talks and the one of events."""


class Retention:
    """Runs every night. Each conversation goes in a transaction of its own, in which the run counts it."""

    def __init__(self, engine: AsyncEngine, retention_days: int, handoff_days: int) -> None:
        self._engine = engine
        self._days = retention_days
        self._idle = timedelta(days=retention_days)
        self._after_talk = timedelta(days=handoff_days)

    async def run(self) -> None:
        """Delete all that is older than its time. A run that is cut short is made up for by the next."""
        whole, part = await self._find()
        async with self._engine.begin() as connection:
            run = await connection.scalar(insert(tables.retention_run).returning(tables.retention_run.c.id))
        for conversation in whole:
            async with self._engine.begin() as connection:
                await self._delete_whole(connection, conversation, int(run or 0))
        for conversation in part:
            async with self._engine.begin() as connection:
                await self._delete_part(connection, conversation, int(run or 0))
        async with self._engine.begin() as connection:
            for table in _BY_ARRIVAL:
                await connection.execute(delete(table).where(table.c.received_at < func.now() - self._idle))
            await connection.execute(delete(tables.draft).where(self._is_old_draft()))
            await tracker.forget_older_than(connection, self._days)
            await finished_jobs.forget_older_than(connection, self._idle)
            done = update(tables.retention_run).where(tables.retention_run.c.id == run)
            row = (
                await connection.execute(done.values(done_at=func.now()).returning(tables.retention_run))
            ).one()
        log.info("deleted_old", conversations=row.conversations, handoffs=row.handoffs, events=row.events)

    async def _find(self) -> tuple[list[UUID], list[UUID]]:
        """The conversations that go, and those of which a part goes."""
        conversation, handoff = tables.conversation.c, tables.handoff.c
        async with self._engine.connect() as connection:
            whole = await connection.scalars(select(conversation.id).where(self._is_over()))
            part = await connection.scalars(
                select(handoff.conversation)
                .join(tables.conversation, conversation.id == handoff.conversation)
                .where(self._is_past(), ~self._is_over())
                .distinct()
            )
            return list(whole), list(part)

    def _is_over(self) -> ColumnElement[bool]:
        """Of a conversation: nothing keeps it any more."""
        conversation, handoff = tables.conversation.c, tables.handoff.c
        ended = func.coalesce(handoff.closed_at, conversation.active_at)
        keeps = (
            select(handoff.id)
            .where(handoff.conversation == conversation.id, handoff.first_answer_at.is_not(None))
            .where(ended >= func.now() - self._after_talk)
            .correlate(tables.conversation)
            .exists()
        )
        return and_(conversation.active_at < func.now() - self._idle, ~keeps)

    def _is_past(self) -> ColumnElement[bool]:
        """Of a handoff: its time is over."""
        handoff = tables.handoff.c
        return and_(handoff.state == _CLOSED, handoff.closed_at < func.now() - self._after_talk)

    def _is_old_draft(self) -> ColumnElement[bool]:
        """Of a draft: it is in the knowledge, or nobody has wanted it for as long as a talk is kept."""
        of, now = tables.draft.c, func.now()
        return (of.taken_at < now - self._idle) | (of.taken_at.is_(None) & (of.at < now - self._after_talk))

    async def _delete_whole(self, connection: AsyncConnection, conversation: UUID, run: int) -> None:
        of = tables.conversation.c
        found = await connection.scalar(
            select(of.id).where(of.id == conversation, self._is_over()).with_for_update(skip_locked=True)
        )
        if found is None:
            return  # used again meanwhile, or deleted by its resident
        events = await _count(connection, tables.event.c.conversation == conversation)
        handoffs = await _count(connection, tables.handoff.c.conversation == conversation)
        await connection.execute(delete(tables.conversation).where(of.id == conversation))
        await _forget_copies(connection, conversation)
        await _add(connection, run, conversations=1, events=events, handoffs=handoffs)

    async def _delete_part(self, connection: AsyncConnection, conversation: UUID, run: int) -> None:
        """Delete the talks that are past, and all that was said before the end of the last of them."""
        event, handoff, delivery = tables.event.c, tables.handoff.c, tables.delivery.c
        locked = select(tables.conversation.c.id).where(tables.conversation.c.id == conversation)
        await connection.execute(locked.with_for_update())
        last = await connection.scalar(
            select(func.max(handoff.closed_at)).where(handoff.conversation == conversation, self._is_past())
        )
        if last is None:
            return
        gone = await connection.scalars(
            delete(tables.event)
            .where(event.conversation == conversation, event.created_at <= last + _SLACK)
            .returning(event.sequence)
        )
        sequences = list(gone)
        await connection.execute(
            delete(tables.delivery).where(
                delivery.conversation == conversation, delivery.answers <= max(sequences, default=0)
            )
        )
        talks = await connection.execute(
            delete(tables.handoff).where(handoff.conversation == conversation, self._is_past())
        )
        await _forget_copies(connection, conversation)
        await _add(connection, run, events=len(sequences), handoffs=int(talks.rowcount))


async def _forget_copies(connection: AsyncConnection, conversation: UUID) -> None:
    await tracker.forget(connection, conversation)
    await finished_jobs.forget(connection, conversation)


async def _count(connection: AsyncConnection, where: ColumnElement[bool]) -> int:
    return int(await connection.scalar(select(func.count()).where(where)) or 0)


async def _add(connection: AsyncConnection, run: int, **counts: int) -> None:
    of = tables.retention_run.c
    await connection.execute(
        update(tables.retention_run)
        .where(of.id == run)
        .values({name: of[name] + count for name, count in counts.items()})
    )
