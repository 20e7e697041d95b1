"""One turn of Rasa, with rasa-sdk's own tracker and dispatcher."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import AnswerAction
from knowledge.answer import Answer


@dataclass(frozen=True)
class Said:
    """What an action answered and the slots it set."""

    answer: Answer
    slots: dict[str, Any]


def tracker(text: str | None, intent: str | None = None, **slots: object) -> Tracker:
    """A tracker after the resident said `text`."""
    found = {"name": intent, "confidence": 0.9}
    message: dict[str, Any] = {"text": text, "intent": found, "intent_ranking": [found], "entities": []}
    return Tracker("a-conversation", slots, message, [], False, None, {}, "action_listen")


def say(action: AnswerAction, text: str | None, intent: str | None = None, **slots: object) -> Said:
    """Run `action` once; its only message must be a valid Answer."""
    dispatcher = CollectingDispatcher()
    events = action.run(dispatcher, tracker(text, intent, **slots), {})
    [message] = dispatcher.messages
    assert all(event["event"] == "slot" for event in events)
    set_slots = {event["name"]: event["value"] for event in events}
    return Said(Answer.model_validate(message["custom"]), set_slots)
