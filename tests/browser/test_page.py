"""Real Chromium on the real page of the whole house."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from ops.stack import Stack

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PATIENCE = 30_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium")
    assert path, "Chromium is missing: ops/bootstrap.sh browser installs it"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser, stack: Stack) -> Iterator[Page]:
    context = browser.new_context(locale="ja-JP", viewport={"width": 1200, "height": 900})
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(stack.url)
    page.locator("#open").click()
    yield page
    context.close()
    assert problems == []


def ask(page: Page, question: str) -> None:
    page.locator("#text").fill(question)
    page.locator("#send").click()


def test_a_question_on_the_page_gets_a_sourced_answer_card(page: Page) -> None:
    ask(page, "児童手当の手続きに必要なものは？")
    card = page.locator(".answer[data-entry='child-allowance']")
    expect(card).to_be_visible(timeout=PATIENCE)
    expect(card).to_contain_text("本人確認書類")
    expect(card.locator(".sources")).to_contain_text("確認日")
    expect(card.locator("a[data-role='form']")).to_have_attribute("href", "https://myna.go.jp/")


def test_a_choice_button_asks_the_next_question(page: Page) -> None:
    ask(page, "児童手当の手続きに必要なものは？")
    page.locator(".answer .choices button", has_text="期限").click(timeout=PATIENCE)
    expect(page.locator(".answer[data-aspect='deadline']")).to_contain_text("15日以内", timeout=PATIENCE)


def test_the_conversation_is_there_after_a_reload(page: Page) -> None:
    ask(page, "犬を飼い始めた")
    expect(page.locator(".answer[data-entry='dog-registration']")).to_be_visible(timeout=PATIENCE)
    page.reload()
    page.locator("#open").click()
    expect(page.locator(".answer[data-entry='dog-registration']")).to_have_count(1, timeout=PATIENCE)


def test_markup_in_a_question_stays_text(page: Page) -> None:
    ask(page, "<img src=x onerror=document.title='hacked'>転入届")
    expect(page.locator(".said")).to_contain_text("<img src=x", timeout=PATIENCE)
    expect(page.locator(".answer")).to_be_visible(timeout=PATIENCE)
    assert page.title() != "hacked"


def test_two_tabs_are_in_step(page: Page, stack: Stack) -> None:
    ask(page, "印鑑登録について")
    expect(page.locator(".answer[data-entry='seal-registration']")).to_be_visible(timeout=PATIENCE)
    other = page.context.new_page()
    other.goto(stack.url)
    other.locator("#open").click()
    expect(other.locator(".answer[data-entry='seal-registration']")).to_be_visible(timeout=PATIENCE)
    ask(other, "犬を飼い始めた")
    expect(page.locator(".answer[data-entry='dog-registration']")).to_be_visible(timeout=PATIENCE)


def test_the_keyboard_alone_is_enough(page: Page) -> None:
    page.keyboard.press("Escape")
    expect(page.locator("#text")).to_be_hidden()
    page.locator("#open").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#text")).to_be_visible()
    page.locator("#text").focus()
    page.keyboard.type("犬を飼い始めた")
    page.keyboard.press("Enter")
    expect(page.locator(".answer[data-entry='dog-registration']")).to_be_visible(timeout=PATIENCE)
