"""What residents' wishes change: each within the transaction that stores the reply (core/store.py).

The caller holds the lock of the conversation, so a wish is granted once and the reply tells what was granted.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from channels.core import tables
from channels.handoff import rows
from channels.handoff.duty import instant, local
from channels.handoff.machine import Move, Standing, State, moved
from channels.handoff.rows import Handoff, Notice

UNSTAFFED = "unstaffed"
"""Why a wish was closed at once: no account could ever answer it."""


async def request(connection: AsyncConnection, conversation: UUID, desk: str, now: datetime) -> Handoff:
    """Begin to wait for somebody of a desk, who is there now; a message left before becomes a wait."""
    handoff = await rows.open_one(connection, conversation)
    state = moved(handoff.standing if handoff else Standing(), Move.REQUEST).state
    if handoff is None:
        handoff = await rows.add(connection, conversation, desk, state, now)
    else:
        handoff = await rows.change(
            connection,
            handoff,
            desk=desk,
            is_message=False,
            requested_at=instant(now),
            changed_at=instant(now),
        )
    await rows.notice(connection, Notice.NEW, handoff, now)
    return handoff


async def unstaffed(connection: AsyncConnection, conversation: UUID, desk: str, now: datetime) -> None:
    """Record a wish that nobody can answer."""
    at = instant(now)
    await rows.add(connection, conversation, desk, State.CLOSED, now, closed_at=at, closed_why=UNSTAFFED)


async def leave_message(connection: AsyncConnection, conversation: UUID, desk: str, now: datetime) -> Handoff:
    """Keep what was just said for the clerks of a desk."""
    handoff = await rows.open_one(connection, conversation)
    state = moved(handoff.standing if handoff else Standing(), Move.LEAVE_MESSAGE).state
    if handoff is None:
        handoff = await rows.add(connection, conversation, desk, state, now, is_message=True)
    else:
        handoff = await rows.change(
            connection, handoff, state=state, is_message=True, due_at=None, changed_at=instant(now)
        )
    await rows.notice(connection, Notice.MESSAGE, handoff, now)
    return handoff


async def hold_slots(connection: AsyncConnection, desk: str) -> None:
    """From here to the end of the transaction nobody else is promised a time at a desk."""
    await connection.execute(text("select pg_advisory_xact_lock(hashtext(:desk))"), {"desk": f"slot:{desk}"})


async def schedule(
    connection: AsyncConnection, conversation: UUID, desk: str, due: datetime, now: datetime
) -> Handoff:
    """Promise that a clerk comes into the chat at the local time `due`, which is known to be free."""
    handoff = await rows.open_one(connection, conversation)
    state = moved(handoff.standing if handoff else Standing(), Move.SCHEDULE).state
    columns = {"due_at": instant(due), "is_message": False, "reminded_at": None, "alarm": 0}
    if handoff is None:
        handoff = await rows.add(connection, conversation, desk, state, now, **columns)
        await rows.notice(connection, Notice.NEW, handoff, now)
        return handoff
    return await rows.change(connection, handoff, desk=desk, state=state, changed_at=instant(now), **columns)


async def cancel(connection: AsyncConnection, conversation: UUID, now: datetime) -> bool:
    """Wait no more; False when nobody was waited for."""
    handoff = await rows.open_one(connection, conversation)
    if handoff is None:
        return False
    state = moved(handoff.standing, Move.CANCEL).state
    await rows.change(
        connection,
        handoff,
        state=state,
        changed_at=instant(now),
        closed_at=instant(now),
        closed_why=Move.CANCEL.value,
    )
    return True


async def rate(connection: AsyncConnection, conversation: UUID, rating: int) -> bool:
    """Keep how the last talk with a person was, 5 for the best, 1 for the worst; the last press counts."""
    handoff = await rows.last_closed(connection, conversation)
    if handoff is None:
        return False
    moved(handoff.standing, Move.RATE)
    await rows.change(connection, handoff, rating=rating)
    return True


async def taken(
    connection: AsyncConnection, desk: str, now: datetime, conversation: UUID
) -> Mapping[datetime, int]:
    """How many call-backs a desk has promised for each local time to come, without this conversation's."""
    of = tables.handoff.c
    found = await connection.execute(
        select(of.due_at, func.count())
        .where(of.desk == desk, of.state == State.CALLBACK, of.due_at > instant(now))
        .where(of.conversation != conversation)
        .group_by(of.due_at)
    )
    return {local(due): count for due, count in found}
