"""Take one of the choices just offered; which one is meant is read in `position`."""

from __future__ import annotations

from actions.action import AnswerAction
from actions.position import position_in
from actions.turn import Turn
from knowledge.answer import Answer, AnswerKind


class ActionChoose(AnswerAction):
    """What is no position offered is searched like any question, and asked again when that finds none.

    A position that was offered comes here as the words of its button.
    """

    action_name = "action_choose"

    def answer(self, turn: Turn) -> Answer:
        if turn.text in turn.offered:
            return self._knowledge.choose(turn.text, last=turn.entry)
        if position_in(turn.text) is None:
            return self._knowledge.answer(turn.text, last=turn.entry, said=turn.said, among=turn.among)
        found = self._knowledge.answer(turn.text)  # 「119番」
        if found.kind is AnswerKind.ANSWER:
            return found
        if not turn.offered:
            return self._knowledge.talk(self._knowledge.phrases.which_topic)
        return self._knowledge.offer(turn.offered)
