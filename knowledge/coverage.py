"""How much of the city's list of priority procedures is answered, and how surely."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from knowledge.answer import Status
from knowledge.entries import AnyEntry, facts_in
from knowledge.loader import Content


@dataclass(frozen=True)
class Covered:
    """One item of the list; `facts` counts those of its entries by how sure they are."""

    number: str
    title: str
    entries: tuple[str, ...]
    facts: Mapping[Status, int]

    def as_json(self) -> dict[str, object]:
        """The item for machines."""
        return {
            "number": self.number,
            "title": self.title,
            "entries": list(self.entries),
            "facts": {status.value: count for status, count in self.facts.items()},
        }


def coverage(content: Content) -> list[Covered]:
    """Every item of `city.yml`, in its order, with the entries that cover it."""
    return [
        _covered(item.number, item.title, [e for e in content.entries.values() if item.number in e.covers])
        for item in content.city.priority
    ]


def _covered(number: str, title: str, entries: list[AnyEntry]) -> Covered:
    facts = Counter(fact.status or entry.status for entry in entries for _, fact in facts_in(entry))
    return Covered(number, title, tuple(entry.id for entry in entries), {s: facts[s] for s in Status})
