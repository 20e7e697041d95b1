"""Lines of the table that `make bench` prints."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """What was measured: our figure, the budget, the baseline."""

    what: str
    ours: str
    budget: str = ""
    baseline: str = ""


def p50_p95(seconds: Sequence[float]) -> str:
    """The median and the 95th percentile, in milliseconds."""
    p50, p95 = statistics.median(seconds), statistics.quantiles(seconds, n=20)[18]
    return f"{1000 * p50:.0f} / {1000 * p95:.0f} ms"
