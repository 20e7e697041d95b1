"""What is kept how long when a person has answered, and what stays for ever: counts."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from channels import cli
from channels.core import tracker
from channels.core.erasure import Erasure
from channels.core.retention import Retention
from channels.core.store import Store
from channels.handoff.figures import DeskFigures, figures
from tests.channels.test_retention import TRACKER

type Command = Callable[..., Awaitable[tuple[int, str, str]]]


class Past:
    """Conversations of long ago, and what is left of them."""

    def __init__(self, store: Store, database: AsyncEngine) -> None:
        self.store = store
        self.database = database
        self.retention = Retention(database, 30, 90)

    async def run(self, sql: str, **values: object) -> list[Any]:
        async with self.database.begin() as connection:
            found = await connection.execute(text(sql), values)
            return [tuple(row) for row in found] if found.returns_rows else []

    async def conversation(self, *days: int) -> UUID:
        """One in which something was said so many days ago."""
        conversation = await self.store.open_web()
        for number, ago in enumerate(days):
            await self.store.say(conversation, f"{ago}日前", f"key-{number:05}")
            await self.run(
                "update event set created_at = now() - make_interval(days => :ago)"
                " where conversation = :id and sequence = :n",
                ago=ago,
                id=conversation,
                n=number + 1,
            )
        await self.run(
            "update conversation set active_at = now() - make_interval(days => :ago) where id = :id",
            ago=min(days),
            id=conversation,
        )
        return conversation

    async def talk(
        self,
        conversation: UUID,
        closed: int | None,
        *,
        answered: bool = True,
        desk: str = "city",
        **more: object,
    ) -> UUID:
        """A talk with a person that was over so many days ago, None for one that is not over."""
        talk = uuid4()
        ago = 200 if closed is None else closed
        columns = {
            "id": talk,
            "conversation": conversation,
            "desk": desk,
            "state": "claimed" if closed is None else "closed",
        } | more
        await self.run(
            f"insert into handoff ({', '.join(columns)}, requested_at, changed_at, claimed_at,"
            f" first_answer_at, closed_at) values ({', '.join(':' + name for name in columns)},"
            " now() - make_interval(days => :ago), now(),"
            " now() - make_interval(days => :ago) + interval '5 minutes', case when :answered then now() end,"
            " case when :closed then now() - make_interval(days => :ago) end)",
            **columns,
            ago=ago,
            answered=answered,
            closed=closed is not None,
        )
        return talk

    async def said(self, conversation: UUID) -> list[str]:
        return [event.body["text"] for event in await self.store.events(conversation)]


@pytest.fixture
def past(store: Store, database: AsyncEngine) -> Past:
    return Past(store, database)


@pytest.mark.parametrize(
    ("last_said", "closed", "answered", "stays"),
    [
        (31, 31, True, True),
        (89, 89, True, True),
        (91, 91, True, False),
        (31, 31, False, False),
        (29, 29, False, True),
        (31, None, True, True),
        (91, None, True, False),
        (31, None, False, False),
    ],
)
async def test_a_conversation_that_a_person_answered_is_kept_longer(
    past: Past, last_said: int, closed: int | None, answered: bool, stays: bool
) -> None:
    conversation = await past.conversation(last_said)
    await past.talk(conversation, closed, answered=answered)
    await past.retention.run()
    assert await past.store.exists(conversation) is stays


async def test_in_a_conversation_still_in_use_the_talk_goes_when_its_time_is_over(past: Past) -> None:
    conversation = await past.conversation(200, 100, 95, 50, 0)
    old = await past.talk(conversation, 95)
    await past.talk(conversation, 50)
    await past.run(
        "insert into handoff_note (handoff, account, name, text) values (:it, :it, '佐藤', 'メモ')", it=old
    )
    await past.run("insert into delivery (conversation, answers) values (:id, 1), (:id, 4)", id=conversation)
    await past.retention.run()
    assert await past.said(conversation) == ["50日前", "0日前"]
    assert await past.run("select count(*) from handoff") == [(1,)]
    assert await past.run("select count(*) from handoff_note") == [(0,)]
    assert await past.run("select answers from delivery") == [(4,)]
    assert await past.run("select conversations, handoffs, events from retention_run") == [(0, 1, 3)]
    await past.retention.run()
    assert await past.said(conversation) == ["50日前", "0日前"]


async def test_texts_leave_every_place_that_holds_them(past: Past) -> None:
    gone, stays = await past.conversation(91), await past.conversation(91, 0)
    await past.talk(gone, 91)
    places = [
        f"{schema}.{table}"
        for schema, table in await past.run(
            "select table_schema, table_name from information_schema.tables where table_type = 'BASE TABLE'"
            " and table_schema in ('public', 'rasa')"
        )
    ]
    await past.run(TRACKER)
    try:
        for conversation in (gone, stays):
            await past.run(
                "insert into rasa.events values (:turn, extract(epoch from now()))",
                turn=tracker.sender(conversation),
            )
            for status in ("failed", "todo"):
                await past.run(
                    "insert into procrastinate_jobs (queue_name, task_name, args, status)"
                    " values ('default', 'answer_turn', cast(:args as jsonb),"
                    " cast(:status as procrastinate_job_status))",
                    args=json.dumps({"conversation": str(conversation), "sequence": 1}),
                    status=status,
                )
        await past.run("delete from procrastinate_jobs where status = 'todo'")
        await past.run(
            "delete from procrastinate_jobs where status = 'failed' and args->>'conversation' = :id",
            id=str(stays),
        )
        await past.retention.run()
        left = []
        for place in [*places, "rasa.events"]:
            [(count,)] = await past.run(
                f"select count(*) from {place} r where r::text like :id", id=f"%{gone}%"
            )
            left += [place] if count else []
        assert left == []
        assert len(await past.run("select * from rasa.events")) == 1
    finally:
        await past.run("drop table rasa.events")


async def test_a_job_that_waits_still_is_not_taken_for_finished(past: Past) -> None:
    conversation = await past.conversation(91)
    await past.retention.run()
    jobs = "select status::text from procrastinate_jobs where args->>'conversation' = :id"
    assert await past.run(jobs, id=str(conversation)) == [("todo",)]


async def test_counts_of_a_day_are_the_same_before_and_after_deletion(
    past: Past, database: AsyncEngine
) -> None:
    erased, forgotten, kept = [await past.conversation(100) for _ in range(3)]
    await past.talk(erased, 100, rating=5)
    await past.talk(forgotten, 100, answered=False, is_message=True)
    await past.talk(kept, 100, rating=2)
    await past.run("update handoff set claimed_at = requested_at + interval '9 minutes' where rating = 2")
    first, last = date(2000, 1, 1), date(2100, 1, 1)
    async with database.connect() as connection:
        before = await figures(connection, first, last)
    assert before == {"city": DeskFigures(3, 2, 1, 0, (300, 540), 7, 2)}
    assert before["city"].median_wait == 420
    await Erasure(database).run(erased)
    await past.run("update conversation set active_at = now() where id = :id", id=kept)
    async with database.connect() as connection:
        between = await figures(connection, first, last)
    await past.retention.run()
    async with database.connect() as connection:
        after = await figures(connection, first, last)
        assert await figures(connection, date(2000, 1, 1), date(2000, 1, 2)) == {}
    for counted in (between, after):
        assert counted["city"].median_wait == 420
        assert (counted["city"].wishes, counted["city"].answered, counted["city"].messages) == (3, 2, 1)
    assert await past.run("select wishes, ratings_sum from handoff_day") == [(3, 7)]
    assert await past.run("select count(*) from handoff") == [(0,)]


async def test_a_night_that_was_cut_short_says_so_and_the_next_one_goes_on(
    past: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversations = [await past.conversation(91) for _ in range(3)]
    forget = tracker.forget
    calls = []

    async def dies(connection: AsyncConnection, conversation: UUID) -> None:
        calls.append(conversation)
        if len(calls) == 2:
            raise OSError("the machine is switched off")
        await forget(connection, conversation)

    monkeypatch.setattr(tracker, "forget", dies)
    with pytest.raises(OSError, match="switched off"):
        await past.retention.run()
    assert sum([await past.store.exists(one) for one in conversations]) == 2
    assert await past.run("select conversations, events, done_at is null from retention_run") == [
        (1, 1, True)
    ]
    await past.retention.run()
    assert not any([await past.store.exists(one) for one in conversations])


@pytest.fixture
def command(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    monkeypatch.setenv("MADOGUCHI_DATABASE_URL", database_url)

    async def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["channels", "retention", *arguments])
        code = await asyncio.to_thread(cli.main)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


async def test_the_report_tells_what_is_kept_how_old_it_is_and_deletes_on_demand(
    past: Past, command: Command
) -> None:
    await past.talk(await past.conversation(40), 40)
    await past.talk(await past.conversation(91), 91)
    await past.conversation(0)
    code, said, _ = await command()
    assert code == 0
    assert "最後に使ってから30日" in said
    assert "終わってから90日" in said
    assert "まだ一度も消していません" in said
    assert [line.split()[-2] for line in said.splitlines() if line.startswith(("会話（", "うち"))] == [
        "3",
        "2",
    ]
    code, said, _ = await command("--now")
    assert code == 0
    assert "会話1、相談1、発言と返事1。" in said
    assert [line.split()[-2] for line in said.splitlines() if line.startswith(("会話（", "うち"))] == [
        "2",
        "1",
    ]


async def test_the_report_refuses_a_period_that_is_no_number_of_days(
    command: Command, database: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MADOGUCHI_HANDOFF_DAYS", "0")
    code, _, said = await command("--now")
    assert code == 1
    assert "MADOGUCHI_HANDOFF_DAYS は、1以上の日数" in said
