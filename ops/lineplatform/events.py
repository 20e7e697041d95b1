"""What people do in a talk, as LINE's webhook events."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from typing import Any

from ops.lineplatform.tokens import ReplyTokens

type Event = dict[str, Any]

SOMEBODY = "U" + "a" * 32
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LINE_HAS_IT = {"contentProvider": {"type": "line"}}
_QUOTABLE = {"quoteToken": "q"}
MEDIA: dict[str, dict[str, Any]] = {
    "sticker": {"packageId": "446", "stickerId": "1988", "stickerResourceType": "STATIC", **_QUOTABLE},
    "image": {**_LINE_HAS_IT, **_QUOTABLE},
    "video": {"duration": 60_000, **_LINE_HAS_IT, **_QUOTABLE},
    "audio": {"duration": 5_000, **_LINE_HAS_IT},
    "file": {"fileName": "申請書.pdf", "fileSize": 2138},
    "location": {
        "title": "芦別市役所",
        "address": "北海道芦別市北1条東1丁目3番地",
        "latitude": 43.5184,
        "longitude": 142.1893,
    },
}
"""The kinds of messages that are no text, each with an example of what LINE says of it."""


class Events:
    """Makes events whose reply tokens the platform knows. Every method gives a new event."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self.now = now
        self.tokens = ReplyTokens(now)
        self.blockers: set[str] = set()
        """Who has blocked the account."""

    def message_event(self, text: str, user: str = SOMEBODY) -> Event:
        """Somebody typed `text`."""
        return self._said({"type": "text", "id": _number(), "text": text, **_QUOTABLE}, user)

    def media_event(self, kind: str, user: str = SOMEBODY) -> Event:
        """Somebody sent what is no text; `kind` is one of MEDIA."""
        return self._said({"type": kind, "id": _number(), **MEDIA[kind]}, user)

    def sticker_event(self, user: str = SOMEBODY) -> Event:
        """Somebody sent a sticker."""
        return self.media_event("sticker", user)

    def follow_event(self, user: str = SOMEBODY) -> Event:
        """Somebody became a friend, or lifts a block."""
        was_blocked = user in self.blockers
        self.blockers.discard(user)
        return self._answerable("follow", user) | {"follow": {"isUnblocked": was_blocked}}

    def unfollow_event(self, user: str = SOMEBODY) -> Event:
        """Somebody blocked the account; from now on nothing reaches them."""
        self.blockers.add(user)
        return self._event("unfollow", user)

    def unsend_event(self, message_id: str, user: str = SOMEBODY) -> Event:
        """Somebody took a message back."""
        return self._event("unsend", user) | {"unsend": {"messageId": message_id}}

    def postback_event(self, data: str, params: dict[str, str] | None = None, user: str = SOMEBODY) -> Event:
        """Somebody pressed a button with a postback, or switched the rich menu (`params`)."""
        postback = {"data": data} | ({"params": params} if params else {})
        return self._answerable("postback", user) | {"postback": postback}

    def join_event(self, group: str) -> Event:
        """The account was added to a group (C…) or a room (R…)."""
        return in_group(self._answerable("join", group), group)

    def leave_event(self, group: str) -> Event:
        """The account was removed from a group."""
        return in_group(self._event("leave", group), group)

    def future_event(self, kind: str = "somethingNew", user: str = SOMEBODY) -> Event:
        """An event of a type that LINE has not invented yet."""
        return self._event(kind, user)

    def _said(self, message: dict[str, Any], user: str) -> Event:
        return self._answerable("message", user) | {"message": message}

    def _answerable(self, kind: str, chat: str) -> Event:
        return self._event(kind, chat) | {"replyToken": self.tokens.issue(chat)}

    def _event(self, kind: str, user: str) -> Event:
        milliseconds = int(self.now() * 1000)
        return {
            "type": kind,
            "mode": "active",
            "timestamp": milliseconds,
            "source": {"type": "user", "userId": user},
            "webhookEventId": _ulid(milliseconds),
            "deliveryContext": {"isRedelivery": False},
        }


def in_group(event: Event, group: str, user: str | None = None) -> Event:
    """The event from a group (C…) or a room (R…); LINE leaves the user out more often than not."""
    kind = "room" if group.startswith("R") else "group"
    return event | {"source": {"type": kind, f"{kind}Id": group} | ({"userId": user} if user else {})}


def standby(event: Event) -> Event:
    """The event while another has the conversation: it has no reply token (LINE, channel state)."""
    return {key: value for key, value in event.items() if key != "replyToken"} | {"mode": "standby"}


def redelivered(event: Event) -> Event:
    """The same event, sent again: nothing but the mark differs (LINE, redelivered webhooks)."""
    return event | {"deliveryContext": {"isRedelivery": True}}


def _number() -> str:
    return str(10**17 + secrets.randbelow(9 * 10**17))


def _ulid(milliseconds: int) -> str:
    """26 letters that sort by time, as webhook event ids do."""
    value = milliseconds << 80 | secrets.randbits(80)
    return "".join(_CROCKFORD[value >> shift & 31] for shift in range(125, -1, -5))
