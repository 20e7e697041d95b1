"""Check the action server's replies against Rasa's schema without checking that schema each time.

Rasa does both on every action call, which was measured at 44 % of a turn's time.
Rasa 3.6.21 is the last of its line and pinned, so what is replaced will not move
(docs/decisions/0011-quick-validation.md).
"""

from __future__ import annotations

from typing import Any

from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction

_SCHEMA = RemoteAction.action_response_format_spec()
_VALIDATOR = validator_for(_SCHEMA)(_SCHEMA)


def validate_action_result(_: RemoteAction, result: dict[str, Any]) -> bool:
    """True for a valid reply; raises jsonschema's ValidationError, as Rasa's own method does."""
    _VALIDATOR.validate(result)
    return True


def install() -> None:
    """Use it in this process."""
    RemoteAction._validate_action_result = validate_action_result
