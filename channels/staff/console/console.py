"""All that the console's routes need, joined together once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from channels.core.store import Store
from channels.handoff.duty import Clock
from channels.handoff.handoffs import Clerk, Handoffs
from channels.handoff.machine import Move
from channels.handoff.push import LinePush
from channels.handoff.views import QueueRow, Views
from channels.handoff.words import Words
from channels.settings import Periods
from channels.staff.audit import Action
from channels.staff.console.drafts import Drafts
from channels.staff.console.latest import Latest
from channels.staff.console.live import StaffLive
from channels.staff.console.queue import DeskBook, Queue, Seen, queue_of
from channels.staff.console.reading import Reading
from channels.staff.console.suggest import Finder
from channels.staff.roles import Staff
from channels.staff.room import StaffRoom
from knowledge.service import Knowledge


@dataclass(frozen=True)
class Console:
    """`periods`: how long what residents say is kept."""

    room: StaffRoom
    store: Store
    views: Views
    knowledge: Knowledge
    book: DeskBook
    words: Words
    push: LinePush
    live: StaffLive
    finder: Finder
    drafts: Drafts
    now: Clock
    periods: Periods

    @property
    def reading(self) -> Reading:
        """What is read beside the handoffs."""
        return Reading(self.room.engine, self.knowledge, self.room.audit)

    def handoffs(self, staff: Staff, action: Action | None, **detail: str) -> Handoffs:
        """The moves, each written into the audit with its own transaction; None for what is not worth it."""
        record = partial(self._record, staff, action, detail)
        return Handoffs(self.room.engine, self.words, self.push, self.now, record)

    async def queue(self, staff: Staff) -> Queue:
        """The queue for somebody."""
        rows, seen = await self._rows.get()
        return queue_of(rows, seen, self.book, staff, self.now())

    async def seen(self, rows: list[QueueRow]) -> Seen:
        """What some rows need beside themselves."""
        asked_for = {row.handoff.asked_for for row in rows if row.handoff.asked_for}
        topics = await self.reading.topics({row.handoff.conversation for row in rows})
        return Seen(topics, await self.reading.names(asked_for) if asked_for else {})

    @cached_property
    def _rows(self) -> Latest[tuple[list[QueueRow], Seen]]:
        """All of the queue, read once for all who draw it at the same moment."""

        async def read() -> tuple[list[QueueRow], Seen]:
            rows = await self.views.queue()
            return rows, await self.seen(rows)

        return Latest(read)

    async def _record(
        self,
        staff: Staff,
        action: Action | None,
        detail: dict[str, str],
        connection: AsyncConnection,
        conversation: UUID,
        move: Move,
    ) -> None:
        if action and move is not Move.HEAR:
            await self.room.audit.note(connection, staff, action, conversation, **detail)


def clerk_of(staff: Staff) -> Clerk:
    """Somebody of the staff as residents meet them."""
    return Clerk(staff.account, staff.name)
