"""What only a real browser shows: Strict cookies across sites, the security headers, accessibility."""

from __future__ import annotations

import shutil
import time
from collections.abc import AsyncIterator, Iterator

import pyotp
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright

from channels.app import create_app
from channels.settings import Settings
from channels.staff.roles import Role
from tests.browser.conftest import ARGUMENTS
from tests.channels.conftest import HOUSE_SECRET
from tests.channels.staff.people import PASSWORD, Team, account
from tests.channels.staff.provider import CLIENT_ID, CLIENT_SECRET, Provider
from tests.serving import free_port, served

WIDTH, HEIGHT = 1024, 768
"""Of the counter PC."""


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    path = shutil.which("chromium")
    assert path, "Chromium is missing: ops/bootstrap.sh browser installs it"
    async with async_playwright() as playwright:
        result = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield result
        await result.close()


async def opened(chromium: Browser, *, scripts: bool) -> tuple[Page, list[str]]:
    """A page, and what the browser complains of: above all what the security policy refuses."""
    context = await chromium.new_context(
        locale="ja-JP", viewport={"width": WIDTH, "height": HEIGHT}, java_script_enabled=scripts
    )
    page, complaints = await context.new_page(), list[str]()
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    return page, complaints


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    result = Provider(free_port())
    with served(result.app(), result.port):
        yield result


@pytest.fixture(scope="module")
def joined(provider: Provider, database_url: str) -> Iterator[str]:
    """The app, joined to a provider on another site: to a browser, localhost is not 127.0.0.1."""
    port = free_port()
    settings = Settings(
        database_url=database_url,
        secret=HOUSE_SECRET,
        public_url=f"http://localhost:{port}",
        oidc_issuer=provider.url,
        oidc_client_id=CLIENT_ID,
        oidc_client_secret=CLIENT_SECRET,
    )
    with served(create_app(settings), port):
        yield f"http://localhost:{port}"


async def sign_in(page: Page, url: str, login: str) -> None:
    await page.goto(f"{url}/staff/login")
    await page.get_by_label("ログイン名").fill(login)
    await page.get_by_label("パスワード").fill(PASSWORD)
    await page.get_by_role("button", name="ログイン").click()


async def check(page: Page) -> None:
    """It fits the counter PC, and is accessible as far as a program can tell."""
    assert await page.evaluate("document.documentElement.scrollWidth") <= WIDTH, page.url
    results = await Axe().run(page, options={"resultTypes": ["violations"]})
    assert results.violations_count == 0, f"{page.url}\n{results.generate_report()}"


async def test_every_page_fits_a_counter_pc_and_is_accessible(chromium: Browser, team: Team) -> None:
    page, complaints = await opened(chromium, scripts=True)
    await account(team.room, "boss", Role.MANAGER)
    await account(team.room, "sato", Role.AUDITOR)
    await page.goto(f"{team.url}/staff/login")
    await check(page)
    await sign_in(page, team.url, "boss")
    await check(page)
    totp = pyotp.TOTP((await page.locator(".secret").inner_text()).replace(" ", ""))
    await page.get_by_label("アプリに出ている6桁の番号").fill(totp.at(time.time()))
    await page.get_by_label("いまのパスワード").fill(PASSWORD)
    await page.get_by_role("button", name="設定する").click()
    recovery = page.locator(".codes li")
    assert await recovery.count() == 10
    code = await recovery.first.inner_text()
    await check(page)
    await page.get_by_role("link", name="控えました").click()
    await page.wait_for_url("**/staff")
    await check(page)
    await page.get_by_role("link", name="職員", exact=True).click()
    await page.wait_for_url("**/staff/team")
    await check(page)
    await page.get_by_role("button", name="satoの氏名：一回限りのパスワードを出す").click()
    await check(page)
    for path in ("account", "account/password", "account/second-factor"):
        await page.goto(f"{team.url}/staff/{path}")
        await check(page)
    await page.get_by_role("button", name="ログアウト").click()
    await sign_in(page, team.url, "boss")
    await check(page)
    await page.get_by_label("認証アプリに出ている6桁の番号").fill(code)
    await page.get_by_role("button", name="確認する").click()
    await page.wait_for_url("**/staff")
    assert complaints == []
    answer = await page.goto(f"{team.url}/staff/audit")
    assert answer
    assert answer.status == 403
    await check(page)


async def test_the_audit_fits_too(chromium: Browser, team: Team) -> None:
    auditor = await team.person(Role.AUDITOR)
    page, complaints = await opened(chromium, scripts=True)
    cookie = auditor.client.cookies["madoguchi_staff"]
    await page.context.add_cookies([{"name": "madoguchi_staff", "value": cookie, "url": f"{team.url}/staff"}])
    await page.goto(f"{team.url}/staff/audit")
    assert await page.locator("tbody tr").count() >= 2
    await check(page)
    assert complaints == []


async def test_a_browser_without_scripts_comes_back_from_the_provider_signed_in(
    chromium: Browser, team: Team, provider: Provider, joined: str
) -> None:
    await team.room.accounts.create("sato", "佐藤はなこ", Role.CLERK, "console", is_oidc=True)
    provider.behave()
    page, complaints = await opened(chromium, scripts=False)
    await page.goto(f"{joined}/staff/login?next=/staff/account")
    await page.get_by_role("link", name="市の認証でログイン").click()
    await page.wait_for_url("**/staff/account")
    assert await page.get_by_role("heading", name="自分のアカウント").is_visible()
    assert complaints == []


async def test_a_link_in_a_mail_leads_to_its_page_and_a_form_elsewhere_to_nothing(
    chromium: Browser, team: Team, provider: Provider, joined: str
) -> None:
    await account(team.room)
    page, _ = await opened(chromium, scripts=False)
    await sign_in(page, joined, "sato")
    await page.wait_for_url("**/staff")
    other = f"http://127.0.0.1:{provider.port}/elsewhere"
    body = (
        f'<a href="{joined}/staff/account/password">link</a>'
        f'<form method="post" action="{joined}/staff/logout"><button>trap</button></form>'
    )
    await page.route(other, lambda route: route.fulfill(body=body, content_type="text/html"))
    await page.goto(other)
    await page.get_by_role("link", name="link").click()
    await page.wait_for_url("**/staff/account/password")
    await page.goto(other)
    await page.get_by_role("button", name="trap").click()
    await page.goto(f"{joined}/staff/account")
    assert await page.get_by_role("heading", name="自分のアカウント").is_visible()
