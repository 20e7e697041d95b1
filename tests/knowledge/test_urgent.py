from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import ruamel.yaml

from knowledge.service import Knowledge

QUESTIONS = Path(__file__).parents[1] / "questions" / "urgent.yml"


def labelled() -> list[tuple[str, str | None]]:
    rows = ruamel.yaml.YAML(typ="safe").load(QUESTIONS)
    return [(row["text"], row["entry"]) for row in rows]


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return Knowledge()


@pytest.mark.parametrize(("said", "entry"), labelled())
def test_a_message_gets_the_urgent_answer_it_needs_or_none(
    knowledge: Knowledge, said: str, entry: str | None
) -> None:
    answer = knowledge.urgent(said)
    assert (answer.entry if answer else None) == entry


def test_every_entry_with_urgent_words_has_labelled_messages(knowledge: Knowledge) -> None:
    urgent = {entry.id for entry in knowledge.content.entries.values() if getattr(entry, "urgent", ())}
    assert {entry for _, entry in labelled() if entry} == urgent


def test_no_message_is_labelled_twice() -> None:
    assert [said for said, times in Counter(said for said, _ in labelled()).items() if times > 1] == []
