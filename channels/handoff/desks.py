"""The desks of `knowledge/content/desks.yml` as this package asks them; an edited file counts at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from knowledge.desks import Desk
from knowledge.duty import Duty
from knowledge.service import Knowledge


class KnowledgeDesks:
    """A DutyBook. A desk that the city has given up since has no members, and is never open."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    def desks(self) -> tuple[str, ...]:
        """All desks, in the order of the file."""
        return tuple(desk.id for desk in self._knowledge.content.desks.desks)

    def desk_for(self, department: str | None) -> str:
        return self._duty.desk_for(department).id

    def title(self, desk: str) -> str:
        found = self._called(desk)
        return found.title if found else desk

    def chain(self, desk: str) -> tuple[str, ...]:
        default = self._knowledge.content.desks.default
        found = self._called(desk)
        line = (found.id, *(each.id for each in self._duty.substitutes(found))) if found else ()
        return tuple(dict.fromkeys((*line, default)))

    def members(self, desk: str) -> tuple[str, ...]:
        found = self._called(desk)
        return found.members if found else ()

    def is_open(self, desk: str, at: datetime) -> bool:
        found = self._called(desk)
        return found is not None and self._duty.is_open(found, at)

    def next_opening(self, desk: str, at: datetime) -> datetime | None:
        found = self._called(desk)
        return self._duty.next_opening(found, at) if found else None

    def closes_at(self, desk: str, at: datetime) -> datetime | None:
        found = self._called(desk)
        return self._duty.closes_at(found, at) if found else None

    def on_duty(self, desk: str, at: datetime) -> tuple[str, ...]:
        found = self._called(desk)
        return self._duty.on_duty(found, at) if found else ()

    def callback_slots(
        self,
        desk: str,
        after: datetime,
        taken: Mapping[datetime, int],
        active: Collection[str],
        limit: int = 3,
    ) -> list[datetime]:
        found = self._called(desk)
        return self._duty.callback_slots(found, after, taken, active, limit) if found else []

    @property
    def _duty(self) -> Duty:
        return Duty(self._knowledge.content.desks)

    def _called(self, desk: str) -> Desk | None:
        return self._duty.called(desk)
