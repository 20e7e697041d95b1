"""The real content, read once for all tests: reading it takes seconds."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from knowledge.loader import load
from knowledge.service import Knowledge

REAL = load()
MORNING = datetime(2026, 11, 23, 10)  # noqa: DTZ001  # as a clock in 芦別市 shows it


@cache
def real_knowledge() -> Knowledge:
    """What answers from it, by the letter, on a Monday morning; not for tests that change anything."""
    return Knowledge(now=lambda: MORNING)
