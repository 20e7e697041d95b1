"""Where the last clause of a message begins: a long story asks at its end."""

from __future__ import annotations

import re

_BORDER = re.compile(r"[。．.！!？?\n、，,　…]+|(?<=けど)|(?<=けども)|(?<=ので)|(?<=んだわ)|(?<=のさ)")
_BLANK = re.compile(r"[\s\W_]*")
_SHORTEST = 4
"""A clause of fewer characters (「お金は？」) asks nothing without the one before it."""


def last_clause(text: str) -> int:
    """The offset in `text` of its last clause of at least _SHORTEST letters, 0 when it has but one."""
    starts = [0, *(match.end() for match in _BORDER.finditer(text))]
    for start in reversed(starts):
        rest = text[start:]
        if len(_BLANK.sub("", rest)) >= _SHORTEST:
            return start
    return 0
