"""Which of the buttons just offered is meant: 「1番」「上の」「最後の」「下から2番目」."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from actions.turn import Turn
from knowledge.tokens import squeeze

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
_REST = re.compile(
    r"(?:(?:上|前|最初|左|下|後ろ|最後|右)から|番号は|番|ばん|つ|目|め|側|がわ|ボタン|そのうち|その中|このうち|に出た|ほう|方|やつ|奴|もの"
    r"|じゃあ|では|えっと|うん|はい|お?願い|おねがい|します|しよう|する|でいい|いい|です|だ|ください|下さい|選ぶ|選びます|見せて|教えて"
    r"|[のはがをでにもねよわさな、。!?])*"
)
"""What may stand around a position; anything more, and a number counts something else (「2つある」)."""
NOT_OFFERED = 99


def pressed(turn: Turn) -> Turn:
    """The turn as if the button had been pressed that it names; the same turn when it names none."""
    position = position_in(turn.text)
    if position is None or not -len(turn.offered) <= position < len(turn.offered):
        return turn
    return replace(turn, text=turn.offered[position])


def position_in(said: str) -> int | None:
    """The index that `said` names, from the end when negative; None when it names none, or more than that."""
    text = _MOST.sub("", squeeze(said))
    for pattern, position in _positions(text):
        if pattern.search(text) and _REST.fullmatch(pattern.sub("", text, count=1)):
            return position
    return None


def _positions(text: str) -> Iterator[tuple[re.Pattern[str], int]]:
    """What in `text` may name a position, with the index that it names."""
    is_from_end = bool(_FROM_END.match(text))
    yield _MANY, NOT_OFFERED
    for index, number in enumerate(_NUMBERS):
        yield number, -index - 1 if is_from_end else index
    yield from _PLACES
