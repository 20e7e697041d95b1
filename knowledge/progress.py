"""Progress of what takes long: a function that is told how many of how many are done."""

from __future__ import annotations

import sys
from collections.abc import Callable

type Tick = Callable[[int, int], None]


def silently(done: int, total: int) -> None:
    """For nobody."""


def on_terminal(doing: str) -> Tick:
    """A line that counts up on a terminal, and nothing anywhere else."""

    def tick(done: int, total: int) -> None:
        if sys.stderr.isatty():
            end = "\r" if done < total else "\r\033[K"
            print(f"{doing} {done}/{total}", end=end, file=sys.stderr, flush=True)

    return tick
