from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from channels.errors import HandoffGoneError
from channels.handoff.handoffs import Handoffs
from channels.handoff.machine import State
from channels.handoff.views import Views
from channels.handoff.waits import estimate
from tests.channels.handoff.conftest import SATO, Ahead, Talks


async def test_the_queue_shows_who_waits_longest_first_and_talks_under_way_last(
    talks: Talks, views: Views, handoffs: Handoffs, now: Ahead
) -> None:
    _, claimed = await talks.begin()
    await handoffs.claim(claimed, SATO)
    waiting = []
    for minutes in (9, 3):
        waiting.append((await talks.begin())[1])
        now.wait(minutes=minutes)
    rows = await views.queue()
    assert [row.handoff.id for row in rows] == [*waiting, claimed]
    assert [round(row.waiting / timedelta(minutes=1)) for row in rows if row.waiting] == [12, 3, 12]
    assert rows[-1].handoff.claimed_name == "佐藤"


async def test_a_desk_sees_its_own(talks: Talks, views: Views) -> None:
    _, tax = await talks.begin("tax")
    await talks.begin("city")
    assert [row.handoff.id for row in await views.queue(["tax"])] == [tax]
    assert len(await views.queue(["tax", "city"])) == len(await views.queue()) == 2
    assert await views.queue([]) == []


async def test_counts_leave_out_what_is_over(talks: Talks, views: Views, handoffs: Handoffs) -> None:
    _, handoff = await talks.begin()
    await talks.begin()
    await talks.begin("tax")
    await handoffs.claim(handoff, SATO)
    assert await views.counts() == {
        "city": {State.CLAIMED: 1, State.WAITING: 1},
        "tax": {State.WAITING: 1},
    }
    await handoffs.close(handoff, SATO, heard=99)
    assert await views.open_handoffs() == 2


async def test_what_is_not_there_is_gone(views: Views) -> None:
    with pytest.raises(HandoffGoneError):
        await views.whole(uuid.uuid4())


async def test_two_hundred_who_wait_are_read_at_once(talks: Talks, views: Views) -> None:
    await talks.run(
        "insert into conversation (id, channel) select gen_random_uuid(), 'web' from generate_series(1, 200)"
    )
    await talks.run(
        "insert into handoff (id, conversation, desk, state, requested_at, changed_at)"
        " select gen_random_uuid(), id, 'city', 'waiting', now(), now() from conversation"
    )
    assert len(await views.queue(["city"])) == 200


def test_an_estimate_needs_three_and_is_the_middle_one_in_whole_minutes() -> None:
    def minutes(*waits: float) -> list[timedelta]:
        return [timedelta(minutes=wait) for wait in waits]

    assert estimate(minutes(1, 2)) is None
    assert estimate(minutes(1, 2.5, 90)) == 3
    assert estimate(minutes(0, 0, 0)) == 1
