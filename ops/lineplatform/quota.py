"""The month's pushes: counted per recipient, replies free (LINE, Messaging API pricing)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

FREE_PLAN = 200
"""Pushes a month of Japan's free plan."""
_JAPAN = timezone(timedelta(hours=9))


class Quota:
    """`limit` is what may be pushed in a month, None for as many as one likes."""

    def __init__(self, limit: int | None, now: Callable[[], float]) -> None:
        self.limit = limit
        self._now = now
        self._month = self._this_month()
        self._used = 0

    @property
    def used(self) -> int:
        """Recipients pushed to this month."""
        if self._month != self._this_month():
            self._month, self._used = self._this_month(), 0
        return self._used

    @property
    def is_spent(self) -> bool:
        """Whether not even one more recipient can be pushed to."""
        return self.limit is not None and self.used >= self.limit

    def spend(self) -> None:
        """One recipient more."""
        self._used = self.used + 1

    def _this_month(self) -> tuple[int, int]:
        today = datetime.fromtimestamp(self._now(), UTC).astimezone(_JAPAN)
        return today.year, today.month
