"""Residents for tests of the console: they have asked something, been answered, and wait for a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from channels.core.erasure import Erasure
from channels.core.events import Event
from channels.core.store import Store
from channels.handoff import rows, wishes
from channels.handoff.rows import Handoff
from knowledge.answer import Answer, AnswerChoice, AnswerKind
from knowledge.service import local_now

ANSWER = Answer(
    kind=AnswerKind.ANSWER,
    text="転入届は、引っ越した日から14日以内に出します。",
    choices=(AnswerChoice(label="持ち物", says="転入届の持ち物は？"),),
    entry="moving-in",
    aspect="deadline",
)


@dataclass
class Talks:
    """What residents do, and what a test may look at."""

    store: Store
    database: AsyncEngine
    said: int = 0

    async def begin(self, desk: str = "citizens", *, says: str = "引っ越してきました") -> tuple[UUID, UUID]:
        """A conversation whose resident waits at a desk, and its handoff."""
        conversation = await self.store.open_web()
        asked = await self.say(conversation, says)
        await self.store.reply(conversation, asked, [ANSWER])
        async with self.database.begin() as connection:
            handoff = await wishes.request(connection, conversation, desk, local_now())
        return conversation, handoff.id

    async def say(self, conversation: UUID, words: str) -> int:
        self.said += 1
        return await self.store.say(conversation, words, f"key-{self.said:06}")

    async def events(self, conversation: UUID) -> list[Event]:
        return await self.store.events(conversation)

    async def of(self, handoff: UUID) -> Handoff:
        async with self.database.connect() as connection:
            found = await rows.by_id(connection, handoff)
        assert found is not None
        return found

    async def wait(self, handoff: UUID, by: timedelta, alarm: int = 0) -> None:
        """Make a wait longer, as time and the minute's look would."""
        async with self.database.begin() as connection:
            await connection.execute(
                text(
                    "update handoff set requested_at = requested_at - make_interval(secs => :by),"
                    " alarm = :alarm where id = :id"
                ),
                {"by": by.total_seconds(), "alarm": alarm, "id": handoff},
            )

    async def drafts(self) -> list[tuple[str, str, str]]:
        """The kind, the entry and the YAML of every draft."""
        async with self.database.connect() as connection:
            found = await connection.execute(text("select kind, entry, yaml from draft order by id"))
            return [(row.kind, row.entry, row.yaml) for row in found]

    async def delete(self, conversation: UUID) -> None:
        """The resident deletes the conversation."""
        await Erasure(self.database).run(conversation)
