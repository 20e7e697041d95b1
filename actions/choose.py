"""Take one of the choices just offered: 「1番」「上の」「最後の」."""

from __future__ import annotations

import re

from actions.turn import AnswerAction, Turn
from knowledge.answer import Answer
from knowledge.tokens import normalise

_ORDER = ((r"1|一|最初|上|はじめ", 0), (r"2|二|真ん中", 1), (r"3|三", 2), (r"4|四", 3), (r"最後|下", -1))


class ActionChoose(AnswerAction):
    """What is not a position among the choices is searched like any question."""

    action_name = "action_choose"

    def answer(self, turn: Turn) -> Answer:
        return self._knowledge.answer(_chosen(turn) or turn.text, last=turn.entry)


def _chosen(turn: Turn) -> str | None:
    text = normalise(turn.text)
    for pattern, position in _ORDER:
        if re.search(pattern, text) and position < len(turn.offered) and turn.offered:
            return turn.offered[position]
    return None
