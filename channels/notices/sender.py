"""Once a minute: what staff are to be told becomes letters, and letters that are due are sent.

A notice becomes letters in one transaction; a letter is marked as sent in the one that sends it, its row
locked. So workers that run at once, or die half-way, tell everything once. Only who dies between the mail
server's yes and the commit sends a letter twice, with the same Message-ID.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import structlog
from sqlalchemy import Select, select, update
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from channels.core import tables
from channels.errors import NoticeFailedError
from channels.handoff.duty import Clock, instant, local
from channels.handoff.machine import State
from channels.handoff.presses import moment_in_words
from channels.handoff.rows import Notice
from channels.handoff.waits import unanswered_since
from channels.notices import letters
from channels.notices.digest import Digest
from channels.notices.letters import Carrier, Target, Way
from channels.notices.words import staff_words
from channels.notices.writing import Told, Writer, targets_of
from channels.notices.writing import letters as written
from knowledge.desks import Desk
from knowledge.duty import Duty
from knowledge.service import Knowledge

log = structlog.get_logger(__name__)

AT_ONCE = 500
"""Notices that become letters in one transaction."""


class Sender:
    """Sends what stands in `notice_due`, and the digest."""

    def __init__(
        self,
        engine: AsyncEngine,
        knowledge: Knowledge,
        carriers: Mapping[Way, Carrier],
        public_url: str | None,
        now: Clock,
    ) -> None:
        """`carriers` has none for a way that is not set up: nothing goes there, which is logged."""
        self._engine = engine
        self._knowledge = knowledge
        self._carriers = carriers
        self._public_url = public_url
        self._now = now
        self._digest = Digest(knowledge, now)

    async def run(self) -> None:
        """Write and send all that is due."""
        async with self._engine.begin() as connection:
            await self._write(connection)
        async with self._engine.begin() as connection:
            await self._digest.write(connection, self._targets)
        await self._send()
        async with self._engine.begin() as connection:
            if given_up := await letters.give_up(connection, self._now()):
                log.error("notices_given_up", letters=given_up)
            await letters.forget(connection, self._now())

    async def _write(self, connection: AsyncConnection) -> None:
        """Notices become letters; one whose talk is over by now needs nobody any more."""
        now = self._now()
        rows = (await connection.execute(_unsent())).all()
        if not rows:
            return
        labels = self._knowledge.phrases.labels
        writer = Writer(staff_words(), lambda when: moment_in_words(when, labels, now), self._public_url, now)

        def reached(notice: Told) -> Iterator[Target]:
            return (target for target in self._targets_of(notice) if target.way in self._carriers)

        notices = [self._told(row) for row in rows if row.state != State.CLOSED]
        wanted = {target.way for notice in notices for target in self._targets_of(notice)}
        for way in wanted - self._carriers.keys():
            log.warning("notice_not_configured", way=way.value)
        await letters.put(connection, written(notices, reached, writer.letter), now)
        ids = [row.id for row in rows]
        due = tables.notice_due
        await connection.execute(update(due).where(due.c.id.in_(ids)).values(sent_at=instant(now)))

    async def _send(self) -> None:
        down: set[str] = set()
        while await self._send_next(down):
            pass

    async def _send_next(self, down: set[str]) -> bool:
        """Send one letter; False when none is due. A server that fails goes into `down`."""
        async with self._engine.begin() as connection:
            now = self._now()
            letter = await letters.take(connection, down, now)
            if letter is None:
                return False
            try:
                carrier = self._carriers[letter.target.way]
                await carrier.send(letter)
            except Exception as error:  # one letter that cannot be sent must not hold up the others
                is_told = isinstance(error, NoticeFailedError)
                why = str(error) if is_told else type(error).__name__
                log.warning("notice_failed", way=letter.target.way.value, letter=str(letter.id), why=why)
                await letters.put_off(connection, letter, now)
                if isinstance(error, NoticeFailedError) and error.whole:
                    down.add(letter.target.server)
            else:
                await letters.mark_sent(connection, letter, self._now())
            return True

    def _targets_of(self, notice: Told) -> Iterator[Target]:
        desks = self._knowledge.content.desks
        if notice.kind is Notice.ALARM_ALL:
            for desk in desks.desks:
                yield from targets_of(desk)
        else:
            duty = Duty(desks)
            yield from targets_of(duty.called(notice.desk) or duty.desk_for(None))

    def _targets(self, desk: Desk) -> Iterator[Target]:
        return (target for target in targets_of(desk) if target.way in self._carriers)

    def _told(self, row: Row[Any]) -> Told:
        desk = Duty(self._knowledge.content.desks).called(row.desk)
        return Told(
            kind=Notice(row.kind),
            desk=row.desk,
            title=desk.title if desk else row.desk,
            handoff=row.handoff,
            state=State(row.state),
            since=local(row.since) if row.since else None,
            due=local(row.due_at) if row.due_at else None,
        )


def _unsent() -> Select[Any]:
    """The notices that nobody was told of, locked, each with where its handoff stands now."""
    due, of = tables.notice_due, tables.handoff.c
    return (
        select(due.c.id, due.c.kind, due.c.desk, due.c.handoff, of.state, of.due_at)
        .add_columns(unanswered_since().label("since"))
        .join_from(due, tables.handoff)
        .where(due.c.sent_at.is_(None))
        .order_by(due.c.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True, of=due)
    )
