"""Who waits, since when, and how long others have waited before: what residents and clerks are told."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import ColumnElement, DateTime, ScalarSelect, case, cast, func, null, select
from sqlalchemy.ext.asyncio import AsyncConnection

from channels.core import tables
from channels.core.events import Author
from channels.handoff.duty import instant
from channels.handoff.machine import State
from channels.handoff.rows import Handoff

ENOUGH = 3
"""Claims without which there is no fair estimate."""
LATEST = 10
RECENT = timedelta(days=30)


def estimate(waits: Sequence[timedelta]) -> int | None:
    """Minutes that who asks now may wait: as long as half of the last have; None when too few have."""
    if len(waits) < ENOUGH:
        return None
    return max(1, math.ceil(median(wait.total_seconds() for wait in waits) / 60))


async def waits_of(connection: AsyncConnection, desk: str, now: datetime) -> list[timedelta]:
    """How long the last who were claimed at a desk had waited for it in the chat."""
    of = tables.handoff.c
    rows = await connection.execute(
        select(of.claimed_at - of.requested_at)
        .where(of.desk == desk, ~of.is_message, of.due_at.is_(None))
        .where(of.claimed_at > instant(now) - RECENT)
        .order_by(of.claimed_at.desc())
        .limit(LATEST)
    )
    return [wait for (wait,) in rows]


async def ahead(connection: AsyncConnection, desk: str, mine: Handoff | None = None) -> int:
    """How many wait at a desk, before `mine` if that waits there too."""
    of = tables.handoff.c
    query = select(func.count()).where(of.desk == desk, of.state == State.WAITING, ~of.is_message)
    if mine:
        query = query.where(of.id != mine.id, of.requested_at < mine.requested_at)
    return int(await connection.scalar(query) or 0)


def unanswered_since() -> ColumnElement[datetime | None]:
    """Since when the resident of a handoff waits for an answer; NULL when nobody does.

    Until a clerk's first word that is the wish itself, or the moment that was promised; after it, the oldest
    word after the last one of a clerk. Who was put back into the queue waits again; who left a message waits
    from when a clerk has taken it up.
    """
    of, word = tables.handoff.c, _oldest_word()
    is_first = of.first_answer_at.is_(None)
    return case(
        (of.state.in_([State.CALLBACK, State.CLOSED]), _NEVER),
        (of.is_message & ((of.state == State.WAITING) | (word.is_(None) & ~is_first)), _NEVER),
        (of.is_message, func.greatest(word, of.changed_at)),
        (is_first, func.greatest(of.requested_at, of.due_at)),
        (of.state == State.WAITING, func.least(word, of.changed_at)),
        else_=word,
    )


_NEVER = cast(null(), DateTime(timezone=True))


def _oldest_word() -> ScalarSelect[datetime | None]:
    """When the resident said the first of what no clerk has answered."""
    said, answered, of = tables.event.alias(), tables.event.alias(), tables.handoff.c
    last_answer = (
        select(func.coalesce(func.max(answered.c.sequence), 0))
        .where(answered.c.conversation == of.conversation, answered.c.author == Author.STAFF)
        .correlate(tables.handoff)
        .scalar_subquery()
    )
    return (
        select(func.min(said.c.created_at))
        .where(said.c.conversation == of.conversation, said.c.author == Author.RESIDENT)
        .where(said.c.sequence > last_answer, ~said.c.body.has_key("unsent"))
        .correlate(tables.handoff)
        .scalar_subquery()
    )


def unheard() -> ScalarSelect[int]:
    """How many of the resident's words no clerk's page has shown."""
    said, of = tables.event.alias(), tables.handoff.c
    return (
        select(func.count())
        .where(said.c.conversation == of.conversation, said.c.author == Author.RESIDENT)
        .where(said.c.sequence > of.heard_sequence, ~said.c.body.has_key("unsent"))
        .correlate(tables.handoff)
        .scalar_subquery()
    )
