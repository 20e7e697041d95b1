"""The action server: rasa-sdk's, on loopback, with one shared Knowledge."""

from __future__ import annotations

import os

from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor

from actions.answer import ActionAnswer
from actions.choose import ActionChoose
from actions.follow_up import ActionFollowUp
from actions.hours import ActionHours
from actions.mynumber import ActionMynumber
from actions.person import ActionPerson
from actions.talk import ActionTalk
from actions.turn import AnswerAction
from knowledge.service import Knowledge

CAPABILITIES: tuple[type[AnswerAction], ...] = (
    ActionAnswer,
    ActionChoose,
    ActionFollowUp,
    ActionHours,
    ActionMynumber,
    ActionPerson,
    ActionTalk,
)


def executor(knowledge: Knowledge) -> ActionExecutor:
    """All capabilities over one Knowledge."""
    result = ActionExecutor()
    for capability in CAPABILITIES:
        result.register_action(capability(knowledge))
    return result


def main() -> None:
    """Serve until stopped; the port comes from MADOGUCHI_ACTIONS_PORT."""
    knowledge = Knowledge()
    knowledge.watch()
    app = create_app(executor(knowledge), cors_origins=[])
    app.run(
        host="127.0.0.1",
        port=int(os.environ["MADOGUCHI_ACTIONS_PORT"]),
        single_process=True,
        access_log=False,
        motd=False,
    )


if __name__ == "__main__":
    main()
