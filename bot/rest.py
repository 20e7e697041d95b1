"""Rasa's REST channel without its habits: it logs what residents say and hides what went wrong."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.channels.rest import RestInput
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

log = structlog.get_logger(__name__)


class QuietRest(RestInput):
    """POST /webhooks/rest/webhook: the replies to one message, or a 500 that names the error alone."""

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[None]]) -> Blueprint:
        """The one route."""
        routes = Blueprint("quiet_rest", __name__)

        @routes.route("/webhook", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            collector = CollectingOutputChannel()
            message = UserMessage(
                self._extract_message(request),
                collector,
                await self._extract_sender(request),
                input_channel=self.name(),
                metadata=self.get_metadata(request),
            )
            try:
                await on_new_message(message)
            except Exception as error:  # whatever it is, the caller must know and the log must not quote
                log.error("turn_failed", why=type(error).__name__)
                return response.json({"error": type(error).__name__}, status=500)
            return response.json(collector.messages)

        return routes
