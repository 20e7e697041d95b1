"""How long LINE finds a text, and cutting it where a reader would: never inside a character."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

_JOINER = "\u200d"
_EXTENDING = frozenset("\u200c\u200d\u0e33\u0eb3\uff9e\uff9f")
"""Join the letter before them though they are no marks: joiners, Thai and Lao am, half-width dakuten."""
_EXTENDING_RANGES = (
    ("\u1160", "\u11ff"),  # Hangul vowels and finals
    ("\ud7b0", "\ud7ff"),
    ("\U0001f3fb", "\U0001f3ff"),  # skin tones
    ("\U000e0020", "\U000e007f"),  # tags: the flags of Scotland and Wales
)


def units(text: str) -> int:
    """UTF-16 units, in which LINE counts a text message; never fewer than its characters."""
    return len(text.encode("utf-16-le")) // 2


def cut(text: str, limit: int) -> str:
    """`text` within `limit` units, ending with an ellipsis if anything is missing."""
    if units(text) <= limit:
        return text
    return f"{next(split(text, limit - 1))}…"


def split(text: str, limit: int) -> Iterator[str]:
    """All of `text` in pieces of at most `limit` units.

    Only what a reader sees as one character and is itself longer than `limit` is taken apart.
    """
    piece, room = "", limit
    for character in (text,) if units(text) <= limit else _characters(text):
        for atom in (character,) if units(character) <= limit else character:
            size = units(atom)
            if size > room:
                yield piece
                piece, room = "", limit
            piece += atom
            room -= size
    if piece:
        yield piece


def parted(text: str, limit: int) -> Iterator[str]:
    """All of `text` in parts of at most `limit` units, between lines where it can be; no part is blank."""
    return (part for part in _parted(text, limit) if part.strip())


def _parted(text: str, limit: int) -> Iterator[str]:
    part = ""
    for line in text.split("\n"):
        longer = f"{part}\n{line}" if part else line
        if units(longer) <= limit:
            part = longer
            continue
        yield part
        *full, part = split(line, limit) if line else [""]
        yield from full
    yield part


def _characters(text: str) -> Iterator[str]:
    """What a reader sees as one character each, near enough to UAX #29: what it joins is joined here."""
    character = ""
    for letter in text:
        if character and not _goes_on(character, letter):
            yield character
            character = ""
        character += letter
    if character:
        yield character


def _goes_on(character: str, letter: str) -> bool:
    return (
        character[-1] == _JOINER
        or (character == "\r" and letter == "\n")
        or (_is_half_flag(letter) and len(character) == 1 and _is_half_flag(character))
        or _extends(letter)
    )


def _is_half_flag(letter: str) -> bool:
    return "\U0001f1e6" <= letter <= "\U0001f1ff"


def _extends(letter: str) -> bool:
    return (
        unicodedata.category(letter).startswith("M")
        or letter in _EXTENDING
        or any(first <= letter <= last for first, last in _EXTENDING_RANGES)
    )
