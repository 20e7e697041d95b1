from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from knowledge.cli import main
from tests.knowledge.handmade import DESKS, a_content

STAFFED = (
    DESKS
    + """    members: [sato, suzuki]
    roster:
      - {members: [sato], days: [Tu]}
  - id: taxes
    title: 市税の窓口
    departments: []
    hours: [{value: 24/7, text: いつでも}]
    substitute: front
"""
)
type Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """`knowledge duty` over two desks, one of them without members: exit code, output, errors."""
    root = a_content(tmp_path / "content", {"desks.yml": STAFFED})
    monkeypatch.setenv("COLUMNS", "200")

    def runs(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["knowledge", "--content", str(root), "duty", *arguments])
        with pytest.raises(SystemExit) as left:
            sys.exit(main())
        assert isinstance(left.value.code, int)
        return left.value.code, *capsys.readouterr()

    return runs


def test_the_table_shows_who_is_there_and_when_call_backs_are_free(run: Run) -> None:
    code, out, err = run("--at", "2026-12-01 11:00")
    assert (code, err) == (0, "")
    title, _, _, front, taxes, note = out.splitlines()
    assert title == "2026-12-01（火）11:00 の窓口"
    assert front.split() == [
        *("front", "総合案内", "開（12:00", "まで）", "sato"),
        *("12/01", "13:00、12/01", "13:30、12/01", "14:00"),
    ]
    assert taxes.split() == ["taxes", "市税の窓口", "開", "職員がまだいません", "front", "ありません"]
    assert "アカウント" in note


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        ("2026-12-01 12:30", "閉（13:00 から）"),
        ("2026-11-20 17:00", "閉（11/24 09:00 から）"),
        ("2026-11-23 10:00", "月・勤労感謝の日"),
        ("2026-12-02T10:00", "いません"),
    ],
)
def test_lunch_weekends_and_holidays_are_shown(run: Run, moment: str, shown: str) -> None:
    code, out, _ = run("--at", moment)
    assert code == 0
    assert shown in out


def test_json_has_the_same(run: Run) -> None:
    code, out, _ = run("--at", "2026-12-01 11:00", "--json")
    front, taxes = json.loads(out)
    assert code == 0
    assert front == {
        "desk": "front",
        "title": "総合案内",
        "open": True,
        "until": "2026-12-01T12:00:00",
        "next_opening": "2026-12-01T13:00:00",
        "on_duty": ["sato"],
        "answering": "front",
        "slots": ["2026-12-01T13:00:00", "2026-12-01T13:30:00", "2026-12-01T14:00:00"],
    }
    assert (taxes["until"], taxes["next_opening"]) == (None, None)
    assert (taxes["on_duty"], taxes["answering"], taxes["slots"]) == ([], "front", [])


def test_without_a_moment_it_is_about_now(run: Run) -> None:
    rows: list[dict[str, Any]] = json.loads(run("--json")[1])
    assert [row["desk"] for row in rows] == ["front", "taxes"]
    assert rows[1]["open"] is True
    assert run()[0] == 0


@pytest.mark.parametrize(
    "moment",
    [
        "",
        "明日",
        "2026-02-30 10:00",
        "2026-12-01",
        "2026-12-01 25:00",
        "9999-12-31 23:59",
        "2026-12-01 10:00+09:00",
    ],
)
def test_a_moment_that_is_none_is_told_with_an_example(run: Run, moment: str) -> None:
    code, out, err = run("--at", moment)
    assert (code, out) == (2, "")
    assert "2026-12-01 10:00" in err
