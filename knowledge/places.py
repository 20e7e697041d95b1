"""Names of other towns in a question: 「旭川のごみの日」 is not ours to answer.

Sudachi knows place names. One that owns or holds what is asked about (の, で, 市役所) makes the question
another town's; one that somebody comes from or goes to does not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sudachipy import SplitMode

from knowledge import tokens

_PLACE = "地名"
_TOWN = re.compile(r"(?<=..)[都府県市区町村]$")
_KIN = "娘|息子|孫|母|父|親|兄|姉|弟|妹|夫|妻|実家|家族|病院に入院"
_OWNS = re.compile(
    rf"(市|町|村|区)?(の(?!{_KIN})|で(?!働|暮ら|生まれ|産|買)|役所|役場|市役所|に(?=住んで|寄[附付]|ある))"
)
_MOVED = re.compile(r"引っ?越|越して|転入|転出|移住|本籍|戻って|戻りま|帰って")


def other_places(text: str, home: Sequence[str]) -> frozenset[str]:
    """The places, without 市 or 町, that `text` asks about and whose names hold none of `home`."""
    return frozenset(_TOWN.sub("", place) for place in _owners(text, home))


def is_of_another_town(text: str, home: Sequence[str]) -> bool:
    """Whether what `text` asks for is said to be another town's, by its full name (「滝川市の」)."""
    return not _MOVED.search(text) and any(map(_TOWN.search, _owners(text, home)))


def _owners(text: str, home: Sequence[str]) -> list[str]:
    question = tokens.squeeze(text)
    return [
        morpheme.surface()
        for morpheme in tokens.morphemes(question, SplitMode.C)
        if _PLACE in morpheme.part_of_speech()
        and _OWNS.match(question, morpheme.end())
        and not any(ours in morpheme.surface() for ours in home)
    ]
