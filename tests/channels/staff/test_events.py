"""The stream of a console: what changes comes by itself, as long as the session lives."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from channels.staff.roles import Role
from channels.staff.sessions import IDLE, LIFE
from tests.channels.staff.people import Person, Team
from tests.channels.staff.waiting import Talks

PATIENCE = 15.0


@dataclass
class Stream:
    """An open stream, read event by event."""

    lines: AsyncIterator[str]

    async def next(self, name: str) -> Any:  # noqa: ANN401  # JSON
        """The next event of a kind; others are passed over."""
        async with asyncio.timeout(PATIENCE):
            kind = ""
            async for line in self.lines:
                if line.startswith("event:"):
                    kind = line.removeprefix("event:").strip()
                elif line.startswith("data:") and kind == name:
                    return json.loads(line.removeprefix("data:"))
        raise AssertionError(f"the stream ended without {name}")


@asynccontextmanager
async def opened(person: Person, query: str = "", **headers: str) -> AsyncIterator[Stream]:
    async with person.client.stream(
        "GET", f"/staff/events{query}", headers=headers, timeout=PATIENCE
    ) as answer:
        assert answer.status_code == 200
        yield Stream(answer.aiter_lines())


async def test_who_begins_to_wait_appears_in_every_queue(team: Team, talks: Talks) -> None:
    clerk = await team.person(Role.CLERK)
    async with opened(clerk) as stream:
        assert (await stream.next("queue"))["todo"] == 0
        await talks.begin("citizens", says="ひみつの話")
        queue = await stream.next("queue")
        assert queue["todo"] == 1
        (mine,) = [group for group in queue["groups"] if group["is_mine"]]
        assert [line["takes"] for line in mine["lines"]] == ["claim"]
        assert "ひみつの話" not in json.dumps(queue, ensure_ascii=False)


async def test_a_claim_disappears_from_the_other_clerks_page_at_once(team: Team, talks: Talks) -> None:
    _, handoff = await talks.begin()
    sato, ito = await team.person(Role.CLERK, "sato"), await team.person(Role.CLERK, "ito")
    async with opened(ito) as stream:
        await stream.next("queue")
        await sato.post(f"/staff/talks/{handoff}/claim")
        line = next(line for line in _lines(await stream.next("queue")) if line["id"] == str(handoff))
        assert (line["state"], line["takes"], line["who"]) == ("claimed", "", "satoの氏名")


async def test_new_words_of_the_resident_come_with_what_may_answer_them(team: Team, talks: Talks) -> None:
    conversation, handoff = await talks.begin()
    sato = await team.person(Role.CLERK, "sato")
    await sato.post(f"/staff/talks/{handoff}/claim")
    last = len(await talks.events(conversation))
    async with opened(sato, f"?talk={handoff}&after={last}") as stream:
        assert (await stream.next("talk"))["messages"] == []
        await talks.say(conversation, "印鑑登録もしたいです")
        told = await stream.next("talk")
        assert [message["text"] for message in told["messages"]] == ["印鑑登録もしたいです"]
        found = await stream.next("suggestions")
        assert found["question"] == "印鑑登録もしたいです"
        assert [entry["entry"] for entry in found["entries"]] == ["moving-in", "seal-registration"]


async def test_a_stream_that_comes_back_goes_on_where_it_was(team: Team, talks: Talks) -> None:
    conversation, handoff = await talks.begin()
    sato = await team.person(Role.CLERK, "sato")
    first = await talks.say(conversation, "一つ目")
    await talks.say(conversation, "二つ目")
    async with opened(sato, f"?talk={handoff}&after=0", **{"Last-Event-ID": str(first)}) as stream:
        told = await stream.next("talk")
        assert [message["text"] for message in told["messages"]] == ["二つ目"]


async def test_the_whole_of_a_long_talk_comes_in_parts_and_in_order(team: Team, talks: Talks) -> None:
    conversation, handoff = await talks.begin()
    for n in range(230):
        await talks.say(conversation, f"{n}番目")
    sato = await team.person(Role.CLERK, "sato")
    async with opened(sato, f"?talk={handoff}") as stream:
        sequences = [message["sequence"] for message in (await stream.next("talk"))["messages"]]
        sequences += [message["sequence"] for message in (await stream.next("talk"))["messages"]]
    assert sequences == list(range(1, len(await talks.events(conversation)) + 1))


async def test_the_stream_keeps_a_session_alive_and_ends_with_it(team: Team, talks: Talks) -> None:
    clerk = await team.person(Role.CLERK)
    async with opened(clerk) as stream:
        await stream.next("queue")
        await team.age(seen_at=IDLE - timedelta(minutes=1))
        await talks.begin()
        await stream.next("queue")
        await team.age(seen_at=timedelta(minutes=2))
        await talks.begin()
        await stream.next("queue")
        await team.age(expires_at=LIFE)
        await talks.begin()
        assert await stream.next("out") == {}
    assert (await clerk.client.get("/staff/events")).status_code == 401


@pytest.mark.parametrize("how", ["signed out", "switched off"])
async def test_who_may_not_read_any_more_is_cut_off(team: Team, talks: Talks, how: str) -> None:
    clerk = await team.person(Role.CLERK)
    async with opened(clerk) as stream:
        await stream.next("queue")
        if how == "signed out":
            await clerk.post("/staff/logout")
        else:
            await team.room.accounts.switch(
                await team.room.accounts.named("clerk"), "console", is_active=False
            )
        await talks.begin()
        assert await stream.next("out") == {}


async def test_a_talk_that_is_deleted_ends_its_stream(team: Team, talks: Talks) -> None:
    conversation, handoff = await talks.begin()
    clerk = await team.person(Role.CLERK)
    async with opened(clerk, f"?talk={handoff}") as stream:
        await stream.next("talk")
        await talks.delete(conversation)
        assert await stream.next("gone") == {}
    gone = await clerk.client.get(f"/staff/events?talk={handoff}")
    assert gone.status_code == 404


async def test_what_a_stream_is_asked_for_is_checked(team: Team) -> None:
    clerk = await team.person(Role.CLERK)
    for query in ("?talk=x", "?after=-1", f"?after={2**31}", "?after=x"):
        assert (await clerk.client.get(f"/staff/events{query}")).status_code == 422
    assert (await clerk.client.get(f"/staff/events?talk={uuid.uuid4()}")).status_code == 404


def _lines(queue: dict[str, Any]) -> list[dict[str, Any]]:
    return [*queue["mine"], *(line for group in queue["groups"] for line in group["lines"])]
