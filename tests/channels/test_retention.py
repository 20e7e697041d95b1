from __future__ import annotations

import time
import uuid

from sqlalchemy import text

from channels.core import tracker
from channels.core.retention import Retention
from tests.channels.conftest import Bench

TRACKER = "create table rasa.events (sender_id text, timestamp double precision)"  # as Rasa makes it


async def test_old_conversations_leave_rasa_s_tracker_too(bench: Bench) -> None:
    async with bench.database.begin() as connection:
        await connection.execute(text(TRACKER))
    try:
        async with bench.database.begin() as connection:
            await connection.execute(
                text("insert into rasa.events values ('old', :old), ('new', :new)"),
                {"old": time.time() - 31 * 86400, "new": time.time()},
            )
        await Retention(bench.database, 30, 90).run()
        async with bench.database.connect() as connection:
            left = (await connection.scalars(text("select sender_id from rasa.events"))).all()
        assert left == ["new"]
    finally:
        async with bench.database.begin() as connection:
            await connection.execute(text("drop table rasa.events"))


async def test_all_turns_of_one_conversation_leave_rasa_s_tracker_and_no_other_s(bench: Bench) -> None:
    one, other = uuid.uuid4(), uuid.uuid4()
    turns = [tracker.sender(one), tracker.sender(one), tracker.sender(other)]
    assert len(set(turns)) == len(turns)
    async with bench.database.begin() as connection:
        await connection.execute(text(TRACKER))
    try:
        async with bench.database.begin() as connection:
            for turn in turns:
                await connection.execute(text("insert into rasa.events values (:turn, 0)"), {"turn": turn})
            await tracker.forget(connection, one)
        async with bench.database.connect() as connection:
            left = (await connection.scalars(text("select sender_id from rasa.events"))).all()
        assert left == turns[2:]
    finally:
        async with bench.database.begin() as connection:
            await connection.execute(text("drop table rasa.events"))


async def test_forgetting_works_before_rasa_has_ever_run(bench: Bench) -> None:
    async with bench.database.begin() as connection:
        await tracker.forget(connection, uuid.uuid4())
        await tracker.forget_older_than(connection, 30)
