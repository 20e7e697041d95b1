"""One turn as actions see it, read from Rasa's tracker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rasa_sdk import Tracker

from knowledge.answer import GuideState
from knowledge.aspects import Aspect

_ASPECT_PREFIX = "ask_"
_NEARLY = 1 / 3
"""How likely, beside the likeliest intent, an aspect must be to be answered too: a third of residents' long
questions get a second side, and four in five get the one that was meant (seven in ten with one alone)."""


@dataclass(frozen=True)
class Turn:
    """What the resident just said, and what was answered before.

    `entry` is the id last answered, `asked` the aspect of it, `said` what the resident said since then, its
    question first; `offered` what the last reply's choices would say; with `is_choosing` it asked to choose
    among them. `guide` is where the resident is in one; with `is_away` that was long ago. `is_easy`: answers
    are wanted in easy Japanese. `besides` is what was perhaps asked beside what `intent` says.
    """

    text: str
    intent: str
    entry: str | None = None
    asked: Aspect = Aspect.ABOUT
    said: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    is_choosing: bool = False
    guide: GuideState | None = None
    is_away: bool = False
    is_easy: bool = False
    besides: Aspect | None = None

    @classmethod
    def of(cls, tracker: Tracker) -> Turn:
        """Read the turn from a tracker; channels/ sends the context along as metadata."""
        context = tracker.latest_message.get("metadata") or {}
        return cls(
            text=tracker.latest_message.get("text") or "",
            intent=tracker.get_intent_of_latest_message(skip_fallback_intent=False) or "",
            entry=context.get("entry"),
            asked=_aspect(context.get("aspect")),
            said=tuple(context.get("said") or ()),
            offered=tuple(context.get("offered") or ()),
            is_choosing=bool(context.get("is_choosing")),
            guide=GuideState.model_validate(context["guide"]) if context.get("guide") else None,
            is_away=bool(context.get("guide_is_old")),
            is_easy=bool(context.get("easy")),
            besides=_second(tracker.latest_message.get("intent_ranking") or ()),
        )

    @property
    def aspect(self) -> Aspect:
        """The aspect that the intent asks for; the overview when it asks for none."""
        return _aspect(self.intent.removeprefix(_ASPECT_PREFIX))

    @property
    def among(self) -> tuple[str, ...]:
        """What there is to choose from, () when the last reply did not ask for that."""
        return self.offered if self.is_choosing else ()

    @property
    def guide_goes_on(self) -> bool:
        """Whether the resident is in the middle of a guide."""
        return self.guide is not None and self.guide.is_under_way and not self.is_away


def _second(ranking: Sequence[Mapping[str, Any]]) -> Aspect | None:
    """The aspect, likeliest but one, that is not much less likely than the likeliest intent."""
    enough = _NEARLY * ranking[0]["confidence"] if ranking else 0.0
    near = (other["name"] for other in ranking[1:] if other["confidence"] >= enough)
    aspects = (_aspect(name.removeprefix(_ASPECT_PREFIX)) for name in near)
    return next((aspect for aspect in aspects if aspect is not Aspect.ABOUT), None)


def _aspect(name: str | None) -> Aspect:
    return Aspect(name) if name and name in Aspect else Aspect.ABOUT
