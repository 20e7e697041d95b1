"""What becomes of a wish for a person, and of the buttons on the way to one.

Where the resident is led is decided by a pure function; the rest happens inside the transaction that stores
the reply, so that what is told and what is stored never differ, and a turn that runs twice wishes once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from channels.core import log, tables
from channels.core.context import CONTEXT_LASTS, context_of
from channels.core.database import raw
from channels.core.events import Author, Event
from channels.core.store import Settle, goes_to_line
from channels.errors import ConversationNotFoundError
from channels.handoff import presses, rows, waits, wishes
from channels.handoff.duty import Active, Clock, DutyBook, local
from channels.handoff.leading import Led, lead
from channels.handoff.machine import State
from channels.handoff.presses import Kind, Press
from channels.handoff.push import LinePush
from channels.handoff.rows import EVERYBODY, Handoff, Notice
from channels.handoff.words import Words, told
from knowledge.answer import Answer, AnswerChoice, AnswerKind, LinkRole
from knowledge.entries import Department
from knowledge.service import Knowledge

WRITING = "message"
"""The aspect of the reply that asks for a message: what is said next is the message."""
_SLOTS = 3
_ALL_SLOTS = 1_000
_IN_HAND = timedelta(minutes=30)
"""How long a time that was offered may be pressed after it would not be offered any more."""


class Reception:
    """Leads residents to a person. One object serves all turns (see `channels.core.turns.Reception`)."""

    def __init__(
        self,
        engine: AsyncEngine,
        knowledge: Knowledge,
        book: DutyBook,
        active: Active,
        push: LinePush,
        now: Clock,
    ) -> None:
        self._engine = engine
        self._knowledge = knowledge
        self._book = book
        self._active = active
        self._words = Words(knowledge, book)
        self._push = push
        self._now = now

    async def takes(self, said: Event, question: str) -> Settle | None:
        """How to answer what is no question to the bot: a button of ours, or a message that was asked for."""
        press = presses.read(question, self._words.phrases, self._knowledge.phrases.labels, self._now())
        if press:
            return partial(self._pressed, said, press)
        async with self._engine.connect() as connection:
            before = await _last_reply(connection, said)
        is_message = before is not None and before.kind is AnswerKind.HANDOFF and before.aspect == WRITING
        return partial(self._keep, said) if is_message else None

    def leads(self, said: Event, danger: Answer | None) -> Settle:
        """How a reply of the bot that points to a person becomes the way there.

        Who waits for a person and is in danger meanwhile is told what to do by the bot; staff are alarmed.
        """
        return partial(self._lead, said, danger)

    async def watch(self, said: Event, danger: Answer | None) -> None:
        """A person has the talk: of all that the bot knows only what saves a life is told, with an alarm.

        Who writes on LINE while the talk is outside of it is led there again: the words went to the person.
        """
        if danger is None and not self._push.leads_away:
            return
        async with self._engine.begin() as connection:
            try:
                await log.lock(connection, said.conversation)
            except ConversationNotFoundError:
                return
            if await log.is_answered(connection, said.conversation, said.sequence):
                return
            is_on_line = await goes_to_line(connection, said.conversation, said.sequence)
            handoff = await rows.open_one(connection, said.conversation)
            if danger is None:
                if is_on_line and handoff and self._push.leads_away:
                    await self._push.queue.enqueue_delivery(
                        await raw(connection), said.conversation, said.sequence
                    )
                return
            numbers = [link.label for link in danger.links if link.role is LinkRole.TEL]
            text = "\n".join([danger.text, *numbers])
            state = handoff.state if handoff else State.CLOSED
            body = told(text, state, answer=danger.model_dump(mode="json"))
            await log.append(
                connection, said.conversation, Author.SYSTEM, body, answers=said.sequence, part=1
            )
            if handoff:
                await self._alarm(connection, handoff)
            if is_on_line:
                await self._push.queue.enqueue_delivery(
                    await raw(connection), said.conversation, said.sequence
                )

    async def _alarm(self, connection: AsyncConnection, handoff: Handoff) -> None:
        """A life may hang on what was said: everybody is to look at this talk."""
        if handoff.alarm < EVERYBODY:
            await rows.notice(connection, Notice.ALARM_ALL, handoff, self._now())
            await rows.change(connection, handoff, alarm=EVERYBODY)

    async def _lead(
        self, said: Event, danger: Answer | None, connection: AsyncConnection, parts: Sequence[Answer]
    ) -> Sequence[Answer]:
        if danger and (waits_for := await rows.open_one(connection, said.conversation)):
            await self._alarm(connection, waits_for)
        if any(part.kind is AnswerKind.HANDOFF for part in parts):
            return [
                await self._wish(connection, said, part) if part.kind is AnswerKind.HANDOFF else part
                for part in parts
            ]
        if any(part.kind is AnswerKind.UNKNOWN for part in parts):
            before = await _last_reply(connection, said)
            if before and before.kind is AnswerKind.UNKNOWN:
                return [self._offering(part) if part.kind is AnswerKind.UNKNOWN else part for part in parts]
        return parts

    def _offering(self, part: Answer) -> Answer:
        """An answer that knows nothing for the second time: a person may."""
        person = self._knowledge.phrases.labels.person
        others = tuple(choice for choice in part.choices if choice.says != person)
        return part.model_copy(
            update={
                "text": f"{part.text}\n{self._words.phrases.unknown_again}",
                "choices": (AnswerChoice(label=person, says=person), *others),
            }
        )

    async def _wish(self, connection: AsyncConnection, said: Event, otherwise: Answer) -> Answer:
        """The way to a person; `otherwise` where nobody could ever answer."""
        now = self._now()
        open_one = await rows.open_one(connection, said.conversation)
        if open_one and not open_one.is_message:
            return await self._stands(connection, open_one, now)
        led, desk = await self._led(connection, said, now)
        if led is None:
            if open_one is None:
                await wishes.unstaffed(connection, said.conversation, desk, now)
            return otherwise
        if led.is_there:
            handoff = await wishes.request(connection, said.conversation, led.desk, now)
            return await self._stands(connection, handoff, now, is_new=True)
        if open_one:
            return await self._stands(connection, open_one, now)
        return await self._offers(connection, said, led, now)

    async def _stands(
        self, connection: AsyncConnection, handoff: Handoff, now: datetime, *, is_new: bool = False
    ) -> Answer:
        """Where a wish stands: how many are before it, until when it waits, how to stop it."""
        words, phrases = self._words, self._words.phrases
        if handoff.state is State.CALLBACK and handoff.due_at:
            due = words.moment(local(handoff.due_at))
            told_when = words.at_desk(phrases.callback, handoff.desk, moment=due)
            return words.reply([told_when, phrases.callback_comes], [phrases.stop_callback])
        if handoff.is_message:
            return words.reply([self._kept(handoff.desk, now)])
        before = await waits.ahead(connection, handoff.desk, handoff)
        lines = [words.at_desk(phrases.waiting if is_new else phrases.still_waiting, handoff.desk)]
        lines.append(phrases.before.format(count=before) if before else phrases.nobody_before)
        minutes = waits.estimate(await waits.waits_of(connection, handoff.desk, now))
        if minutes is not None:
            lines.append(phrases.estimate.format(minutes=minutes))
        return words.reply([*lines, phrases.meanwhile], [phrases.stop])

    async def _offers(
        self, connection: AsyncConnection, said: Event, led: Led, now: datetime, *first: str
    ) -> Answer:
        """Nobody is there: when somebody will be, times to choose from, or to leave a message."""
        words, phrases = self._words, self._words.phrases
        opening = self._book.next_opening(led.desk, now)
        closed = words.opens(phrases.closed_now, phrases.closed_now_unknown, led.desk, opening, now)
        free = await self._free(connection, said, led.desk, now, _SLOTS)
        slots = [phrases.slot.format(moment=words.moment(due)) for due in free]
        lines = [*first] or [closed]
        if slots:
            lines.append(phrases.offer_slots)
        return words.reply([*lines, phrases.offer_message], [*slots, phrases.message])

    async def _pressed(
        self, said: Event, press: Press, connection: AsyncConnection, parts: Sequence[Answer]
    ) -> Sequence[Answer]:
        return [*parts, await self._after(press, said, connection)]

    async def _after(self, press: Press, said: Event, connection: AsyncConnection) -> Answer:
        words, phrases, now = self._words, self._words.phrases, self._now()
        if press.kind is Kind.STOP:
            was_waiting = await wishes.cancel(connection, said.conversation, now)
            return words.reply([phrases.stopped if was_waiting else phrases.nothing_to_stop], phone=False)
        if press.rating is not None:
            await wishes.rate(connection, said.conversation, press.rating)
            return words.reply([phrases.rated], phone=False)
        led, _ = await self._led(connection, said, now)
        if led is None:
            return self._knowledge.handoff()
        if press.kind is Kind.MESSAGE:
            asking = words.reply([phrases.message_write], [phrases.stop])
            return asking.model_copy(update={"aspect": WRITING})
        return await self._slot(connection, said, led, press.due, now)

    async def _slot(
        self, connection: AsyncConnection, said: Event, led: Led, due: datetime | None, now: datetime
    ) -> Answer:
        await wishes.hold_slots(connection, led.desk)
        if due is None or due not in await self._free(connection, said, led.desk, now - _IN_HAND, _ALL_SLOTS):
            return await self._offers(connection, said, led, now, self._words.phrases.slot_gone)
        handoff = await wishes.schedule(connection, said.conversation, led.desk, due, now)
        return await self._stands(connection, handoff, now)

    async def _keep(
        self, said: Event, connection: AsyncConnection, parts: Sequence[Answer]
    ) -> Sequence[Answer]:
        """What was just said is a message for the clerks."""
        now = self._now()
        led, _ = await self._led(connection, said, now)
        if led is None:
            return [*parts, self._knowledge.handoff()]
        handoff = await wishes.leave_message(connection, said.conversation, led.desk, now)
        return [*parts, await self._stands(connection, handoff, now)]

    def _kept(self, desk: str, now: datetime) -> str:
        phrases = self._words.phrases
        opening = None if self._book.is_open(desk, now) else self._book.next_opening(desk, now)
        return self._words.opens(phrases.message_kept, phrases.message_kept_unknown, desk, opening, now)

    async def _led(self, connection: AsyncConnection, said: Event, now: datetime) -> tuple[Led | None, str]:
        """Where the resident is led, and the desk that was meant."""
        before = await context_of(connection, said.conversation, said.sequence)
        entry = self._knowledge.content.entries.get(before.entry or "")
        department = entry.id if isinstance(entry, Department) else getattr(entry, "department", None)
        desk = self._book.desk_for(department)
        conversation = await log.lock(connection, said.conversation)
        if not self._push.reaches(conversation):
            return None, desk
        return lead(self._book, desk, await self._active(), now), desk

    async def _free(
        self, connection: AsyncConnection, said: Event, desk: str, after: datetime, limit: int
    ) -> list[datetime]:
        taken = await wishes.taken(connection, desk, self._now(), said.conversation)
        return self._book.callback_slots(desk, after, taken, await self._active(), limit)


async def _last_reply(connection: AsyncConnection, said: Event) -> Answer | None:
    """The bot's last reply before what was said, small talk left out; None after a while."""
    of = tables.event.c
    body = await connection.scalar(
        select(of.body)
        .where(of.conversation == said.conversation, of.answers < said.sequence, of.part >= 1)
        .where(of.author == Author.BOT, of.created_at > func.now() - CONTEXT_LASTS)
        .where(of.body["kind"].astext != AnswerKind.TALK)
        .order_by(of.sequence.desc())
        .limit(1)
    )
    return Answer.model_validate(body) if body else None
