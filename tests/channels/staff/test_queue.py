"""The queue, over HTTP: who waits is seen by all, claimed by one."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import httpx

from channels.handoff.machine import State
from channels.staff.roles import Role
from tests.channels.staff.people import PAGE, Team, form_token, told
from tests.channels.staff.waiting import Talks


def lines(html: str) -> list[str]:
    """The rows of the queue, in order."""
    return re.findall(r'<li class="line".*?</li>', html, re.S)


async def test_who_waits_is_shown_with_the_entry_last_answered_and_never_with_their_words(
    team: Team, talks: Talks
) -> None:
    _, handoff = await talks.begin(says="夫の暴力から逃げてきました")
    await talks.wait(handoff, timedelta(minutes=3))
    html = (await (await team.person(Role.CLERK)).get("/staff")).text
    (line,) = lines(html)
    assert "転入届" in line
    assert "3分待ち" in line
    assert "未読 1" in line
    assert "対応する" in line
    assert "夫の暴力" not in html


async def test_my_own_desks_come_first_the_others_are_folded_below(team: Team, talks: Talks) -> None:
    await talks.begin("citizens")
    await talks.begin("taxes")
    clerk = await team.person(Role.CLERK, "zei")
    html = (await clerk.get("/staff")).text
    mine, others = html.index('id="desk-taxes"'), html.index('data-desk="citizens"')
    assert mine < others
    assert "(1) 相談" in html  # only who waits at my desks is mine to do


async def test_an_alarm_is_told_in_words_beside_its_colour(team: Team, talks: Talks) -> None:
    _, handoff = await talks.begin()
    await talks.wait(handoff, timedelta(minutes=11), alarm=1)
    html = (await (await team.person(Role.CLERK)).get("/staff")).text
    assert 'data-alarm="1"' in html
    assert "10分をこえています" in html


async def test_one_press_claims_and_opens_the_talk(team: Team, talks: Talks) -> None:
    _, handoff = await talks.begin()
    clerk = await team.person(Role.CLERK, "sato")
    answer = await clerk.post(f"/staff/talks/{handoff}/claim")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/staff/talks/{handoff}#latest")
    assert (await talks.of(handoff)).claimed_name == "satoの氏名"
    html = (await clerk.get("/staff")).text
    assert "自分が対応中" in html
    assert ("sato", "claimed") in await team.deeds()


async def test_who_comes_second_is_told_who_has_it(team: Team, talks: Talks) -> None:
    _, handoff = await talks.begin()
    first, second = await team.person(Role.CLERK, "sato"), await team.person(Role.CLERK, "ito")
    await first.post(f"/staff/talks/{handoff}/claim")
    answer = await second.post(f"/staff/talks/{handoff}/claim")
    assert answer.status_code == 409
    assert "satoの氏名さんが対応しています" in told(answer.text)
    assert [deed for deed in await team.deeds() if deed[1] == "claimed"] == [("sato", "claimed")]


async def test_of_four_who_press_at_once_one_has_it(team: Team, talks: Talks) -> None:
    _, handoff = await talks.begin()
    people = [await team.person(Role.CLERK, f"clerk{n}") for n in range(4)]
    answers = await asyncio.gather(*(person.post(f"/staff/talks/{handoff}/claim") for person in people))
    assert sorted(answer.status_code for answer in answers) == [303, 409, 409, 409]


async def test_a_script_is_answered_in_json(team: Team, talks: Talks) -> None:
    _, handoff = await talks.begin()
    first, second = await team.person(Role.CLERK, "sato"), await team.person(Role.CLERK, "ito")

    async def claim(client: httpx.AsyncClient) -> httpx.Response:
        token = form_token((await client.get("/staff/account", headers=PAGE)).text)
        headers = {"Accept": "application/json", "Sec-Fetch-Site": "same-origin", "X-CSRF-Token": token}
        return await client.post(f"/staff/talks/{handoff}/claim", headers=headers)

    assert (await claim(first.client)).json() == {"at": f"/staff/talks/{handoff}#latest"}
    late = await claim(second.client)
    assert late.status_code == 409
    assert "satoの氏名" in late.json()["error"]["message"]


async def test_auditors_and_editors_read_but_do_not_claim(team: Team, talks: Talks) -> None:
    _, handoff = await talks.begin()
    for role in (Role.AUDITOR, Role.EDITOR):
        person = await team.person(role)
        (line,) = lines((await person.get("/staff")).text)
        assert "対応する" not in line
        assert "開く" in line
        assert (await person.post(f"/staff/talks/{handoff}/claim")).status_code == 403
    assert (await talks.of(handoff)).state is State.WAITING


async def test_an_empty_queue_says_so(team: Team) -> None:
    html = (await (await team.person(Role.CLERK)).get("/staff")).text
    assert "待っている人はいません" in html
    assert lines(html) == []
