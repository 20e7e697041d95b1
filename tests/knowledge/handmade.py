"""Small content folders, written by hand, for tests that break or age them."""

from __future__ import annotations

import re
from pathlib import Path

from knowledge.errors import ContentError, Problem
from knowledge.loader import CONTENT, load

SOURCE = "sources: [{title: 市の案内, checked_on: 2026-11-01}]\n"
OFFICE = f"""kind: department
id: city-hall
title: 芦別市役所
summary: 市役所です。
status: confirmed
phone: 0124-11-1111
{SOURCE}"""


DESKS = """kind: desks
default: front
sources: [{title: 市の決まり, checked_on: 2026-11-01}]
desks:
  - id: front
    title: 総合案内
    departments: [city-hall]
    hours:
      - value: Mo-Fr 09:00-12:00,13:00-17:00; PH off
        text: 平日
"""
CANNED = """kind: canned
replies:
  - id: hello
    title: あいさつ
    text: 「{desk}」の{clerk}です。
"""


def an_entry(
    kind: str = "procedure", name: str = "parking", more: str = "", status: str = "confirmed"
) -> str:
    """The YAML of one good entry, with `more` lines at its end."""
    return (
        f"kind: {kind}\nid: {name}\ntitle: 駐車場の手続き\n"
        f"questions: [駐車場を借りたい]\nsummary: 駐車場を借ります。\nstatus: {status}\n{SOURCE}{more}"
    )


def a_content(root: Path, files: dict[str, str | bytes]) -> Path:
    """A whole good folder (real phrases, one department, one desk) and `files`, which may replace them."""
    whole: dict[str, str | bytes] = {
        "phrases.yml": phrases(),
        "city.yml": city(),
        "desks.yml": DESKS,
        "canned.yml": CANNED,
        "departments/city-hall.yml": OFFICE,
        **files,
    }
    for name, content in whole.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def phrases() -> str:
    """The real `phrases.yml`."""
    return (CONTENT / "phrases.yml").read_text(encoding="utf-8")


def city() -> str:
    """The real `city.yml` without its website and other towns: tests go nowhere."""
    text = (CONTENT / "city.yml").read_text(encoding="utf-8")
    return re.sub(r"^(website:\n(  .*\n)+|other_towns:.*\n)", "", text, flags=re.MULTILINE)


def problems_of(root: Path) -> tuple[Problem, ...]:
    """What `load` has to say about a folder; () when it is good."""
    try:
        load(root)
    except ContentError as error:
        return error.problems
    return ()
