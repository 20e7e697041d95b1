"""Take one of the choices just offered: 「1番」「上の」「最後の」「下から2番目」."""

from __future__ import annotations

import re

from actions.action import AnswerAction
from actions.turn import Turn
from knowledge.answer import Answer, AnswerKind
from knowledge.guiding import Reply
from knowledge.tokens import normalise

_MOST = re.compile(r"(?:一番|1番|いちばん)(?=[上下左右前後先]|最|はじ|初)")
"""「一番下」 is no number."""
_FROM_END = re.compile(r"(?:下|後ろ|最後|右)から")
_NUMBERS = tuple(
    re.compile(rf"(?<!\d)0?{digit}(?!\d)|{kanji}|{kana}(?:ばん|つ)")
    for digit, kanji, kana in (
        *((1, "一", "(?:いち|ひと)"), (2, "二", "(?:に|ふた)"), (3, "三", "(?:さん|みっ)")),
        *((4, "四", "(?:よん|よっ)"), (5, "五", "(?:ご|いつ)"), (6, "六", "(?:ろく|むっ)")),
        *((7, "七", "なな"), (8, "八", "(?:はち|やっ)"), (9, "九", "(?:きゅう|ここの)")),
    )
)
_MANY = re.compile(r"\d{2,}|十")
_PLACES = (
    (re.compile(r"最初|上|はじめ|初め|先|左|前"), 0),
    (re.compile(r"真ん中"), 1),
    (re.compile(r"最後|下|右|後"), -1),
)
_NOT_OFFERED = 99


class ActionChoose(AnswerAction):
    """What is no position offered is searched like any question, and asked again when that finds none."""

    action_name = "action_choose"

    def answer(self, turn: Turn) -> Answer:
        position = _position(turn.text)
        if position is not None and -len(turn.offered) <= position < len(turn.offered):
            chosen = turn.offered[position]
            step = self._knowledge.guide(Reply(chosen, turn.guide))
            return step or self._knowledge.choose(chosen, last=turn.entry)
        if position is None:
            return self._knowledge.answer(turn.text, last=turn.entry, said=turn.said)
        found = self._knowledge.answer(turn.text)  # 「119番」
        if found.kind is AnswerKind.ANSWER:
            return found
        if not turn.offered:
            return self._knowledge.talk(self._knowledge.phrases.which_topic)
        return self._knowledge.offer(turn.offered)


def _position(said: str) -> int | None:
    """The index that `said` names, from the end when negative; None when it names none."""
    text = _MOST.sub("", normalise(said))
    if _MANY.search(text):
        return _NOT_OFFERED
    for index, number in enumerate(_NUMBERS):
        if number.search(text):
            return -index - 1 if _FROM_END.search(text) else index
    return next((position for place, position in _PLACES if place.search(text)), None)
