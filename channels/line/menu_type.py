"""Setting a label in type: as large as its room allows, broken where a reader would, never cut.

Sizes are pixels of a picture 2500 wide, of which a phone shows about a seventh: 100 are 15 points.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from noto_cjk_sans_jp_bold import FONT_PATH
from PIL import ImageDraw
from PIL.ImageFont import FreeTypeFont, truetype

from channels.line.menu_label import Label, Piece, Pieces

SMALLEST = 76
"""11 points on a phone, for the longest labels only."""
_STEP = 4
_LINE = 1.22
"""Height of a line, of its letters."""
_READING = 0.46
"""Height of a reading, of the letters under it."""
_BELOW, _ABOVE = 0.2, 0.94
"""From the foot of a kanji to the end of its line, and to the foot of its reading, of its height."""
_NEVER_FIRST = frozenset("、。，．・：；！？）」』】〉》ー々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ!?)],.:;")
_NEVER_LAST = frozenset("（「『【〈《([")
_GOOD_AFTER = frozenset(" ・、。")
_NO_LETTER = "\U0010ffff"


class NoRoomError(ValueError):
    """A label is too long for its place, even in the smallest letters."""


@dataclass(frozen=True)
class Type:
    """A label that fits: the size of its letters and its lines."""

    size: int
    lines: tuple[Pieces, ...]

    @property
    def width(self) -> float:
        """Pixels of the longest line."""
        return max(_width(line, self.size) for line in self.lines)

    @property
    def height(self) -> float:
        """Pixels from the top of the first line, its readings included, to the bottom of the last."""
        return _height(self.lines, self.size)

    def draw(self, on: ImageDraw.ImageDraw, x: float, y: float, colour: str) -> None:
        """Centred on `x`, from `y` downwards."""
        for line in self.lines:
            y += _line_height(line, self.size)
            left, base = x - _width(line, self.size) / 2, y - _BELOW * self.size
            for piece in line:
                wide = _piece_width(piece, self.size)
                on.text((left + wide / 2, base), piece.text, colour, font(self.size), "ms")
                if piece.reading:
                    above = base - _ABOVE * self.size
                    on.text((left + wide / 2, above), piece.reading, colour, _reading_font(self.size), "ms")
                left += wide


def set_in_type(label: Label, width: float, height: float, largest: int) -> Type:
    """The label in letters of at most `largest`; raises NoRoomError. Words are broken only if they must be.

    One line less is worth letters that are a fifth smaller.
    """
    for may_break_words in (False, True):
        fitting = [
            Type(size, lines)
            for size in range(largest, SMALLEST - 1, -_STEP)
            if (lines := _lines(label, size, width, may_break_words)) and _height(lines, size) <= height
        ]
        if fitting:
            return max(fitting, key=lambda kind: kind.size * 0.8 ** len(kind.lines))
    raise NoRoomError(label.plain)


def undrawable(text: str) -> list[str]:
    """The letters that the font lacks."""
    missing = bytes(font(SMALLEST).getmask(_NO_LETTER))
    return [
        letter for letter in text if not letter.isspace() and bytes(font(SMALLEST).getmask(letter)) == missing
    ]


@cache
def font(size: int) -> FreeTypeFont:
    """The one typeface of the menus: the server has none of its own."""
    return truetype(str(FONT_PATH), size)


def _reading_font(size: int) -> FreeTypeFont:
    return font(round(size * _READING))


def _lines(label: Label, size: int, width: float, may_break_words: bool) -> tuple[Pieces, ...] | None:
    """None where a word is wider than `width` and may not be broken."""
    found: list[Pieces] = []
    for line in label.lines:
        words = _unbreakable(line, may_break_words)
        if any(_width(word, size) > width for word in words):
            return None
        rows = _filled(words, size, width)
        # As even as it can be: the narrowest width that takes no more lines.
        for percent in range(95, 45, -5):
            narrow = width * percent / 100
            if any(_width(word, size) > narrow for word in words):
                break
            evener = _filled(words, size, narrow)
            if len(evener) > len(rows):
                break
            rows = evener
        found += rows
    return tuple(found)


def _filled(words: Iterable[Pieces], size: int, width: float) -> list[Pieces]:
    """Rows of words, each as full as it gets."""
    rows: list[Pieces] = []
    for word in words:
        if rows and _width(rows[-1] + word, size) <= width:
            rows[-1] += word
        else:
            rows.append(word)
    return rows


def _unbreakable(line: Pieces, may_break_words: bool) -> list[Pieces]:
    """What stays on one row: words, or single pieces that may stand at its beginning and its end."""
    words: list[Pieces] = [line[:1]]
    for before, piece in pairwise(line):
        is_place = before.text[-1] in _GOOD_AFTER or may_break_words
        if is_place and piece.text[0] not in _NEVER_FIRST and before.text[-1] not in _NEVER_LAST:
            words.append((piece,))
        else:
            words[-1] += (piece,)
    return words


def _width(line: Pieces, size: int) -> float:
    return sum(_piece_width(piece, size) for piece in _trimmed(line))


def _trimmed(line: Pieces) -> Iterator[Piece]:
    """Without the space that a broken line ends with."""
    return iter(line[:-1] if line and line[-1].text == " " else line)


def _piece_width(piece: Piece, size: int) -> float:
    wide: float = font(size).getlength(piece.text)
    return max(wide, _reading_font(size).getlength(piece.reading)) if piece.reading else wide


def _height(lines: Iterable[Pieces], size: int) -> float:
    return sum(_line_height(line, size) for line in lines)


def _line_height(line: Pieces, size: int) -> float:
    return size * (_LINE + (_READING if any(piece.reading for piece in line) else 0))
