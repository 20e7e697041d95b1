"""Which entries a question calls by name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence


class NameIndex:
    """An immutable index of the names (titles and aliases, squeezed) of some documents."""

    def __init__(self, names: Sequence[Iterable[str]]) -> None:
        """`names` of each document."""
        self._owners: dict[str, set[int]] = {}
        self._beginning: dict[str, list[str]] = {}
        for number, its in enumerate(names):
            for name in its:
                self._owners.setdefault(name, set()).add(number)
        for name in self._owners:
            self._beginning.setdefault(name[:2], []).append(name)

    def called(self, question: str) -> frozenset[str]:
        """The names in `question`, without those that are but a part of a longer one there."""
        heads = {question[i : i + size] for i in range(len(question)) for size in (1, 2)}
        found = {name for head in heads for name in self._beginning.get(head, ()) if name in question}
        return frozenset(
            name for name in found if not any(name != other and name in other for other in found)
        )

    def owners(self, names: Collection[str]) -> set[int]:
        """The numbers of the documents that have any of `names`."""
        return {number for name in names for number in self._owners[name]}
