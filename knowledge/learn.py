"""`knowledge learn`: fit the confidence models to labelled questions."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, astuple, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from knowledge.confidence import LEARNED, OFFERED, Learned, Logistic, Mode
from knowledge.entries import Outside
from knowledge.labelled import Question
from knowledge.progress import Tick, silently
from knowledge.search import SearchIndex

_STRENGTH = 0.5
"""Inverse of the L2 penalty."""


@dataclass(frozen=True)
class Examples:
    """One row a question: features, whether the best hit is right, whether one of the first few is."""

    features: NDArray[np.float64]
    right: NDArray[np.bool_]
    among: NDArray[np.bool_]


def gather(index: SearchIndex, questions: Sequence[Question], tick: Tick = silently) -> Examples:
    """Ask every question. When nothing answers it, a best hit that is outside is right."""
    rows: list[tuple[tuple[float, ...], bool, bool]] = []
    for number, question in enumerate(questions):
        answers = set(question.entries)
        ranking = index.search(question.text, 2 * OFFERED)
        if ranking.evidence:
            inside = [hit.entry for hit in ranking.hits if not isinstance(hit.entry, Outside)]
            best = ranking.hits[0].entry
            right = best.id in answers if answers else isinstance(best, Outside)
            among = any(entry.id in answers for entry in inside[:OFFERED])
            rows.append((astuple(ranking.evidence), right, among))
        tick(number + 1, len(questions))
    features, right_, among_ = zip(*rows, strict=True)
    return Examples(np.array(features), np.array(right_), np.array(among_))


def fit(examples: Examples) -> Learned:
    """The two models of one mode."""
    return Learned(right=_fit(examples, examples.right), among=_fit(examples, examples.among))


def save(models: Mapping[Mode, Learned], path: Path = LEARNED) -> None:
    """Write what was learned, rounded, so that a diff can be read; modes not learned stay as they are."""
    told = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    told |= {mode: _rounded(asdict(learned)) for mode, learned in models.items()}
    path.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _fit(examples: Examples, truth: NDArray[np.bool_]) -> Logistic:
    scaler = StandardScaler().fit(examples.features)
    model = LogisticRegression(C=_STRENGTH, max_iter=5000)
    model.fit(scaler.transform(examples.features), truth)
    return Logistic(
        means=tuple(scaler.mean_.tolist()),
        deviations=tuple(scaler.scale_.tolist()),
        weights=tuple(model.coef_[0].tolist()),
        bias=float(model.intercept_[0]),
    )


def _rounded(value: object) -> object:
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(inner) for inner in value]
    return round(value, 4) if isinstance(value, float) else value
