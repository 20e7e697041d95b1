"""Bring a stored reply to LINE: by its reply token, else by push, once; before it, that it is being made.

The attempt is written down before LINE is called. If a crash comes between LINE's answer and
ours, the next attempt finds the token used within its life and knows the reply has arrived.
Pushes carry a retry key made from the turn, so LINE itself drops a second one (409).
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

import structlog
from linebot.v3.messaging import (
    ApiException,
    AsyncMessagingApi,
    Message,
    PushMessageRequest,
    ReplyMessageRequest,
    ShowLoadingAnimationRequest,
)

from channels.core.store import LineDelivery, Store
from channels.line import limits
from channels.line.contact import ContactCipher
from channels.line.render import render
from knowledge.service import Knowledge

log = structlog.get_logger(__name__)

GIVE_UP_AFTER = 3600.0
"""Seconds after which an answer that LINE would not take is of no use any more."""


class LineDeliverer(Protocol):
    """Delivers the reply to one event; runs again after any failure."""

    async def deliver(self, conversation: UUID, answers: int) -> None:
        """Raises when LINE could not be reached, to be tried again."""

    async def show_thinking(self, conversation: UUID) -> None:
        """Show that an answer is being made; when that fails, nobody need know."""


class NoLine:
    """No LINE account is configured: there is nothing to deliver."""

    async def deliver(self, conversation: UUID, answers: int) -> None:
        log.warning("line_not_configured", answers=answers)

    async def show_thinking(self, conversation: UUID) -> None:
        """Nobody is there to see it."""


class LineApi:
    """Delivers through LINE's Messaging API."""

    def __init__(
        self, store: Store, api: AsyncMessagingApi, cipher: ContactCipher, knowledge: Knowledge
    ) -> None:
        self._store = store
        self._api = api
        self._cipher = cipher
        self._knowledge = knowledge

    async def deliver(self, conversation: UUID, answers: int) -> None:
        delivery = await self._store.line_delivery(conversation, answers)
        if delivery is None or delivery.delivered_at:
            return
        if _age(delivery) > GIVE_UP_AFTER:
            log.error("line_given_up", answers=answers)
            return
        parts = await self._store.reply_parts(conversation, answers)
        messages = render(parts, self._knowledge.phrases)
        await self._store.mark_delivery(conversation, answers, "attempted_at")
        try:
            if not (delivery.reply_token and await self._reply(delivery, messages)):
                await self._push(conversation, answers, delivery, messages)
        except ApiException as error:
            if _may_pass(error):
                raise
            log.error("line_refused", answers=answers, status=error.status)
            return
        await self._store.mark_delivery(conversation, answers, "delivered_at")

    async def show_thinking(self, conversation: UUID) -> None:
        contact = await self._store.line_contact(conversation)
        if contact is None:
            return
        request = ShowLoadingAnimationRequest(
            chatId=self._cipher.open(contact), loadingSeconds=limits.LOADING_SECONDS
        )
        try:
            await self._api.show_loading_animation(request, _request_timeout=limits.REQUEST_TIMEOUT)
        except Exception as error:  # the SDK lets its HTTP client's errors through
            log.info("line_thinking_not_shown", why=type(error).__name__)

    async def _reply(self, delivery: LineDelivery, messages: list[Message]) -> bool:
        """True when the resident has the reply; False when the token is of no use."""
        request = ReplyMessageRequest(replyToken=delivery.reply_token, messages=messages)
        try:
            await self._api.reply_message(request, _request_timeout=limits.REQUEST_TIMEOUT)
        except ApiException as error:
            if error.status != 400:
                raise
            return delivery.attempted_at is not None and _age(delivery) < limits.REPLY_TOKEN_LIFE
        return True

    async def _push(
        self, conversation: UUID, answers: int, delivery: LineDelivery, messages: list[Message]
    ) -> None:
        request = PushMessageRequest(to=self._cipher.open(delivery.contact), messages=messages)
        retry_key = uuid.uuid5(conversation, str(answers))
        try:
            await self._api.push_message(
                request,
                x_line_retry_key=str(retry_key),
                _request_timeout=limits.REQUEST_TIMEOUT,
            )
        except ApiException as error:
            if error.status != 409:
                raise


def _age(delivery: LineDelivery) -> float:
    """Seconds since the resident's message came in."""
    return (datetime.now(UTC) - delivery.received_at).total_seconds()


def _may_pass(error: ApiException) -> bool:
    """Whether LINE may take the same call soon.

    A spent monthly quota comes back next month only; LINE tells it from too many calls by the
    message alone (Messaging API reference, status codes).
    """
    if error.status == 429:
        return limits.QUOTA_SPENT not in str(error.body)
    return error.status is None or error.status >= 500
