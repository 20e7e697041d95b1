"""Bring a stored reply to LINE: by its reply token, else by push, once; before it, that it is being made.

The attempt is written down before LINE is called. If a crash comes between LINE's answer and
ours, the next attempt finds the token used within its life and knows the reply has arrived.
Pushes carry a retry key made from the turn, so LINE itself drops a second one (409).
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

import aiohttp
import structlog
from linebot.v3.messaging import (
    ApiException,
    AsyncMessagingApi,
    PushMessageRequest,
    ReplyMessageRequest,
    ShowLoadingAnimationRequest,
)

from channels.line import limits
from channels.line.budget import PushBudget, this_month
from channels.line.contact import ContactCipher
from channels.line.deliveries import Deliveries, Delivery
from channels.line.replies import Replies, Reply

log = structlog.get_logger(__name__)

GIVE_UP_AFTER = 3600.0
"""Seconds after which an answer that LINE would not take is of no use any more."""


class TooMany(StrEnum):
    """Why LINE answers 429; only the message tells (Messaging API reference, status codes)."""

    QUOTA = "quota"
    RATE = "rate"
    CONCURRENCY = "concurrency"


class LineDeliverer(Protocol):
    """Delivers the reply to one event; runs again after any failure."""

    async def deliver(self, conversation: UUID, answers: int) -> None:
        """Raises when LINE could not be reached, to be tried again."""

    async def show_thinking(self, conversation: UUID, sequence: int) -> None:
        """Show that an event is being answered; when that fails, nobody need know."""


class NoLine:
    """No LINE account is configured: there is nothing to deliver."""

    async def deliver(self, conversation: UUID, answers: int) -> None:
        log.warning("line_not_configured", answers=answers)

    async def show_thinking(self, conversation: UUID, sequence: int) -> None:
        """Nobody is there to see it."""


class LineApi:
    """Delivers through LINE's Messaging API."""

    def __init__(
        self, replies: Replies, api: AsyncMessagingApi, cipher: ContactCipher, deliveries: Deliveries
    ) -> None:
        self._replies = replies
        self._api = api
        self._cipher = cipher
        self._deliveries = deliveries
        self._budget = PushBudget(api, deliveries)

    async def deliver(self, conversation: UUID, answers: int) -> None:
        delivery = await self._deliveries.get(conversation, answers)
        if delivery is None or delivery.delivered_at:
            return
        if _age(delivery) > GIVE_UP_AFTER:
            log.error("line_given_up", answers=answers)
            return
        reply = await self._replies.get(conversation, answers)
        await self._deliveries.attempt(conversation, answers)
        try:
            if delivery.reply_token and await self._reply(delivery, reply):
                await self._deliveries.done(conversation, answers)
            elif await self._may_push(delivery, reply, answers):
                await self._push(conversation, answers, delivery, reply)
                await self._deliveries.done(conversation, answers, pushed_in=this_month())
        except ApiException as error:
            why = _too_many(error)
            if why in {TooMany.RATE, TooMany.CONCURRENCY}:
                log.warning("line_too_many", why=why)
                raise
            if error.status is None or error.status >= 500:
                raise
            log.error("line_refused", answers=answers, status=error.status, why=why)

    async def show_thinking(self, conversation: UUID, sequence: int) -> None:
        delivery = await self._deliveries.get(conversation, sequence)
        if delivery is None:
            return
        request = ShowLoadingAnimationRequest(
            chatId=self._cipher.open(delivery.contact), loadingSeconds=limits.LOADING_SECONDS
        )
        try:
            await self._api.show_loading_animation(request, _request_timeout=limits.REQUEST_TIMEOUT)
        except (ApiException, aiohttp.ClientError, TimeoutError) as error:
            log.info("line_thinking_not_shown", why=type(error).__name__)

    async def _reply(self, delivery: Delivery, reply: Reply) -> bool:
        """True when the resident has the reply; False when the token is of no use."""
        request = ReplyMessageRequest(replyToken=delivery.reply_token, messages=reply.messages)
        try:
            await self._api.reply_message(request, _request_timeout=limits.REQUEST_TIMEOUT)
        except ApiException as error:
            if error.status != 400:
                raise
            return delivery.attempted_at is not None and _age(delivery) < limits.REPLY_TOKEN_LIFE
        return True

    async def _may_push(self, delivery: Delivery, reply: Reply, answers: int) -> bool:
        if delivery.is_blocked:
            log.info("line_blocked", answers=answers)
            return False
        if await self._budget.allows(must_arrive=reply.must_arrive):
            return True
        log.error("line_push_saved", answers=answers)
        return False

    async def _push(self, conversation: UUID, answers: int, delivery: Delivery, reply: Reply) -> None:
        request = PushMessageRequest(to=self._cipher.open(delivery.contact), messages=reply.messages)
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


def _age(delivery: Delivery) -> float:
    """Seconds since the resident's message came in."""
    return (datetime.now(UTC) - delivery.received_at).total_seconds()


def _too_many(error: ApiException) -> TooMany | None:
    """Why LINE finds it too many, None when that is not what it says.

    A spent quota comes back next month only, the others in a moment.
    """
    if error.status != 429:
        return None
    body = str(error.body)
    if limits.QUOTA_SPENT in body:
        return TooMany.QUOTA
    return TooMany.RATE if limits.RATE_EXCEEDED in body else TooMany.CONCURRENCY
