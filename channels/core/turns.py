"""Answer one turn, whatever is broken (design rules 5, 7, 10).

a person has the talk   → nothing, but for the emergency number
urgent words            → the emergency number, without asking Rasa
a button to a person    → what the reception says to it
several questions       → what Rasa answers to each, if it has an answer or choices for all
Rasa answers            → its Answers
Rasa fails, search sure → the entry's overview, with a word that something is wrong
Rasa fails, search not  → an honest notice now, and the turn again until `retry_for` is over
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import UUID

import structlog
from sqlalchemy.exc import DBAPIError

from channels.core.context import Context
from channels.core.events import Event
from channels.core.privacy import without_labels
from channels.core.store import Settle, Store
from channels.errors import TurnFailedError, TurnPostponedError
from knowledge.answer import Answer, AnswerKind, GuideState
from knowledge.guiding import Reply
from knowledge.parts import questions_in
from knowledge.service import Knowledge

log = structlog.get_logger(__name__)

_TELLS = frozenset({AnswerKind.ANSWER, AnswerKind.CHOICES})
_HAS_WORDS = re.compile(r"\w")


class Assistant(Protocol):
    """Who is asked what a turn means: Rasa, or a test's stand-in."""

    async def turn(self, conversation: UUID, said: str, context: Context) -> list[Answer]:
        """The Answers to `said`; raises TurnFailedError."""


class Reception(Protocol):
    """Who leads residents to a person (channels/handoff/reception.py)."""

    async def takes(self, said: Event, question: str) -> Settle | None:
        """How to answer what was said to the reception, None when it was said to the bot."""

    def leads(self, said: Event, danger: Answer | None) -> Settle:
        """How a reply that points to a person becomes the way there; `danger` as in `watch`."""

    async def watch(self, said: Event, danger: Answer | None) -> None:
        """Something was said to a person; `danger` is what saves a life, if one may hang on it."""


