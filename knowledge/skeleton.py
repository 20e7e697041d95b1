"""`knowledge new`: a draft of an entry with every field explained, made from the schema itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from pydantic.fields import FieldInfo
from ruamel.yaml import YAML

from knowledge.entries import KINDS, Entry, How
from knowledge.facts import ID_MAX, ID_PATTERN
from knowledge.loader import DRAFT

FOLDERS = {
    "procedure": "procedures",
    "place": "places",
    "guide": "guides",
    "faq": "faq",
    "department": "departments",
    "notice": "notices",
    "outside": "outside",
}
BLANK = "ここに書く"
_FIRST = ("id", "title", "aliases", "questions", "summary", "easy", "department", "status", "sources")
_HEAD = (
    "# 下書きです。住民にはまだ見えません。",
    "# 「ここに書く」を書きかえ、使わない項目は # のまま残すか消してください。",
    "# uv run knowledge check で確かめてから、ファイル名の「.draft」を消すと公開されます。",
)
_LISTS = {"starts_from", "aliases", "questions", "related", "covers", "urgent", "not_urgent"}
_HOURS = ("hours:", "  - value: Mo-Fr 08:45-17:15; PH off", "    text: 平日 8時45分〜17時15分")


def draft_path(root: Path, kind: str, entry_id: str) -> Path:
    """Where the draft of an entry lies."""
    return root / FOLDERS[kind] / f"{entry_id}{DRAFT}.yml"


def skeleton(kind: str, entry_id: str, today: date) -> str | None:
    """The YAML of a new entry: what must be written, the rest as comments; None for no good id."""
    if not re.fullmatch(ID_PATTERN, entry_id) or len(entry_id) > ID_MAX:
        return None
    fields = KINDS[kind].model_fields
    own = [name for name in fields if name not in Entry.model_fields and name != "kind"]
    rest = [name for name in Entry.model_fields if name not in _FIRST]
    lines = [*_HEAD, f"kind: {kind}"]
    for name in (*_FIRST, *own, *rest):
        lines += ["", f"# {fields[name].description}", *_field(name, fields[name], entry_id, today)]
    return "\n".join(lines) + "\n"


def _field(name: str, field: FieldInfo, entry_id: str, today: date) -> Iterator[str]:
    if name == "id":
        is_text = YAML(typ="safe").load(entry_id) == entry_id  # 119 and true are none unless quoted
        yield f"id: {entry_id}" if is_text else f'id: "{entry_id}"'
    elif name == "status":
        yield "status: unconfirmed"
    elif name == "sources":
        yield from ("sources:", f"  - title: {BLANK}", f"    checked_on: {today}")
    elif name == "questions":
        yield from ("questions:", f"  - {BLANK}")
    elif name == "how":
        yield "# how:"
        for way, inner in How.model_fields.items():
            yield from (f"#   # {inner.description}", f"#   {way}: {BLANK}")
    elif name == "hours":
        yield from (f"# {line}" for line in _HOURS)
    elif name == "special_days":
        yield from ("# special_days:", f"#   - {{day: {today}, hours: closed, why: {BLANK}}}")
    elif name == "checklist":
        yield from ("# checklist:", f"#   - do: {BLANK}")
    elif name == "short":
        yield f"short: {BLANK}"
    elif name == "form":
        yield from ("# form:", f"#   service: {BLANK}", "#   url: https://")
    elif name in _LISTS:
        yield from (f"# {name}:", f"#   - {BLANK}")
    elif name == "urgent_words":
        yield from ("# urgent_words:", f"#   {BLANK}: [{BLANK}]")
    elif name in ("urgent_first", "danger"):
        yield f"# {name}: true"
    elif name == "steps" and field.is_required():
        yield from ("steps:", "  - id: first", f"    do: {BLANK}")
    elif name in ("valid_from", "valid_until", "checked_on"):
        yield f"# {name}: {today}"
    else:
        yield f"{'' if field.is_required() else '# '}{name}: {BLANK}"
