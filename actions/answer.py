"""Answer one aspect of a procedure, a place or anything else the city knows."""

from __future__ import annotations

from actions.action import AnswerAction
from actions.turn import Turn
from knowledge.answer import Answer


class ActionAnswer(AnswerAction):
    """Also the fallback: when Rasa is unsure of the intent, search decides alone."""

    action_name = "action_answer"

    def answer(self, turn: Turn) -> Answer:
        return self._knowledge.answer(
            turn.text,
            turn.aspect,
            besides=turn.besides,
            last=turn.entry,
            said=turn.said,
            among=turn.among,
        )
