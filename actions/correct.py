"""Go back on what was understood: 「いや、転出のほう」「そうじゃなくて犬の」."""

from __future__ import annotations

import re

from actions.action import AnswerAction
from actions.turn import Turn
from knowledge.answer import Answer, AnswerKind

_NO = re.compile(
    r"^(?:いや|いえ|いいえ|違|ちが|そうじゃ|間違|まちが|ごめん|すみま|あ[、。っ])[^、。！\s]*?(?:なくて|[、。！\s])+"
)
_RATHER = re.compile(r"の?(?:ほう|方)\S*$")


class ActionCorrect(AnswerAction):
    """What is meant instead is asked about the same aspect."""

    action_name = "action_correct"

    def answer(self, turn: Turn) -> Answer:
        meant = _RATHER.sub("", _NO.sub("", turn.text.strip())).strip()
        found = self._knowledge.answer(meant, turn.asked) if meant else None
        if found and found.kind is AnswerKind.ANSWER:
            return found
        return self._knowledge.answer(meant or turn.text, turn.asked, last=turn.entry)
