"""One turn as actions see it: read from Rasa's tracker, answered as an Answer and slots."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from knowledge.answer import Answer
from knowledge.aspects import Aspect
from knowledge.service import Knowledge

_ASPECT_PREFIX = "ask_"


@dataclass(frozen=True)
class Turn:
    """What the resident just said, and what was answered before.

    `entry` is the id last answered, `asked` the aspect of it; `offered` what the last reply's choices
    would say.
    """

    text: str
    intent: str
    entry: str | None = None
    asked: Aspect = Aspect.ABOUT
    offered: tuple[str, ...] = ()

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
        """Answer; nothing is left in Rasa's slots."""
        answer = self.answer(Turn.of(tracker))
        dispatcher.utter_message(json_message=answer.model_dump(mode="json"))
        return []
