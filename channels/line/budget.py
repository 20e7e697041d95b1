"""How many pushes the month has left: replies are free, pushes are bought.

Below a floor they are kept for what must arrive: how to reach a person, and danger to life.
"""

from __future__ import annotations

import time
from datetime import date

import aiohttp
import structlog
from linebot.v3.messaging import ApiException, AsyncMessagingApi

from channels.line import limits
from channels.line.deliveries import Deliveries
from knowledge.service import local_now

log = structlog.get_logger(__name__)

_ASKED_EVERY = 600.0
"""Seconds for which LINE's own count is believed."""
_LOW = 0.2
"""Share of the month's pushes below which a warning is written."""
_FLOOR = 0.1
"""Share of the month's pushes that are kept."""


class PushBudget:
    """Asks LINE for its count now and then, and adds what was pushed since."""

    def __init__(self, api: AsyncMessagingApi, deliveries: Deliveries) -> None:
        self._api = api
        self._deliveries = deliveries
        self._asked_at: float | None = None
        self._most: int | None = None
        self._elsewhere = 0

    async def allows(self, *, must_arrive: bool) -> bool:
        """Whether a push may be spent. Where LINE cannot tell its count, it may."""
        month = this_month()
        ours = await self._deliveries.pushes(month)
        if self._asked_at is None or time.monotonic() - self._asked_at > _ASKED_EVERY:
            await self._ask(ours)
        if self._most is None:
            return True
        left = self._most - ours - self._elsewhere
        if left <= self._most * _LOW:
            log.warning("line_quota_low", left=max(left, 0), quota=self._most)
        return left > 0 and (must_arrive or left > self._most * _FLOOR)

    async def _ask(self, ours: int) -> None:
        """Learn the month's quota, and how much of it others have used: staff send by hand, too."""
        timeout = limits.REQUEST_TIMEOUT
        try:
            quota = await self._api.get_message_quota(_request_timeout=timeout)
            used = await self._api.get_message_quota_consumption(_request_timeout=timeout)
        except (ApiException, aiohttp.ClientError, TimeoutError) as error:
            log.info("line_quota_unknown", why=type(error).__name__)
            return
        self._asked_at = time.monotonic()
        self._most = quota.value if quota.type == "limited" else None
        self._elsewhere = max(used.total_usage - ours, 0)


def this_month() -> date:
    """The first day of the month in 芦別市, where LINE's months begin, too."""
    return local_now().date().replace(day=1)
