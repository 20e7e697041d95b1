"""Who answers for what, and when: what this package asks of the desks in `knowledge/content/desks.yml`.

Moments are local in 芦別市, without a zone, as in all of knowledge/.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import datetime
from typing import Protocol

from knowledge.service import ASHIBETSU

type Clock = Callable[[], datetime]
"""The local time now."""
type Active = Callable[[], Awaitable[frozenset[str]]]
"""The logins of the accounts that may sign in."""


class DutyBook(Protocol):
    """The desks, by their ids."""

    def desk_for(self, department: str | None) -> str:
        """The desk that answers for a department, else the default one."""

    def title(self, desk: str) -> str:
        """What residents are told that a desk is called; the id of one that is no more."""

    def chain(self, desk: str) -> tuple[str, ...]:
        """The desk, those that stand in for it one after the other, the default one; each once."""

    def members(self, desk: str) -> tuple[str, ...]:
        """The logins of a desk's clerks, on duty or not."""

    def is_open(self, desk: str, at: datetime) -> bool:
        """Whether a desk is open at a moment."""

    def next_opening(self, desk: str, at: datetime) -> datetime | None:
        """When a desk opens next, None when that is not known."""

    def closes_at(self, desk: str, at: datetime) -> datetime | None:
        """When a desk that is open closes, None when it is closed or never does."""

    def on_duty(self, desk: str, at: datetime) -> tuple[str, ...]:
        """The logins of who is on duty at a moment; nobody while the desk is closed."""

    def callback_slots(
        self,
        desk: str,
        after: datetime,
        taken: Mapping[datetime, int],
        active: Collection[str],
        limit: int = 3,
    ) -> list[datetime]:
        """The next moments at which somebody has time for a call-back, `taken` being promised already."""


def instant(moment: datetime) -> datetime:
    """A local moment as PostgreSQL keeps it."""
    return moment.replace(tzinfo=ASHIBETSU)


def local(at: datetime) -> datetime:
    """A moment from PostgreSQL as a clock in 芦別市 shows it."""
    return at.astimezone(ASHIBETSU).replace(tzinfo=None)