class TurnAnswerer:
    """Answers turns one at a time; safe to run again after a crash at any point."""

    def __init__(
        self,
        store: Store,
        assistant: Assistant,
        knowledge: Knowledge,
        reception: Reception,
        retry_for: float,
    ) -> None:
        """`retry_for` in seconds from the moment the resident spoke."""
        self._store = store
        self._assistant = assistant
        self._reception = reception
        self._knowledge = knowledge
        self._retry_for = timedelta(seconds=retry_for)

    async def answer(self, conversation: UUID, sequence: int) -> None:
        """Store the reply to one event, and before it to those that were said before it and wait still.

        Raises TurnPostponedError to be run again later.
        """
        for due in await self._store.due(conversation, sequence):
            await self._answer(conversation, due)

    async def _answer(self, conversation: UUID, sequence: int) -> None:
        said = await self._store.event(conversation, sequence)
        if said is None or said.body.get("unsent"):
            return
        if await self._store.is_answered(conversation, sequence):
            return
        question = without_labels(said.body.get("text", ""), said.body.get("hidden", ()))
        danger = self._knowledge.urgent(question)
        if await self._store.is_silent(conversation, sequence):
            await self._reception.watch(said, danger)
            return
        try:
            await self._reply(said, question, danger)
        except (TurnPostponedError, DBAPIError):
            raise
        except Exception as error:  # a turn that cannot be answered must not hold up the next for ever
            log.error("turn_broken", sequence=sequence, why=type(error).__name__, where=_where(error))
            if self._may_be_tried_again(said):
                raise TurnPostponedError from None
            unknown = self._knowledge.refer(self._knowledge.phrases.unknown, AnswerKind.UNKNOWN)
            await self._store.reply(conversation, sequence, self._with_care(said, [unknown]))

    async def _reply(self, said: Event, question: str, danger: Answer | None) -> None:
        """Store what is said, on which the reception has the last word."""
        settle = self._reception.leads(said, danger)
        answers = self._at_once(said, question, danger)
        if answers is None and (taken := await self._reception.takes(said, question)):
            answers, settle = [], taken
        elif answers is None:
            answers = await self._understood(said, question)
        parts = self._with_care(said, answers)
        is_told = await self._store.reply(said.conversation, said.sequence, parts, settle=settle)
        if not is_told and await self._store.is_silent(said.conversation, said.sequence):
            await self._reception.watch(said, danger)  # a clerk came meanwhile

    def _with_care(self, said: Event, answers: list[Answer]) -> list[Answer]:
        """The answers, before them that something was hidden, if it was."""
        if not said.body.get("hidden"):
            return answers
        return [self._knowledge.notice(self._knowledge.phrases.masked), *answers]

    async def _understood(self, said: Event, question: str) -> list[Answer]:
        """What Rasa makes of it, or the best that can be said without Rasa."""
        context = await self._store.context(said.conversation, said.sequence)
        try:
            questions = questions_in(question)
            if len(questions) > 1 and (each := await self._each(said.conversation, questions, context)):
                return each
            return await self._assistant.turn(said.conversation, question, context)
        except TurnFailedError as error:
            log.warning("turn_failed", sequence=said.sequence, why=str(error))
            return await self._without_rasa(said, question, context)

    async def _each(
        self, conversation: UUID, questions: Sequence[str], context: Context
    ) -> list[Answer] | None:
        """An answer or choices for each question, None when one has neither or two have the same.

        The step of a guide under way that follows each is said once, at the end.
        """
        answers: list[Answer] = []
        steps: list[Answer] = []
        for question in questions:
            reply = await self._assistant.turn(conversation, question, context)
            told, steps = reply[:1], reply[1:]
            answers += told
            if any(answer.kind not in _TELLS for answer in told):
                return None
            entry, aspect = told[0].entry or context.entry, told[0].aspect or context.aspect
            context = replace(context, entry=entry, aspect=aspect, offered=(), is_choosing=False)
        different = {(a.entry, a.aspect, () if a.entry else a.choices) for a in answers}
        return [*answers, *steps] if len(different) == len(answers) else None

    def _may_be_tried_again(self, said: Event) -> bool:
        return datetime.now(UTC) - said.created_at < self._retry_for

    def _at_once(self, said: Event, question: str, danger: Answer | None) -> list[Answer] | None:
        """What needs no understanding."""
        phrases = self._knowledge.phrases
        if said.body.get("followed"):
            greeting = phrases.line.back if said.body.get("back") else phrases.talk.bot_help
            return [self._knowledge.talk(greeting)]
        if said.body.get("too_long"):
            return [self._knowledge.talk(phrases.too_long)]
        if said.body.get("joined"):
            return [self._knowledge.notice(phrases.line.group)]
        if said.body.get("media") == "location":
            return [self._knowledge.counter()]
        if "text" not in said.body:
            return [
                self._knowledge.talk(phrases.line.media.get(said.body.get("media", ""), phrases.not_text))
            ]
        if not _HAS_WORDS.search(question):
            return [self._knowledge.talk(phrases.empty)]
        return [danger] if danger else None

    async def _without_rasa(self, said: Event, question: str, context: Context) -> list[Answer]:
        phrases = self._knowledge.phrases
        if phrases.labels.person in question:
            danger = self._knowledge.danger(context.entry)
            return [*([danger] if danger else []), self._knowledge.handoff()]
        state = GuideState.model_validate(context.guide) if context.guide else None
        if step := self._knowledge.guide(Reply(question, state, context.guide_is_old)):
            return [step]
        among = context.offered if context.is_choosing else ()
        found = self._knowledge.answer(question, last=context.entry, said=context.said, among=among)
        if found.kind is AnswerKind.ANSWER:
            return [self._knowledge.notice(phrases.trouble_answer), found]
        if self._may_be_tried_again(said):
            notice = self._knowledge.refer(phrases.trouble, AnswerKind.NOTICE)
            await self._store.reply(said.conversation, said.sequence, [notice], interim=True)
            raise TurnPostponedError
        return [found]


def _where(error: Exception) -> str:
    """The file and line that failed; the error's own text might quote the resident."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{frame.filename}:{frame.lineno}"
