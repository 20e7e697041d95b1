from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from pydantic import ValidationError

from channels.errors import NoticeFailedError
from channels.notices.letters import Letter, Target, Way
from channels.notices.mail import Mail, message_of
from channels.notices.mail_server import MailServer
from channels.settings import Settings
from tests.channels.conftest import HOUSE_SECRET
from tests.channels.notices.conftest import CITY, SENDER, Inbox, dead_port

NOW = datetime.fromisoformat("2026-12-01T09:30")


def letter(subject: str = "題", to: str = CITY) -> Letter:
    return Letter(Target(Way.MAIL, to), subject, "本文です。\n.\n終わり\n", {})


@pytest.mark.parametrize(
    ("url", "host", "port", "is_tls", "starts_tls", "user", "password"),
    [
        ("smtp://mail.example.lg.jp", "mail.example.lg.jp", 25, False, False, None, ""),
        ("smtp://mail.example.lg.jp?starttls", "mail.example.lg.jp", 587, False, True, None, ""),
        ("smtp://a:b@mail:2525/?starttls", "mail", 2525, False, True, "a", "b"),
        ("smtps://a%40b:p%2Fw@mail", "mail", 465, True, False, "a@b", "p/w"),
    ],
)
def test_a_mail_server_is_named_by_a_url(
    url: str, host: str, port: int, is_tls: bool, starts_tls: bool, user: str | None, password: str
) -> None:
    assert MailServer.of(url) == MailServer(host, port, is_tls, starts_tls, user, password)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mail.example.lg.jp",
        "http://mail",
        "smtp://",
        "smtp://secret@mail:port",
        "smtp://user:secret@mail:99999",
        "smtp://user:secret@mail?tls",
        "smtps://user:secret@mail?starttls",
        "smtp://user:secret@mail/path",
        "smtp://[secret",
    ],
)
def test_a_url_that_names_none_says_how_to_write_it_without_repeating_it(url: str) -> None:
    with pytest.raises(ValueError, match="MADOGUCHI_SMTP_URL is smtp://") as error:
        MailServer.of(url)
    assert "secret" not in str(error.value)


@pytest.mark.parametrize(
    "more",
    [
        {"smtp_url": "smtp://mail"},
        {"smtp_url": "smtp://u:topsecret@mail?x", "mail_from": SENDER},
        {"mail_from": "まどぐち <a@b.jp>"},
        {"mail_from": "a@b.jp\r\nBcc: x@y.jp"},
    ],
)
def test_settings_that_cannot_send_mail_stop_the_start_and_show_no_password(more: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as error:
        Settings(database_url="postgresql:///x", secret=HOUSE_SECRET, **more)
    assert "topsecret" not in str(error.value)


@pytest.mark.parametrize("break_", ["\r\n", "\n", "\r", "\u2028", "\x0b"])
def test_a_line_break_in_a_subject_makes_no_header(break_: str) -> None:
    raw = message_of(letter(f"題{break_}Bcc: all@example.lg.jp{break_}{break_}<p>"), SENDER, NOW).as_bytes()
    head = raw.split(b"\n\n")[0]
    assert b"\nBcc:" not in head
    assert head.count(b"\nTo:") == 1


@pytest.mark.parametrize("to", [f"{CITY}\r\nBcc: x@y.jp", f"{CITY}\nX: y"])
def test_a_line_break_in_an_address_is_refused(to: str) -> None:
    with pytest.raises(ValueError, match=r"linefeed|CR or LF|newline"):
        message_of(letter(to=to), SENDER, NOW)


async def test_a_japanese_letter_arrives_as_it_was_written(mail_server: MailServer, inbox: Inbox) -> None:
    sent = letter("【まどぐち】市民の窓口：とても長い題" * 5)
    await Mail(mail_server, SENDER, lambda: NOW).send(sent)
    assert inbox.mails[0]["Subject"] == sent.subject
    assert [text.replace("\r\n", "\n") for text in inbox.texts()] == [sent.text]
    assert inbox.mails[0]["Date"] == "Tue, 01 Dec 2026 09:30:00 +0900"


async def test_a_server_without_tls_or_sign_in_is_not_trusted_with_the_password(
    mail_server: MailServer, inbox: Inbox
) -> None:
    for url in (
        f"smtp://u:p@127.0.0.1:{mail_server.port}?starttls",
        f"smtps://u:p@127.0.0.1:{mail_server.port}",
        f"smtp://u:p@127.0.0.1:{mail_server.port}",
        f"smtp://127.0.0.1:{dead_port()}",
        "smtp://no-such-host.invalid",
    ):
        with pytest.raises(NoticeFailedError) as error:
            await Mail(MailServer.of(url), SENDER, lambda: NOW).send(letter())
        assert error.value.whole
    assert inbox.mails == []
