from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from knowledge.answer import Status
from knowledge.entries import KINDS, AnyEntry
from knowledge.errors import Problem
from knowledge.facts import ID_MAX
from knowledge.loader import DRAFT, ENTRY, drafts
from knowledge.reading import read_file
from knowledge.skeleton import BLANK, FOLDERS, draft_path, skeleton

TODAY = date(2026, 11, 23)
GOOD = {
    "phone": "0124-22-2111",
    "page": "https://example.jp",
    "department": "tax",
    "related": "tax",
    "starts_from": "tax",
    "covers": '"12"',
}
"""Values for the fields in which not any text will do."""


def made(kind: str, entry_id: str = "parking") -> str:
    text = skeleton(kind, entry_id, TODAY)
    assert text is not None
    return text


def read(root: Path, text: str) -> AnyEntry:
    path, problems = root / "new.yml", list[Problem]()
    path.write_text(text, encoding="utf-8")
    entry = read_file(path, root, ENTRY, problems)
    assert problems == []
    assert entry is not None
    return entry


def filled_in(text: str) -> str:
    """The skeleton with every field written that it shows as a comment, without the explanations."""
    head, *blocks = text.split("\n\n")
    fields = []
    for block in blocks:
        _, *lines = block.splitlines()
        body = "\n".join(line.removeprefix("# ") for line in lines)
        fields.append(body.replace(BLANK, GOOD.get(body.partition(":")[0], BLANK)))
    return "\n".join((head, *fields)).replace("url: https://", "url: https://example.jp") + "\n"


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_entry_is_right_by_its_schema_and_confirms_nothing(tmp_path: Path, kind: str) -> None:
    entry = read(tmp_path, made(kind))
    assert (entry.kind, entry.id, entry.status) == (kind, "parking", Status.UNCONFIRMED)
    assert [source.checked_on for source in entry.sources] == [TODAY]
    assert entry.title == BLANK


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_is_explained_and_named(kind: str) -> None:
    _, *blocks = made(kind).rstrip().split("\n\n")
    shown = {}
    for block in blocks:
        description, first, *_ = block.splitlines()
        name = re.match(r"(?:# )?(\w+):", first)
        assert name, block
        shown[name[1]] = description
    described = {name: f"# {field.description}" for name, field in KINDS[kind].model_fields.items()}
    assert shown == {name: text for name, text in described.items() if name != "kind"}


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_shown_is_right_as_soon_as_it_is_filled_in(tmp_path: Path, kind: str) -> None:
    entry = read(tmp_path, filled_in(made(kind)))
    assert entry.model_fields_set == KINDS[kind].model_fields.keys()


def test_the_ways_to_do_a_procedure_are_explained_too() -> None:
    text = made("procedure")
    assert "#   # 窓口での手続き\n#   window: ここに書く\n" in text
    assert "#   # オンラインの手続き。できないときはその理由\n#   online: ここに書く\n" in text


def test_it_says_that_it_is_a_draft_and_how_it_goes_live() -> None:
    head, *_ = made("faq").split("\n\n")
    assert "下書き" in head
    assert "knowledge check" in head
    assert DRAFT in head


@pytest.mark.parametrize(
    "entry_id",
    [
        "",
        "Parking",
        "駐車場",
        "a_b",
        "-a",
        "a-",
        "a--b",
        "a b",
        "../a",
        "a/b",
        "*",
        "a\n",
        "a" * (ID_MAX + 1),
    ],
)
def test_a_bad_id_makes_no_entry(entry_id: str) -> None:
    assert skeleton("procedure", entry_id, TODAY) is None


@pytest.mark.parametrize(
    "entry_id", ["parking", "20-1", "a" * ID_MAX, "119", "1e5", "true", "null", "2026-11-23"]
)
def test_a_good_id_stays_as_it_is_whatever_yaml_would_make_of_it(tmp_path: Path, entry_id: str) -> None:
    assert read(tmp_path, made("faq", entry_id)).id == entry_id


@pytest.mark.parametrize("kind", KINDS)
def test_a_draft_lies_in_the_folder_of_its_kind_where_it_is_known_for_one(tmp_path: Path, kind: str) -> None:
    path = draft_path(tmp_path, kind, "parking")
    assert path == tmp_path / FOLDERS[kind] / "parking.draft.yml"
    path.parent.mkdir()
    path.write_text(made(kind), encoding="utf-8")
    assert drafts(tmp_path) == [path]
