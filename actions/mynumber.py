"""Answer a My Number Card question, even when it only says 「カード」."""

from __future__ import annotations

from actions.turn import AnswerAction, Turn
from knowledge.answer import Answer


class ActionMynumber(AnswerAction):
    """The intent already tells the topic, so the topic joins the words to search for."""

    action_name = "action_mynumber"

    def answer(self, turn: Turn) -> Answer:
        topic = self._knowledge.phrases.mynumber_topic
        text = turn.text if topic in turn.text else f"{topic} {turn.text}"
        return self._knowledge.answer(text, last=turn.entry)
