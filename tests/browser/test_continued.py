"""Real Chromium: a talk that began on LINE goes on in the web chat."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import text

from channels.core.database import engine
from channels.core.links import Links
from ops.lineplatform.platform import LinePlatform
from ops.stack import Stack
from tests.browser.talking import PATIENCE

USER = "U" + "9" * 32
_ANSWERED = """select question.conversation from event question
 join event reply on reply.conversation = question.conversation and reply.answers = question.sequence
 join event sticker on sticker.conversation = question.conversation
 where question.body ->> 'text' = '転入届' and reply.part = 1 and sticker.body ->> 'media' = 'sticker'"""


@pytest.fixture
def secret(stack: Stack, line_platform: LinePlatform) -> str:
    """Of a link to a conversation on LINE in which a sticker and a question were answered."""

    async def talk() -> str:
        sticker, question = line_platform.sticker_event(USER), line_platform.message_event("転入届", USER)
        database = engine(stack.database_url)
        try:
            async with httpx.AsyncClient() as client:
                await line_platform.send(client, stack.url, sticker, question)
            answered = text(_ANSWERED)
            async with asyncio.timeout(PATIENCE / 1000), database.connect() as connection:
                while (conversation := await connection.scalar(answered)) is None:
                    await asyncio.sleep(0.2)
                    await connection.rollback()
            return await Links(database).make(conversation)
        finally:
            await database.dispose()

    with ThreadPoolExecutor() as elsewhere:  # Playwright has a loop of its own in this thread
        return elsewhere.submit(lambda: asyncio.run(talk())).result()


def test_a_link_from_line_opens_the_chat_with_what_was_said_once(
    stack: Stack, browser: Browser, secret: str
) -> None:
    context = browser.new_context(locale="ja-JP", viewport={"width": 375, "height": 740})
    page = context.new_page()
    page.goto(f"{stack.url}/continue/{secret}")
    page.get_by_role("button", name="続きを始める").click()
    log = page.get_by_role("log")
    expect(log.get_by_text("転入届", exact=True)).to_be_visible(timeout=PATIENCE)
    expect(log.locator(".said")).to_have_count(1)  # the sticker leaves no empty bubble
    assert "#" not in page.url
    page.reload()
    expect(log.get_by_text("転入届", exact=True)).to_be_visible(timeout=PATIENCE)
    page.goto(f"{stack.url}/continue/{secret}")
    page.get_by_role("button", name="続きを始める").click()
    expect(page.get_by_role("heading", name="このボタンは使えません")).to_be_visible()
    context.close()
