"""Webhook bodies as events: what the SDK can read, made whole first, and what it cannot, fit to be kept.

The SDK refuses an event that lacks what only newer webhooks have, or whose kind it does not know.
A text message without a `quoteToken` is read all the same, and a message of an unknown kind as a file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from linebot.v3.webhooks import Event
from pydantic import ValidationError

from channels.core.privacy import mask

_REFUSALS = (ValidationError, ValueError, TypeError, AttributeError, KeyError, RecursionError)
"""What the SDK raises over an event it cannot read."""
_IDS = frozenset({"userId", "groupId", "roomId", "replyToken", "quoteToken", "markAsReadToken"})
_HIDDEN = "…"
_DEEPEST = 8
_LONGEST = 200
"""Characters kept of one text of an event that cannot be read."""
_MOST = 50
"""Parts kept of one list or object of it."""


@dataclass(frozen=True)
class Unread:
    """An event that could not be read, as it may be kept: without ids, texts masked and cut."""

    kind: str
    body: dict[str, Any]


def events_in(raw: bytes) -> tuple[list[Event], list[Unread]]:
    """The events of a body in the order of LINE's clock, and those that cannot be read.

    Raises ValueError when the body is no JSON object at all.
    """
    try:
        listed = json.loads(raw).get("events", [])
    except (AttributeError, RecursionError) as error:
        raise ValueError(type(error).__name__) from error
    events, unread = [], []
    for item in listed if isinstance(listed, list) else []:
        whole = _storable(item)
        event = _event(whole) or _event(_as_file(whole))
        if event:
            events.append(event)
        else:
            unread.append(_unread(whole))
    return sorted(events, key=lambda event: event.timestamp), unread


def said_at(event: Event) -> datetime:
    """When it happened by LINE's clock; raises ValueError for what is no time."""
    try:
        return datetime.fromtimestamp(event.timestamp / 1000, UTC)
    except (OverflowError, OSError) as error:
        raise ValueError(event.timestamp) from error


def _event(item: Any) -> Event | None:  # noqa: ANN401  # any JSON
    if not isinstance(item, dict):
        return None
    message = item.get("message")
    if isinstance(message, dict) and message.get("type") in {"text", "sticker", "image", "video"}:
        item = item | {"message": {"quoteToken": ""} | message}
    try:
        event = Event.from_dict({"deliveryContext": {"isRedelivery": False}} | item)
        return event if event is not None and said_at(event) else None
    except _REFUSALS:
        return None


def _as_file(item: Any) -> Any:  # noqa: ANN401  # any JSON
    """A message of whatever kind as one that nobody can read either."""
    if not isinstance(item, dict) or not isinstance(item.get("message"), dict):
        return None
    number = str(item["message"].get("id", ""))
    return item | {"message": {"type": "file", "id": number, "fileName": "", "fileSize": 0}}


def _storable(node: Any, depth: int = 0) -> Any:  # noqa: ANN401  # any JSON
    """The same JSON without half characters, which no database takes; cut where it is too deep."""
    if isinstance(node, str):
        return node.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if depth > _DEEPEST:
        return None
    if isinstance(node, list):
        return [_storable(item, depth + 1) for item in node]
    if isinstance(node, dict):
        return {_storable(key): _storable(value, depth + 1) for key, value in node.items()}
    return node


def _unread(item: Any) -> Unread:  # noqa: ANN401  # any JSON
    kind = item.get("type") if isinstance(item, dict) else type(item).__name__
    return Unread(str(kind)[:40], {"event": _kept(item)})


def _kept(node: Any) -> Any:  # noqa: ANN401  # any JSON
    if isinstance(node, str):
        return mask(node.replace("\x00", "")[:_LONGEST]).text
    if isinstance(node, list):
        return [_kept(item) for item in node[:_MOST]]
    if isinstance(node, Mapping):
        parts = list(node.items())[:_MOST]
        return {_kept(key): _HIDDEN if key in _IDS else _kept(value) for key, value in parts}
    return node
