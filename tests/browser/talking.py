"""What the tests of the chat do in it."""

from __future__ import annotations

from playwright.sync_api import FrameLocator, Page

PATIENCE = 30_000
"""Milliseconds for an answer; after a restart Rasa takes its time."""


def ask(chat: Page | FrameLocator, question: str) -> None:
    """Write a question and send it."""
    chat.locator("#text").fill(question)
    chat.locator("#send").click()
