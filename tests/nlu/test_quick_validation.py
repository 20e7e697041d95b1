from __future__ import annotations

import pytest
from jsonschema import ValidationError, validate
from rasa.core.actions.action import RemoteAction

from nlu import quick_validation

GOOD = {
    "events": [{"event": "slot", "name": "entry", "value": "birth", "timestamp": None}],
    "responses": [{}],
}
BAD = [{"events": {}}, {"responses": [7]}, {"events": [{"name": "no event"}]}, []]


def test_the_replacement_is_in_use() -> None:
    assert RemoteAction._validate_action_result is quick_validation.validate_action_result


def test_a_valid_reply_passes_both() -> None:
    validate(GOOD, RemoteAction.action_response_format_spec())
    assert quick_validation.validate_action_result(None, GOOD)


@pytest.mark.parametrize("reply", BAD)
def test_what_rasa_refuses_is_refused(reply: object) -> None:
    with pytest.raises(ValidationError):
        validate(reply, RemoteAction.action_response_format_spec())
    with pytest.raises(ValidationError):
        quick_validation.validate_action_result(None, reply)
