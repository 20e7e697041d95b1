"""Answers that were kept, as in an address, as the end of their guide."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from knowledge.answer import GuideState
from knowledge.entries import Guide
from knowledge.guides import UNSURE, Step
from knowledge.walk import Walk


def retraced(guide: Guide, answers: Mapping[str, str]) -> GuideState:
    """The end of `guide` for `answers` by step; what else they hold is left out.

    A question without an answer that it takes counts as UNSURE: staff may have changed the guide since,
    and a list that is kept must rather show a thing too many than lose one.
    """
    walk = Walk({guide.id: guide})
    state = walk.begin(guide.id)
    for _ in guide.steps:
        step = walk.step(state)
        after = walk.forward(state, _taken(step, answers.get(step.id)) if step.ask else None)
        if after.is_done:
            return after
        if len(after.path) <= len(state.path):  # these answers lead round in a circle
            break
        state = after
    return state.model_copy(update={"is_done": True})


def _taken(step: Step, said: str | None) -> str:
    """`said` if it answers `step`. An option that leads into another guide ends this one without a list."""
    if step.asks_day:
        return said if said and _is_day(said) else UNSURE
    return next(
        (option.label for option in step.options if option.label == said and not option.guide), UNSURE
    )


def _is_day(said: str) -> bool:
    try:
        return date.fromisoformat(said).isoformat() == said
    except ValueError:
        return False
