"""What only time does: promised moments come, desks close, residents wait too long. It looks once a minute.

Each handoff is looked at in a transaction of its own, under its conversation's lock; what has been done is
read from the row, so that a look that comes late, twice, or to two workers at once does it once.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from channels.core import log as events
from channels.core import tables
from channels.core.events import Author
from channels.errors import ConversationNotFoundError
from channels.handoff import rows
from channels.handoff.duty import Active, Clock, DutyBook, instant
from channels.handoff.leading import lead
from channels.handoff.machine import Move, State, moved
from channels.handoff.push import LinePush
from channels.handoff.rows import EVERYBODY, OFFICE, Handoff, Notice
from channels.handoff.waits import unanswered_since
from channels.handoff.words import Words, told

log = structlog.get_logger(__name__)

OFFICE_AFTER = timedelta(minutes=10)
"""Without an answer for this long, the desk is told."""
EVERYBODY_AFTER = timedelta(minutes=20)
"""Without an answer for this long, all desks are told."""
REMIND_BEFORE = timedelta(minutes=10)
"""How long before a call-back its desk is reminded."""


class Minute:
    """Looks at every open handoff."""

    def __init__(
        self,
        engine: AsyncEngine,
        words: Words,
        book: DutyBook,
        active: Active,
        push: LinePush,
        now: Clock,
    ) -> None:
        self._engine = engine
        self._words = words
        self._book = book
        self._active = active
        self._push = push
        self._now = now

    async def run(self) -> None:
        """Do all that is due. A handoff that cannot be looked at does not hold up the others."""
        of = tables.handoff.c
        async with self._engine.connect() as connection:
            found = await connection.execute(select(of.id, of.conversation).where(of.state != State.CLOSED))
            waiting = [(handoff, conversation) for handoff, conversation in found]
        active = await self._active()
        for handoff, conversation in waiting:
            try:
                async with self._engine.begin() as connection:
                    await self._look(connection, handoff, conversation, active)
            except ConversationNotFoundError:
                continue  # deleted meanwhile
            except Exception as error:  # one broken talk must not silence the alarms of all others
                log.error("minute_failed", handoff=str(handoff), why=type(error).__name__)

    async def _look(
        self, connection: AsyncConnection, handoff_id: UUID, conversation_id: UUID, active: frozenset[str]
    ) -> None:
        conversation = await events.lock(connection, conversation_id)
        handoff = await rows.by_id(connection, handoff_id)
        now = self._now()
        if handoff and handoff.state is State.CALLBACK:
            handoff = await self._promised(connection, conversation, handoff, now)
        if handoff and handoff.state is State.WAITING and not handoff.is_message:
            handoff = await self._attended(connection, conversation, handoff, active, now)
        if handoff:
            await self._alarm(connection, conversation, handoff, now)

    async def _promised(
        self, connection: AsyncConnection, conversation: Row[Any], handoff: Handoff, now: datetime
    ) -> Handoff:
        """The desk is reminded before the time comes; then the resident waits, before all others."""
        left = handoff.due_at - instant(now) if handoff.due_at else timedelta()
        if left > timedelta():
            if left <= REMIND_BEFORE and handoff.reminded_at is None:
                await rows.notice(connection, Notice.CALLBACK_SOON, handoff, now)
                return await rows.change(connection, handoff, reminded_at=instant(now))
            return handoff
        state = moved(handoff.standing, Move.FALL_DUE).state
        handoff = await rows.change(connection, handoff, state=state, changed_at=instant(now))
        await rows.notice(connection, Notice.NEW, handoff, now)
        text = self._words.at_desk(self._words.phrases.callback_due, handoff.desk)
        await self._tell(connection, conversation, handoff, text)
        return handoff

    async def _attended(
        self,
        connection: AsyncConnection,
        conversation: Row[Any],
        handoff: Handoff,
        active: frozenset[str],
        now: datetime,
    ) -> Handoff:
        """Who waits where nobody is any more goes to who stands in, or has left a message."""
        words, phrases = self._words, self._words.phrases
        led = lead(self._book, handoff.desk, active, now)
        if led and led.is_there:
            if led.desk == handoff.desk:
                return handoff
            moved(handoff.standing, Move.TRANSFER)
            handoff = await rows.change(
                connection, handoff, desk=led.desk, asked_for=None, changed_at=instant(now)
            )
            await rows.notice(connection, Notice.NEW, handoff, now)
            await self._tell(
                connection, conversation, handoff, words.at_desk(phrases.transferred, handoff.desk)
            )
            return handoff
        opening = self._book.next_opening(handoff.desk, now)
        if opening and opening.date() == now.date():
            return await self._paused(connection, conversation, handoff, opening, now)
        moved(handoff.standing, Move.SHUT)
        handoff = await rows.change(
            connection, handoff, is_message=True, alarm=0, due_at=None, changed_at=instant(now)
        )
        await rows.notice(connection, Notice.MESSAGE, handoff, now)
        text = words.opens(phrases.desk_closes, phrases.desk_closes_unknown, handoff.desk, opening, now)
        await self._tell(connection, conversation, handoff, text)
        return handoff

    async def _paused(
        self,
        connection: AsyncConnection,
        conversation: Row[Any],
        handoff: Handoff,
        opening: datetime,
        now: datetime,
    ) -> Handoff:
        """A lunch break: who waits keeps their place, and is told once until when."""
        if handoff.paused_until == instant(opening):
            return handoff
        handoff = await rows.change(connection, handoff, paused_until=instant(opening))
        words, phrases = self._words, self._words.phrases
        text = words.opens(phrases.desk_pauses, phrases.desk_closes_unknown, handoff.desk, opening, now)
        await self._tell(connection, conversation, handoff, text)
        return handoff

    async def _alarm(
        self, connection: AsyncConnection, conversation: Row[Any], handoff: Handoff, now: datetime
    ) -> None:
        since = await connection.scalar(select(unanswered_since()).where(tables.handoff.c.id == handoff.id))
        if since and handoff.paused_until:
            since = max(since, handoff.paused_until)  # nobody is there to hear an alarm in a break
        level = _level(instant(now) - since) if since else 0
        if level <= handoff.alarm:
            return
        is_first = handoff.alarm == 0
        handoff = await rows.change(connection, handoff, alarm=level)
        kind = Notice.ALARM_ALL if level == EVERYBODY else Notice.ALARM_OFFICE
        await rows.notice(connection, kind, handoff, now)
        if is_first:
            text = self._words.at_desk(self._words.phrases.long_wait, handoff.desk)
            card = self._words.reply([text]).model_copy(update={"choices": ()})
            await self._tell(connection, conversation, handoff, text, answer=card.model_dump(mode="json"))

    async def _tell(
        self, connection: AsyncConnection, conversation: Row[Any], handoff: Handoff, text: str, **more: object
    ) -> None:
        body = told(text, handoff.state, **more)
        sequence = await events.append(connection, conversation.id, Author.SYSTEM, body)
        await self._push.word(connection, conversation, sequence)


def _level(waited: timedelta) -> int:
    """The level of alarm for a wait without an answer."""
    if waited >= EVERYBODY_AFTER:
        return EVERYBODY
    return OFFICE if waited >= OFFICE_AFTER else 0
