"""Webhooks as LINE sends them: signed, twice, late, again when there was no 2xx in time.

They go to this machine alone, whatever address is registered: an https address stands for the proxy
in front of the bot, and is called at the bot's own port.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import ipaddress
import json
import time
from typing import Any
from urllib.parse import urlsplit

import httpx

from ops.lineplatform.description import event_types, problems
from ops.lineplatform.events import Event, redelivered
from ops.lineplatform.journal import Journal
from ops.lineplatform.misbehaviour import Misbehaviour
from ops.lineplatform.tokens import ReplyTokens

PATIENCE = 2.0
"""Seconds within which a 2xx must come (LINE, receiving messages)."""
REDELIVER_AFTER = (1.0, 5.0, 30.0)
"""Seconds before each redelivery; LINE tells neither the pauses nor how often it tries."""
DESTINATION = "U" + "0" * 32
"""The account's own user id."""
_HELD_BACK = 1.5
"""Seconds by which a webhook that comes out of order is late."""


class Webhooks:
    """`endpoint` is the registered address, None before there is one."""

    def __init__(
        self, secret: str, bot_url: str, tokens: ReplyTokens, journal: Journal, misbehaviour: Misbehaviour
    ) -> None:
        self.endpoint = f"{bot_url}/line/webhook" if bot_url else None
        self._secret = secret
        self._bot_url = bot_url
        self._tokens = tokens
        self._journal = journal
        self._misbehaviour = misbehaviour

    def sign(self, raw: bytes, secret: str | None = None) -> str:
        """The signature header for a body."""
        key = (self._secret if secret is None else secret).encode()
        return base64.b64encode(hmac.digest(key, raw, hashlib.sha256)).decode()

    async def post(
        self, client: httpx.AsyncClient, url: str, *events: Event, secret: str | None = None
    ) -> httpx.Response:
        """Call `url` once with these events.

        Raises ValueError for an event that LINE would never send, httpx.HTTPError when no answer comes.
        """
        if not is_here(url):
            raise ValueError(f"not on this machine: {url}")
        raw = json.dumps({"destination": DESTINATION, "events": list(events)}, ensure_ascii=False).encode()
        if wrong := _wrong(events):
            raise ValueError("; ".join(wrong))
        for event in events:
            self._tokens.sent(event.get("replyToken", ""))
        headers = {"x-line-signature": self.sign(raw, secret), "content-type": "application/json"}
        began = time.monotonic()
        status = 0
        try:
            response = await client.post(url, content=raw, headers=headers)
            status = response.status_code
        finally:
            milliseconds = round((time.monotonic() - began) * 1000)
            for event in events or [{}]:
                self._journal.note("webhook", _chat(event), status=status, ms=milliseconds, **_told(event))
        return response

    async def deliver(self, client: httpx.AsyncClient, event: Event) -> bool:
        """Bring an event to the registered address, with everything that goes wrong on the way.

        Returns whether it was ever answered with 2xx in time.
        """
        if self._misbehaviour.happens(self._misbehaviour.reordered):
            await asyncio.sleep(_HELD_BACK)
        done = await self._attempt(client, event)
        if self._misbehaviour.happens(self._misbehaviour.duplicated):
            done = await self._attempt(client, event)
        for pause in REDELIVER_AFTER:
            if done:
                break
            await asyncio.sleep(pause)
            done = await self._attempt(client, redelivered(event))
        return done

    async def test(self, client: httpx.AsyncClient, endpoint: str | None) -> dict[str, Any]:
        """Call an address, or the registered one, without events; the answer to LINE's webhook test."""
        address = self._address(endpoint or self.endpoint)
        status, reason, detail = 0, "COULD_NOT_CONNECT", "Connection failed"
        try:
            if address:
                async with asyncio.timeout(PATIENCE):
                    status = (await self.post(client, address)).status_code
                is_fine = 200 <= status < 300
                reason, detail = "OK" if is_fine else "ERROR_STATUS_CODE", str(status)
        except TimeoutError:
            reason, detail = "REQUEST_TIMEOUT", "Request timeout"
        except httpx.HTTPError:
            pass
        at = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
        return {
            "success": reason == "OK",
            "timestamp": at,
            "statusCode": status,
            "reason": reason,
            "detail": detail,
        }

    async def _attempt(self, client: httpx.AsyncClient, event: Event) -> bool:
        address = self._address(self.endpoint)
        if address is None:
            return False
        await asyncio.sleep(self._misbehaviour.delay())
        try:
            async with asyncio.timeout(PATIENCE):
                response = await self.post(client, address, event)
        except (TimeoutError, httpx.HTTPError):
            return False
        return response.is_success and not self._misbehaviour.happens(self._misbehaviour.redelivered)

    def _address(self, endpoint: str | None) -> str | None:
        """Where a registered address is really called; None when that is not on this machine."""
        if endpoint is None or is_here(endpoint):
            return endpoint
        is_proxied = endpoint.startswith("https://") and self._bot_url
        return f"{self._bot_url}{urlsplit(endpoint).path}" if is_proxied else None


def is_here(url: str) -> bool:
    """Whether an address is on this machine."""
    try:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https"):
            return False
        return parts.hostname == "localhost" or ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False


def _wrong(events: tuple[Event, ...]) -> list[str]:
    """What LINE's description says against the events; of a type still unknown, against what all have."""
    known = [event for event in events if event["type"] in event_types()]
    wrong = problems("webhook", "CallbackRequest", {"destination": DESTINATION, "events": known})
    for event in events:
        wrong += problems("webhook", "Event", event)
    return wrong


def _chat(event: Event) -> str | None:
    source = event.get("source", {})
    found: str | None = source.get("groupId") or source.get("roomId") or source.get("userId")
    return found


def _told(event: Event) -> dict[str, Any]:
    return {
        "type": event.get("type", "test"),
        "event": event.get("webhookEventId", ""),
        "redelivery": event.get("deliveryContext", {}).get("isRedelivery", False),
    }
