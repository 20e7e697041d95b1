"""`channels`: what staff ask of the running chatbot's database."""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa

from channels.core import tables
from channels.core.database import sync_url
from channels.core.retention_cli import add_retention
from channels.line.cli import add_line
from channels.staff.cli import add_staff
from knowledge.answer import Verdict
from knowledge.errors import ContentError
from knowledge.loader import CONTENT, load
from knowledge.table import table

_SOCKETS = Path(".run/sockets")
"""Where `make run` has its own PostgreSQL."""


def main() -> int:
    """Run one command; returns its exit code."""
    parser = argparse.ArgumentParser(
        prog="channels", description="動いているまどぐちの記録を見る、LINEを準備する、職員のアカウントを作る"
    )
    commands = parser.add_subparsers(required=True, metavar="コマンド")
    feedback = commands.add_parser("feedback", help="「解決した」「解決しなかった」を、項目ごとに数える")
    feedback.add_argument("--days", type=int, default=30, help="何日前から数えるか（ふつうは30）")
    feedback.set_defaults(run=_feedback)
    add_line(commands)
    add_retention(commands, _database_url)
    add_staff(commands, _database_url)
    arguments = parser.parse_args()
    try:
        code: int = arguments.run(arguments)
    except sa.exc.SQLAlchemyError:
        print(
            "✖ データベースを読めません。まどぐちが動いているか、このフォルダでよいか確かめてください。",
            file=sys.stderr,
        )
    except ContentError as error:
        print(f"✖ {error}\n内容を直してください（knowledge check）。", file=sys.stderr)
    else:
        return code
    return 1


def _feedback(arguments: argparse.Namespace) -> int:
    """A line for each entry, the one that helped least first."""
    content = load(Path(os.environ.get("MADOGUCHI_CONTENT", CONTENT)))
    since = date.today() - timedelta(days=max(arguments.days, 0))  # noqa: DTZ011  # days as the database counts
    said = tables.feedback.c
    counted = (
        sa.select(said.entry, said.verdict, sa.func.count())
        .where(said.given_on >= since)
        .group_by(said.entry, said.verdict)
    )
    by_entry: dict[str, Counter[str]] = {}
    database = sa.create_engine(sync_url(_database_url()), poolclass=sa.NullPool)
    with database.connect() as connection:
        for entry, verdict, count in connection.execute(counted):
            by_entry.setdefault(entry, Counter())[verdict] = count
    if not by_entry:
        print(f"この{arguments.days}日間の「解決した」「解決しなかった」は、まだありません。")
        return 0
    labels = content.phrases.feedback.labels
    worst = sorted(by_entry.items(), key=lambda pair: -pair[1][Verdict.UNSOLVED])
    rows = [(entry, *(str(counts[verdict] or "") for verdict in Verdict)) for entry, counts in worst]
    print(table(("項目", *(labels[verdict] for verdict in Verdict)), rows))
    return 0


def _database_url() -> str:
    own = f"postgresql://postgres@/postgres?host={quote(str(_SOCKETS.absolute()))}"
    return os.environ.get("MADOGUCHI_DATABASE_URL", own)


if __name__ == "__main__":
    sys.exit(main())
