"""How much one conversation and one address may send: enough for a library full of people, no flood.

Counts live in the memory of each web server and are gone with it: no address is ever stored.
"""

from __future__ import annotations

import math
import time
from ipaddress import ip_address, ip_network
from uuid import UUID

from fastapi import Request
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from channels.errors import TooManyRequestsError

_IPV6_HOME = 64
"""Bits of an IPv6 address that a household or an office shares."""


class RateLimits:
    """Counts over the last minute; raises TooManyRequestsError with when to try again."""

    def __init__(self, a_conversation: int, an_address: int) -> None:
        self._a_conversation = RateLimitItemPerMinute(a_conversation, namespace="conversation")
        self._an_address = RateLimitItemPerMinute(an_address, namespace="address")
        self._window = MovingWindowRateLimiter(MemoryStorage())

    def count_message(self, conversation: UUID) -> None:
        """One more message in a conversation."""
        self._count(self._a_conversation, str(conversation))

    def count_request(self, request: Request) -> None:
        """One more request that makes the house work, by the address it comes from.

        A call from this machine itself is not counted: it is the operator, or everybody at once
        behind a proxy that does not say for whom it asks.
        """
        address = address_of(request)
        if address:
            self._count(self._an_address, address)

    def _count(self, limit: RateLimitItem, of: str) -> None:
        if not self._window.hit(limit, of):
            free_at = self._window.get_window_stats(limit, of).reset_time
            raise TooManyRequestsError(max(1, math.ceil(free_at - time.time())))


def address_of(request: Request) -> str | None:
    """The caller's address, an IPv6 one as its household's network; None for this machine."""
    try:
        address = ip_address(request.client.host if request.client else "")
    except ValueError:
        return None
    if address.is_loopback:
        return None
    return str(address if address.version == 4 else ip_network((address, _IPV6_HOME), strict=False))
