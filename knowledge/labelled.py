"""How well labelled questions are answered: right, wrong, offered, refused.

A question is labelled with the entries that answer it; with none, refusing is right. What
counts is what a resident would get from `Knowledge.answer`: an answer, choices, or a plain no.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter
from ruamel.yaml import YAML

from knowledge.answer import Answer, AnswerKind
from knowledge.facts import Model
from knowledge.service import Knowledge


class Question(Model):
    """One labelled question; `why` says why nothing answers it."""

    text: str
    entries: tuple[str, ...]
    aspect: str
    why: str | None = None


@dataclass(frozen=True)
class Outcome:
    """What one question got."""

    question: Question
    answer: Answer
    offered: tuple[str, ...]
    ranked: tuple[str, ...]
    right: float

    @property
    def is_answered(self) -> bool:
        return self.answer.kind is AnswerKind.ANSWER

    @property
    def is_right(self) -> bool:
        """Answered outright with an entry that is labelled right."""
        return self.is_answered and self.answer.entry in self.question.entries

    @property
    def best_is_right(self) -> bool:
        """Whether the first entry found is labelled right, answered or not."""
        return self.ranked[:1] != () and self.ranked[0] in self.question.entries

    @property
    def is_helped(self) -> bool:
        """Answered right, or the right entry is among the choices."""
        return self.is_right or any(entry in self.question.entries for entry in self.offered)

    def found_within(self, rank: int) -> bool:
        """Whether a right entry is among the first `rank` hits."""
        return any(entry in self.question.entries for entry in self.ranked[:rank])


@dataclass(frozen=True)
class Report:
    """Shares, 0 to 1: `precision` of all that was answered outright, `refused` of what has no answer."""

    inside: int
    outside: int
    hit_at_1: float
    hit_at_3: float
    answered: float
    precision: float
    helped: float
    refused: float
    outcomes: tuple[Outcome, ...]

    @property
    def wrong(self) -> tuple[Outcome, ...]:
        """What was answered outright and wrongly."""
        return tuple(o for o in self.outcomes if o.is_answered and not o.is_right)


def read_questions(path: Path) -> list[Question]:
    """The labelled questions of a YAML file."""
    return TypeAdapter(list[Question]).validate_python(YAML(typ="safe").load(path))


def measure(knowledge: Knowledge, questions: Sequence[Question]) -> Report:
    """Ask them all, each on its own."""
    titles = {entry.title: entry.id for entry in knowledge.content.entries.values()}
    outcomes = [_asked(knowledge, question, titles) for question in questions]
    inside = [outcome for outcome in outcomes if outcome.question.entries]
    outside = [outcome for outcome in outcomes if not outcome.question.entries]
    answered = [outcome for outcome in outcomes if outcome.is_answered]
    return Report(
        inside=len(inside),
        outside=len(outside),
        hit_at_1=_share(inside, [o for o in inside if o.found_within(1)]),
        hit_at_3=_share(inside, [o for o in inside if o.found_within(3)]),
        answered=_share(inside, [o for o in inside if o.is_answered]),
        precision=_share(answered, [o for o in answered if o.is_right]),
        helped=_share(inside, [o for o in inside if o.is_helped]),
        refused=_share(outside, [o for o in outside if not o.is_answered and not o.offered]),
        outcomes=tuple(outcomes),
    )


def _asked(knowledge: Knowledge, question: Question, titles: dict[str, str]) -> Outcome:
    answer = knowledge.urgent(question.text) or knowledge.answer(question.text)
    offered: tuple[str, ...] = ()
    if answer.kind is AnswerKind.CHOICES:
        offered = tuple(titles[choice.label] for choice in answer.choices if choice.label in titles)
    ranking = knowledge.search(question.text)
    ranked = tuple(hit.entry.id for hit in ranking.hits)
    return Outcome(question, answer, offered, ranked, ranking.right)


def _share(whole: Sequence[Outcome], part: Sequence[Outcome]) -> float:
    return len(part) / len(whole) if whole else 0.0
