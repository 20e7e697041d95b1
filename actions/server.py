"""The action server: rasa-sdk's, on loopback, with one shared Knowledge."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import structlog
from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor
from sanic import HTTPResponse, Request, Sanic
from sanic.handlers import ErrorHandler
from sanic.response import json

from actions.action import AnswerAction
from actions.answer import ActionAnswer
from actions.choose import ActionChoose
from actions.correct import ActionCorrect
from actions.follow_up import ActionFollowUp
from actions.hours import ActionHours
from actions.person import ActionPerson
from actions.search import add_search
from actions.talk import ActionTalk
from knowledge.encoder import load_encoder
from knowledge.loader import CONTENT
from knowledge.service import Knowledge
from knowledge.vectors import CACHE, VectorStore

log = structlog.get_logger(__name__)

CAPABILITIES: tuple[type[AnswerAction], ...] = (
    ActionAnswer,
    ActionChoose,
    ActionFollowUp,
    ActionHours,
    ActionCorrect,
    ActionPerson,
    ActionTalk,
)


class DomainlessExecutor(ActionExecutor):
    """Runs actions without a domain: ours read none, and Rasa 3.6 is told to send none.

    rasa-sdk 3.21 would refuse such a call (449), expecting a digest that only Rasa Pro sends.
    """

    def update_and_return_domain(self, payload: dict[str, Any], action_name: str) -> dict[str, Any]:
        return {}


def executor(knowledge: Knowledge) -> ActionExecutor:
    """All capabilities over one Knowledge."""
    result = DomainlessExecutor()
    for capability in CAPABILITIES:
        result.register_action(capability(knowledge))
    return result


class QuietErrors(ErrorHandler):
    """Names an error and no more: rasa-sdk's own handler echoes the resident's words."""

    def response(self, request: Request, exception: Exception) -> HTTPResponse:
        log.error("action_failed", why=type(exception).__name__)
        return json({"error": type(exception).__name__}, status=500)


def action_app(knowledge: Knowledge) -> Sanic[Any, Any]:
    """rasa-sdk's server with all capabilities, and the search."""
    app: Sanic[Any, Any] = create_app(executor(knowledge), cors_origins=[])
    add_search(app, knowledge)
    app.error_handler = QuietErrors()
    return app


def main() -> None:
    """Serve until stopped; the port comes from MADOGUCHI_ACTIONS_PORT."""
    encoder = load_encoder()
    knowledge = Knowledge(
        Path(os.environ.get("MADOGUCHI_CONTENT", CONTENT)),
        vectors=VectorStore(encoder, CACHE) if encoder else None,
    )
    knowledge.search("")  # makes the index: no resident waits for it
    knowledge.watch()
    action_app(knowledge).run(
        host="127.0.0.1",
        port=int(os.environ["MADOGUCHI_ACTIONS_PORT"]),
        single_process=True,
        access_log=False,
        motd=False,
    )


if __name__ == "__main__":
    main()
