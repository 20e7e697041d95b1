"""The event store: what residents say and what they are answered, each in one transaction.

A resident's message and the job that will answer it are written together, or not at all
(design rule 5). Text is masked here, on the only way in, before the first write (rule 4).
"""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import psycopg
from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from channels.core import log, tables, tracker
from channels.core.context import Context, context_of
from channels.core.database import raw
from channels.core.events import Author, Event
from channels.core.privacy import mask
from channels.errors import ConversationNotFoundError, EmptyMessageError, MessageTooLongError
from knowledge.answer import Answer

MAX_TEXT = 1000
"""Characters of one message; DIET's time grows with length and no question needs more."""
MAX_KEY = 100


type Settle = Callable[[AsyncConnection, Sequence[Answer]], Awaitable[Sequence[Answer]]]
"""Turns what was to be said into what is said, with what else must be done in the same transaction."""


class Queue(Protocol):
    """Where turns wait to be answered."""

    async def enqueue_turn(
        self,
        connection: psycopg.AsyncConnection[object],
        conversation: UUID,
        sequence: int,
        *,
        urgent: bool,
    ) -> None:
        """Put a turn into the queue, in the transaction of `connection`; an urgent one waits for none."""

    async def enqueue_delivery(
        self, connection: psycopg.AsyncConnection[object], conversation: UUID, answers: int
    ) -> None:
        """Put the delivery of a LINE reply into the queue, likewise."""


