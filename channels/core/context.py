"""What a turn may go on with, read from the events before it.

It comes from the events and not from Rasa, so that it is the same at every attempt and also right
after a reply that Rasa had no part in (decision 0012).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from channels.core import tables
from channels.core.events import Author
from channels.core.privacy import without_labels
from knowledge.answer import Answer, AnswerKind

CONTEXT_LASTS = timedelta(hours=1)
"""After this long, 「それはいくら？」 is about nothing any more."""
_REPLIES = 20
_MESSAGES = 3
"""How many of a resident's messages are remembered: who has not been answered after three begins anew."""


@dataclass(frozen=True)
class Context:
    """The entry and aspect last answered, and what the last reply offered, perhaps to choose from.

    `said` is what the resident said since then, its question first. `guide` is the last GuideState there was,
    as JSON; it is old when nothing was said for a while. `easy`: answers are wanted in easy Japanese.
    """

    entry: str | None = None
    aspect: str | None = None
    said: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    is_choosing: bool = False
    guide: dict[str, Any] | None = None
    guide_is_old: bool = False
    easy: bool = False


async def context_of(connection: AsyncConnection, conversation: UUID, before: int) -> Context:
    """What was said and answered in `conversation` before the event numbered `before`."""
    said = tables.event.c
    is_fresh = said.created_at > func.now() - CONTEXT_LASTS
    replies = _replies(conversation, before, said.answers, said.body).where(is_fresh).limit(_REPLIES)
    messages = (
        select(said.sequence, said.body)
        .where(said.conversation == conversation, said.sequence < before)
        .where(said.author == Author.RESIDENT, is_fresh)
        .order_by(said.sequence.desc())
        .limit(_MESSAGES)
    )
    steps = _latest(_replies(conversation, before, said.body["guide"], is_fresh), "guide", "object")
    wishes = _latest(_replies(conversation, before, said.body["easy"]), "easy", "boolean")
    answers = [(row.answers, Answer.model_validate(row.body)) for row in await connection.execute(replies)]
    step = (await connection.execute(steps)).one_or_none()
    last = next((answer for _, answer in answers if answer.entry), None)
    return Context(
        entry=last.entry if last else None,
        aspect=last.aspect if last else None,
        said=_since(
            [number for number, answer in answers if answer.kind is AnswerKind.ANSWER],
            [(row.sequence, row.body) for row in await connection.execute(messages)],
        ),
        offered=tuple(choice.says for choice in answers[0][1].choices) if answers else (),
        is_choosing=bool(answers) and answers[0][1].kind is AnswerKind.CHOICES,
        guide=step[0] if step else None,
        guide_is_old=bool(step and not step[1]),
        easy=bool(await connection.scalar(wishes)),
    )


def _replies(conversation: UUID, before: int, *columns: ColumnElement[Any]) -> Select[Any]:
    """The parts of final replies to what came before, the latest first."""
    said = tables.event.c
    return (
        select(*columns)
        .where(said.conversation == conversation, said.answers < before, said.part >= 1)
        .where(said.author == Author.BOT)
        .order_by(said.answers.desc(), said.part.desc())
    )


def _latest(replies: Select[Any], key: str, json_type: str) -> Select[Any]:
    """Of `replies` the last whose body has something under `key`."""
    return replies.where(func.jsonb_typeof(tables.event.c.body[key]) == json_type).limit(1)


def _since(answered: Sequence[int], messages: Sequence[tuple[int, dict[str, Any]]]) -> tuple[str, ...]:
    """The texts of `messages`, the latest first, back to the last that was answered; in their order."""
    since = max(answered, default=0)
    texts = (
        without_labels(body.get("text", ""), body.get("hidden", ()))
        for sequence, body in reversed(messages)
        if sequence >= since
    )
    return tuple(filter(None, texts))
