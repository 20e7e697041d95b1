from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from knowledge.entries import KINDS
from knowledge.schemas import SCHEMAS, schema_text

JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")
WRITTEN_BY_CLERKS = [*KINDS, "city", "desks", "canned"]


def schema(name: str) -> dict[str, object]:
    made: dict[str, object] = json.loads(schema_text(name))
    return made


def objects(node: object) -> Iterator[dict[str, object]]:
    """Every object of a schema, from the outside in."""
    if isinstance(node, dict):
        yield node
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from objects(inner)


def properties(name: str) -> list[tuple[str, object]]:
    """Every field in a schema and in what it is made of, with what is told of it."""
    found = (node.get("properties") for node in objects(schema(name)))
    return [field for fields in found if isinstance(fields, dict) for field in fields.items()]


@pytest.mark.parametrize("name", WRITTEN_BY_CLERKS)
def test_every_field_is_explained_in_japanese(name: str) -> None:
    for field, told in properties(name):
        assert isinstance(told, dict)
        assert JAPANESE.search(told.get("description", "")), field


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_a_kind_is_in_its_schema(kind: str) -> None:
    assert dict(properties(kind)).keys() >= KINDS[kind].model_fields.keys()


@pytest.mark.parametrize("name", SCHEMAS)
def test_no_docstring_and_no_name_of_the_code_is_shown_to_clerks(name: str) -> None:
    told = [node.get(key) for node in objects(schema(name)) for key in ("description", "title")]
    assert [text for text in told if isinstance(text, str) and not JAPANESE.search(text)] == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_misspelt_field_is_marked_in_the_editor(kind: str) -> None:
    assert schema(kind)["additionalProperties"] is False


def test_japanese_is_readable_in_the_file_itself() -> None:
    assert "正式な名前" in schema_text("procedure")
    assert schema_text("procedure").endswith("}\n")
