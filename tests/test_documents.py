"""The documents say what is there: settings, commands, targets."""

from __future__ import annotations

import re

import pytest

from channels.settings import Settings
from ops.model import ROOT

OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented(name: str) -> None:
    assert f"`MADOGUCHI_{name.upper()}`" in OPERATIONS


def test_every_setting_read_by_ops_is_documented() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "ops").glob("*.py")]
    for name in set(re.findall(r"MADOGUCHI_[A-Z_]+[A-Z]", "".join(sources))):
        assert f"`{name}`" in OPERATIONS, name


def test_every_event_in_the_logs_is_documented() -> None:
    sources = [
        p.read_text("utf-8")
        for part in ("channels", "actions", "knowledge")
        for p in (ROOT / part).rglob("*.py")
    ]
    events = set(re.findall(r'\blog\.(?:info|warning|error|exception)\(\s*"([a-z_]+)"', "".join(sources)))
    assert len(events) >= 10
    assert {event for event in events if f"`{event}`" not in OPERATIONS} == set()


@pytest.mark.parametrize("target", re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))
def test_every_make_target_explains_itself_and_stands_in_the_readme(target: str) -> None:
    assert re.search(rf"^{target}:.*## \S", MAKEFILE, re.MULTILINE), target
    assert f"make {target}" in README, target


@pytest.mark.parametrize("command", ["check", "list", "search", "schema", "eval", "duty"])
def test_every_knowledge_command_stands_in_the_readme(command: str) -> None:
    assert f"knowledge {command}" in README


def test_every_link_between_the_documents_leads_somewhere() -> None:
    for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.name}: {target}"
