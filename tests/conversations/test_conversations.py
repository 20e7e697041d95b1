"""Every conversation in the YAML files beside this one, with the whole house running."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from knowledge.answer import Answer
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
            *notices, answer = [Answer.model_validate(body) for body in talk.say(turn["say"])]
            check(turn, notices, answer)
    finally:
        talk.close()


def check(turn: dict[str, Any], notices: list[Answer], answer: Answer) -> None:
    """Hold one reply to what the turn expects of it; a key that is not known is a mistake."""
    expected = dict(turn["expect"])
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
    assert [bool(notices)] == [expected.pop("notice", False)], notices
    assert not expected, f"unknown expectations: {expected}"
