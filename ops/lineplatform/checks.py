"""What is wrong with messages: by LINE's description, and by what only its documentation says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from channels.line import limits
from channels.line.measure import units
from ops.lineplatform.description import problems

ALT_TEXT = 1500
"""Characters of an altText that LINE takes (Messaging API reference, Flex message); our own limit is less."""
POSTBACK_DATA = 300
"""Characters of a postback's data (line-openapi, PostbackAction)."""
_URI = re.compile(r"(https?://|tel:|line://)\S+")


def refusals(schema: str, body: object) -> list[str]:
    """What is wrong with a request that carries messages, as `property: what`; empty when LINE takes it."""
    wrong = problems("messaging-api", schema, body)
    if wrong or not isinstance(body, dict):
        return wrong
    return [
        f"$.messages[{number}]{problem}"
        for number, message in enumerate(body["messages"])
        for problem in _message(message)
    ]


def _message(message: dict[str, Any]) -> Iterator[str]:
    if message["type"] == "text":
        yield from _text("text", message["text"], limits.TEXT_UNITS)
    if message["type"] == "flex":
        yield from _text("altText", message["altText"], ALT_TEXT)
        yield from _container(message["contents"])
    for item in message.get("quickReply", {}).get("items", []):
        action = item.get("action", {})
        yield from _text("quickReply.items.action.label", action.get("label", ""), limits.QUICK_REPLY_LABEL)
        yield from _action(action)


def _container(container: dict[str, Any]) -> Iterator[str]:
    bubbles = container["contents"] if container["type"] == "carousel" else [container]
    if len(bubbles) > limits.CAROUSEL_BUBBLES:
        yield f".contents: {len(bubbles)} bubbles, at most {limits.CAROUSEL_BUBBLES}"
    if _size(container) > limits.CAROUSEL_BYTES:
        yield f".contents: {_size(container)} bytes, at most {limits.CAROUSEL_BYTES}"
    for bubble in bubbles:
        if _size(bubble) > limits.BUBBLE_BYTES:
            yield f".contents: a bubble of {_size(bubble)} bytes, at most {limits.BUBBLE_BYTES}"
    for node in _nodes(container):
        if node.get("type") == "text" and "contents" not in node:
            yield from _text("contents…text", node.get("text", ""), limits.TEXT_UNITS)
        if isinstance(action := node.get("action"), dict):
            yield from _text("contents…action.label", action.get("label", "-"), limits.ACTION_LABEL)
            yield from _action(action)


def _action(action: dict[str, Any]) -> Iterator[str]:
    match action.get("type"):
        case "message":
            yield from _text("action.text", action.get("text", ""), limits.MESSAGE_ACTION_TEXT)
        case "uri":
            yield from _text("action.uri", action.get("uri", ""), limits.URI)
            if not _URI.fullmatch(str(action.get("uri", ""))):
                yield ".action.uri: must be http, https, tel or line"
        case "postback":
            yield from _text("action.data", action.get("data", ""), POSTBACK_DATA)


def _text(where: str, text: str, most: int) -> Iterator[str]:
    if not text.strip():
        yield f".{where}: may not be empty"
    if units(text) > most:
        yield f".{where}: {units(text)} characters, at most {most}"


def _nodes(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for child in value.values():
            yield from _nodes(child)
    elif isinstance(value, list):
        for child in value:
            yield from _nodes(child)


def _size(value: object) -> int:
    """Measured as LINE's SDK sends it, as channels/line/flex.py does."""
    return len(json.dumps(value))
