from __future__ import annotations

from channels.handoff.diagram import mermaid
from channels.handoff.machine import TABLE
from ops.model import ROOT


def test_the_document_shows_the_diagram_of_the_table() -> None:
    assert f"```mermaid\n{mermaid()}\n```" in (ROOT / "docs/handoff.md").read_text(encoding="utf-8")


def test_every_move_of_the_table_is_drawn() -> None:
    drawn = mermaid()
    for (before, move), after in TABLE.items():
        [line] = [line for line in drawn.splitlines() if line.strip().startswith(f"{before} --> {after}:")]
        assert move in line.split(": ")[1].split(", ")
