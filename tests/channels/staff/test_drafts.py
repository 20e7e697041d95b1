"""「知識に入れる」: from a talk to what an editor copies."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from channels.staff.roles import Role
from knowledge.drafting import faq_draft, new_id, question_draft
from knowledge.service import local_now
from tests.channels.staff.people import Team, told
from tests.channels.staff.waiting import Talks

safe = YAML(typ="safe")


async def test_a_question_becomes_an_example_of_an_entry(team: Team, talks: Talks) -> None:
    _, handoff = await talks.begin()
    clerk = await team.person(Role.CLERK)
    asked = {"asked": "こっちに越してきた。\n電話は090-1234-5678", "entry": "moving-in", "answer": ""}
    assert (await clerk.post(f"/staff/talks/{handoff}/draft", asked)).status_code == 303
    ((kind, entry, yaml),) = await talks.drafts()
    assert (kind, entry) == ("question", "moving-in")
    assert "procedures/moving-in.yml" in yaml
    (question,) = safe.load(yaml)["questions"]
    assert question.startswith("こっちに越してきた。")
    assert "090" not in yaml
    assert ("clerk", "drafted") in await team.deeds()


async def test_a_question_and_an_answer_become_a_draft_of_a_new_entry(team: Team, talks: Talks) -> None:
    _, handoff = await talks.begin()
    clerk = await team.person(Role.CLERK)
    said = {"asked": "熊が出たら？", "entry": "", "answer": "近づかず、市役所に知らせてください。"}
    await clerk.post(f"/staff/talks/{handoff}/draft", said)
    ((kind, entry, yaml),) = await talks.drafts()
    draft = safe.load(yaml)
    assert (kind, draft["kind"], draft["id"]) == ("faq", "faq", entry)
    assert draft["questions"] == ["熊が出たら？"]
    assert draft["summary"] == "近づかず、市役所に知らせてください。"
    assert draft["status"] == "unconfirmed"


@pytest.mark.parametrize(
    ("asked", "entry", "answer", "status"),
    [
        ("", "moving-in", "", 422),
        ("あ" * 201, "moving-in", "", 422),
        ("熊が出たら？", "", "", 422),
        ("熊が出たら？", "no-such-entry", "はい", 409),
    ],
)
async def test_what_makes_no_draft_is_told_and_nothing_is_kept(
    team: Team, talks: Talks, asked: str, entry: str, answer: str, status: int
) -> None:
    _, handoff = await talks.begin()
    clerk = await team.person(Role.CLERK)
    said = {"asked": asked, "entry": entry, "answer": answer}
    refused = await clerk.post(f"/staff/talks/{handoff}/draft", said)
    assert refused.status_code == status
    assert told(refused.text)
    assert await talks.drafts() == []
    assert "drafted" not in [action for _, action in await team.deeds()]


async def test_editors_list_take_and_delete_drafts(team: Team, talks: Talks) -> None:
    _, handoff = await talks.begin()
    clerk, editor = await team.person(Role.CLERK), await team.person(Role.EDITOR)
    for asked in ("<b>一つ目</b>", "二つ目"):
        await clerk.post(f"/staff/talks/{handoff}/draft", {"asked": asked, "entry": "moving-in"})
    html = (await editor.get("/staff/drafts")).text
    assert "&lt;b&gt;一つ目&lt;/b&gt;" in html
    assert html.index("二つ目") < html.index("一つ目")
    number = int(html.split('id="draft-')[1].split('"')[0])
    await editor.post(f"/staff/drafts/{number}/take")
    html = (await editor.get("/staff/drafts")).text
    assert "取り入れました" in html
    assert html.index("一つ目") < html.index("二つ目")  # who is taken goes down
    await editor.post(f"/staff/drafts/{number}/delete")
    assert "二つ目" not in (await editor.get("/staff/drafts")).text
    assert (await editor.post(f"/staff/drafts/{number}/delete")).status_code == 303
    assert (await clerk.get("/staff/drafts")).status_code == 403


async def test_a_draft_outlives_the_talk_it_came_from(team: Team, talks: Talks) -> None:
    conversation, handoff = await talks.begin()
    clerk = await team.person(Role.CLERK)
    await clerk.post(f"/staff/talks/{handoff}/draft", {"asked": "質問", "entry": "moving-in"})
    await talks.delete(conversation)
    ((_, _, yaml),) = await talks.drafts()
    assert "質問" in yaml


@given(st.text(), st.text())
def test_whatever_was_said_the_draft_is_yaml_that_says_it(question: str, answer: str) -> None:
    today = local_now().date()
    asked = " ".join(question.split())
    printable = all(sign.isprintable() for sign in asked + answer)
    if not printable or not asked:
        return
    draft = safe.load(faq_draft(new_id(today), question, answer, today))
    assert draft["questions"] == [asked]
    assert draft["summary"] == (answer.strip() or "ここに書く")
    assert safe.load(question_draft("転入届", "a.yml", question)) == {"questions": [asked]}
