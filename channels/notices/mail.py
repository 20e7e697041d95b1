"""Letters by e-mail. smtplib blocks, so it runs in a thread; each letter has one recipient.

A server that dies between taking a letter and saying so gets it again: the Message-ID is the same.
"""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from channels.errors import NoticeFailedError
from channels.handoff.duty import Clock, instant
from channels.notices.letters import Letter
from channels.notices.mail_server import MailServer

TIMEOUT = 10.0
"""Seconds for each answer of the mail server."""


class Mail:
    """A Carrier of e-mail."""

    def __init__(self, server: MailServer, sender: str, now: Clock) -> None:
        """`sender` is the address that letters come from."""
        self._server = server
        self._sender = sender
        self._now = now

    async def send(self, letter: Letter) -> None:
        message = message_of(letter, self._sender, self._now())
        await asyncio.to_thread(self._post, message, letter.target.to)

    def _post(self, message: EmailMessage, to: str) -> None:
        try:
            with self._connect() as server:
                server.send_message(message, self._sender, [to])
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
            raise NoticeFailedError(type(error).__name__, whole=False) from None
        except (smtplib.SMTPException, OSError) as error:
            raise NoticeFailedError(type(error).__name__, whole=True) from None

    def _connect(self) -> smtplib.SMTP:
        at, context = self._server, ssl.create_default_context()
        if at.is_tls:
            server: smtplib.SMTP = smtplib.SMTP_SSL(at.host, at.port, timeout=TIMEOUT, context=context)
        else:
            server = smtplib.SMTP(at.host, at.port, timeout=TIMEOUT)
        try:
            if at.starts_tls:
                server.starttls(context=context)
            if at.user is not None:
                server.login(at.user, at.password)
        except BaseException:
            server.close()
            raise
        return server


def message_of(letter: Letter, sender: str, now: datetime) -> EmailMessage:
    """The letter as an e-mail. No line break gets into a header: in the subject it is a space."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = letter.target.to
    message["Subject"] = " ".join(letter.subject.split())
    message["Date"] = format_datetime(instant(now))
    message["Message-ID"] = f"<{letter.id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    return message
