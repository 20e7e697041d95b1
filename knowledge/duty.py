"""Who is there to talk, and when: pure functions of `desks.yml` and a moment.

All times are local times of 芦別市, without a zone. Whose account works the caller says, as `active`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, time, timedelta
from itertools import islice

from knowledge.desks import Desk, Desks
from knowledge.timetable import Timetable

NOTICE = timedelta(hours=1)
"""A call-back begins no sooner than this: residents and clerks need time to be there."""


class Duty:
    """What one state of `desks.yml` says of any moment."""

    def __init__(self, desks: Desks) -> None:
        self._desks = {desk.id: desk for desk in desks.desks}
        self._default = self._desks[desks.default]
        self._by_department = {name: desk for desk in desks.desks for name in desk.departments}

    def called(self, desk_id: str) -> Desk | None:
        """The desk with this id; None when the city has given it up since."""
        return self._desks.get(desk_id)

    def desk_for(self, department: str | None) -> Desk:
        """The desk that answers for a department, the default one where none does."""
        return self._by_department.get(department or "", self._default)

    def substitutes(self, desk: Desk) -> tuple[Desk, ...]:
        """The desks that stand in for `desk` when nobody there is on duty, in the order to ask them."""
        line = [desk]
        while (after := self._desks.get(line[-1].substitute or "")) and after not in line:
            line.append(after)
        return tuple(line[1:])

    def is_open(self, desk: Desk, at: datetime) -> bool:
        """Whether `desk` talks with residents at `at`, by its hours alone."""
        return Timetable(desk).is_open(at)

    def next_opening(self, desk: Desk, at: datetime) -> datetime | None:
        """The first opening after `at`, also while it is open; None when there is none in sight."""
        return Timetable(desk).next_opening(at)

    def closes_at(self, desk: Desk, at: datetime) -> datetime | None:
        """When the hours end that `at` lies in, be it for lunch; None when closed, or when they never end."""
        return Timetable(desk).open_until(at)

    def on_duty(self, desk: Desk, at: datetime) -> tuple[str, ...]:
        """The logins of who is on duty at `at`, in the order of the members; none while it is closed."""
        if not self.is_open(desk, at):
            return ()
        if not desk.roster:
            return desk.members
        named = {login for shift in desk.roster if shift.covers(at.date()) for login in shift.members}
        return tuple(login for login in desk.members if login in named)

    def answering(self, desk: Desk, at: datetime, active: Collection[str]) -> Desk | None:
        """The first of `desk` and its substitutes with an active member on duty at `at`; None without."""
        line = (desk, *self.substitutes(desk))
        return next((here for here in line if self._strength(here, at, active)), None)

    def callback_slots(
        self,
        desk: Desk,
        after: datetime,
        taken: Mapping[datetime, int],
        active: Collection[str],
        limit: int = 3,
    ) -> list[datetime]:
        """The first starts of call-backs that are free, at least NOTICE after `after`.

        A slot lies wholly within the opening hours, and holds as many call-backs as active members on duty.
        `taken` counts those promised by their starts, also by starts that were cut otherwise before an edit.
        """
        length = timedelta(minutes=desk.slots.minutes)
        free = (
            start
            for start in _starts(desk, after)
            if sum(n for other, n in taken.items() if abs(other - start) < length)
            < self._strength(desk, start, active)
        )
        return list(islice(free, limit))

    def _strength(self, desk: Desk, at: datetime, active: Collection[str]) -> int:
        """How many active members are on duty."""
        return sum(login in active for login in self.on_duty(desk, at))


def _starts(desk: Desk, after: datetime) -> Iterator[datetime]:
    """Each stretch of the opening hours, cut into slots from its beginning on."""
    timetable, length = Timetable(desk), timedelta(minutes=desk.slots.minutes)
    for ahead in range(desk.slots.ahead + 1):
        day = after.date() + timedelta(days=ahead)
        for opens, closes in timetable.on(day).spans:
            start, end = datetime.combine(day, opens), datetime.combine(day, closes)
            if closes == time():
                end += timedelta(days=1)
            while start + length <= end:
                if start >= after + NOTICE:
                    yield start
                start += length
