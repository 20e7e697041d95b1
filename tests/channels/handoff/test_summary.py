from __future__ import annotations

from uuid import UUID

import httpx

from channels.handoff import wishes
from channels.handoff.handoffs import Handoffs
from knowledge.service import Knowledge
from tests.channels.handoff.conftest import SATO, Talks


async def a_talk(api: httpx.AsyncClient, talks: Talks, handoffs: Handoffs) -> str:
    """The path of a conversation, opened by `api`, in which a person has said something."""
    opened = (await api.post("/api/conversations")).json()["conversation"]
    async with talks.database.begin() as connection:
        handoff = await wishes.request(connection, UUID(opened), "city", talks.now())
    await handoffs.claim(handoff.id, SATO)
    await talks.say(UUID(opened), "<b>引っ越し</b>のことです")
    await handoffs.say(handoff.id, SATO, "転入届を出してください", "clerk-key-1")
    await handoffs.close(handoff.id, SATO, heard=99)
    return f"/api/conversations/{opened}"


async def test_the_talk_can_be_printed_by_who_held_it(
    api: httpx.AsyncClient, talks: Talks, handoffs: Handoffs, knowledge: Knowledge
) -> None:
    path = await a_talk(api, talks, handoffs)
    page = await api.get(f"{path}/summary")
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert "転入届を出してください" in page.text
    assert "&lt;b&gt;引っ越し&lt;/b&gt;" in page.text
    assert knowledge.phrases.summary_page.staff.format(name="佐藤") in page.text


async def test_without_the_cookie_there_is_no_such_talk(
    api: httpx.AsyncClient, talks: Talks, handoffs: Handoffs, knowledge: Knowledge
) -> None:
    path = await a_talk(api, talks, handoffs)
    async with httpx.AsyncClient(base_url=api.base_url) as stranger:
        other = (await stranger.post("/api/conversations")).headers["set-cookie"].split(";")[0]
        for headers in ({}, {"cookie": other}, {"cookie": "madoguchi_conversation=x"}):
            page = await stranger.get(f"{path}/summary", headers=headers)
            assert page.status_code == 404
            assert knowledge.phrases.summary_page.gone in page.text
            assert "転入届" not in page.text


async def test_without_a_talk_with_a_person_there_is_nothing_to_print(
    api: httpx.AsyncClient, talks: Talks
) -> None:
    opened = (await api.post("/api/conversations")).json()["conversation"]
    assert (await api.get(f"/api/conversations/{opened}/summary")).status_code == 404
    assert (await api.get("/api/conversations/no-uuid/summary")).status_code == 422
