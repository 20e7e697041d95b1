"""Once a working day, from 8:00 on: what happened at each desk since the last one, and what is to be done."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from channels.core import tables
from channels.handoff.duty import Clock, local
from channels.handoff.figures import DeskFigures, figures
from channels.handoff.machine import State
from channels.notices import letters
from channels.notices.letters import Letter, Target
from channels.notices.words import StaffWords, staff_words
from knowledge.answer import Verdict
from knowledge.desks import Desk
from knowledge.duty import Duty
from knowledge.hours import is_working_day
from knowledge.loader import Content
from knowledge.opening import in_words
from knowledge.phrases import Labels
from knowledge.review import expiring
from knowledge.service import Knowledge

FROM, UNTIL = time(8), time(12)
"""When the digest is written: at 8:00, by a worker that was down then until noon."""
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Open:
    """What is still to be done at a desk: talks not over, of these messages; today's call-backs."""

    talks: int = 0
    messages: int = 0
    callbacks: tuple[time, ...] = ()


@dataclass(frozen=True)
class Page:
    """What a desk is told of; `unsolved` are titles with counts, `expiring` titles with their last days."""

    title: str
    figures: DeskFigures = field(default_factory=DeskFigures)
    open: Open = field(default_factory=Open)
    unsolved: Mapping[str, int] = field(default_factory=dict)
    expiring: Mapping[str, date] = field(default_factory=dict)


class Digest:
    """Writes the letters of a day once, also when it is asked again and again."""

    def __init__(self, knowledge: Knowledge, now: Clock) -> None:
        self._knowledge = knowledge
        self._now = now

    async def write(self, connection: AsyncConnection, targets: Callable[[Desk], Iterable[Target]]) -> None:
        """Write today's letters, if it is their time and they are not written yet."""
        now = self._now()
        today = now.date()
        if not (is_working_day(today) and FROM <= now.time() < UNTIL):
            return
        by_target: dict[Target, list[Desk]] = {}
        for desk in self._knowledge.content.desks.desks:
            for target in targets(desk):
                by_target.setdefault(target, []).append(desk)
        once = {target: f"digest/{today}/{target.way}/{target.to}" for target in by_target}
        of = tables.letter.c
        written = set(await connection.scalars(select(of.once).where(of.once.in_(once.values()))))
        if written >= set(once.values()):
            return
        first, last = last_working_day(today), today - _DAY
        pages = await _pages(connection, self._knowledge.content, first, today)
        labels = self._knowledge.phrases.labels
        made = [
            _letter(target, once[target], [pages[desk.id] for desk in desks], (first, last, today), labels)
            for target, desks in by_target.items()
        ]
        await letters.put(connection, made, now)


def last_working_day(today: date) -> date:
    """The working day before `today`: what has happened since then nobody was told of yet."""
    day = today - _DAY
    while not is_working_day(day):
        day -= _DAY
    return day


async def _pages(connection: AsyncConnection, content: Content, first: date, today: date) -> dict[str, Page]:
    counted = await figures(connection, first, today - _DAY)
    undone = await _undone(connection, today)
    unsolved = await _unsolved(connection, first, today)
    duty = Duty(content.desks)

    def desk_of(entry: str) -> str:
        return duty.desk_for(content.entries[entry].department or content.city.office).id

    worst = [(entry, count) for entry, count in unsolved.most_common() if entry in content.entries]
    ending = {row.entry: row for row in expiring(content, today)}
    return {
        desk.id: Page(
            title=desk.title,
            figures=counted.get(desk.id, DeskFigures()),
            open=undone.get(desk.id, Open()),
            unsolved={
                content.entries[entry].title: count for entry, count in worst if desk_of(entry) == desk.id
            },
            expiring={
                content.entries[entry].title: row.valid_until
                for entry, row in ending.items()
                if row.valid_until and duty.desk_for(row.department).id == desk.id
            },
        )
        for desk in content.desks.desks
    }


async def _undone(connection: AsyncConnection, today: date) -> dict[str, Open]:
    of = tables.handoff.c
    rows = await connection.execute(
        select(of.desk, of.state, of.is_message, of.due_at).where(of.state != State.CLOSED)
    )
    found: dict[str, Open] = {}
    for row in rows:
        before = found.get(row.desk, Open())
        due = local(row.due_at) if row.state == State.CALLBACK and row.due_at else None
        clocks = (due.time(),) if due and due.date() == today else ()
        found[row.desk] = Open(
            before.talks + 1,
            before.messages + int(row.is_message),
            tuple(sorted((*before.callbacks, *clocks))),
        )
    return found


async def _unsolved(connection: AsyncConnection, first: date, today: date) -> Counter[str]:
    said = tables.feedback.c
    rows = await connection.execute(
        select(said.entry, func.count().label("count"))
        .where(said.verdict == Verdict.UNSOLVED, said.given_on >= first, said.given_on < today)
        .group_by(said.entry)
    )
    return Counter({row.entry: row.count for row in rows})


def _letter(
    target: Target, once: str, pages: list[Page], days: tuple[date, date, date], labels: Labels
) -> Letter:
    words = staff_words()
    first, last, today = (in_words(day, labels) for day in days)
    digest = words.digest
    form = digest.period_of_a_day if first == last else digest.period
    parts = ["\n".join(_lines(page, words, labels)) for page in pages]
    text = "\n\n".join([form.format(first=first, last=last), *parts, words.foot]) + "\n"
    about = {
        "digest": [
            {
                "desk": page.title,
                "wishes": page.figures.wishes,
                "answered": page.figures.answered,
                "open": page.open.talks,
                "messages": page.open.messages,
                "callbacks": len(page.open.callbacks),
                "unsolved": sum(page.unsolved.values()),
                "expiring": len(page.expiring),
            }
            for page in pages
        ]
    }
    return Letter(target, digest.subject.format(day=today), text, about, once)


def _lines(page: Page, words: StaffWords, labels: Labels) -> Iterator[str]:
    digest, counted, undone = words.digest, page.figures, page.open
    yield digest.desk.format(desk=page.title)
    yield digest.wishes.format(wishes=counted.wishes, answered=counted.answered)
    if counted.median_wait is not None:
        yield digest.waits.format(minutes=max(1, math.ceil(counted.median_wait / 60)))
    yield digest.open.format(count=undone.talks, messages=undone.messages)
    clocks = "、".join(f"{clock:%H:%M}" for clock in undone.callbacks)
    if clocks:
        yield digest.callbacks.format(count=len(undone.callbacks), clocks=clocks)
    else:
        yield digest.no_callbacks
    if page.unsolved:
        yield digest.unsolved
        for title, count in page.unsolved.items():
            yield digest.unsolved_line.format(title=title, count=count)
    if page.expiring:
        yield digest.expiring
        for title, until in page.expiring.items():
            yield digest.expiring_line.format(title=title, until=in_words(until, labels))
