"""How far a ranking is to be trusted: what speaks for its best hit, and what follows from it.

`Evidence` is turned into two calibrated probabilities by logistic models, which `knowledge learn` fits to
labelled questions and keeps in `learned.json`: that the best hit is right, and that a right entry is
among the few that would be offered. `decide` takes whatever costs least in expectation.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields
from enum import StrEnum
from functools import cache
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter

LEARNED = Path(__file__).parent / "learned.json"
OFFERED = 3
"""Entries that are offered when the best is not sure."""

_WRONG = 10.0
"""What a wrong answer costs, when to say 「分かりません」 to who could have been answered costs 1."""
_ASKED_BACK = 0.5
"""What it costs to choose from three."""
_ASKED_IN_VAIN = 1.2
"""What it costs to read three choices and find none right: a no, and time."""


@dataclass(frozen=True)
class Evidence:
    """What speaks for the best hit of a ranking, and against.

    question, passage: nearness in meaning (cosine) to its own questions, and to its text after feedback.
    words, letters: the share of the question that it has. alike: likeness to its nearest question.
    lead: over the second hit, in standard deviations. length: of the question (log of letters).
    strange: the share of words that no entry has. elsewhere: another town's name is in the question.
    outside: the best hit is what nobody here can answer.
    """

    question: float
    passage: float
    words: float
    letters: float
    alike: float
    lead: float
    length: float
    strange: float
    elsewhere: float
    outside: float


FEATURES = tuple(field.name for field in fields(Evidence))


class Mode(StrEnum):
    """What a ranking was made with."""

    MEANING = "meaning"
    LETTERS = "letters"


class Verdict(StrEnum):
    """What to do with a ranking."""

    ANSWER = "answer"
    OFFER = "offer"
    REFUSE = "refuse"


@dataclass(frozen=True)
class Logistic:
    """A logistic model over the features of Evidence, each standardised."""

    means: tuple[float, ...]
    deviations: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float

    def contributions(self, evidence: Evidence) -> dict[str, float]:
        """What each feature adds to the log odds."""
        standard = (np.array(astuple(evidence), dtype=float) - self.means) / self.deviations
        return dict(zip(FEATURES, (standard * self.weights).tolist(), strict=True))

    def probability(self, evidence: Evidence) -> float:
        """Between 0 and 1."""
        odds = self.bias + sum(self.contributions(evidence).values())
        return float(1 / (1 + np.exp(-odds)))


@dataclass(frozen=True)
class Learned:
    """The models of one mode: `right` for the best hit, `among` for the first OFFERED."""

    right: Logistic
    among: Logistic


@cache
def learned(mode: Mode) -> Learned:
    """What was learned for `mode`."""
    return TypeAdapter(dict[Mode, Learned]).validate_json(LEARNED.read_bytes())[mode]


def costs(right: float, among: float, *, outside: bool = False) -> dict[Verdict, float]:
    """What each verdict costs in expectation; a question that nothing answers costs nothing to refuse.

    `outside` means that the best hit is itself a no, which costs no more than a no when it is wrong.
    """
    return {
        Verdict.ANSWER: (1.0 if outside else _WRONG) * (1 - right),
        Verdict.OFFER: _ASKED_BACK * among + _ASKED_IN_VAIN * (1 - among),
        Verdict.REFUSE: among,
    }


def decide(right: float, among: float, *, outside: bool = False) -> Verdict:
    """The verdict that costs least."""
    told = costs(right, among, outside=outside)
    return min(told, key=told.__getitem__)
