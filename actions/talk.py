"""The turns that ask nothing of the city's knowledge: greetings, thanks, complaints."""

from __future__ import annotations

from actions.action import AnswerAction
from actions.turn import Turn
from knowledge.answer import Answer, AnswerKind

_REFERRED = frozenset({"complain", "feedback_bad"})
_DOUBTED = frozenset({*_REFERRED, "abuse", "bot_help", "out_of_scope"})
_NEAR = 0.85
"""How probably one of the choices must be right to be offered where Rasa heard no question."""

_BARE = 3
"""Letters with which nothing is named: 「no」 is a no, and 「ノー」 no notebook."""


class ActionTalk(AnswerAction):
    """Intents are phrases of the same name; a procedure named in small talk is answered.

    What sounds like a no may say what happened (「会社やめた」): it is answered when it is surely known.
    A grievance may be a question (「税金が払えない」「除雪が来ない」), and what seems outside may be known:
    then what is found is said, if it is sure or near. A grievance may be about what was said before
    (「足が悪くて行けない」 after a question about the election), and so may what is perhaps a question, or
    comes after choices (「燃えるやつだ」).
    """

    action_name = "action_talk"

    def answer(self, turn: Turn) -> Answer:
        phrase: str = getattr(self._knowledge.phrases.talk, turn.intent)
        if turn.intent not in _DOUBTED:
            is_bare, is_named = len(turn.text.strip()) <= _BARE, turn.intent != "deny"
            known = None if is_bare else self._knowledge.sure(turn.text, named=is_named)
            return known or self._knowledge.talk(phrase)
        is_question = turn.intent == "out_of_scope" and turn.besides
        goes_on = turn.intent == "complain" or turn.among or is_question
        last, said = (turn.entry, turn.said) if goes_on else (None, ())
        found = self._knowledge.answer(turn.text, last=last, said=said, among=turn.among)
        is_near = found.kind is AnswerKind.CHOICES and (found.confidence or 0) >= _NEAR
        if found.kind is AnswerKind.ANSWER or found.entry or is_near:
            return found
        refers = turn.intent in _REFERRED
        return self._knowledge.refer(phrase) if refers else self._knowledge.talk(phrase)
