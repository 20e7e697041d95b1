"""Say how to reach a person; channels/ records that somebody asked."""

from __future__ import annotations

from actions.action import AnswerAction
from actions.turn import Turn
from knowledge.answer import Answer


class ActionPerson(AnswerAction):
    """How to reach the city by phone or at the counter, honestly."""

    action_name = "action_person"

    def answer(self, turn: Turn) -> Answer:
        return self._knowledge.handoff()
