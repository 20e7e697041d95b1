"""The real content, read once for all tests: reading it takes seconds."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from knowledge.loader import load
from knowledge.service import Knowledge

REAL = load()
MORNING = datetime.fromisoformat("2026-11-23T10:00")
"""A Monday, as a clock in 芦別市 shows it."""


@cache
def real_knowledge() -> Knowledge:
    """What answers from it, by the letter, on MORNING; not for tests that change anything."""
    return Knowledge(now=lambda: MORNING)
