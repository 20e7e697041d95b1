"""How long LINE finds a text, and cutting it where a reader would: never inside a character."""

from __future__ import annotations

from collections.abc import Iterator

import regex

_CHARACTER = regex.compile(r"\X")
"""What a reader sees as one character (UAX #29)."""


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
    for character in (text,) if units(text) <= limit else _CHARACTER.findall(text):
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
