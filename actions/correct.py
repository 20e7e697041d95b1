"""Go back on what was understood: 「いや、転出のほう」「そうじゃなくて犬の」."""

from __future__ import annotations

import re

from actions.action import AnswerAction
from actions.turn import Turn
from knowledge.answer import Answer

_NOT_THAT = re.compile(r"^.*(?:じゃ|では?|で)(?:なくて?|ない(?:よ|です)?[、。])[、。\s]*(?=\S)")
_NO = re.compile(
    r"^(?:いや|いえ|いいえ|違|ちが|そうじゃ|間違|まちが|ごめん|すみま|あ[、。っ])[^、。！\s]*?(?:なくて|[、。！\s])+"
)
_BARE_NO = re.compile(r"^(?:いや)+|^いい?え|^(?:違|ちが)(?:います|うって|うの|うよ|うわ|う|った)")
"""A no with the word that is meant right behind it: 「いや戸籍です」."""
_RATHER = re.compile(r"の?(?:ほう|方)(?:[だでなねよわさを]\S*)?$")


class ActionCorrect(AnswerAction):
    """What is meant instead is asked about the same aspect; it is not what was answered before."""

    action_name = "action_correct"

    def answer(self, turn: Turn) -> Answer:
        denied = None if turn.among else turn.entry
        return self._knowledge.answer(_meant(turn.text) or turn.text, turn.asked, denied=denied)


def _meant(text: str) -> str:
    """What `text` names instead, "" when it only says no."""
    rest = text.strip()
    for no in (_NOT_THAT, _NO, _BARE_NO, _RATHER):
        rest = no.sub("", rest)
    return rest.strip()
