"""The risk-coverage curve: how many questions could be answered outright, and how many of those wrongly."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from knowledge.labelled import Report


def draw(report: Report, path: Path) -> None:
    """Draw to `path` (.svg, .png): answering the surest questions first, and where the product stops."""
    sure = sorted(report.outcomes, key=lambda outcome: -outcome.right)
    wrong = np.cumsum([not outcome.best_is_right for outcome in sure])
    asked = np.arange(1, len(sure) + 1)
    figure = Figure(figsize=(7, 4.5), layout="constrained")
    axes = figure.subplots()
    axes.plot(asked / len(sure), wrong / asked, label="surest first")
    answered = [outcome for outcome in report.outcomes if outcome.is_answered]
    if answered:
        mistaken = sum(not outcome.is_right for outcome in answered)
        axes.plot(len(answered) / len(sure), mistaken / len(answered), "o", label="the product")
    axes.axhline(0.03, linestyle=":", color="grey", label="3 %")
    axes.set(
        xlabel="share of all questions answered outright",
        ylabel="share of those that is wrong",
        ylim=(0, None),
    )
    axes.xaxis.set_major_formatter(PercentFormatter(1))
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.legend()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)
