"""The turns that ask nothing of the city's knowledge: greetings, thanks, complaints."""

from __future__ import annotations

from actions.turn import AnswerAction, Turn
from knowledge.answer import Answer

_REFERRED = frozenset({"complain", "feedback_bad"})


class ActionTalk(AnswerAction):
    """Intents are phrases of the same name; a procedure named in small talk is answered.

    A grievance may be a question (「税金が払えない」「除雪が来ない」): what it is surely about is answered.
    """

    action_name = "action_talk"

    def answer(self, turn: Turn) -> Answer:
        phrase: str = getattr(self._knowledge.phrases.talk, turn.intent)
        if turn.intent in _REFERRED:
            return self._knowledge.sure(turn.text) or self._knowledge.refer(phrase)
        return self._knowledge.sure(turn.text, named=True) or self._knowledge.talk(phrase)
