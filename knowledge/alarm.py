"""How well emergencies are heard: labelled messages that are missed, harmless ones taken for one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter
from ruamel.yaml import YAML

from knowledge.facts import Model


class UrgentMessage(Model):
    """A message with the entry that must answer it at once, None for none."""

    text: str
    entry: str | None
    blind: bool = False


@dataclass(frozen=True)
class Alarm:
    """What became of some messages; shares are 0 to 1."""

    urgent: int
    harmless: int
    missed: tuple[str, ...]
    false: tuple[str, ...]

    @property
    def recall(self) -> float:
        return 1 - len(self.missed) / max(self.urgent, 1)

    @property
    def false_alarms(self) -> float:
        return len(self.false) / max(self.harmless, 1)

    def __str__(self) -> str:
        return (
            f"recall {self.recall:.1%} of {self.urgent}, "
            f"false alarms {self.false_alarms:.1%} of {self.harmless}; "
            f"missed {list(self.missed)}, false {list(self.false)}"
        )


def read_messages(path: Path) -> list[UrgentMessage]:
    """The labelled messages of a YAML file."""
    return TypeAdapter(list[UrgentMessage]).validate_python(YAML(typ="safe").load(path))


def hear_all(is_urgent: Callable[[str], bool], messages: Sequence[UrgentMessage]) -> Alarm:
    """Ask of each whether it is urgent, whatever the answer to it."""
    urgent = [message.text for message in messages if message.entry]
    harmless = [message.text for message in messages if not message.entry]
    return Alarm(
        urgent=len(urgent),
        harmless=len(harmless),
        missed=tuple(text for text in urgent if not is_urgent(text)),
        false=tuple(text for text in harmless if is_urgent(text)),
    )
