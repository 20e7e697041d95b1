"""A table of what residents say and how it is read: the first row that matches wins."""

from __future__ import annotations

import re
from collections.abc import Iterable


class Readings[R]:
    """Rows of a pattern and its reader; longer words stand before shorter ones that they contain."""

    def __init__(self, rows: Iterable[tuple[str, R]]) -> None:
        self._rows = tuple((re.compile(pattern), reader) for pattern, reader in rows)

    def find(self, question: str) -> tuple[re.Match[str], R] | None:
        """The match and the reader of the first row that matches a normalised question."""
        for pattern, reader in self._rows:
            if match := pattern.search(question):
                return match, reader
        return None

    def without(self, question: str) -> str:
        """A normalised question without the words of any row."""
        for pattern, _ in self._rows:
            question = pattern.sub(" ", question)
        return question
