"""One talk with all that its page shows, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from channels.handoff.machine import State
from channels.handoff.views import Whole
from channels.staff.console.console import Console
from channels.staff.console.offers import offers
from channels.staff.console.queue import Line, line_of
from channels.staff.console.suggest import Canned, canned_for
from channels.staff.console.talk import Message, messages_of
from channels.staff.console.times import clock
from channels.staff.roles import Staff

SHOWN = 200
"""Messages of one page; earlier ones are a link away."""
MOST_UNREAD = 1_000
"""Messages that nobody has read, of one page."""
_EARLIER = "前のやりとりを見ています。返事を書くには、最新に戻ってください。"


@dataclass(frozen=True)
class Said:
    """A note, or a deed of the history."""

    name: str
    text: str
    at: str


@dataclass(frozen=True)
class TalkView:
    """`last` is the sequence of the last event; `moves` are what may be done now, by their names.

    `replaces` tells why there is no box to write in; it is empty while there is one.
    """

    id: str
    desk: str
    line: Line
    is_over: bool
    moves: tuple[str, ...]
    replaces: str
    notes: tuple[Said, ...]
    history: tuple[Said, ...]
    messages: tuple[Message, ...]
    last: int


@dataclass(frozen=True)
class Target:
    """Where a talk may be passed: `value` is a desk, or a desk and a login after a colon."""

    value: str
    label: str


@dataclass(frozen=True)
class Targets:
    """A desk with its people who are there now."""

    title: str
    options: tuple[Target, ...]


async def talk_view(
    console: Console, staff: Staff, handoff: UUID, *, after: int | None = None, before: int | None = None
) -> TalkView:
    """A talk with its messages after an event, or the last SHOWN before one. Raises HandoffGoneError.

    Without either: the last SHOWN, and all that nobody has read. Who looks at what was said before may do
    nothing there: words that came meanwhile are not on the page.
    """
    whole = await console.views.whole(handoff)
    conversation, now = whole.row.handoff.conversation, console.now()
    last = await console.reading.last_sequence(conversation)
    start = _start(last, whole, after, before)
    count = SHOWN if after is not None or before else last - start
    # One event more tells which buttons the first message may have pressed.
    events = await console.store.events(conversation, after=max(0, start - 1), limit=count + 1)
    messages = messages_of(events, console.knowledge.content, now)
    seen = await console.seen([whole.row])
    history = await console.reading.history(conversation)
    return TalkView(
        id=str(handoff),
        desk=console.book.title(whole.row.handoff.desk),
        line=line_of(whole.row, seen, staff, now),
        is_over=whole.row.handoff.state is State.CLOSED,
        moves=() if before else tuple(move.value for move in offers(whole.row.handoff.standing, staff)),
        replaces=_EARLIER if before else _replaces(whole, staff),
        notes=tuple(Said(note.name, note.text, clock(note.at, now)) for note in whole.notes),
        history=tuple(Said(deed.name, deed.did, clock(deed.at, now)) for deed in history),
        messages=tuple(
            each for each in messages if start < each.sequence and (before is None or each.sequence < before)
        ),
        last=last,
    )


def _start(last: int, whole: Whole, after: int | None, before: int | None) -> int:
    """The event after which a page begins."""
    if after is not None:
        return after
    if before:
        return max(0, min(before, last + 1) - 1 - SHOWN)
    unread = max(whole.row.handoff.heard_sequence, last - MOST_UNREAD)
    return max(0, min(last - SHOWN, unread))


async def targets(console: Console, staff: Staff) -> list[Targets]:
    """Where somebody may pass a talk to: every desk, and who is on duty there now."""
    now = console.now()
    people = await console.room.directory.people()

    def options(desk: str) -> Iterator[Target]:
        state = "" if console.book.is_open(desk, now) else "（いまは時間外）"
        yield Target(desk, f"{console.book.title(desk)}のだれか{state}")
        for login in console.book.on_duty(desk, now):
            person = people.get(login)
            if person and person.is_active and person.account != staff.account:
                yield Target(f"{desk}:{login}", f"{person.name}さん")

    return [Targets(console.book.title(desk), tuple(options(desk))) for desk in console.book.desks()]


async def canned(console: Console, staff: Staff, handoff: UUID) -> list[Canned]:
    """The canned replies for a talk. Raises HandoffGoneError."""
    desk = (await console.views.whole(handoff)).row.handoff.desk
    return canned_for(desk, staff.name, console.book, console.words, console.knowledge, console.now())


def _replaces(whole: Whole, staff: Staff) -> str:
    handoff = whole.row.handoff
    if handoff.state is State.CLAIMED:
        return "" if handoff.claimed_by == staff.account else f"{handoff.claimed_name}さんが対応しています。"
    if handoff.state is State.CLOSED:
        return "この相談は終わりました。"
    return "まだだれも対応していません。「対応する」を押すと、書けるようになります。"
