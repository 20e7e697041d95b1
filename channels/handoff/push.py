"""Who is told on LINE that a person has come or answered; they would wait in vain for it there.

By default no word of a clerk goes to LINE: a push leads to the same talk on the web (decision 0019), at most
one in PAUSE, unless somebody has come anew. Where the city lets LINE have the words, each is pushed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from channels.core import tables
from channels.core.database import raw
from channels.core.events import Author
from channels.core.store import Queue
from channels.handoff import rows
from channels.handoff.duty import instant
from channels.handoff.rows import Handoff

PAUSE = timedelta(minutes=5)
"""Between two pushes of one talk; who said something on the web within it is taken to be there."""


@dataclass(frozen=True)
class LinePush:
    """Queues pushes in the transaction of the event that they tell of.

    `has_words`: LINE may have a clerk's words; `has_links`: there is a page outside of LINE to lead to.
    """

    queue: Queue
    has_words: bool
    has_links: bool

    @property
    def leads_away(self) -> bool:
        """Whether talks with a person go on outside of LINE."""
        return self.has_links and not self.has_words

    def reaches(self, conversation: Row[Any]) -> bool:
        """Whether a clerk can be read in a conversation at all."""
        return conversation.contact is None or self.has_words or self.has_links

    async def tell(
        self,
        connection: AsyncConnection,
        conversation: Row[Any],
        handoff: Handoff,
        sequence: int,
        now: datetime,
        *,
        anew: bool = False,
    ) -> None:
        """Have event `sequence` told on LINE, where that is due at the local time `now`."""
        if conversation.contact is None or conversation.is_blocked:
            return
        if self.has_words:
            await self._deliver(connection, conversation.id, sequence)
        elif (
            self.has_links and (anew or _is_due(handoff, now)) and await _is_away(connection, conversation.id)
        ):
            await self._deliver(connection, conversation.id, sequence)
            await rows.change(connection, handoff, pushed_at=instant(now))

    async def word(self, connection: AsyncConnection, conversation: Row[Any], sequence: int) -> None:
        """Have a system event told on LINE where words go there, for it asks nobody to come."""
        if conversation.contact is not None and not conversation.is_blocked and self.has_words:
            await self._deliver(connection, conversation.id, sequence)

    async def _deliver(self, connection: AsyncConnection, conversation: UUID, sequence: int) -> None:
        await connection.execute(insert(tables.delivery).values(conversation=conversation, answers=sequence))
        await self.queue.enqueue_delivery(await raw(connection), conversation, sequence)


def _is_due(handoff: Handoff, now: datetime) -> bool:
    return handoff.pushed_at is None or instant(now) - handoff.pushed_at >= PAUSE


async def _is_away(connection: AsyncConnection, conversation: UUID) -> bool:
    """Whether the resident is not on the web: the last word came from LINE, or is some time ago."""
    said, sent = tables.event.c, tables.delivery.c
    last = (
        await connection.execute(
            select(said.sequence, (said.created_at < func.now() - PAUSE).label("is_old"))
            .where(said.conversation == conversation, said.author == Author.RESIDENT)
            .order_by(said.sequence.desc())
            .limit(1)
        )
    ).one_or_none()
    if last is None or last.is_old:
        return True
    return bool(
        await connection.scalar(
            select(func.count()).where(sent.conversation == conversation, sent.answers == last.sequence)
        )
    )
