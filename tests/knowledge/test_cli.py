from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from knowledge.cli import main
from tests.knowledge.handmade import a_content, an_entry


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["knowledge", *arguments])
    return main()


def test_check_finds_the_real_content_good(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "check") == 0
    assert "間違いはありません" in capsys.readouterr().out


def test_check_prints_every_problem_and_how_many_there_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    root = a_content(tmp_path, {"procedures/parking.yml": an_entry(more="brng: 印鑑\nfee: 300\n")})
    assert run(monkeypatch, "--content", str(root), "check") == 1
    told = capsys.readouterr().err
    assert "procedures/parking.yml:8:" in told
    assert "procedures/parking.yml:9:" in told
    assert "2 件" in told


def test_list_is_filtered_by_kind_and_readable_by_machines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "list", "--kind", "place", "--json") == 0
    rows = json.loads(capsys.readouterr().out)
    assert {row["kind"] for row in rows} == {"place"}
    assert "centennial-museum" in [row["id"] for row in rows]


def test_list_counts_what_it_shows(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "list") == 0
    *rows, total = capsys.readouterr().out.splitlines()
    assert total == f"計 {len(rows)} 項目"


def test_search_shows_the_best_entry_first_or_that_there_is_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "search", "犬を飼い始めた") == 0
    assert "dog-registration" in capsys.readouterr().out.splitlines()[0]
    assert run(monkeypatch, "search", "😀") == 0
    assert capsys.readouterr().out == "見つかりません。\n"