class Store:
    """All reads and writes of conversations."""

    def __init__(self, engine: AsyncEngine, queue: Queue, is_urgent: Callable[[str], bool]) -> None:
        """`is_urgent` tells a message on which a life may hang (design rule 7)."""
        self._engine = engine
        self._queue = queue
        self._is_urgent = is_urgent

    async def open_web(self) -> UUID:
        """Begin a web conversation."""
        conversation = uuid.uuid4()
        async with self._engine.begin() as connection:
            await connection.execute(insert(tables.conversation).values(id=conversation, channel="web"))
        return conversation

    async def say(self, conversation: UUID, said: str, key: str) -> int:
        """Store what a resident typed and queue its answer; returns the event's sequence.

        The same `key` again changes nothing and returns the same sequence. Raises
        EmptyMessageError, MessageTooLongError, ConversationNotFoundError.
        """
        if not said.strip():
            raise EmptyMessageError
        if len(said) > MAX_TEXT:
            raise MessageTooLongError
        async with self._engine.begin() as connection:
            row = await log.lock(connection, conversation)
            earlier = await connection.scalar(
                select(tables.event.c.sequence).where(
                    tables.event.c.conversation == conversation, tables.event.c.key == key
                )
            )
            if earlier is not None:
                return int(earlier)
            return await self._receive(connection, row, _typed(said, key), key)

    async def receive_line(
        self,
        webhook_event_id: str,
        contact: bytes,
        contact_digest: bytes,
        body: dict[str, Any],
        reply_token: str | None,
        said_at: datetime,
    ) -> bool:
        """Store one LINE event, its job and its way back; False when it was here before.

        `body` is a resident body; its `text` is masked here. `said_at` is the time by LINE's clock.
        """
        async with self._engine.begin() as connection:
            if not await self._first_time(connection, webhook_event_id):
                return False
            conversation = await self._line_conversation(connection, contact, contact_digest)
            row = await log.lock(connection, conversation)
            if body.get("followed"):
                await _block(connection, contact_digest, said_at, is_blocked=False)
            if await _was_unsent(connection, body.get("message_id")):
                body = {"unsent": True}
            if "text" in body:
                body = body | _typed(body["text"], webhook_event_id)
            sequence = await self._receive(connection, row, body, webhook_event_id, said_at=said_at)
            await connection.execute(
                insert(tables.delivery).values(
                    conversation=conversation, answers=sequence, reply_token=reply_token
                )
            )
        return True

    async def forget_line_message(self, message_id: str) -> None:
        """Delete the text of a message that its sender has unsent, here and in Rasa's tracker.

        One that comes in later (webhooks may be reordered) is not stored.
        """
        async with self._engine.begin() as connection:
            await connection.execute(
                upsert(tables.line_unsent).values(message_id=message_id).on_conflict_do_nothing()
            )
            changed = await connection.execute(
                update(tables.event)
                .where(tables.event.c.body["message_id"].astext == message_id)
                .values(body={"unsent": True})
                .returning(tables.event.c.conversation)
            )
            for conversation in changed.scalars().all():
                await tracker.forget(connection, conversation)

    async def block_line(self, contact_digest: bytes, at: datetime) -> None:
        """A LINE user has blocked the account at `at`: nothing is pushed any more until they follow again."""
        async with self._engine.begin() as connection:
            await _block(connection, contact_digest, at, is_blocked=True)

    async def keep_unread(self, body: dict[str, Any]) -> None:
        """Keep a LINE event that could not be read; `body` has neither ids nor unmasked texts."""
        async with self._engine.begin() as connection:
            await connection.execute(insert(tables.line_unread).values(body=body))

    async def due(self, conversation: UUID, sequence: int) -> list[int]:
        """The events to answer when it is the turn of `sequence`: it comes last.

        Before it come those that were said before it on LINE, but came in after it, and wait still.
        """
        late, answered = tables.event.alias(), tables.event.alias()
        its = (
            select(tables.event.c.said_at)
            .where(tables.event.c.conversation == conversation, tables.event.c.sequence == sequence)
            .scalar_subquery()
        )
        is_answered = (
            select(answered.c.sequence)
            .where(
                answered.c.conversation == conversation,
                answered.c.answers == late.c.sequence,
                answered.c.part >= 1,
            )
            .exists()
        )
        async with self._engine.connect() as connection:
            earlier = await connection.scalars(
                select(late.c.sequence)
                .where(late.c.conversation == conversation, late.c.sequence > sequence)
                .where(late.c.said_at < its, ~is_answered)
                .order_by(late.c.said_at, late.c.sequence)
            )
            return [*earlier, sequence]

    async def reply(
        self,
        conversation: UUID,
        answers: int,
        parts: Sequence[Answer],
        *,
        interim: bool = False,
        settle: Settle | None = None,
    ) -> bool:
        """Store the reply to event `answers`; False, and nothing written, when it is there or not wanted.

        An interim reply comes before the real one and may be followed by it. `settle` has the last word on
        what is said, in the same transaction and under the conversation's lock.
        """
        async with self._engine.begin() as connection:
            if not await self._is_wanted(connection, conversation, answers):
                return False
            first = 0 if interim else 1
            done = await connection.scalar(
                select(func.count()).where(
                    tables.event.c.conversation == conversation,
                    tables.event.c.answers == answers,
                    tables.event.c.part >= first,
                )
            )
            if done:
                return False
            if settle:
                parts = await settle(connection, parts)
            for part, answer in enumerate(parts, start=first):
                body = answer.model_dump(mode="json")
                await log.append(connection, conversation, Author.BOT, body, answers=answers, part=part)
                if answer.feedback:
                    await connection.execute(
                        insert(tables.feedback).values(**answer.feedback.model_dump(mode="json"))
                    )
            if not interim and await goes_to_line(connection, conversation, answers):
                await self._queue.enqueue_delivery(await raw(connection), conversation, answers)
        return True

    async def is_silent(self, conversation: UUID, sequence: int) -> bool:
        """Whether the event is a person's to answer, and the bot has nothing to say to it."""
        column = tables.conversation.c
        async with self._engine.connect() as connection:
            found = await connection.scalar(
                select(column.silent_to >= sequence).where(column.id == conversation)
            )
        return bool(found)

    async def is_answered(self, conversation: UUID, sequence: int) -> bool:
        """Whether the event has its final reply."""
        async with self._engine.connect() as connection:
            return await log.is_answered(connection, conversation, sequence)

    async def event(self, conversation: UUID, sequence: int) -> Event | None:
        """One event, None when it was deleted meanwhile."""
        found = await self.events(conversation, after=sequence - 1, limit=1)
        return found[0] if found and found[0].sequence == sequence else None

    async def events(self, conversation: UUID, *, after: int = 0, limit: int = 500) -> list[Event]:
        """The events after a sequence, in order."""
        async with self._engine.connect() as connection:
            rows = await connection.execute(
                select(tables.event)
                .where(tables.event.c.conversation == conversation, tables.event.c.sequence > after)
                .order_by(tables.event.c.sequence)
                .limit(limit)
            )
            return [_event(row) for row in rows]

    async def latest(self, conversation: UUID, limit: int = 500) -> list[Event]:
        """The last events, in order."""
        async with self._engine.connect() as connection:
            rows = await connection.execute(
                select(tables.event)
                .where(tables.event.c.conversation == conversation)
                .order_by(tables.event.c.sequence.desc())
                .limit(limit)
            )
            return [_event(row) for row in reversed(rows.all())]

    async def context(self, conversation: UUID, before: int) -> Context:
        """What the turn of event `before` may go on with."""
        async with self._engine.connect() as connection:
            return await context_of(connection, conversation, before)

    async def reply_parts(self, conversation: UUID, answers: int) -> list[Answer]:
        """The final reply to an event, as Answers; what a person's talk was interrupted for is one, too."""
        async with self._engine.connect() as connection:
            bodies = await connection.scalars(
                select(tables.event.c.body)
                .where(
                    tables.event.c.conversation == conversation,
                    tables.event.c.answers == answers,
                    tables.event.c.part >= 1,
                )
                .order_by(tables.event.c.part)
            )
            return [Answer.model_validate(body.get("answer", body)) for body in bodies]

    async def exists(self, conversation: UUID) -> bool:
        """Whether the conversation is there."""
        async with self._engine.connect() as connection:
            found = await connection.scalar(
                select(func.count()).where(tables.conversation.c.id == conversation)
            )
        return bool(found)

    async def _is_wanted(self, connection: AsyncConnection, conversation: UUID, sequence: int) -> bool:
        """Whether the bot may still answer the event; locks its conversation.

        It may be deleted or unsent meanwhile, or a person's to answer.
        """
        try:
            row = await log.lock(connection, conversation)
        except ConversationNotFoundError:
            await tracker.forget(connection, conversation)  # Rasa may have saved it meanwhile
            return False
        body = await connection.scalar(
            select(tables.event.c.body).where(
                tables.event.c.conversation == conversation, tables.event.c.sequence == sequence
            )
        )
        if body is None or body.get("unsent"):
            await tracker.forget(connection, conversation)
            return False
        return bool(sequence > row.silent_to)

    async def _first_time(self, connection: AsyncConnection, webhook_event_id: str) -> bool:
        added = await connection.execute(
            upsert(tables.line_event)
            .values(webhook_event_id=webhook_event_id)
            .on_conflict_do_nothing()
            .returning(tables.line_event.c.webhook_event_id)
        )
        return added.scalar() is not None

    async def _line_conversation(
        self, connection: AsyncConnection, contact: bytes, contact_digest: bytes
    ) -> UUID:
        found = await connection.execute(
            upsert(tables.conversation)
            .values(id=uuid.uuid4(), channel="line", contact=contact, contact_digest=contact_digest)
            .on_conflict_do_update(index_elements=["contact_digest"], set_={"contact": contact})
            .returning(tables.conversation.c.id)
        )
        conversation: UUID = found.scalar_one()
        return conversation

    async def _receive(
        self,
        connection: AsyncConnection,
        row: Row[Any],
        body: dict[str, Any],
        key: str,
        said_at: datetime | None = None,
    ) -> int:
        sequence = await log.append(connection, row.id, Author.RESIDENT, body, key=key, said_at=said_at)
        urgent = self._is_urgent(body.get("text", ""))
        is_silent, is_from_line = sequence <= row.silent_to, said_at is not None
        if is_silent:
            await log.wake_staff(connection, row.id)
        if urgent or is_from_line or not is_silent:  # who writes on LINE to a person is led to the talk
            await self._queue.enqueue_turn(await raw(connection), row.id, sequence, urgent=urgent)
        return sequence


