"""`channels retention`: what is kept, how old the oldest is, what the last night deleted."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from pydantic import ValidationError
from sqlalchemy import ColumnElement, FromClause, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from channels.core import tables
from channels.core.database import engine
from channels.core.retention import Retention
from channels.settings import Periods
from knowledge.table import table

_ZONE = ZoneInfo("Asia/Tokyo")


def add_retention(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], database_url: Callable[[], str]
) -> None:
    """Add `retention`; it sets `run`, which takes the arguments and returns an exit code."""
    text = "残っている会話の数と古さ、前の晩に消した数を出す"
    parser = commands.add_parser("retention", help=text, description=text)
    parser.add_argument("--now", action="store_true", help="期限の過ぎたものを、いま消す")
    parser.set_defaults(run=lambda arguments: _run(arguments, database_url()))


def _run(arguments: argparse.Namespace, url: str) -> int:
    try:
        periods = Periods()
    except ValidationError as error:
        for problem in error.errors():
            name = f"MADOGUCHI_{str(problem['loc'][0]).upper()}"
            print(f"✖ {name} は、1以上の日数にしてください。", file=sys.stderr)
        return 1
    asyncio.run(_report(url, periods, is_now=arguments.now))
    return 0


async def _report(url: str, periods: Periods, *, is_now: bool) -> None:
    database = engine(url)
    try:
        if is_now:
            await Retention(database, periods.retention_days, periods.handoff_days).run()
        async with database.connect() as connection:
            rows = await _kept(connection)
            last = await _last_run(connection)
    finally:
        await database.dispose()
    print(
        f"会話は最後に使ってから{periods.retention_days}日、"
        f"職員が答えた会話は相談が終わってから{periods.handoff_days}日で消します。\n"
    )
    print(table(("残っているもの", "数", "いちばん古いもの"), rows))
    print(f"\n{last}")


async def _kept(connection: AsyncConnection) -> list[tuple[str, str, str]]:
    conversation, handoff, note = tables.conversation, tables.handoff, tables.handoff_note
    answered = (
        select(handoff.c.id)
        .where(handoff.c.conversation == conversation.c.id, handoff.c.first_answer_at.is_not(None))
        .correlate(conversation)
        .exists()
    )
    parts: list[tuple[str, FromClause, ColumnElement[datetime], ColumnElement[bool] | None]] = [
        ("会話（最後に使った日）", conversation, conversation.c.active_at, None),
        ("うち、職員が答えたもの", conversation, conversation.c.active_at, answered),
        ("発言と返事", tables.event, tables.event.c.created_at, None),
        ("職員との相談", handoff, handoff.c.requested_at, None),
        ("職員のメモ", note, note.c.at, None),
    ]
    rows = []
    for name, source, at, where in parts:
        query = select(func.count(), func.min(at)).select_from(source)
        count, oldest = (await connection.execute(query if where is None else query.where(where))).one()
        rows.append((name, f"{count:,}", _day(oldest) if oldest else "―"))
    days, first = (await connection.execute(select(func.count(), func.min(tables.handoff_day.c.day)))).one()
    rows.append(("消した相談の集計（日と窓口ごと）", f"{days:,}", f"{first:%Y-%m-%d}" if first else "―"))
    return rows


async def _last_run(connection: AsyncConnection) -> str:
    of = tables.retention_run.c
    row = (
        await connection.execute(select(tables.retention_run).order_by(of.id.desc()).limit(1))
    ).one_or_none()
    if row is None:
        return "まだ一度も消していません。毎日3時17分に消します。"
    cut = "" if row.done_at else "途中で止まりました。残りは次に消します。"
    return (
        f"最後に消した日時：{row.at.astimezone(_ZONE):%Y-%m-%d %H:%M}　"
        f"会話{row.conversations:,}、相談{row.handoffs:,}、発言と返事{row.events:,}。{cut}"
    )


def _day(at: datetime) -> str:
    return f"{at.astimezone(_ZONE):%Y-%m-%d}"
