"""The moves of clerks. Each is one transaction that locks the conversation first, as its messages do.

So a move and a message have one order, two clerks never own one talk, and what the bot was about to say when
a clerk claims is never stored (core/log.py). Every refusal is a HandoffError; the clerk is shown its text.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from channels.core import log, tables
from channels.core.events import Author
from channels.errors import ConversationNotFoundError, HandoffGoneError, UnheardWordsError
from channels.handoff import rows
from channels.handoff.duty import Clock, instant
from channels.handoff.machine import Move, Standing, State, moved
from channels.handoff.push import LinePush
from channels.handoff.rows import Handoff, Notice
from channels.handoff.spoken import MAX_LABEL, spoken
from channels.handoff.words import Words, told
from knowledge.answer import Answer

type Record = Callable[[AsyncConnection, UUID, Move], Awaitable[None]]
"""Writes down a move in a conversation, in the move's own transaction."""


async def unrecorded(connection: AsyncConnection, conversation: UUID, move: Move) -> None:
    """Write nothing down."""


@dataclass(frozen=True)
class Clerk:
    """Who makes a move; `name` is what the resident and other clerks read."""

    account: UUID
    name: str


@dataclass
class _Moving:
    """A move under way: all its writes go through here, in one transaction."""

    connection: AsyncConnection
    conversation: Row[Any]
    handoff: Handoff
    after: Standing
    now: datetime
    title: str

    async def change(self, **columns: object) -> None:
        self.handoff = await rows.change(self.connection, self.handoff, **columns)

    async def stand(self, **columns: object) -> None:
        """Write where the handoff stands after the move."""
        await self.change(
            state=self.after.state, claimed_by=self.after.owner, changed_at=instant(self.now), **columns
        )

    async def say(self, text: str, **more: object) -> int:
        """Tell the resident what happens."""
        body = told(text, self.after.state, desk=self.title, **more)
        return await log.append(self.connection, self.conversation.id, Author.SYSTEM, body)


