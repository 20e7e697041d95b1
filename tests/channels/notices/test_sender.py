from __future__ import annotations

import asyncio

import httpx
import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from channels.handoff import rows, wishes
from channels.handoff.rows import Notice
from channels.notices import letters as letter_rows
from channels.notices.letters import Way
from channels.notices.mail import Mail
from channels.notices.mail_server import MailServer
from channels.notices.sender import Sender
from channels.notices.webhook import Webhook
from knowledge.service import Knowledge
from tests.channels.handoff.conftest import Ahead, Talks
from tests.channels.notices.conftest import CITY, HALL, SENDER, TAX, Hook, Inbox, dead_port, letters

SECRETS = ("住民税の滞納", "090-1234-5678", "ないしょの伝言", "困っています")


@pytest.fixture(autouse=True)
def no_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of these tests is the real one: between eight and the evening the digest would come, too."""
    monkeypatch.setattr("channels.notices.digest.is_working_day", lambda day: False)


async def notice(talks: Talks, handoff: object, kind: Notice) -> None:
    async with talks.database.begin() as connection:
        found = await rows.by_id(connection, handoff)  # type: ignore[arg-type]
        assert found
        await rows.notice(connection, kind, found, talks.now())


async def test_a_wish_is_told_once_to_the_addresses_of_its_desk(
    sender: Sender, inbox: Inbox, hook: Hook, talks: Talks, now: Ahead
) -> None:
    _, handoff = await talks.begin("city")
    now.wait(minutes=3)
    await sender.run()
    await sender.run()
    assert sorted(inbox.sent_to) == [CITY, HALL]
    assert hook.bodies == []
    mail = inbox.mails[0]
    assert mail["Subject"] == "【まどぐち】市民の窓口：職員を待っている人がいます"
    assert mail["From"] == SENDER
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "（3分）" in inbox.texts()[0]
    assert f"https://chat.example.lg.jp/staff/talks/{handoff}" in inbox.texts()[0]


async def test_what_is_to_be_told_within_a_minute_becomes_one_mail(
    sender: Sender, inbox: Inbox, talks: Talks
) -> None:
    for _ in range(25):
        await talks.begin("city")
    _, handoff = await talks.begin("city")
    await notice(talks, handoff, Notice.ALARM_OFFICE)
    await sender.run()
    assert sorted(inbox.sent_to) == [CITY, HALL]
    assert inbox.mails[0]["Subject"] == "【まどぐち】市民の窓口：返事を待っている人がいます（ほか26件）"
    assert inbox.texts()[0].count("■") == 20
    assert "ほかに7件" in inbox.texts()[0]


async def test_an_alarm_to_all_reaches_every_desk_and_each_address_once(
    sender: Sender, inbox: Inbox, hook: Hook, talks: Talks, database: AsyncEngine
) -> None:
    _, handoff = await talks.begin("city")
    await talks.run("update notice_due set sent_at = now()")
    await notice(talks, handoff, Notice.ALARM_ALL)
    await sender.run()
    assert sorted(inbox.sent_to) == [CITY, HALL, TAX]
    about = hook.bodies[0]["about"]["notices"]
    assert [(one["kind"], one["desk"], one["state"]) for one in about] == [("alarm_all", "city", "waiting")]
    assert about[0]["link"].endswith(f"/staff/talks/{handoff}")
    assert (await letters(database))["waiting"] == []


async def test_a_webhook_is_told_in_words_that_chat_tools_show(
    sender: Sender, hook: Hook, talks: Talks
) -> None:
    await talks.begin("tax")
    await sender.run()
    assert hook.bodies[0]["text"].startswith("【まどぐち】税の窓口：職員を待っている人がいます\n■ 税の窓口")


async def test_a_talk_that_is_over_or_deleted_by_then_is_told_to_nobody(
    sender: Sender, inbox: Inbox, talks: Talks, now: Ahead, database: AsyncEngine
) -> None:
    conversation, _ = await talks.begin("city")
    async with database.begin() as connection:
        await wishes.cancel(connection, conversation, now())
    deleted, _ = await talks.begin("city")
    await talks.run("delete from conversation where id = :id", id=deleted)
    await sender.run()
    assert inbox.mails == []
    async with database.connect() as connection:
        unsent = text("select count(*) from notice_due where sent_at is null")
        assert await connection.scalar(unsent) == 0


async def test_a_promise_and_a_message_are_told_as_such(
    sender: Sender, inbox: Inbox, talks: Talks, now: Ahead
) -> None:
    conversation = await talks.store.open_web()
    other = await talks.store.open_web()
    due = now().replace(hour=23, minute=30, second=0, microsecond=0)
    async with talks.database.begin() as connection:
        await wishes.schedule(connection, conversation, "city", due, now())
        await wishes.leave_message(connection, other, "city", now())
    await sender.run()
    said = inbox.texts()[0]
    assert "話す約束が入りました" in said
    assert "23時30分" in said
    assert "伝言があります" in said
    assert "待っています" not in said


async def test_the_notices_of_a_desk_that_is_no_more_go_to_the_default_one(
    sender: Sender, inbox: Inbox, talks: Talks
) -> None:
    await talks.begin("given-up")
    await sender.run()
    assert sorted(inbox.sent_to) == [CITY, HALL]


async def test_no_word_of_a_resident_is_in_any_notice_nor_in_the_logs(
    sender: Sender, inbox: Inbox, hook: Hook, talks: Talks, now: Ahead, database: AsyncEngine
) -> None:
    with structlog.testing.capture_logs() as logs:
        for desk in ("city", "tax"):
            conversation, handoff = await talks.begin(desk)
            for secret in SECRETS:
                await talks.say(conversation, secret)
            await talks.run("update handoff set label = :l, claimed_name = :l", l=SECRETS[0])
            for kind in Notice:
                await notice(talks, handoff, kind)
        inbox.instead = ["451 later"]
        hook.statuses = [500]
        await sender.run()
        now.wait(minutes=2)
        await sender.run()
    assert len(inbox.mails) == 3
    assert len(hook.bodies) == 1
    async with database.connect() as connection:
        stored = str((await connection.execute(text("select * from letter"))).all())
    everything = f"{inbox.texts()} {[str(mail) for mail in inbox.mails]} {hook.bodies} {stored} {logs}"
    for secret in SECRETS:
        assert secret not in everything
    for address in (CITY, HALL, TAX, hook.url):
        assert address not in str(logs)


async def test_a_mail_server_that_is_down_is_tried_ever_more_rarely_and_told_when_it_is_back(
    database: AsyncEngine, told_by: Knowledge, mail_server: MailServer, inbox: Inbox, talks: Talks, now: Ahead
) -> None:
    port = mail_server.port
    down = MailServer.of(f"smtp://127.0.0.1:{dead_port()}")
    tries = []

    class Counting(Mail):
        async def send(self, letter: letter_rows.Letter) -> None:
            tries.append(now())
            await super().send(letter)

    broken = Sender(database, told_by, {Way.MAIL: Counting(down, SENDER, now)}, None, now)
    await talks.begin("city")
    for _ in range(40):
        await broken.run()
        now.wait(minutes=1)
    assert 5 <= len(tries) <= 16  # two letters; at once, then after 1, 2, 4, 8, 15 and 15 minutes
    assert (await letters(database))["waiting"] == [CITY, HALL]
    up = MailServer.of(f"smtp://127.0.0.1:{port}")
    for _ in range(16):
        await Sender(database, told_by, {Way.MAIL: Mail(up, SENDER, now)}, None, now).run()
        now.wait(minutes=1)
    assert sorted(inbox.sent_to) == [CITY, HALL]


async def test_after_an_hour_a_letter_is_given_up_with_a_line_in_the_log_and_counted(
    database: AsyncEngine, told_by: Knowledge, talks: Talks, now: Ahead
) -> None:
    down = MailServer.of(f"smtp://127.0.0.1:{dead_port()}")
    broken = Sender(database, told_by, {Way.MAIL: Mail(down, SENDER, now)}, None, now)
    await talks.begin("city")
    with structlog.testing.capture_logs() as logs:
        for _ in range(62):
            await broken.run()
            now.wait(minutes=1)
    assert (await letters(database))["given up"] == [CITY, HALL]
    assert [line["letters"] for line in logs if line["event"] == "notices_given_up"] == [2]
    async with database.connect() as connection:
        assert await letter_rows.given_up_since(connection, now().replace(hour=0, minute=0)) in {0, 2}
        assert await letter_rows.given_up_since(connection, talks.now() - (now.by * 2)) == 2
    now.wait(days=8)
    await broken.run()
    assert (await letters(database))["given up"] == []


@pytest.mark.parametrize("instead", ["451 come back later", "554 no", "drop"])
async def test_a_letter_that_is_refused_or_cut_off_comes_once_in_the_end(
    instead: str, sender: Sender, inbox: Inbox, talks: Talks, now: Ahead
) -> None:
    inbox.instead = [instead]
    await talks.begin("city")
    for _ in range(4):
        await sender.run()
        now.wait(minutes=1)
    assert sorted(inbox.sent_to) == [CITY, HALL]
    assert inbox.calls == 3


async def test_a_slow_server_gets_its_time_and_two_workers_send_nothing_twice(
    sender: Sender, inbox: Inbox, hook: Hook, talks: Talks
) -> None:
    inbox.instead = ["slow 0.5"] * 3
    hook.slow = 0.5
    await talks.begin("tax")
    await asyncio.gather(*(sender.run() for _ in range(4)))
    assert sorted(inbox.sent_to) == [HALL, TAX]
    assert len(hook.bodies) == 1


async def test_a_worker_that_dies_while_it_sends_leaves_the_letter_to_the_next(
    database: AsyncEngine, sender: Sender, told_by: Knowledge, inbox: Inbox, talks: Talks, now: Ahead
) -> None:
    class Dying:
        async def send(self, letter: letter_rows.Letter) -> None:
            raise SystemExit

    await talks.begin("city")
    with pytest.raises(SystemExit):
        await Sender(database, told_by, {Way.MAIL: Dying()}, None, now).run()
    assert (await letters(database))["waiting"] == [CITY, HALL]
    await sender.run()
    assert sorted(inbox.sent_to) == [CITY, HALL]


async def test_a_server_that_took_a_letter_and_died_gets_it_again_under_the_same_id(
    database: AsyncEngine, told_by: Knowledge, mail_server: MailServer, inbox: Inbox, talks: Talks, now: Ahead
) -> None:
    class Dying(Mail):
        async def send(self, letter: letter_rows.Letter) -> None:
            await super().send(letter)
            raise SystemExit

    await talks.begin("city")
    for carrier in (Dying, Mail):
        sender = Sender(database, told_by, {Way.MAIL: carrier(mail_server, SENDER, now)}, None, now)
        try:
            await sender.run()
        except SystemExit:
            continue
    ids = [mail["Message-ID"] for mail in inbox.mails]
    assert len(ids) == 3
    assert len(set(ids)) == 2


async def test_a_webhook_that_fails_holds_up_no_mail_and_is_told_later_under_the_same_key(
    sender: Sender, inbox: Inbox, hook: Hook, talks: Talks, now: Ahead
) -> None:
    hook.statuses = [500, 302]
    await talks.begin("tax")
    for _ in range(5):
        await sender.run()
        assert sorted(inbox.sent_to) == [HALL, TAX]
        now.wait(minutes=1)
    assert len(hook.bodies) == 1
    assert len(hook.keys) == 3
    assert len(set(hook.keys)) == 1


async def test_without_a_mail_server_webhooks_are_told_and_the_log_says_what_is_missing(
    database: AsyncEngine, told_by: Knowledge, hook: Hook, talks: Talks, now: Ahead
) -> None:
    await talks.begin("tax")
    async with httpx.AsyncClient() as client:
        sender = Sender(database, told_by, {Way.WEBHOOK: Webhook(client)}, None, now)
        with structlog.testing.capture_logs() as logs:
            await sender.run()
            await sender.run()
    assert len(hook.bodies) == 1
    assert [line["way"] for line in logs if line["event"] == "notice_not_configured"] == ["mail"]
