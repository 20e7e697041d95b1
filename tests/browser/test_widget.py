"""The button on a page of the city: a host with a strict policy of its own, and the frame it opens."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, expect
from pydantic import SecretStr

from channels.app import create_app
from channels.settings import Settings
from ops.stack import Stack
from tests.browser.talking import PATIENCE, ask
from tests.serving import free_port, served

FIRST_LOAD = 40_000
"""Bytes as they travel, with their headers (design, section 6)."""
PAGE = """<!doctype html><html lang="ja"><meta charset="utf-8"><title>市のページ</title>
<link rel="icon" href="data:,">
<style nonce="x">* { color: red !important; font-size: 3px !important } body { background: #fff }</style>
<h1>市のページ</h1><button data-madoguchi-ask="犬を飼い始めた">犬のことを聞く</button>
<script src="ORIGIN/embed.js" defer OPTIONS></script>
<script src="ORIGIN/embed.js" defer></script></html>"""


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(locale="ja-JP", viewport={"width": 1200, "height": 900})
    yield context
    context.close()


@contextlib.contextmanager
def city_page(
    context: BrowserContext, origin: str, options: str = "", host: str = "127.0.0.1"
) -> Iterator[Page]:
    """A page with the line on it, whose policy lets in nothing but the bot; `localhost` is another site."""
    policy = (
        f"default-src 'none'; img-src data:; style-src 'nonce-x'; script-src {origin}; frame-src {origin}; "
    )
    policy += "require-trusted-types-for 'script'; trusted-types 'none'"
    city = FastAPI()

    @city.get("/")
    def show() -> HTMLResponse:
        html = PAGE.replace("ORIGIN", origin).replace("OPTIONS", options)
        return HTMLResponse(html, headers={"Content-Security-Policy": policy})

    port = free_port()
    with served(city, port):
        page = context.new_page()
        page.goto(f"http://{host}:{port}/")
        yield page


def chat_of(page: Page) -> FrameLocator:
    return page.frame_locator("madoguchi-chat iframe")


def test_one_line_puts_the_chat_on_a_page_with_a_strict_policy(context: BrowserContext, stack: Stack) -> None:
    problems: list[str] = []
    context.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    with city_page(context, stack.url) as page:
        expect(page.locator("madoguchi-chat")).to_have_count(1)  # though the line stands there twice
        assert page.locator("iframe").count() == 0  # nothing of the chat is loaded before it is wanted
        page.get_by_role("button", name="質問する").click()
        chat = chat_of(page)
        expect(chat.get_by_role("heading", name="芦別市まどぐち")).to_be_visible()
        expect(chat.locator("#text")).to_be_focused()
        size = chat.locator("#text").evaluate("node => parseFloat(getComputedStyle(node).fontSize)")
        assert size >= 16  # the page's own style does not reach in
        page.get_by_role("button", name="犬のことを聞く").click()
        expect(chat.locator(".answer[data-entry='dog-registration']")).to_be_visible(timeout=PATIENCE)
        assert problems == []


def test_the_chat_is_small_and_comes_from_nowhere_else(context: BrowserContext, stack: Stack) -> None:
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    received: list[float] = []
    network.on("Network.loadingFinished", lambda done: received.append(done["encodedDataLength"]))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{stack.url}/frame")
    expect(page.locator("#text")).to_be_visible()
    page.wait_for_load_state("networkidle")
    button = page.request.get(f"{stack.url}/embed.js", headers={"Accept-Encoding": "gzip"})
    assert sum(received) + int(button.headers["content-length"]) <= FIRST_LOAD
    assert [url for url in asked if not url.startswith(stack.url)] == []


def test_the_page_of_the_city_cannot_reach_into_the_chat(context: BrowserContext, stack: Stack) -> None:
    reached = """() => {
        const frame = document.querySelector('madoguchi-chat').shadowRoot.querySelector('iframe')
        try { return frame.contentDocument } catch { return null }
    }"""
    with city_page(context, stack.url) as page:
        page.get_by_role("button", name="質問する").click()
        expect(chat_of(page).locator("#text")).to_be_visible()
        assert page.evaluate(reached) is None


def test_what_the_page_says_first_comes_from_its_address_and_its_line(
    context: BrowserContext, stack: Stack
) -> None:
    options = 'data-first="転入届、印鑑登録" data-position="left" data-color="#ffff00" '
    options += 'data-page="https://www.city.ashibetsu.hokkaido.jp/docs/5470.html"'
    with city_page(context, stack.url, options) as page:
        button = page.get_by_role("button", name="質問する")
        box = button.bounding_box()
        assert box
        assert box["x"] < 100
        colour = button.evaluate("node => getComputedStyle(node).backgroundColor")
        assert colour == "rgb(17, 90, 54)"  # white cannot be read on yellow
        button.click()
        greeting = chat_of(page).locator(".greeting")
        expect(greeting).to_contain_text("このページについて")
        first = greeting.locator(".first")
        expect(first.nth(0).get_by_role("button").first).to_contain_text("建築確認")
        expect(first.nth(1).get_by_role("button")).to_have_text(["転入届", "印鑑登録"])


def test_a_button_of_the_page_asks(stack: Stack, browser: Browser) -> None:
    context = browser.new_context(locale="ja-JP", viewport={"width": 1200, "height": 900})
    page = context.new_page()
    page.goto(stack.url)
    page.get_by_role("button", name="犬の登録").click()
    answer = chat_of(page).locator(".answer[data-entry='dog-registration']")
    expect(answer).to_be_visible(timeout=PATIENCE)
    context.close()


def test_the_button_is_given_back_the_focus_and_shows_what_came_meanwhile(
    context: BrowserContext, stack: Stack
) -> None:
    page = context.new_page()
    page.goto(stack.url)
    button = page.locator("#open")
    button.focus()
    page.keyboard.press("Enter")
    chat = chat_of(page)
    expect(chat.locator("#text")).to_be_focused()
    page.keyboard.type("犬を飼い始めた")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
    expect(page.get_by_text("新しい返事")).to_be_visible(timeout=PATIENCE)
    page.keyboard.press("Enter")
    expect(chat.locator(".answer[data-entry='dog-registration']")).to_be_visible()
    expect(page.get_by_text("新しい返事")).to_be_hidden()
    chat.get_by_role("button", name="閉じる").click()
    expect(button).to_be_focused()


@pytest.mark.parametrize("height", [640, 320])
def test_on_a_phone_the_chat_is_the_whole_screen(browser: Browser, stack: Stack, height: int) -> None:
    context = browser.new_context(
        locale="ja-JP", viewport={"width": 320, "height": height}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.goto(stack.url)
    page.locator("#open").tap()
    chat = chat_of(page)
    expect(chat.locator("#title")).to_be_focused()  # the keyboard would hide the greeting
    box = page.locator("#panel").bounding_box()
    assert box == {"x": 0, "y": 0, "width": 320, "height": height}
    assert chat.locator("html").evaluate("node => node.scrollWidth") == 320
    ask(chat, "印鑑登録について")
    expect(chat.locator(".answer[data-entry='seal-registration']")).to_be_visible(timeout=PATIENCE)
    assert chat.locator("html").evaluate("node => node.scrollWidth") == 320
    context.close()


def test_another_site_gets_no_frame(context: BrowserContext, stack: Stack) -> None:
    problems: list[str] = []
    context.on("console", lambda said: problems.append(said.text))
    with city_page(context, stack.url, host="elsewhere.localhost") as page:
        page.get_by_role("button", name="質問する").click()
        expect(chat_of(page).locator("#text")).to_have_count(0)
    assert any("frame-ancestors" in problem for problem in problems)


def test_where_the_frame_gets_no_cookie_the_chat_leads_to_its_own_page(
    context: BrowserContext, stack: Stack
) -> None:
    with city_page(context, stack.url, host="localhost") as page:
        page.get_by_role("button", name="質問する").click()
        chat = chat_of(page)
        ask(chat, "転入届")
        expect(chat.locator("#error")).to_contain_text("別の画面で開いてください", timeout=PATIENCE)
        with context.expect_page() as opened:
            chat.get_by_role("link", name="別の画面で開く").click()
        ask(opened.value, "転入届")
        expect(opened.value.locator(".answer[data-entry]").last).to_be_visible(timeout=PATIENCE)


def test_behind_https_the_frame_gets_a_cookie_of_its_own_on_another_site(
    context: BrowserContext, stack: Stack
) -> None:
    settings = Settings(
        database_url=stack.database_url,
        secret=SecretStr("a house secret of more than thirty-two characters"),
        secure_cookies=True,  # Chromium takes loopback for as good as HTTPS
        embed_on="http://localhost:*",
    )
    port = free_port()
    with served(create_app(settings), port):
        with city_page(context, f"http://127.0.0.1:{port}", host="localhost") as page:
            page.get_by_role("button", name="質問する").click()
            ask(chat_of(page), "印鑑登録について")
            answer = chat_of(page).locator(".answer[data-entry='seal-registration']")
            expect(answer).to_be_visible(timeout=PATIENCE)
        (cookie,) = context.cookies()
        assert (cookie["httpOnly"], cookie["secure"], cookie["sameSite"]) == (True, True, "None")
        assert "localhost" in str(cookie.get("partitionKey"))


def test_the_page_for_the_web_clerk_shows_the_line_and_the_button_it_makes(
    context: BrowserContext, stack: Stack
) -> None:
    page = context.new_page()
    page.goto(f"{stack.url}/embed")
    line = page.locator("#line")
    expect(line).to_have_value(f'<script src="{stack.url}/embed.js" defer></script>')
    page.get_by_label("左下").check()
    page.get_by_label("最初に出す質問").fill('転入届、"><b>')
    expect(line).to_have_value(
        f'<script src="{stack.url}/embed.js" defer data-position="left" '
        'data-first="転入届、&quot;>&lt;b>"></script>'
    )
    box = page.locator("#open").bounding_box()
    assert box
    assert box["x"] < 100
    page.locator("#color").fill("#ffffff")
    expect(page.locator("#color-note")).to_contain_text("読みにくい")
    page.locator("#open").click()
    expect(chat_of(page).get_by_role("button", name="転入届")).to_be_visible()
