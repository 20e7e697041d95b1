"""Who carries letters in this house: a mail server if one is set, webhooks always."""

from __future__ import annotations

import httpx

from channels.notices.letters import Carrier, Way
from channels.notices.mail import Mail
from channels.notices.mail_server import MailServer
from channels.notices.webhook import Webhook
from channels.settings import Settings
from knowledge.service import local_now


def carriers(settings: Settings, client: httpx.AsyncClient) -> dict[Way, Carrier]:
    """A carrier for each way that is set up."""
    found: dict[Way, Carrier] = {Way.WEBHOOK: Webhook(client)}
    if settings.smtp_url and settings.mail_from:
        server = MailServer.of(settings.smtp_url.get_secret_value())
        found[Way.MAIL] = Mail(server, settings.mail_from, local_now)
    return found
