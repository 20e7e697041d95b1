"""One turn of Rasa, with rasa-sdk's own tracker and dispatcher."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.action import AnswerAction
from knowledge.answer import Answer


@dataclass(frozen=True)
class Said:
    """What an action answered, and the context that channels/ makes of it for the next turn."""

    answer: Answer

    @property
    def context(self) -> dict[str, Any]:
        offered = [choice.says for choice in self.answer.choices]
        last = {"entry": self.answer.entry, "aspect": self.answer.aspect} if self.answer.entry else {}
        return {"offered": offered} | last


def tracker(text: str | None, intent: str | None = None, **context: object) -> Tracker:
    """A tracker after the resident said `text`."""
    found = {"name": intent, "confidence": 0.9}
    message: dict[str, Any] = {
        "text": text,
        "intent": found,
        "intent_ranking": [found],
        "entities": [],
        "metadata": context,
    }
    return Tracker("a-conversation", {}, message, [], False, None, {}, "action_listen")


def say(action: AnswerAction, text: str | None, intent: str | None = None, **context: object) -> Said:
    """Run `action` once; its only message must be a valid Answer, and Rasa keeps nothing."""
    dispatcher = CollectingDispatcher()
    assert action.run(dispatcher, tracker(text, intent, **context), {}) == []
    [message] = dispatcher.messages
    return Said(Answer.model_validate(message["custom"]))
