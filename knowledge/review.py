"""What needs a clerk's eye: facts that wait for confirmation, that run out, that nobody checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from knowledge.answer import Status
from knowledge.entries import AnyEntry, Form, Procedure, facts_in, run_out
from knowledge.facts import Dated, Fact
from knowledge.loader import Content

MONTH = 31
YEAR = 365


@dataclass(frozen=True)
class Row:
    """One line of a list: where, what, and why it is listed."""

    entry: str
    file: str
    field: str
    value: str
    status: Status
    valid_until: date | None
    checked_on: date
    department: str

    def as_json(self) -> dict[str, object]:
        """The row for machines; dates as YYYY-MM-DD."""
        return {
            name: str(value) if isinstance(value, date) else value for name, value in asdict(self).items()
        }


def unconfirmed(content: Content) -> Iterator[Row]:
    """Every fact that waits for confirmation, and entries that do so as a whole."""
    for entry in content.entries.values():
        if entry.status is Status.UNCONFIRMED:
            yield _row(content, entry, "status", entry.title, entry)
        for place, fact in facts_in(entry):
            if (fact.status or entry.status) is Status.UNCONFIRMED:
                yield _row(content, entry, _field(place), fact.value, fact)
        form = entry.form if isinstance(entry, Procedure) else None
        if form and (form.status or entry.status) is Status.UNCONFIRMED:
            yield _row(content, entry, "form", form.service, form)


def expiring(content: Content, today: date, days: int = MONTH) -> Iterator[Row]:
    """Whatever has run out or runs out within `days`, unless its next version is there already."""
    for entry in content.entries.values():
        for place, dated in run_out(entry, today + timedelta(days=days + 1)):
            value = getattr(dated, "value", None) or getattr(dated, "service", None) or entry.title
            yield _row(content, entry, _field(place) or "valid_until", value, dated)


def unchecked(content: Content, today: date, days: int = YEAR) -> Iterator[Row]:
    """Entries that nobody has checked for `days`."""
    for entry in content.entries.values():
        if last_checked(entry) < today - timedelta(days=days):
            yield _row(content, entry, "checked_on", entry.title, entry)


def last_checked(entry: AnyEntry, fact: Fact | None = None) -> date:
    """The day somebody last checked `fact`, or the whole entry."""
    sources = (fact.sources if fact else ()) or entry.sources
    own = fact.checked_on if fact else None
    day = own or max(source.checked_on for source in sources)
    return max(day, entry.checked_on) if entry.checked_on else day


def _field(place: tuple[int | str, ...]) -> str:
    return ".".join(str(step) for step in place if isinstance(step, str))


def _row(content: Content, entry: AnyEntry, field: str, value: str, dated: Dated) -> Row:
    fact = dated if isinstance(dated, Fact) else None
    return Row(
        entry=entry.id,
        file=content.files[entry.id],
        field=field,
        value=value,
        status=(dated.status if isinstance(dated, Fact | Form) else None) or entry.status,
        valid_until=dated.valid_until,
        checked_on=last_checked(entry, fact),
        department=(fact.department if fact else None) or entry.department or content.city.office,
    )