class Handoffs:
    """Raises HandoffGoneError for a talk that was deleted, MoveRefusedError for what is not allowed.

    `record` is told of every move that changes something, HEAR among them.
    """

    def __init__(
        self, engine: AsyncEngine, words: Words, push: LinePush, now: Clock, record: Record = unrecorded
    ) -> None:
        self._engine = engine
        self._words = words
        self._push = push
        self._now = now
        self._record = record

    async def claim(self, handoff: UUID, by: Clerk) -> None:
        """Take a talk: from here on the bot is silent in it. Once more by its owner changes nothing."""
        async with self._at(handoff) as (connection, conversation, found):
            if found.state is State.CLAIMED and found.claimed_by == by.account:
                return
            moving = self._begin(connection, conversation, found, Move.CLAIM, by)
            now = instant(moving.now)
            due = found.due_at if found.due_at and found.due_at <= now else None  # who comes early is there
            claimed_at = found.claimed_at or now
            await moving.stand(claimed_name=by.name, claimed_at=claimed_at, asked_for=None, due_at=due)
            await log.silence(connection, conversation.id)
            told_at = await moving.say(self._words.at_desk(self._words.phrases.claimed, found.desk))
            await self._tell(moving, told_at, anew=True)
            await self._record(connection, conversation.id, Move.CLAIM)

    async def take_over(self, handoff: UUID, by: Clerk) -> None:
        """Take a talk from a clerk who lets its resident wait; only once the alarm has been raised."""
        async with self._move(handoff, Move.TAKE_OVER, by) as moving:
            if moving.handoff.claimed_by == by.account:
                return
            await moving.stand(claimed_name=by.name)
            told_at = await moving.say(
                self._words.at_desk(self._words.phrases.taken_over, moving.handoff.desk)
            )
            await self._tell(moving, told_at, anew=True)

    async def say(self, handoff: UUID, by: Clerk, text: str, key: str, card: Answer | None = None) -> int:
        """Say something to the resident, perhaps with a card of the knowledge; returns the event's sequence.

        It is masked as residents' words are. The same `key` again changes nothing and returns the same
        sequence. Raises StaffWordsError.
        """
        words = spoken(text, self._words.public_numbers(), is_needed=card is None)
        async with self._at(handoff) as (connection, conversation, found):
            if (earlier := await _said(connection, found.conversation, _key(key))) is not None:
                return earlier
            moving = self._begin(connection, conversation, found, Move.SAY, by)
            body: dict[str, Any] = {
                "text": words.text,
                "hidden": list(words.hidden),
                "name": by.name,
                "desk": self._words.title(found.desk),
            }
            if card:
                body["answer"] = card.model_dump(mode="json")
            sequence = await log.append(connection, conversation.id, Author.STAFF, body, key=_key(key))
            at = instant(moving.now)
            await moving.change(spoken_at=at, first_answer_at=found.first_answer_at or at, alarm=0)
            await self._tell(moving, sequence)
            await self._record(connection, conversation.id, Move.SAY)
            return sequence

    async def hear(self, handoff: UUID, by: Clerk, sequence: int) -> None:
        """The owner's page has shown the talk up to an event."""
        async with self._move(handoff, Move.HEAR, by) as moving:
            await _hear(moving, sequence)

    async def release(self, handoff: UUID, by: Clerk) -> None:
        """Put a talk back into its desk's queue, for another clerk to take."""
        async with self._move(handoff, Move.RELEASE, by) as moving:
            await moving.stand(claimed_name=None, alarm=0)
            await log.unsilence(moving.connection, moving.conversation.id)
            await self._word(moving, self._words.at_desk(self._words.phrases.released, moving.handoff.desk))

    async def transfer(self, handoff: UUID, by: Clerk, desk: str, to: UUID | None = None) -> None:
        """Pass a talk to a desk, there perhaps to one clerk; what they have not read stays unread."""
        async with self._move(handoff, Move.TRANSFER, by) as moving:
            was_claimed = moving.handoff.state is State.CLAIMED
            await moving.stand(desk=desk, claimed_name=None, asked_for=to, alarm=0)
            await rows.notice(moving.connection, Notice.NEW, moving.handoff, moving.now)
            if was_claimed:
                await log.unsilence(moving.connection, moving.conversation.id)
            await self._word(moving, self._words.at_desk(self._words.phrases.transferred, desk))

    async def give_back(self, handoff: UUID, by: Clerk, heard: int) -> None:
        """End a talk, for the bot to go on; `heard` is the last event that the clerk's page has shown.

        Raises UnheardWordsError when the resident has said something after that.
        """
        await self._end(handoff, Move.GIVE_BACK, by, heard)

    async def close(self, handoff: UUID, by: Clerk, heard: int) -> None:
        """End a talk, or a wish that needs no talk any more; `heard` and errors as in `give_back`."""
        await self._end(handoff, Move.CLOSE, by, heard)

    async def note(self, handoff: UUID, by: Clerk, text: str) -> None:
        """Keep a note for clerks; the resident never sees it. Raises StaffWordsError."""
        words = spoken(text, self._words.public_numbers())
        async with self._move(handoff, Move.NOTE, by) as moving:
            await moving.connection.execute(
                insert(tables.handoff_note).values(
                    handoff=handoff,
                    account=by.account,
                    name=by.name,
                    text=words.text,
                    at=instant(moving.now),
                )
            )
            await rows.wake(moving.connection, moving.conversation.id)

    async def label(self, handoff: UUID, by: Clerk, label: str | None) -> None:
        """Label a talk for clerks, None for no label. Raises StaffWordsError."""
        words = spoken(label, self._words.public_numbers(), most=MAX_LABEL).text if label else None
        async with self._move(handoff, Move.NOTE, by) as moving:
            await moving.change(label=words)

    async def _end(self, handoff: UUID, move: Move, by: Clerk, heard: int) -> None:
        async with self._move(handoff, move, by) as moving:
            await _hear(moving, heard)
            if unheard := await _unheard(moving):
                raise UnheardWordsError(unheard)
            phrases = self._words.phrases
            was_claimed = moving.handoff.state is State.CLAIMED
            await moving.stand(closed_at=instant(moving.now), closed_why=move.value)
            if was_claimed:
                text = phrases.given_back if move is Move.GIVE_BACK else phrases.closed
                more = {"choices": self._words.rating(), "summary": phrases.summary}
                await self._word(moving, f"{text}\n{phrases.rate}", **more)
                await log.unsilence(moving.connection, moving.conversation.id)
            else:
                await self._word(moving, self._words.at_desk(phrases.closed_unheld, moving.handoff.desk))

    async def _tell(self, moving: _Moving, sequence: int, *, anew: bool = False) -> None:
        await self._push.tell(
            moving.connection, moving.conversation, moving.handoff, sequence, moving.now, anew=anew
        )

    async def _word(self, moving: _Moving, text: str, **more: object) -> None:
        sequence = await moving.say(text, **more)
        await self._push.word(moving.connection, moving.conversation, sequence)

    def _begin(
        self, connection: AsyncConnection, conversation: Row[Any], handoff: Handoff, move: Move, by: Clerk
    ) -> _Moving:
        after = moved(handoff.standing, move, by.account)
        title = self._words.title(handoff.desk)
        return _Moving(connection, conversation, handoff, after, self._now(), title)

    @asynccontextmanager
    async def _move(self, handoff: UUID, move: Move, by: Clerk) -> AsyncIterator[_Moving]:
        async with self._at(handoff) as (connection, conversation, found):
            yield self._begin(connection, conversation, found, move, by)
            await self._record(connection, conversation.id, move)

    @asynccontextmanager
    async def _at(self, handoff: UUID) -> AsyncIterator[tuple[AsyncConnection, Row[Any], Handoff]]:
        """A transaction that holds the lock of the handoff's conversation."""
        async with self._engine.begin() as connection:
            seen = await rows.by_id(connection, handoff)
            if seen is None:
                raise HandoffGoneError
            try:
                conversation = await log.lock(connection, seen.conversation)
            except ConversationNotFoundError:
                raise HandoffGoneError from None
            found = await rows.by_id(connection, handoff)
            if found is None:
                raise HandoffGoneError
            yield connection, conversation, found


def _key(key: str) -> str:
    """A clerk's key as the event keeps it, apart from residents' keys."""
    return f"staff:{key}"


async def _said(connection: AsyncConnection, conversation: UUID, key: str) -> int | None:
    """The sequence of what a clerk has said with a key."""
    of = tables.event.c
    found: int | None = await connection.scalar(
        select(of.sequence).where(of.conversation == conversation, of.key == key, of.author == Author.STAFF)
    )
    return found


async def _hear(moving: _Moving, sequence: int) -> None:
    shown = min(sequence, moving.conversation.last_sequence)
    if shown > moving.handoff.heard_sequence:
        await moving.change(heard_sequence=shown)


async def _unheard(moving: _Moving) -> int:
    """How many of the resident's words no clerk's page has shown."""
    of = tables.event.c
    found = await moving.connection.scalar(
        select(func.count()).where(
            of.conversation == moving.conversation.id,
            of.author == Author.RESIDENT,
            of.sequence > moving.handoff.heard_sequence,
            ~of.body.has_key("unsent"),
        )
    )
    return int(found or 0)
