"""The words of a button: lines, words that stay together, and readings above kanji.

A clerk writes 手続《てつづ》き for a reading and / where a new line begins.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_KANJI = r"[一-鿿㐀-䶿々〆ヶ]+"
_PIECE = re.compile(rf"({_KANJI})《([ぁ-んー]+)》|([^《》])")
_SPACES = re.compile(r"\s+")
_HOW = "ふりがなは 手続《てつづ》き のように、漢字のすぐ後ろにひらがなで書いてください"


@dataclass(frozen=True)
class Piece:
    """What is never taken apart: one letter, or kanji with their reading above."""

    text: str
    reading: str = ""


type Pieces = tuple[Piece, ...]


@dataclass(frozen=True)
class Label:
    """The lines that a clerk asked for, each to be broken further where there is no room."""

    lines: tuple[Pieces, ...]

    @classmethod
    def parse(cls, text: str) -> Label:
        """Raises ValueError, in Japanese, for readings that nobody can read or an empty line."""
        lines = tuple(_pieces(_SPACES.sub(" ", line).strip()) for line in text.split("/"))
        if not all(lines):
            raise ValueError(
                f"「{text}」の / の前か後ろに、言葉がありません。/ を消すか、言葉を書いてください"
            )
        return cls(lines)

    @property
    def plain(self) -> str:
        """The words alone, as a screen reader should have them."""
        return "".join(piece.text for line in self.lines for piece in line)


def _pieces(line: str) -> Pieces:
    found = list(_PIECE.finditer(line))
    if sum(len(match[0]) for match in found) != len(line):
        raise ValueError(f"「{line}」の《 》の使い方が違います。{_HOW}")
    return tuple(Piece(match[1] or match[3], match[2] or "") for match in found)
