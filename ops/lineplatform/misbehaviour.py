"""What goes wrong on purpose: in calls to LINE's API and in webhooks.

A failure befalls the next call (`next_failures`) or a share of all calls (`rates`). The same seed draws
the same failures for the same calls.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from enum import StrEnum

from channels.line.limits import REQUEST_TIMEOUT

REPLY, PUSH = "/v2/bot/message/reply", "/v2/bot/message/push"
SENDING = (REPLY, PUSH)


class Failure(StrEnum):
    """How a call to LINE's API may go wrong."""

    INTERNAL = "internal"
    UNAVAILABLE = "unavailable"
    TIMEOUT = "timeout"
    """Not taken, and no answer before the caller gives up."""
    LOST = "lost"
    """Taken, but the answer is an error."""
    LATE = "late"
    """Taken, but no answer before the caller gives up."""
    RATE = "rate"
    CONCURRENCY = "concurrency"
    QUOTA = "quota"
    """Pushes alone: replies are free."""
    INVALID_TOKEN = "invalid_token"  # noqa: S105
    """Replies alone."""
    CONFLICT = "conflict"
    """A push that comes in twice on its way: the first is taken, the caller sees the answer to the second."""


ANSWERS = {
    Failure.INTERNAL: (500, "Internal server error"),
    Failure.UNAVAILABLE: (503, "Service unavailable"),
    Failure.TIMEOUT: (504, "Gateway timeout"),
    Failure.LOST: (500, "Internal server error"),
    Failure.LATE: (504, "Gateway timeout"),
    Failure.RATE: (429, "The API rate limit has been exceeded. Try again later."),
    # The reference names this cause without giving its words; these are ours.
    Failure.CONCURRENCY: (429, "The limit of concurrent operations has been exceeded. Try again later."),
    Failure.QUOTA: (429, "You have reached your monthly limit."),
    Failure.INVALID_TOKEN: (400, "Invalid reply token"),
    Failure.CONFLICT: (409, "The retry key is already accepted"),
}
"""Status and message (Messaging API reference, status codes and error messages)."""
TAKEN = frozenset({Failure.LOST, Failure.LATE, Failure.CONFLICT})
SILENT = frozenset({Failure.TIMEOUT, Failure.LATE})
_ONLY = {Failure.QUOTA: PUSH, Failure.CONFLICT: PUSH, Failure.INVALID_TOKEN: REPLY}


@dataclass
class Misbehaviour:
    """Shares are from 0 to 1; times are seconds."""

    seed: int = 0
    next_failures: list[Failure] = field(default_factory=list)
    """One-shot failures of the next replies and pushes, in order; one waits for a call it can befall."""
    rates: dict[Failure, float] = field(default_factory=dict)
    """Shares of all calls that fail so."""
    duplicated: float = 0.0
    """Share of webhooks that come twice."""
    redelivered: float = 0.0
    """Share of webhooks whose 2xx gets lost, so that LINE sends them again."""
    reordered: float = 0.0
    """Share of webhooks that come after those that follow them."""
    slow: float = 0.0
    """Every call and webhook is late by up to this."""
    silence: float = REQUEST_TIMEOUT + 2
    """How long an answer stays away that is never to come."""

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311  # to be drawn again, not to be secret

    def failure(self, path: str) -> Failure | None:
        """What goes wrong with a call of `path`."""
        if path in SENDING:
            for position, failure in enumerate(self.next_failures):
                if _befalls(failure, path):
                    return self.next_failures.pop(position)
        for failure, share in self.rates.items():
            if _befalls(failure, path) and self.happens(share):
                return failure
        return None

    def happens(self, share: float) -> bool:
        """Whether it happens this time; draws only for what may happen."""
        return share > 0 and self._random.random() < share

    def delay(self) -> float:
        """How late the next call or webhook is."""
        return self._random.uniform(0, self.slow) if self.slow else 0.0


def _befalls(failure: Failure, path: str) -> bool:
    return _ONLY.get(failure, path) == path
