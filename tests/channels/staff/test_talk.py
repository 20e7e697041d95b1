"""A talk, over HTTP with plain forms: what is shown, what is offered, every move, who may do what."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from channels.handoff.machine import State
from channels.staff.roles import Role
from tests.channels.staff.people import Person, Team, told
from tests.channels.staff.waiting import Talks

MOVES = ("claim", "take_over", "say", "release", "transfer", "give_back", "close", "note")


def page_of(handoff: UUID) -> str:
    return f"/staff/talks/{handoff}"


def offered(html: str) -> set[str]:
    """The moves that the page lets one make."""
    forms = re.findall(r'<(?:form|details)[^>]*data-move="(\w+)"( hidden)?', html)
    return {move for move, hidden in forms if not hidden}


def last_of(html: str) -> str:
    found = re.search(r'data-last="(\d+)"', html)
    assert found
    return found[1]


@pytest.fixture
async def sato(team: Team) -> Person:
    return await team.person(Role.CLERK, "sato")


@pytest.fixture
async def ito(team: Team) -> Person:
    return await team.person(Role.CLERK, "ito")


async def claimed(sato: Person, talks: Talks) -> tuple[UUID, UUID]:
    conversation, handoff = await talks.begin()
    assert (await sato.post(f"{page_of(handoff)}/claim")).status_code == 303
    return conversation, handoff


async def test_the_whole_talk_with_the_bot_is_shown_with_the_entries_it_answered_from(
    sato: Person, talks: Talks
) -> None:
    conversation, handoff = await talks.begin(says="<b>引っ越し</b>てきました")
    pressed = await talks.say(conversation, "転入届の持ち物は？")
    html = (await sato.get(page_of(handoff))).text
    assert "&lt;b&gt;引っ越し&lt;/b&gt;てきました" in html
    assert "転入届" in html
    assert "：期限" in html
    (said,) = re.findall(rf'data-sequence="{pressed}">.*?</div>', html, re.S)
    assert "ボタンを押した" in said


async def test_only_what_is_allowed_now_is_offered(sato: Person, ito: Person, talks: Talks) -> None:
    _, handoff = await talks.begin()
    assert offered((await sato.get(page_of(handoff))).text) == {"claim", "close", "note", "transfer"}
    await sato.post(f"{page_of(handoff)}/claim")
    mine = offered((await sato.get(page_of(handoff))).text)
    assert mine == {"say", "release", "transfer", "give_back", "close", "note"}
    html = (await ito.get(page_of(handoff))).text
    assert offered(html) == {"note"}
    assert "satoの氏名さんが対応しています" in html
    await talks.wait(handoff, timedelta(minutes=11), alarm=1)
    assert offered((await ito.get(page_of(handoff))).text) == {"note", "take_over"}


async def test_a_clerk_of_another_desk_takes_over_only_after_the_alarm(
    team: Team, sato: Person, talks: Talks
) -> None:
    _, handoff = await claimed(sato, talks)
    zei = await team.person(Role.CLERK, "zei")
    early = await zei.post(f"{page_of(handoff)}/take_over")
    assert early.status_code == 409
    await talks.wait(handoff, timedelta(minutes=11), alarm=1)
    assert (await zei.post(f"{page_of(handoff)}/take_over")).status_code == 303
    assert (await talks.of(handoff)).claimed_name == "zeiの氏名"


async def test_what_a_clerk_says_reaches_the_resident_once(sato: Person, talks: Talks) -> None:
    conversation, handoff = await claimed(sato, talks)
    words = {"text": "お待たせしました。090-1234-5678", "key": uuid.uuid4().hex}
    for _ in range(2):
        answer = await sato.post(f"{page_of(handoff)}/say", words)
        assert answer.status_code == 303
    said = [event for event in await talks.events(conversation) if event.author == "staff"]
    assert [event.body["name"] for event in said] == ["satoの氏名"]
    assert "090-1234-5678" not in said[0].body["text"]
    assert "090-1234-5678" not in (await sato.get(page_of(handoff))).text


async def test_words_that_are_refused_stay_in_the_box(sato: Person, ito: Person, talks: Talks) -> None:
    _, handoff = await claimed(sato, talks)
    long = "あ" * 2_001
    answer = await sato.post(f"{page_of(handoff)}/say", {"text": long, "key": uuid.uuid4().hex})
    assert answer.status_code == 422
    assert "長すぎます" in told(answer.text)
    assert long in answer.text
    empty = await sato.post(f"{page_of(handoff)}/say", {"text": "  ", "key": uuid.uuid4().hex})
    assert empty.status_code == 422
    other = await ito.post(f"{page_of(handoff)}/say", {"text": "私が答えます", "key": uuid.uuid4().hex})
    assert other.status_code == 409
    assert "私が答えます" in other.text
    note = await sato.post(f"{page_of(handoff)}/note", {"text": long})
    assert note.status_code == 422
    assert note.text.index('id="note"') < note.text.index(long)
    assert note.text.count(long) == 1


async def test_a_card_is_sent_with_its_source_and_without_buttons(sato: Person, talks: Talks) -> None:
    conversation, handoff = await claimed(sato, talks)
    html = (await sato.get(page_of(handoff))).text
    assert "印鑑登録（実印の登録）のカードを送る" in html  # suggested for the last question
    sent = {"entry": "seal-registration", "aspect": "bring", "key": uuid.uuid4().hex}
    assert (await sato.post(f"{page_of(handoff)}/card", sent)).status_code == 303
    card = (await talks.events(conversation))[-1].body["answer"]
    assert (card["entry"], card["aspect"], card["choices"]) == ("seal-registration", "bring", [])
    assert card["sources"]
    gone = await sato.post(f"{page_of(handoff)}/card", sent | {"entry": "no-such", "key": uuid.uuid4().hex})
    assert gone.status_code == 409
    assert "選び直してください" in gone.text


async def test_a_canned_reply_is_put_into_the_box_with_its_gaps_filled(sato: Person, talks: Talks) -> None:
    _, handoff = await claimed(sato, talks)
    html = (await sato.get(f"{page_of(handoff)}?reply=hello")).text
    box = re.search(r"<textarea id=\"text\"[^>]*>([^<]*)</textarea>", html)
    assert box
    assert "市民・保険年金の窓口" in box[1]
    assert "satoの氏名" in box[1]


async def test_a_canned_reply_tells_no_number_that_nobody_has_confirmed(sato: Person, talks: Talks) -> None:
    _, handoff = await claimed(sato, talks)
    html = (await sato.get(page_of(handoff))).text
    replies = html[html.index('id="canned"') :]
    assert "?reply=hello" in replies
    assert "お電話（" not in replies  # the city's number is still to be confirmed


async def test_a_search_of_ones_own_shows_what_it_finds(sato: Person, talks: Talks) -> None:
    _, handoff = await claimed(sato, talks)
    answer = await sato.post(f"{page_of(handoff)}/search", {"asked": "印鑑"})
    assert answer.status_code == 200
    assert 'value="印鑑"' in answer.text


async def test_a_talk_is_put_back_and_passed_on(team: Team, sato: Person, ito: Person, talks: Talks) -> None:
    _, handoff = await claimed(sato, talks)
    assert (await sato.post(f"{page_of(handoff)}/release")).headers["location"] == "/staff?done=released"
    assert (await talks.of(handoff)).state is State.WAITING
    await sato.post(f"{page_of(handoff)}/claim")
    html = (await sato.get(page_of(handoff))).text
    assert '<option value="citizens:ito">itoの氏名さん</option>' in html
    assert "citizens:sato" not in html
    passed = await sato.post(f"{page_of(handoff)}/transfer", {"to": "citizens:ito"})
    assert passed.status_code == 303
    found = await talks.of(handoff)
    assert (found.state, found.asked_for) == (State.WAITING, (await team.room.accounts.named("ito")).id)
    assert "itoの氏名さんあて" in (await ito.get("/staff")).text
    for nowhere in ("", "no-such-desk", "citizens:nobody"):
        refused = await sato.post(f"{page_of(handoff)}/transfer", {"to": nowhere})
        assert refused.status_code == 409


@pytest.mark.parametrize("move", ["give_back", "close"])
async def test_a_talk_does_not_end_over_words_that_nobody_has_read(
    sato: Person, talks: Talks, move: str
) -> None:
    conversation, handoff = await claimed(sato, talks)
    seen = last_of((await sato.get(page_of(handoff))).text)
    await talks.say(conversation, "もう一つ聞きたいです")
    answer = await sato.post(f"{page_of(handoff)}/{move}", {"heard": seen})
    assert answer.status_code == 409
    assert "まだ画面に出ていない住民の発言が1件" in told(answer.text)
    again = await sato.post(f"{page_of(handoff)}/{move}", {"heard": last_of(answer.text)})
    assert again.status_code == 303
    assert (await talks.of(handoff)).state is State.CLOSED


async def test_notes_and_labels_are_for_clerks_alone(sato: Person, ito: Person, talks: Talks) -> None:
    conversation, handoff = await claimed(sato, talks)
    before = await talks.events(conversation)
    await ito.post(f"{page_of(handoff)}/note", {"text": "折り返しは午後に"})
    await sato.post(f"{page_of(handoff)}/label", {"label": "転入"})
    html = (await sato.get(page_of(handoff))).text
    assert "折り返しは午後に" in html
    assert (await talks.of(handoff)).label == "転入"
    assert await talks.events(conversation) == before
    await sato.post(f"{page_of(handoff)}/label", {"label": " "})
    assert (await talks.of(handoff)).label is None


async def test_who_opens_a_talk_is_written_down_once_an_opening(
    team: Team, sato: Person, talks: Talks
) -> None:
    _, handoff = await talks.begin()
    auditor = await team.person(Role.AUDITOR)
    for _ in range(3):
        assert (await auditor.get(page_of(handoff))).status_code == 200
    assert [deed for deed in await team.deeds() if deed[1] == "seen"] == [("auditor", "seen")]
    await sato.get(page_of(handoff))
    assert ("sato", "seen") in await team.deeds()


async def test_every_move_is_in_the_audit_and_in_the_history_of_the_talk(
    team: Team, sato: Person, talks: Talks
) -> None:
    _, handoff = await claimed(sato, talks)
    await sato.post(f"{page_of(handoff)}/say", {"text": "はい", "key": uuid.uuid4().hex})
    await sato.post(f"{page_of(handoff)}/note", {"text": "メモ"})
    await sato.post(f"{page_of(handoff)}/label", {"label": "転入"})
    await sato.post(f"{page_of(handoff)}/release")
    await sato.post(f"{page_of(handoff)}/transfer", {"to": "taxes"})
    await sato.post(f"{page_of(handoff)}/close", {"heard": "99"})
    deeds = [action for login, action in await team.deeds() if login == "sato" and action != "signed_in"]
    assert deeds == ["claimed", "answered", "noted", "labelled", "released", "transferred", "closed"]
    html = (await sato.get(page_of(handoff))).text
    assert "satoの氏名：会話を引き受けた" in html
    assert "satoの氏名：会話を引き継いだ" in html


async def test_a_refused_move_leaves_nothing_in_the_audit(team: Team, ito: Person, talks: Talks) -> None:
    _, handoff = await talks.begin()
    await ito.post(f"{page_of(handoff)}/release")
    assert "released" not in [action for _, action in await team.deeds()]


async def test_auditors_and_editors_read_and_change_nothing(team: Team, talks: Talks) -> None:
    _, handoff = await talks.begin()
    for role in (Role.AUDITOR, Role.EDITOR):
        person = await team.person(role)
        html = (await person.get(page_of(handoff))).text
        assert "転入届は" in html
        assert offered(html) == set()
        for move in MOVES:
            assert (await person.post(f"{page_of(handoff)}/{move}")).status_code == 403
    assert (await talks.of(handoff)).state is State.WAITING


async def test_a_talk_that_the_resident_has_deleted_is_said_to_be_gone(sato: Person) -> None:
    nowhere = page_of(uuid.uuid4())
    for answer in (await sato.get(nowhere), await sato.post(f"{nowhere}/claim")):
        assert answer.status_code == 404
        assert "住民が消しました" in answer.text
    assert (await sato.get("/staff/talks/not-an-id")).status_code == 422


async def test_earlier_messages_are_a_link_away(sato: Person, talks: Talks) -> None:
    conversation, handoff = await talks.begin()
    for n in range(210):
        await talks.say(conversation, f"{n}番目の発言")
    unread = (await sato.get(page_of(handoff))).text
    assert unread.count('class="message"') == len(await talks.events(conversation))
    async with talks.database.begin() as connection:
        await connection.execute(text("update handoff set heard_sequence = 100"))
    html = (await sato.get(page_of(handoff))).text
    assert html.count('class="message"') == 200
    assert "0番目の発言</p>" not in re.findall(r">(\d+番目の発言</p>)", html)
    found = re.search(r'href="\?before=(\d+)"', html)
    assert found
    earlier = (await sato.get(f"{page_of(handoff)}?before={found[1]}")).text
    assert ">0番目の発言<" in earlier
    assert "最新に戻る" in earlier
    for move in ("say", "close", "give_back", "claim"):
        assert re.search(rf'/{move}" class="\w+" data-move="{move}" hidden', earlier)
    assert earlier.count('class="message"') == int(found[1]) - 1
