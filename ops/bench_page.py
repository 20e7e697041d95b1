"""The chat in a browser, measured: bytes on the wire, when it is seen, when its answers are."""

from __future__ import annotations

import shutil
import time

from playwright.sync_api import Browser, Page, sync_playwright

from ops.errors import OpsError
from ops.lighthouse import lighthouse
from ops.resident import PATIENCE
from ops.rows import Row, p50_p95

SLOWER = 4
"""How many times slower than this machine's the processor of an old phone is taken to be."""
ASKED = 20
_QUESTION = "印鑑登録について"
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
]
_LOADED = """() => {
  const all = ['navigation', 'resource'].flatMap((type) => performance.getEntriesByType(type))
  return { bytes: all.reduce((sum, file) => sum + file.encodedBodySize, 0), requests: all.length,
    painted: performance.getEntriesByName('first-contentful-paint')[0].startTime }
}"""


def measure_page(url: str) -> list[Row]:
    """The rows of the chat at `url`. Raises OpsError without Chromium."""
    chromium = shutil.which("chromium")
    if not chromium:
        raise OpsError(
            "Chromium がありません。「ops/bootstrap.sh browser」のあと、もう一度実行してください。"
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=_ARGUMENTS)
        try:
            rows = [*_first_load(browser, url), _answers(browser, url)]
        finally:
            browser.close()
    return [*rows, *lighthouse(url, chromium)]


def _slow_page(browser: Browser) -> Page:
    page = browser.new_context(locale="ja-JP").new_page()
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return page


def _first_load(browser: Browser, url: str) -> list[Row]:
    page = _slow_page(browser)
    begun = time.perf_counter()
    page.goto(f"{url}/frame")
    page.locator("#text").wait_for()
    ready = time.perf_counter() - begun
    loaded = page.evaluate(_LOADED)
    button = page.request.get(f"{url}/embed.js")
    on_wire = int(button.headers.get("content-length", len(button.body())))
    page.context.close()
    return [
        Row("チャット 初めての読み込み（圧縮後）", f"{(loaded['bytes'] + on_wire) / 1000:.1f} KB", "40 KB"),
        Row("チャット 読み込むファイル", f"{loaded['requests'] + 1}"),
        Row(f"チャット 最初の表示（CPU 1/{SLOWER}）", f"{loaded['painted']:.0f} ms"),
        Row(f"チャット 入力できるまで（CPU 1/{SLOWER}）", f"{1000 * ready:.0f} ms"),
    ]


def _answers(browser: Browser, url: str) -> Row:
    page = browser.new_context(locale="ja-JP").new_page()
    page.goto(f"{url}/chat")
    took = []
    for number in range(1, ASKED + 1):
        page.locator("#text").fill(_QUESTION)
        begun = time.perf_counter()
        page.locator("#send").click()
        page.locator(".answer:not(.greeting)").nth(number - 1).wait_for(timeout=1000 * PATIENCE)
        took.append(time.perf_counter() - begun)
    page.context.close()
    return Row("チャット 送信から見える返事まで p50 / p95", p50_p95(took))
