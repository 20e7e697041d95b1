"""The event store: what residents say and what they are answered, each in one transaction.

A resident's message and the job that will answer it are written together, or not at all
(design rule 5). Text is masked here, on the only way in, before the first write (rule 4).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import psycopg
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from channels.core import tables, tracker
from channels.core.context import Context, context_of
from channels.core.database import raw
from channels.core.events import NOTIFY_CHANNEL, Author, Event
from channels.core.privacy import mask
from channels.errors import ConversationNotFoundError, EmptyMessageError, MessageTooLongError
from knowledge.answer import Answer, AnswerKind

MAX_TEXT = 1000
"""Characters of one message; DIET's time grows with length and no question needs more."""
MAX_KEY = 100


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


@dataclass(frozen=True)
class LineDelivery:
    """What is known of a reply on its way to LINE."""

    contact: bytes
    reply_token: str | None
    received_at: datetime
    attempted_at: datetime | None
    delivered_at: datetime | None


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
            row = await self._lock(connection, conversation)
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
    ) -> bool:
        """Store one LINE event, its job and its way back; False when it was here before.

        `body` is a resident body; its `text` is masked here.
        """
        async with self._engine.begin() as connection:
            if not await self._first_time(connection, webhook_event_id):
                return False
            conversation = await self._line_conversation(connection, contact, contact_digest)
            row = await self._lock(connection, conversation)
            if "text" in body:
                body = body | _typed(body["text"], webhook_event_id)
            sequence = await self._receive(connection, row, body, webhook_event_id)
            await connection.execute(
                insert(tables.delivery).values(
                    conversation=conversation, answers=sequence, reply_token=reply_token
                )
            )
        return True

    async def forget_line_message(self, message_id: str) -> None:
        """Delete the text of a message that its sender has unsent, here and in Rasa's tracker."""
        async with self._engine.begin() as connection:
            changed = await connection.execute(
                update(tables.event)
                .where(tables.event.c.body["message_id"].astext == message_id)
                .values(body={"unsent": True})
                .returning(tables.event.c.conversation)
            )
            for conversation in changed.scalars().all():
                await tracker.forget(connection, conversation)

    async def reply(
        self, conversation: UUID, answers: int, parts: Sequence[Answer], *, interim: bool = False
    ) -> bool:
        """Store the reply to event `answers`; False, and nothing written, when it is there already.

        An interim reply comes before the real one and may be followed by it.
        """
        async with self._engine.begin() as connection:
            row = await self._lock(connection, conversation)
            if await self._is_unsent(connection, conversation, answers):
                await tracker.forget(connection, conversation)  # Rasa may have saved it meanwhile
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
            for part, answer in enumerate(parts, start=first):
                sequence = await self._append(
                    connection,
                    row.id,
                    Author.BOT,
                    answer.model_dump(mode="json"),
                    answers=answers,
                    part=part,
                )
                if answer.feedback:
                    await connection.execute(
                        insert(tables.feedback).values(**answer.feedback.model_dump(mode="json"))
                    )
                if answer.kind is AnswerKind.HANDOFF:
                    await connection.execute(
                        insert(tables.handoff_request).values(conversation=row.id, sequence=sequence)
                    )
            if row.channel == "line" and not interim:
                await self._queue.enqueue_delivery(await raw(connection), row.id, answers)
        return True

    async def is_answered(self, conversation: UUID, sequence: int) -> bool:
        """Whether the event has its final reply."""
        async with self._engine.connect() as connection:
            found = await connection.scalar(
                select(func.count()).where(
                    tables.event.c.conversation == conversation,
                    tables.event.c.answers == sequence,
                    tables.event.c.part >= 1,
                )
            )
        return bool(found)

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

    async def context(self, conversation: UUID, before: int) -> Context:
        """What the turn of event `before` may go on with."""
        async with self._engine.connect() as connection:
            return await context_of(connection, conversation, before)

    async def reply_parts(self, conversation: UUID, answers: int) -> list[Answer]:
        """The final reply to an event, as Answers."""
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
            return [Answer.model_validate(body) for body in bodies]

    async def exists(self, conversation: UUID) -> bool:
        """Whether the conversation is there."""
        async with self._engine.connect() as connection:
            found = await connection.scalar(
                select(func.count()).where(tables.conversation.c.id == conversation)
            )
        return bool(found)

    async def line_delivery(self, conversation: UUID, answers: int) -> LineDelivery | None:
        """The delivery of one reply."""
        async with self._engine.connect() as connection:
            row = (
                await connection.execute(
                    select(tables.delivery, tables.conversation.c.contact)
                    .join_from(tables.delivery, tables.conversation)
                    .where(
                        tables.delivery.c.conversation == conversation,
                        tables.delivery.c.answers == answers,
                    )
                )
            ).one_or_none()
        if row is None:
            return None
        return LineDelivery(row.contact, row.reply_token, row.received_at, row.attempted_at, row.delivered_at)

    async def line_contact(self, conversation: UUID) -> bytes | None:
        """The encrypted LINE user id of a conversation, None when it is none on LINE."""
        async with self._engine.connect() as connection:
            contact: bytes | None = await connection.scalar(
                select(tables.conversation.c.contact).where(tables.conversation.c.id == conversation)
            )
        return contact

    async def mark_delivery(self, conversation: UUID, answers: int, column: str) -> None:
        """Write the time into `attempted_at` or `delivered_at`."""
        async with self._engine.begin() as connection:
            await connection.execute(
                update(tables.delivery)
                .where(
                    tables.delivery.c.conversation == conversation,
                    tables.delivery.c.answers == answers,
                )
                .values({column: func.now()})
            )

    async def open_requests(self) -> int:
        """How many residents have asked for a person and are still kept."""
        async with self._engine.connect() as connection:
            return int(await connection.scalar(select(func.count()).select_from(tables.handoff_request)) or 0)

    async def delete_older_than(self, days: int) -> int:
        """Delete idle conversations with all that hangs on them; returns how many."""
        before = func.now() - timedelta(days=days)
        async with self._engine.begin() as connection:
            gone = await connection.execute(
                delete(tables.conversation).where(tables.conversation.c.active_at < before)
            )
            await connection.execute(
                delete(tables.line_event).where(tables.line_event.c.received_at < before)
            )
        return int(gone.rowcount)

    async def _is_unsent(self, connection: AsyncConnection, conversation: UUID, sequence: int) -> bool:
        body = await connection.scalar(
            select(tables.event.c.body).where(
                tables.event.c.conversation == conversation, tables.event.c.sequence == sequence
            )
        )
        return bool(body and body.get("unsent"))

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

    async def _lock(self, connection: AsyncConnection, conversation: UUID) -> Row[Any]:
        row = (
            await connection.execute(
                select(tables.conversation).where(tables.conversation.c.id == conversation).with_for_update()
            )
        ).one_or_none()
        if row is None:
            raise ConversationNotFoundError
        return row

    async def _receive(
        self, connection: AsyncConnection, row: Row[Any], body: dict[str, Any], key: str
    ) -> int:
        sequence = await self._append(connection, row.id, Author.RESIDENT, body, key=key)
        urgent = self._is_urgent(body.get("text", ""))
        await self._queue.enqueue_turn(await raw(connection), row.id, sequence, urgent=urgent)
        return sequence

    async def _append(
        self,
        connection: AsyncConnection,
        conversation: UUID,
        author: Author,
        body: dict[str, Any],
        **columns: str | int,
    ) -> int:
        updated = await connection.execute(
            update(tables.conversation)
            .where(tables.conversation.c.id == conversation)
            .values(last_sequence=tables.conversation.c.last_sequence + 1, active_at=func.now())
            .returning(tables.conversation.c.last_sequence)
        )
        sequence: int = updated.scalar_one()
        await connection.execute(
            insert(tables.event).values(
                conversation=conversation, sequence=sequence, author=author, body=body, **columns
            )
        )
        await connection.execute(
            text("select pg_notify(:channel, :payload)"),
            {"channel": NOTIFY_CHANNEL, "payload": str(conversation)},
        )
        return sequence


def _typed(said: str, key: str) -> dict[str, Any]:
    masked = mask(said.replace("\x00", ""))
    return {"text": masked.text, "key": key, "hidden": list(masked.hidden)}


def _event(row: Row[Any]) -> Event:
    return Event(row.conversation, row.sequence, Author(row.author), row.body, row.created_at)
