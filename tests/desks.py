"""Desks for tests: those of the real file, never closed, two of them with members."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from ruamel.yaml import YAML

from knowledge.loader import CONTENT, DESKS

MEMBERS: Mapping[str, list[str]] = {"citizens": ["sato", "ito", "clerk", "manager"], "taxes": ["zei"]}


def staffed_content(folder: Path, members: Mapping[str, list[str]] = MEMBERS) -> Path:
    """The real content, copied to `folder`, whose desks never close and have `members`."""
    content = folder / "content"
    shutil.copytree(CONTENT, content)
    yaml = YAML()
    path = content / DESKS
    desks = yaml.load(path.read_text(encoding="utf-8"))
    for desk in desks["desks"]:
        desk["hours"] = [{"value": "24/7", "text": "いつでも"}]
        desk["members"] = members.get(desk["id"], [])
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(desks, file)
    return content
