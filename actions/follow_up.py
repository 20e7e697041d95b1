"""Go on with the entry just answered: 「もっと詳しく」「土曜は？」."""

from __future__ import annotations

from actions.action import AnswerAction
from actions.turn import Turn
from knowledge.answer import Answer
from knowledge.aspects import Aspect, aspects_known
from knowledge.entries import Department, Place
from knowledge.when import names_when


class ActionFollowUp(AnswerAction):
    """A day continues a place's hours; anything else goes deeper into the same entry."""

    action_name = "action_follow_up"

    def answer(self, turn: Turn) -> Answer:
        if turn.entry is None or turn.entry not in self._knowledge.content.entries:
            return self._knowledge.answer(turn.text)
        entry = self._knowledge.entry(turn.entry)
        if isinstance(entry, Place | Department) and names_when(turn.text):
            return self._knowledge.hours(turn.text, last=turn.entry)
        aspect = Aspect.HOW if Aspect.HOW in aspects_known(entry) else Aspect.ABOUT
        return self._knowledge.answer(turn.text, aspect, last=turn.entry, said=turn.said)
