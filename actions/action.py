"""The action that every capability is: it turns a Turn into an Answer."""

from __future__ import annotations

import base64
from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.reply import replies
from actions.turn import Turn
from knowledge.answer import Answer
from knowledge.service import Knowledge


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
        answers = replies(self._knowledge, Turn.of(tracker), self.answer)
        for answer in answers:
            dispatcher.utter_message(json_message=answer.model_dump(mode="json"))
        return []

    def _hear(self, tracker: Tracker) -> None:
        """Take over the vector that Rasa has made of the message (`nlu/e5.py`)."""
        if meaning := tracker.latest_message.get("meaning"):
            vector = np.frombuffer(base64.b64decode(meaning["vector"]), dtype=np.float16)
            self._knowledge.hear(meaning["text"], meaning["encoder"], vector)
