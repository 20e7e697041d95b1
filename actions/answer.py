"""Answer one aspect of a procedure, a place or anything else the city knows."""

from __future__ import annotations

from actions.action import AnswerAction
from actions.turn import Turn
from knowledge import tokens
from knowledge.answer import Answer
from knowledge.entries import Place
from knowledge.when import names_when, without_when


class ActionAnswer(AnswerAction):
    """Also the fallback: when Rasa is unsure of the intent, search decides alone.

    Nothing but a time (「12月31日は？」) asks of a place whether it is open, whatever side Rasa heard.
    """

    action_name = "action_answer"

    def answer(self, turn: Turn) -> Answer:
        is_of_a_place = isinstance(self._knowledge.content.entries.get(turn.entry or ""), Place)
        if is_of_a_place and names_when(turn.text) and not tokens.words(without_when(turn.text)):
            return self._knowledge.hours(turn.text, last=turn.entry, among=turn.among)
        return self._knowledge.answer(
            turn.text,
            turn.aspect,
            besides=turn.besides,
            last=turn.entry,
            said=turn.said,
            among=turn.among,
        )
