"""Every conversation in the YAML files beside this one, with the whole house running."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from knowledge.answer import Answer, AnswerKind
from ops.stack import Stack
from tests.talk import Talk

CONVERSATIONS = [
    pytest.param(conversation["turns"], id=f"{path.stem}: {conversation['title']}")
    for path in sorted(Path(__file__).parent.glob("*.yml"))
    for conversation in YAML(typ="safe").load(path)
]


@pytest.mark.parametrize("turns", CONVERSATIONS)
def test_conversation(stack: Stack, turns: list[dict[str, Any]]) -> None:
    talk = Talk(stack.url)
    try:
        for turn in turns:
            parts = 2 if "then" in turn else 1
            replies = [Answer.model_validate(body) for body in talk.say(turn["say"], parts)]
            notices = [reply for reply in replies if reply.kind is AnswerKind.NOTICE]
            answers = [reply for reply in replies if reply.kind is not AnswerKind.NOTICE]
            expected = [turn["expect"], turn["then"]] if "then" in turn else [turn["expect"]]
            assert bool(notices) is turn.get("notice", False), replies
            assert len(answers) == len(expected), answers
            for answer, wanted in zip(answers, expected, strict=True):
                check(wanted, answer)
    finally:
        talk.close()


def check(wanted: dict[str, Any], answer: Answer) -> None:
    """Hold one part of a reply to what is expected of it; a key that is not known is a mistake."""
    expected = dict(wanted)
    assert answer.kind == expected.pop("kind"), answer
    for name in ("entry", "aspect"):
        if name in expected:
            assert getattr(answer, name) == expected.pop(name), answer
    for pattern in expected.pop("text", []):
        assert re.search(pattern, answer.text), answer.text
    for pattern in expected.pop("facts", []):
        assert any(re.search(pattern, f"{f.label} {f.value}") for f in answer.facts), answer.facts
    for role in expected.pop("links", []):
        assert any(link.role == role for link in answer.links), answer.links
    if expected.pop("sourced", False):
        assert answer.sources, answer
    for label in expected.pop("buttons", []):
        assert label in [choice.label for choice in answer.choices], answer.choices
    assert not expected, f"unknown expectations: {expected}"