async def _block(
    connection: AsyncConnection, contact_digest: bytes, at: datetime, *, is_blocked: bool
) -> None:
    """Unless something later is known by LINE's clock."""
    of = tables.conversation.c
    await connection.execute(
        update(tables.conversation)
        .where(of.contact_digest == contact_digest)
        .where(of.block_changed_at.is_(None) | (of.block_changed_at < at))
        .values(is_blocked=is_blocked, block_changed_at=at)
    )


async def goes_to_line(connection: AsyncConnection, conversation: UUID, answers: int) -> bool:
    """Whether the event came from LINE; a talk that began there may go on in private on the web."""
    of = tables.delivery.c
    return bool(
        await connection.scalar(
            select(func.count()).where(of.conversation == conversation, of.answers == answers)
        )
    )


async def _was_unsent(connection: AsyncConnection, message_id: str | None) -> bool:
    return bool(
        await connection.scalar(
            select(func.count())
            .select_from(tables.line_unsent)
            .where(tables.line_unsent.c.message_id == message_id)
        )
    )


def _typed(said: str, key: str) -> dict[str, Any]:
    masked = mask(said.replace("\x00", ""))
    return {"text": masked.text, "key": key, "hidden": list(masked.hidden)}


def _event(row: Row[Any]) -> Event:
    return Event(row.conversation, row.sequence, Author(row.author), row.body, row.created_at)
