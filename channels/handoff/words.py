"""What residents are told of a handoff: phrases filled in, with the phone number where it is needed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from channels.handoff.duty import DutyBook
from channels.handoff.machine import State
from channels.handoff.presses import moment_in_words
from knowledge.answer import Answer, AnswerChoice, AnswerKind
from knowledge.handoff_phrases import HandoffPhrases
from knowledge.service import Knowledge


class Words:
    """Reads the phrases anew at every use: staff may have changed them."""

    def __init__(self, knowledge: Knowledge, book: DutyBook) -> None:
        self._knowledge = knowledge
        self._book = book

    @property
    def phrases(self) -> HandoffPhrases:
        return self._knowledge.phrases.handoff

    def at_desk(self, phrase: str, desk: str, **more: object) -> str:
        """A phrase with the desk's name in it."""
        return phrase.format(desk=self._book.title(desk), **more)

    def title(self, desk: str) -> str:
        """What a desk is called."""
        return self._book.title(desk)

    def moment(self, moment: datetime, now: datetime | None = None) -> str:
        """「12月1日（火）の9時」; on the day of `now` 「今日の9時」."""
        return moment_in_words(moment, self._knowledge.phrases.labels, now)

    def opens(self, known: str, unknown: str, desk: str, opening: datetime | None, now: datetime) -> str:
        """The phrase `known` with when the desk opens next, or `unknown` when nobody knows."""
        if opening is None:
            return self.at_desk(unknown, desk)
        return self.at_desk(known, desk, opens=self.moment(opening, now))

    def reply(self, lines: Sequence[str], buttons: Sequence[str] = (), *, phone: bool = True) -> Answer:
        """A reply on the way to a person, with the city's phone number where somebody waits."""
        text = "\n".join(lines)
        choices = tuple(AnswerChoice(label=button, says=button) for button in buttons)
        if not phone:
            return Answer(kind=AnswerKind.NOTICE, text=text, choices=choices)
        referred = self._knowledge.refer(text, AnswerKind.HANDOFF)
        return referred.model_copy(update={"choices": choices})

    def public_numbers(self) -> frozenset[str]:
        """The phone numbers that the city gives out: in a clerk's words they are not masked."""
        entries = self._knowledge.content.entries.values()
        return frozenset(phone.value for entry in entries for phone in getattr(entry, "phone", ()))

    def rating(self) -> list[dict[str, str]]:
        """The buttons that ask how it was, the best first."""
        phrases = self.phrases
        return [
            {"label": label, "says": phrases.rating_says.format(label=label)} for label in phrases.ratings
        ]


def told(text: str, state: State, **more: object) -> dict[str, Any]:
    """The body of a system event: what happens, and where the handoff stands from here on.

    `more` may hold `desk`, its name; `answer`, a card; `choices`; `summary`, the link to the record.
    """
    return {"text": text, "handoff": {"state": state.value}, **more}
