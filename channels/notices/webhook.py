"""Letters by webhook: JSON whose `text` chat tools (Slack, Mattermost) show, `about` for programs."""

from __future__ import annotations

import asyncio

import httpx

from channels.errors import NoticeFailedError
from channels.notices.letters import Letter

TIMEOUT = 10.0
"""Seconds for all of a call."""


class Webhook:
    """A Carrier of webhooks. It follows no redirect; a call that is made again has the same key."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def send(self, letter: Letter) -> None:
        body = {"text": f"{letter.subject}\n{letter.text}", "about": letter.about}
        key = {"Idempotency-Key": str(letter.id)}
        try:
            async with asyncio.timeout(TIMEOUT):
                answer = await self._client.post(letter.target.to, json=body, headers=key, timeout=TIMEOUT)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise NoticeFailedError(type(error).__name__, whole=True) from None
        if not answer.is_success:
            raise NoticeFailedError(f"status {answer.status_code}", whole=True)
