"""Answer whether a place is open, today or on a date."""

from __future__ import annotations

from actions.action import AnswerAction
from actions.turn import Turn
from knowledge.answer import Answer


class ActionHours(AnswerAction):
    """The place and the day are both read from the resident's words."""

    action_name = "action_hours"

    def answer(self, turn: Turn) -> Answer:
        return self._knowledge.hours(turn.text, last=turn.entry, among=turn.among)
