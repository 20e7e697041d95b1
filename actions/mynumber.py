"""Answer a My Number Card question, even when it only says 「カード」."""

from __future__ import annotations

from actions.turn import AnswerAction, Turn
from knowledge.answer import Answer


class ActionMynumber(AnswerAction):
    """The intent already tells the topic, so its words join those to search for."""

    action_name = "action_mynumber"

    def answer(self, turn: Turn) -> Answer:
        topic = self._knowledge.phrases.mynumber_topic
        return self._knowledge.answer(turn.text, last=turn.entry, topic=topic)
