"""Go on with the entry just answered: 「もっと詳しく」「土曜は？」."""

from __future__ import annotations

from actions.action import AnswerAction
from actions.turn import Turn
from knowledge.answer import Answer
from knowledge.aspects import Aspect, aspects_known
from knowledge.when import names_when


class ActionFollowUp(AnswerAction):
    """A day asks when it is open; anything else goes deeper into the same entry."""

    action_name = "action_follow_up"

    def answer(self, turn: Turn) -> Answer:
        entry = self._knowledge.content.entries.get(turn.entry or "")
        if entry and names_when(turn.text):
            return self._knowledge.hours(turn.text, last=turn.entry, among=turn.among)
        aspect = Aspect.HOW if entry and Aspect.HOW in aspects_known(entry) else Aspect.ABOUT
        return self._knowledge.answer(turn.text, aspect, last=turn.entry, said=turn.said, among=turn.among)
