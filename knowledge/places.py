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
_SUFFIX = re.compile(r"(?<=..)[都府県市区町村]$")
_OWNS = re.compile(
    r"(市|町|村|区)?(の(?!娘|息子|孫|母|父|親|兄|姉|弟|妹|実家|家族|病院)|で(?!働|暮ら|生まれ)|役所|役場|市役所)"
)


def other_places(text: str, home: Sequence[str]) -> frozenset[str]:
    """The places, without 市 or 町, that `text` asks about and whose names hold none of `home`."""
    question = tokens.squeeze(text)
    found = set()
    for morpheme in tokens.morphemes(question, SplitMode.C):
        if _PLACE not in morpheme.part_of_speech() or not _OWNS.match(question, morpheme.end()):
            continue
        name = _SUFFIX.sub("", morpheme.surface())
        if not any(ours in name for ours in home):
            found.add(name)
    return frozenset(found)
