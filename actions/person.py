"""Say how to reach a person; channels/ records that somebody asked."""

from __future__ import annotations

from actions.action import AnswerAction
from actions.turn import Turn
from knowledge.answer import Answer


class ActionPerson(AnswerAction):
    """How to reach the city by phone or at the counter, honestly; anybody else called by name is answered.

    「弁護士に相談したい」 has an answer of its own, 「責任者を出して」 has none.
    """

    action_name = "action_person"

    def answer(self, turn: Turn) -> Answer:
        is_button = turn.text == self._knowledge.phrases.labels.person
        found = None if is_button else self._knowledge.sure(turn.text, named=True)
        return found or self._knowledge.handoff()
