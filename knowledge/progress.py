"""Progress of what takes long: a function that is told how many of how many are done."""

from __future__ import annotations

import sys
from collections.abc import Callable

type Tick = Callable[[int, int], None]


def silently(done: int, total: int) -> None:
    """For nobody."""


def on_terminal(done: int, total: int) -> None:
    """A line that counts up on a terminal, and nothing anywhere else."""
    if sys.stderr.isatty():
        end = "\r" if done < total else "\r\033[K"
        print(f"確かめています {done}/{total}", end=end, file=sys.stderr, flush=True)
