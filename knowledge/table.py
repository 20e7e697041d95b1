"""Tables for a terminal, where a Japanese letter is two columns wide."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

LONGEST = 44
"""Columns of the widest cell; longer ones are cut with …"""


def width(text: str) -> int:
    """Columns that `text` takes."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WFA" else 1 for letter in text)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The rows in columns under `head`."""
    cells = [[_cut(cell) for cell in row] for row in (head, *rows)]
    widths = [max(width(row[n]) for row in cells) for n in range(len(head))]
    lines = [
        "  ".join(_padded(cell, w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in cells
    ]
    return "\n".join((lines[0], "  ".join("-" * w for w in widths), *lines[1:]))


def _cut(cell: str) -> str:
    cell = cell.replace("\n", " ")
    if width(cell) <= LONGEST:
        return cell
    while width(cell) > LONGEST - 2:
        cell = cell[:-1]
    return cell + "…"


def _padded(cell: str, columns: int) -> str:
    return cell + " " * (columns - width(cell))
