"""Whatever happens, in whatever order: one owner, a silent bot, no word unseen. Over a real PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from channels.core import log, tables
from channels.core.database import sync_url
from channels.core.erasure import Erasure
from channels.core.events import Event
from channels.core.log import FOR_EVER
from channels.core.store import Store
from channels.errors import HandoffError, HandoffGoneError, UnheardWordsError
from channels.handoff import rows, wishes
from channels.handoff.handoffs import Clerk, Handoffs
from channels.handoff.machine import State
from channels.handoff.minute import Minute
from channels.handoff.push import LinePush
from channels.handoff.rows import Handoff
from channels.handoff.words import Words
from knowledge.answer import Answer, AnswerKind
from knowledge.service import Knowledge
from tests.channels.handoff.conftest import ITO, SATO, Ahead, Desks

WHO = st.integers(0, 5)
"""Whoever owns the talk, where it has an owner; 0 and 1 are a certain clerk, owner or not."""
REPLY = Answer(kind=AnswerKind.TALK, text="まどぐちの返事")


class Queue:
    """Keeps the turns that were queued: a test answers them whenever, and as often as, it likes."""

    def __init__(self) -> None:
        self.turns: list[tuple[UUID, int]] = []

    async def enqueue_turn(self, _: object, conversation: UUID, sequence: int, *, urgent: bool) -> None:
        self.turns.append((conversation, sequence))

    async def enqueue_delivery(self, *_: object) -> None:
        raise AssertionError("nobody is on LINE here")


class CrashError(Exception):
    """A process dies before its commit."""


class CrashingPush(LinePush):
    """Dies when it is about to tell LINE: after all writes of a move, before its commit."""

    async def tell(self, *_: object, **__: object) -> None:
        raise CrashError

    async def word(self, *_: object) -> None:
        raise CrashError


class Talk(RuleBasedStateMachine):
    """One conversation, two clerks, a bot whose replies come at any time, and the clock."""

    def __init__(self, database_url: str, knowledge: Knowledge) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.engine = create_async_engine(sync_url(database_url), poolclass=NullPool)
        self.queue, self.now, book = Queue(), Ahead(), Desks()
        self.store = Store(self.engine, self.queue, lambda _: False)
        words, push = Words(knowledge, book), LinePush(self.queue, has_words=False, has_links=True)
        self.handoffs = Handoffs(self.engine, words, push, self.now)
        self.crashing = Handoffs(self.engine, words, CrashingPush(self.queue, True, True), self.now)
        self.book = book

        async def active() -> frozenset[str]:
            return frozenset({"sato"})

        self.minute = Minute(self.engine, words, book, active, push, self.now)
        self.keys = 0
        self.handoff: UUID | None = None
        self.conversation = self.run(self.store.open_web())
        self.begin()

    def run[T](self, doing: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(doing)

    def teardown(self) -> None:
        self.run(Erasure(self.engine).run(self.conversation))
        self.runner.close()

    def row(self) -> Handoff | None:
        async def read() -> Handoff | None:
            async with self.engine.connect() as connection:
                return await rows.open_one(connection, self.conversation)

        return self.run(read())

    def clerk(self, who: int) -> Clerk:
        row = self.row()
        owner = row.claimed_by if row else None
        certain = ITO if who == 1 else SATO
        return certain if who < 2 or owner is None else next(c for c in (SATO, ITO) if c.account == owner)

    def events(self) -> list[Event]:
        return self.run(self.store.events(self.conversation))

    def move(self, doing: Coroutine[Any, Any, Any]) -> BaseException | None:
        """Try a move of a clerk; what it was refused with."""
        try:
            self.run(doing)
        except (HandoffError, CrashError) as error:
            return error
        return None

    # --- the resident

    def begin(self) -> None:
        """A question that waits for the bot, and a wish: without them little happens."""
        self.say()
        self.wish(what="request")

    @rule()
    def say(self) -> None:
        self.keys += 1
        self.run(self.store.say(self.conversation, f"言葉{self.keys}", f"key-{self.keys:06}"))

    @rule(what=st.sampled_from(["request", "request", "message", "slot", "cancel", "rate"]))
    def wish(self, what: str) -> None:
        """As the reception does it: under the lock, and never while the bot is silent."""

        async def change() -> None:
            async with self.engine.begin() as connection:
                locked = await log.lock(connection, self.conversation)
                if locked.silent_to == FOR_EVER:
                    return
                here, now = self.conversation, self.now()
                open_one = await rows.open_one(connection, here)
                if what == "request" and (open_one is None or open_one.is_message):
                    await wishes.request(connection, here, "city", now)
                elif what == "message":
                    await wishes.leave_message(connection, here, "city", now)
                elif what == "slot":
                    await wishes.hold_slots(connection, "city")
                    await wishes.schedule(connection, here, "city", now, now)
                elif what == "cancel":
                    await wishes.cancel(connection, here, now)
                elif what == "rate":
                    await wishes.rate(connection, here, 5)

        self.run(change())
        row = self.row()
        self.handoff = row.id if row else self.handoff

    @rule(chance=st.integers(0, 7))
    def erase(self, chance: int) -> None:
        if chance:
            return
        self.run(Erasure(self.engine).run(self.conversation))
        if self.handoff:
            assert isinstance(self.move(self.handoffs.claim(self.handoff, SATO)), HandoffGoneError)
        self.handoff = None
        self.conversation = self.run(self.store.open_web())
        self.begin()

    # --- the bot

    @rule(which=st.integers(0, 3), interim=st.booleans())
    def reply(self, which: int, interim: bool) -> None:  # hypothesis passes by name
        if self.queue.turns:
            conversation, sequence = self.queue.turns[-1 - which % len(self.queue.turns)]
            self.run(self.store.reply(conversation, sequence, [REPLY], interim=interim))

    # --- the clerks

    @rule(who=WHO)
    def claim(self, who: int) -> None:
        by = self.clerk(who)
        if self.handoff:
            self.move(self.handoffs.claim(self.handoff, by))

    @rule()
    def both_claim(self) -> None:
        row = self.row()
        if row is None:
            return

        async def at_once() -> list[BaseException | None]:
            both = (self.handoffs.claim(row.id, SATO), self.handoffs.claim(row.id, ITO))
            return list(await asyncio.gather(*both, return_exceptions=True))

        refused = [result for result in self.run(at_once()) if result is not None]
        assert len(refused) == 1
        after = self.row()
        assert after is not None
        if row.state is State.CLAIMED:
            assert after.claimed_by == row.claimed_by

    @rule(who=WHO, again=st.booleans())
    def speak(self, who: int, again: bool) -> None:
        by = self.clerk(who)
        if self.handoff is None:
            return
        self.keys += 0 if again else 1
        row, before = self.row(), len(self.events())
        key = f"{by.name}-{self.keys:06}"
        error = self.move(self.handoffs.say(self.handoff, by, "職員の言葉", key))
        is_owner = row is not None and row.state is State.CLAIMED and row.claimed_by == by.account
        if len(self.events()) > before:
            assert is_owner
        elif error is None:
            assert again

    @rule(who=WHO, where=st.sampled_from(["release", "city", "tax"]))
    def pass_on(self, who: int, where: str) -> None:
        by = self.clerk(who)
        if self.handoff and where == "release":
            self.move(self.handoffs.release(self.handoff, by))
        elif self.handoff:
            self.move(self.handoffs.transfer(self.handoff, by, where))

    @rule(who=WHO, missed=st.integers(0, 3), gives_back=st.booleans())
    def end(self, who: int, missed: int, gives_back: bool) -> None:
        by = self.clerk(who)
        if self.handoff is None:
            return
        row, events = self.row(), self.events()
        shown = max(len(events) - missed, 0)
        seen = max(shown, row.heard_sequence if row else 0)
        unseen = [event for event in events if event.author == "resident" and event.sequence > seen]
        ending = self.handoffs.give_back if gives_back else self.handoffs.close
        error = self.move(ending(self.handoff, by, shown))
        if unseen:
            assert error is not None
        if isinstance(error, UnheardWordsError):
            assert error.unheard == len(unseen)

    @rule(who=WHO, back=st.integers(0, 3))
    def look(self, who: int, back: int) -> None:
        by = self.clerk(who)
        if self.handoff:
            self.move(self.handoffs.hear(self.handoff, by, len(self.events()) - back))

    @rule(who=WHO)
    def take_over(self, who: int) -> None:
        by = self.clerk(who)
        if self.handoff:
            self.move(self.handoffs.take_over(self.handoff, by))

    @rule(who=WHO, which=st.sampled_from(["claim", "say", "release", "close"]))
    def crash(self, who: int, which: str) -> None:
        by = self.clerk(who)
        if self.handoff is None:
            return
        before = (self.row(), self.events())
        crashing, handoff = self.crashing, self.handoff
        doing: dict[str, Coroutine[Any, Any, Any]] = {
            "claim": crashing.claim(handoff, by),
            "say": crashing.say(handoff, by, "言いかけ", f"crash-{self.keys}"),
            "release": crashing.release(handoff, by),
            "close": crashing.close(handoff, by, len(before[1])),
        }
        error = self.move(doing.pop(which))
        for other in doing.values():
            other.close()
        if error is not None:
            assert (self.row(), self.events()) == before

    # --- the clock

    @rule(minutes=st.integers(0, 25), is_open=st.booleans())
    def wait(self, minutes: int, is_open: bool) -> None:
        self.now.wait(minutes=minutes)
        self.book.open = {"city"} if is_open else set()
        self.run(self.minute.run())

    # --- what holds

    @invariant()
    def a_claimed_talk_has_an_owner_and_a_silent_bot_and_no_other_has(self) -> None:
        async def read() -> tuple[list[Any], int]:
            of = tables.handoff.c
            async with self.engine.connect() as connection:
                found = await connection.execute(
                    select(of.state, of.claimed_by).where(of.conversation == self.conversation)
                )
                silent = select(tables.conversation.c.silent_to)
                to = await connection.scalar(silent.where(tables.conversation.c.id == self.conversation))
                return list(found), int(to or 0)

        handoffs, silent_to = self.run(read())
        owned = [state for state, owner in handoffs if owner is not None]
        claimed = [state for state, _ in handoffs if state == "claimed"]
        assert owned == claimed
        assert len([state for state, _ in handoffs if state != "closed"]) <= 1
        assert (silent_to == FOR_EVER) == bool(claimed)

    @invariant()
    def the_bot_says_nothing_in_a_talk_nor_to_what_was_said_there_later(self) -> None:
        events = self.events()
        assert [event.sequence for event in events] == list(range(1, len(events) + 1))
        is_claimed, to_person = False, 0
        answers = self.run(self.answers())
        for event in events:
            state = event.body.get("handoff", {}).get("state")
            if event.author == "system" and state:
                if is_claimed or state == "claimed":
                    to_person = event.sequence
                is_claimed = state == "claimed"
            elif event.author == "bot":
                assert not is_claimed
                assert answers[event.sequence] > to_person
            elif event.author == "staff":
                assert is_claimed

    async def answers(self) -> dict[int, int]:
        of = tables.event.c
        async with self.engine.connect() as connection:
            found = await connection.execute(
                select(of.sequence, of.answers).where(
                    of.conversation == self.conversation, of.answers.is_not(None)
                )
            )
            return {sequence: answered for sequence, answered in found}  # noqa: C416  # rows are no pairs


def test_whatever_happens_nobody_is_talked_over_and_nothing_is_unseen(
    database_url: str, knowledge: Knowledge
) -> None:
    def talk() -> Talk:
        return Talk(database_url, knowledge)

    run_state_machine_as_test(
        talk,  # type: ignore[arg-type]  # hypothesis takes any maker
        settings=settings(
            max_examples=20,
            stateful_step_count=50,
            phases=[Phase.generate],  # to make a failure smaller takes minutes over a database
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
