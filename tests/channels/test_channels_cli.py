from __future__ import annotations

import sys
from pathlib import Path

import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from channels import cli
from channels.core import tables


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["channels", *arguments])
    return cli.main()


async def test_verdicts_are_counted_by_entry_the_least_helpful_first(
    database: AsyncEngine,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    given = [("birth", "solved"), ("moving-in", "unsolved"), ("moving-in", "hard"), ("moving-in", "unsolved")]
    async with database.begin() as connection:
        await connection.execute(
            insert(tables.feedback), [{"entry": entry, "verdict": verdict} for entry, verdict in given]
        )
    monkeypatch.setenv("MADOGUCHI_DATABASE_URL", database_url)
    assert run(monkeypatch, "feedback") == 0
    head, _, first, second = capsys.readouterr().out.splitlines()
    assert head.split() == [
        "項目",
        "解決した",
        "解決しなかった",
        "内容が違う",
        "言葉が難しい",
        "知りたいことがない",
        "そのほか",
    ]
    assert first.split() == ["moving-in", "2", "1"]
    assert second.split() == ["birth", "1"]


async def test_no_verdicts_yet_is_said(
    database: AsyncEngine,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("MADOGUCHI_DATABASE_URL", database_url)
    assert run(monkeypatch, "feedback", "--days", "7") == 0
    assert "この7日間" in capsys.readouterr().out


@pytest.mark.parametrize("url", [None, "postgresql://nobody@127.0.0.1:1/none"])
def test_a_database_that_is_not_there_is_told(
    url: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MADOGUCHI_DATABASE_URL", raising=False)
    if url:
        monkeypatch.setenv("MADOGUCHI_DATABASE_URL", url)
    assert run(monkeypatch, "feedback") == 1
    assert capsys.readouterr().err.startswith("✖")
