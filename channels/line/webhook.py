"""The LINE webhook: signature over the raw body, one row and one job an event, then 200."""

from __future__ import annotations

from typing import Any

import structlog
from fastapi import APIRouter, Request, Response, status
from linebot.v3 import SignatureValidator
from linebot.v3.webhooks import (
    Event,
    FollowEvent,
    GroupSource,
    JoinEvent,
    MessageEvent,
    RoomSource,
    TextMessageContent,
    UnfollowEvent,
    UnsendEvent,
    UserSource,
)

from channels.core.store import MAX_TEXT, Store
from channels.line.contact import ContactCipher
from channels.line.reading import events_in, said_at

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
        try:
            events, unread = events_in(raw)
        except ValueError:
            log.warning("line_body_unreadable")
            return Response(status_code=status.HTTP_200_OK)  # the same again would be no better
        for event in events:
            await _take(event, store, cipher)
        for unknown in unread:
            log.warning("line_event_unreadable", type=unknown.kind)
            await store.keep_unread(unknown.body)
        return Response(status_code=status.HTTP_200_OK)

    return router


def _is_signed(validator: SignatureValidator, raw: bytes, signature: str) -> bool:
    try:
        return bool(signature.isascii() and validator.validate(raw.decode("utf-8"), signature))
    except UnicodeDecodeError:
        return False


async def _take(event: Event, store: Store, cipher: ContactCipher) -> None:
    """Store one event of a one-to-one chat; what a group says is none of the bot's business."""
    if isinstance(event, UnsendEvent):
        await store.forget_line_message(event.unsend.message_id)
        return
    sender = _sender(event)
    if isinstance(event, UnfollowEvent) and sender:
        await store.block_line(cipher.digest(sender), said_at(event))
        return
    body = _body(event)
    if body is None or sender is None or event.mode != "active":
        log.info("line_event_ignored", type=event.type, mode=event.mode)
        return
    await store.receive_line(
        event.webhook_event_id,
        cipher.seal(sender),
        cipher.digest(sender),
        body,
        getattr(event, "reply_token", None),
        said_at(event),
    )


def _sender(event: Event) -> str | None:
    """Whom to answer: who wrote in a one-to-one chat; the whole group where the bot has been added to one."""
    source = event.source
    found: str | None = None
    if isinstance(source, UserSource):
        found = source.user_id
    elif isinstance(event, JoinEvent) and isinstance(source, GroupSource):
        found = source.group_id
    elif isinstance(event, JoinEvent) and isinstance(source, RoomSource):
        found = source.room_id
    return found


def _body(event: Event) -> dict[str, Any] | None:
    """What the event says, as a resident's body; None when nothing is to be answered."""
    if isinstance(event, FollowEvent):
        return {"followed": True, "back": event.follow.is_unblocked}
    if isinstance(event, JoinEvent):
        return {"joined": True}
    if not isinstance(event, MessageEvent):
        return None
    if not isinstance(event.message, TextMessageContent):
        return {"media": event.message.type}
    body = {"message_id": event.message.id}
    if len(event.message.text) > MAX_TEXT:
        return body | {"too_long": True}
    return body | {"text": event.message.text}
