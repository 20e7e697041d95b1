"""What can go wrong in knowledge, for the clerk who reads the message.

KnowledgeError
├── ContentError         one or more files of content/ are wrong (carries all problems)
├── HoursError           an opening-hours expression can't be read (also a ValueError)
├── TreeError            a text is no plain YAML (carries its lines and what to do)
├── NoSuchDayError       a question names a day or a time that no calendar or clock has
└── UnknownEntryError    no entry has this id
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One mistake in one place; `line` counts from 1."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


class KnowledgeError(Exception):
    """Base of everything raised here."""


class ContentError(KnowledgeError):
    """All the problems found in content/, never only the first."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class TreeError(KnowledgeError):
    """All that keeps a text from being plain YAML: lines, from 1, and what to do."""

    def __init__(self, mistakes: tuple[tuple[int, str], ...]) -> None:
        super().__init__("\n".join(f"{line}: {message}" for line, message in mistakes))
        self.mistakes = mistakes


class HoursError(KnowledgeError, ValueError):
    """An opening-hours expression that can't be read."""


class NoSuchDayError(KnowledgeError):
    """A question names a day or time that does not exist, such as 30 February or 25時."""


class UnknownEntryError(KnowledgeError):
    """No entry has this id."""
