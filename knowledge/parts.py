"""Several questions in one message, taken apart: 「犬の注射っていくら？あと粗大ごみ出したい」.

A question ends where it is asked (？, ですか。) and another follows, or where a word adds one (あと, それと).
A story before a question stays with it.
"""

from __future__ import annotations

import re

MOST = 3
"""Questions that are taken from one message; who asks more is answered as a whole."""
_SHORTEST = 3
"""Letters below which a piece is no question: 「え？」."""
_ADDS = re.compile(
    r"(?:(?<=[。．！？!?、\s])|(?<=か))(?:あ、)?(?:あと|それと|それから|ついでに|もう[一1]つ)(?![でがはにのから])[、は\s]?"
    r"|(?<=[るいたの])のと(?:、|\s)"
)
_ENDS = re.compile(r"(?<=[？?])\s*|(?<=[すんた]か。)")
_ASKS = re.compile(r"[？?]|か。?$|かい|べか|いくら|なんぼ|いつ|どこ|だれ|誰|何|なに|期限|の$|代は$")


def questions_in(message: str) -> tuple[str, ...]:
    """The questions of a message in order; the message itself when it holds but one, or too many."""
    found = [question for added in _ADDS.split(message) for question in _asked_in(added)]
    return tuple(found) if 1 < len(found) <= MOST else (message,)


def _asked_in(text: str) -> list[str]:
    """The questions that follow each other in `text`; what asks nothing goes with the one before."""
    found: list[str] = []
    for piece in filter(None, map(str.strip, _ENDS.split(text))):
        if found and (min(len(piece), len(found[-1])) < _SHORTEST or not _ASKS.search(piece)):
            found[-1] += piece
        else:
            found.append(piece)
    return found
