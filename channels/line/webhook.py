"""The LINE webhook: signature over the raw body, one row and one job an event, then 200."""

from __future__ import annotations

import json
from typing import Any

import structlog
from fastapi import APIRouter, Request, Response, status
from linebot.v3 import SignatureValidator
from linebot.v3.webhooks import (
    Event,
    FollowEvent,
    MessageEvent,
    TextMessageContent,
    UnsendEvent,
    UserSource,
)
from pydantic import ValidationError

from channels.core.store import MAX_TEXT, Store
from channels.line.contact import ContactCipher

log = structlog.get_logger(__name__)


def line_router(channel_secret: str, store: Store, cipher: ContactCipher) -> APIRouter:
    """The route that LINE calls."""
    router = APIRouter(prefix="/line")
    validator = SignatureValidator(channel_secret)

    @router.post("/webhook")
    async def webhook(request: Request) -> Response:
        raw = await request.body()
        signature = request.headers.get("x-line-signature", "")
        if not _is_signed(validator, raw, signature):
            log.warning("line_signature_refused", size=len(raw))
            return Response(status_code=status.HTTP_400_BAD_REQUEST)
        for event in _events(raw):
            await _take(event, store, cipher)
        return Response(status_code=status.HTTP_200_OK)

    return router


def _is_signed(validator: SignatureValidator, raw: bytes, signature: str) -> bool:
    try:
        return bool(signature.isascii() and validator.validate(raw.decode("utf-8"), signature))
    except UnicodeDecodeError:
        return False


def _events(raw: bytes) -> list[Event]:
    """The events the SDK can read; the others are logged by type and passed over."""
    try:
        listed = json.loads(raw).get("events", [])
    except (ValueError, AttributeError):
        log.warning("line_body_unreadable")
        return []
    events = []
    for item in listed if isinstance(listed, list) else []:
        try:
            events.append(Event.from_dict(item))
        except (ValidationError, ValueError, TypeError, AttributeError, KeyError):
            kind = item.get("type") if isinstance(item, dict) else None
            log.warning("line_event_unreadable", type=str(kind)[:40])
    return [event for event in events if event is not None]


async def _take(event: Event, store: Store, cipher: ContactCipher) -> None:
    """Store one event of a one-to-one chat; others are none of the bot's business."""
    if isinstance(event, UnsendEvent):
        await store.forget_line_message(event.unsend.message_id)
        return
    body = _body(event)
    user_id = event.source.user_id if isinstance(event.source, UserSource) else None
    if body is None or user_id is None or event.mode != "active":
        log.info("line_event_ignored", type=event.type, mode=event.mode)
        return
    await store.receive_line(
        event.webhook_event_id,
        cipher.seal(user_id),
        cipher.digest(user_id),
        body,
        getattr(event, "reply_token", None),
    )


def _body(event: Event) -> dict[str, Any] | None:
    """What the event says, as a resident's body; None when nothing is to be answered."""
    if isinstance(event, FollowEvent):
        return {"followed": True}
    if not isinstance(event, MessageEvent):
        return None
    if not isinstance(event.message, TextMessageContent):
        return {"media": event.message.type}
    body = {"message_id": event.message.id}
    if len(event.message.text) > MAX_TEXT:
        return body | {"too_long": True}
    return body | {"text": event.message.text}
