"""One turn as actions see it: read from Rasa's tracker, answered as an Answer and slots."""

from __future__ import annotations

import base64
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np
from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from knowledge.answer import Answer, GuideState
from knowledge.aspects import Aspect
from knowledge.guides import NO, YES
from knowledge.guiding import Reply
from knowledge.service import Knowledge

_ASPECT_PREFIX = "ask_"
_MEANS = {"affirm": YES, "deny": NO}
"""Intents that answer a yes/no question of a guide."""


@dataclass(frozen=True)
class Turn:
    """What the resident just said, and what was answered before.

    `entry` is the id last answered, `asked` the aspect of it; `offered` what the last reply's choices
    would say. `guide` is where the resident is in one; with `is_away` that was long ago.
    """

    text: str
    intent: str
    entry: str | None = None
    asked: Aspect = Aspect.ABOUT
    offered: tuple[str, ...] = ()
    guide: GuideState | None = None
    is_away: bool = False

    @classmethod
    def of(cls, tracker: Tracker) -> Turn:
        """Read the turn from a tracker; channels/ sends the context along as metadata."""
        context = tracker.latest_message.get("metadata") or {}
        return cls(
            text=tracker.latest_message.get("text") or "",
            intent=tracker.get_intent_of_latest_message(skip_fallback_intent=False) or "",
            entry=context.get("entry"),
            asked=_aspect(context.get("aspect")),
            offered=tuple(context.get("offered") or ()),
            guide=GuideState.model_validate(context["guide"]) if context.get("guide") else None,
            is_away=bool(context.get("guide_is_old")),
        )

    @property
    def aspect(self) -> Aspect:
        """The aspect that the intent asks for; the overview when it asks for none."""
        return _aspect(self.intent.removeprefix(_ASPECT_PREFIX))


def _aspect(name: str | None) -> Aspect:
    return Aspect(name) if name and name in Aspect else Aspect.ABOUT


class AnswerAction(Action, ABC):
    """An action whose whole work is to turn a Turn into an Answer."""

    action_name: str

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    def name(self) -> str:
        """The name that `bot/domain.yml` and the rules use."""
        return self.action_name

    @abstractmethod
    def answer(self, turn: Turn) -> Answer:
        """Answer one turn."""

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        """Answer, a guide under way first; nothing is left in Rasa's slots."""
        self._hear(tracker)
        turn = Turn.of(tracker)
        reply = Reply(turn.text, turn.guide, turn.is_away, _MEANS.get(turn.intent))
        if step := self._knowledge.guide(reply):
            answers = [step]
        else:
            answers = [self.answer(turn)]
            if not answers[0].guide and (step := self._knowledge.after(reply)):
                answers.append(step)
        for answer in answers:
            dispatcher.utter_message(json_message=answer.model_dump(mode="json"))
        return []

    def _hear(self, tracker: Tracker) -> None:
        """Take over the vector that Rasa has made of the message (`nlu/e5.py`)."""
        if meaning := tracker.latest_message.get("meaning"):
            vector = np.frombuffer(base64.b64decode(meaning["vector"]), dtype=np.float16)
            self._knowledge.hear(meaning["text"], meaning["encoder"], vector)
