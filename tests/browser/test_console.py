"""Two clerks and a resident at once, each in a browser of their own, over the whole house.

Pictures go to `.screens/`.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, ViewportSize, expect

from channels.core.database import engine
from channels.staff.roles import Role
from channels.staff.room import StaffRoom
from ops.model import ROOT
from ops.stack import Stack
from tests.browser.talking import PATIENCE, ask
from tests.browser.test_accessibility import Inspector
from tests.channels.staff.people import PASSWORD, account

SCREENS = ROOT / ".screens"
PC: ViewportSize = {"width": 1024, "height": 768}
PEOPLE = {"sato": Role.CLERK, "ito": Role.CLERK, "editor": Role.EDITOR}
PERSON = "職員と話したい"


@pytest.fixture(scope="module")
def staffed(stack: Stack) -> Iterator[Stack]:
    """The house with accounts; they are switched off afterwards, so that for other tests nobody is there."""

    async def add(room: StaffRoom) -> None:
        for login, role in PEOPLE.items():
            await account(room, login, role)

    async def switch_off(room: StaffRoom) -> None:
        for login in PEOPLE:
            await room.accounts.switch(await room.accounts.named(login), "console", is_active=False)

    SCREENS.mkdir(exist_ok=True)
    _in_room(stack, add)
    yield stack
    _in_room(stack, switch_off)


def _in_room(stack: Stack, act: Callable[[StaffRoom], Coroutine[object, object, None]]) -> None:
    """Do something in a thread: Playwright has this one's event loop."""

    async def run() -> None:
        database = engine(stack.database_url)
        await act(StaffRoom.of(database, "a secret that opens no second factor"))
        await database.dispose()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, run()).result()


class Contexts:
    """Makes browsers, and closes them; a script that fails fails the test."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser = browser
        self._url = url
        self._open: list[BrowserContext] = []
        self.problems: list[str] = []

    def page(self, path: str, *, has_scripts: bool = True) -> Page:
        context = self._browser.new_context(locale="ja-JP", viewport=PC, java_script_enabled=has_scripts)
        self._open.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.goto(self._url + path)
        return page

    def clerk(self, login: str, *, has_scripts: bool = True) -> Page:
        page = self.page("/staff", has_scripts=has_scripts)
        sign_in(page, login)
        return page

    def close(self) -> None:
        for context in self._open:
            context.close()


@pytest.fixture
def people(browser: Browser, staffed: Stack) -> Iterator[Contexts]:
    result = Contexts(browser, staffed.url)
    _run(staffed, "update handoff set state = 'closed', closed_at = now() where state <> 'closed'")
    _run(staffed, "update conversation set silent_to = last_sequence where silent_to > last_sequence")
    yield result
    result.close()
    assert result.problems == []


def _run(stack: Stack, sql: str) -> list[tuple[object, ...]]:
    with psycopg.connect(stack.database_url) as connection:
        found = connection.execute(sql)
        return list(found.fetchall()) if found.description else []


def sign_in(page: Page, login: str) -> None:
    page.locator("#login").fill(login)
    page.locator("#password").fill(PASSWORD)
    page.get_by_role("button", name="ログイン", exact=True).click()


def wish(resident: Page) -> None:
    """A resident asks something, then for a person, and is told that somebody will come."""
    ask(resident, "転入届の期限は？")
    expect(resident.locator(".answer[data-entry='moving-in']")).to_be_visible(timeout=PATIENCE)
    ask(resident, PERSON)
    expect(resident.locator(".answer[data-kind='handoff']")).to_contain_text("窓口", timeout=PATIENCE)


def line_of(clerk: Page) -> Locator:
    return clerk.locator(".line", has_text="転入届")


def claim(clerk: Page) -> None:
    line_of(clerk).get_by_role("button", name="対応する").click(timeout=PATIENCE)
    expect(clerk.locator("#text")).to_be_focused(timeout=PATIENCE)


def say(clerk: Page, words: str) -> None:
    clerk.locator("#text").fill(words)
    clerk.locator("#text").press("Enter")


def test_two_clerks_and_a_resident_at_once(people: Contexts, staffed: Stack) -> None:
    clerks = [people.clerk("sato"), people.clerk("ito")]
    for clerk in clerks:
        expect(clerk.get_by_role("heading", name="相談", exact=True)).to_be_visible()
    resident = people.page("/chat")
    wish(resident)
    for clerk in clerks:
        expect(line_of(clerk)).to_contain_text("待っています", timeout=PATIENCE)
        expect(clerk).to_have_title(re.compile(r"^\(1\) "))
    answers = resident.locator("#log > .answer").count()

    now = clerks[0].evaluate("Date.now()")
    for clerk in clerks:
        clerk.evaluate(
            "at => setTimeout(() => document.querySelector('.line form').requestSubmit(), at - Date.now())",
            now + 1_000,
        )
    for clerk in clerks:
        expect(clerk.locator("#text:focus, #problem").first).to_be_visible(timeout=PATIENCE)
    winner, late = sorted(clerks, key=lambda clerk: clerk.locator("#problem").is_visible())
    expect(winner).to_have_url(re.compile(r"/staff/talks/[0-9a-f-]{36}$"))
    expect(late.locator("#problem")).to_contain_text("さんが対応しています")
    expect(late).to_have_url(f"{staffed.url}/staff")
    late.screenshot(path=SCREENS / "console-too-late.png")

    expect(resident.locator(".system").last).to_contain_text("職員が対応", timeout=PATIENCE)
    say(winner, "お待たせしました。どうされましたか。")
    expect(resident.locator(".staff .text").last).to_have_text("お待たせしました。どうされましたか。")
    ask(resident, "持ち物を教えてください")
    expect(winner.locator(".message[data-author='resident'] .text").last).to_have_text(
        "持ち物を教えてください"
    )
    expect(winner.locator(".found .topic").first).to_be_visible(timeout=PATIENCE)
    winner.locator("#asked").fill("転入届")
    winner.get_by_role("button", name="探す").click()
    expect(winner.locator(".found .topic").first).to_contain_text("転入届", timeout=PATIENCE)
    winner.get_by_label(re.compile("転入届.*のどれを送るか")).first.select_option("bring")
    winner.get_by_role("button", name=re.compile("転入届.*のカードを送る")).first.click()
    card = resident.locator(".staff .answer[data-entry='moving-in']")
    expect(card.locator(".sources li").first).to_contain_text("出典", timeout=PATIENCE)
    expect(winner.locator(".message[data-author='staff'] .card").last).to_be_visible()
    winner.screenshot(path=SCREENS / "console-talk.png")
    resident.screenshot(path=SCREENS / "console-resident.png")

    other = "ito" if winner.locator(".me").inner_text().startswith("sato") else "sato"
    winner.locator("summary", has_text="引き継ぐ").click()
    winner.locator("#to").select_option(f"citizens:{other}")
    winner.locator(".pop button").click()
    expect(winner.locator(".done")).to_contain_text("引き継ぎました")
    late.goto(f"{staffed.url}/staff")
    expect(line_of(late)).to_contain_text("さんあて", timeout=PATIENCE)
    claim(late)
    expect(late.locator("#log")).to_contain_text("お待たせしました。どうされましたか。")

    resident.context.set_offline(True)
    say(late, "続きは私がご案内します。")
    expect(late.locator(".message[data-author='staff'] .text").last).to_have_text("続きは私がご案内します。")
    resident.context.set_offline(False)
    expect(resident.locator(".staff .text").last).to_have_text("続きは私がご案内します。", timeout=PATIENCE)

    assert resident.locator("#log > .answer").count() == answers  # the bot was silent throughout
    late.get_by_role("button", name="ボットに戻す").click()
    expect(late.locator(".done")).to_contain_text("ボットに戻しました")
    best = resident.get_by_role("button", name="とても助かった")
    expect(best).to_be_visible(timeout=PATIENCE)
    best.click()
    expect(resident.locator("#log > .answer")).to_have_count(answers + 1, timeout=PATIENCE)
    ask(resident, "印鑑登録について")
    expect(resident.locator("#log > .answer[data-entry='seal-registration']")).to_be_visible(timeout=PATIENCE)
    rated = _run(staffed, "select rating from handoff order by requested_at desc limit 1")
    assert rated == [(5,)]
    said = _run(staffed, "select action from audit where conversation is not null order by id")
    assert [action for (action,) in said].count("claimed") == 2


def test_a_session_that_ends_in_mid_sentence_loses_nothing(people: Contexts, staffed: Stack) -> None:
    resident = people.page("/chat")
    wish(resident)
    clerk = people.clerk("sato")
    claim(clerk)
    talk = clerk.url
    _run(staffed, "delete from staff_session")
    say(clerk, "書類は三つ必要です。")
    expect(clerk.locator("#out")).to_contain_text("ログインが切れました", timeout=PATIENCE)
    expect(clerk.locator("[data-state='failed']")).to_contain_text("書類は三つ必要です。")
    clerk.locator("#text").fill("一つ目は")
    clerk.screenshot(path=SCREENS / "console-signed-out.png")
    clerk.get_by_role("link", name="ログインして続ける").click()
    sign_in(clerk, "sato")
    expect(clerk).to_have_url(talk)
    expect(clerk.locator("#text")).to_have_value("一つ目は")
    clerk.get_by_role("button", name="もう一度送る").click()
    expect(resident.locator(".staff .text")).to_have_text(["書類は三つ必要です。"], timeout=PATIENCE)
    expect(clerk.locator("[data-state='failed']")).to_have_count(0)
    clerk.locator("#text").press("Enter")
    expect(resident.locator(".staff .text")).to_have_text(
        ["書類は三つ必要です。", "一つ目は"], timeout=PATIENCE
    )


def test_words_go_out_once_the_network_is_back(people: Contexts, staffed: Stack) -> None:
    resident = people.page("/chat")
    wish(resident)
    clerk = people.clerk("sato")
    claim(clerk)
    clerk.context.set_offline(True)
    say(clerk, "いま調べています。")
    failed = clerk.locator("[data-state='failed']")
    expect(failed).to_contain_text("送れませんでした", timeout=PATIENCE)
    clerk.context.set_offline(False)
    clerk.reload()
    failed.get_by_role("button", name="もう一度送る").click()
    expect(resident.locator(".staff .text")).to_have_text(["いま調べています。"], timeout=PATIENCE)


def test_enter_that_ends_a_conversion_sends_nothing(people: Contexts) -> None:
    resident = people.page("/chat")
    wish(resident)
    clerk = people.clerk("sato")
    claim(clerk)
    clerk.locator("#text").fill("へんかん")
    for composing in ("isComposing: true", "keyCode: 229"):
        key = f"new KeyboardEvent('keydown', {{ key: 'Enter', bubbles: true, {composing} }})"
        clerk.locator("#text").evaluate(f"node => node.dispatchEvent({key})")
    expect(clerk.locator("#text")).to_have_value("へんかん")
    clerk.locator("#text").press("Shift+Enter")
    clerk.keyboard.type("二行目")
    clerk.locator("#text").press("Control+Enter")
    expect(clerk.locator(".message[data-author='staff'] .text")).to_have_text("へんかん\n二行目")


def test_the_queue_and_a_talk_with_the_keyboard_alone(people: Contexts) -> None:
    resident = people.page("/chat")
    wish(resident)
    clerk = people.clerk("sato")
    expect(line_of(clerk)).to_be_visible(timeout=PATIENCE)
    expect(clerk.get_by_role("button", name="キー操作")).to_be_visible()  # the script is there
    clerk.keyboard.press("?")
    keys = clerk.get_by_role("dialog", name="キーボードの操作")
    expect(keys).to_be_visible()
    clerk.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    clerk.keyboard.press("j")
    expect(line_of(clerk).get_by_role("link").first).to_be_focused()
    clerk.keyboard.press("Enter")
    expect(clerk.locator("#log")).to_be_visible(timeout=PATIENCE)  # the queue has a button of that name, too
    clerk.get_by_role("button", name="対応する").focus()
    clerk.keyboard.press("Enter")
    expect(clerk.locator("#text")).to_be_focused(timeout=PATIENCE)
    clerk.keyboard.type("はい")
    clerk.keyboard.press("Enter")
    expect(resident.locator(".staff .text").last).to_have_text("はい", timeout=PATIENCE)


def test_without_scripts_a_clerk_claims_answers_and_gives_back(people: Contexts) -> None:
    resident = people.page("/chat")
    wish(resident)
    clerk = people.clerk("sato", has_scripts=False)
    line_of(clerk).get_by_role("button", name="対応する").click()
    clerk.locator("#text").fill("スクリプトなしでお答えします。")
    clerk.get_by_role("button", name="送る", exact=True).click()
    expect(resident.locator(".staff .text").last).to_have_text(
        "スクリプトなしでお答えします。", timeout=PATIENCE
    )
    clerk.get_by_role("button", name="ボットに戻す").click()
    expect(clerk.locator(".done")).to_contain_text("ボットに戻しました")


def test_axe_finds_nothing_on_the_pages_of_the_staff(people: Contexts) -> None:
    found: list[dict[str, object]] = []
    resident = people.page("/chat")
    wish(resident)
    stranger = people.page("/staff/login")
    Inspector(stranger, found).look("職員のログイン")
    clerk = people.clerk("sato")
    look = Inspector(clerk, found).look
    expect(line_of(clerk)).to_be_visible(timeout=PATIENCE)
    expect(clerk.get_by_role("button", name="キー操作")).to_be_visible()
    look("相談の一覧")
    clerk.keyboard.press("?")
    look("キーボードの操作")
    clerk.keyboard.press("Escape")
    claim(clerk)
    say(clerk, "お待たせしました。")
    expect(clerk.locator(".message[data-author='staff']")).to_be_visible()
    look("相談")
    for summary in clerk.locator("summary").all():
        summary.click()
    look("相談（開いたところ）")
    clerk.locator("#draft-entry").select_option("")
    clerk.locator("#draft-answer").fill("14日以内です。")
    clerk.get_by_role("button", name="下書きに入れる").click()
    expect(clerk.locator("#state")).to_contain_text("下書きに入れました")
    editor = people.clerk("editor")
    editor.get_by_role("link", name="知識の下書き").click()
    expect(editor.locator("pre").first).to_contain_text("kind: faq")
    Inspector(editor, found).look("知識の下書き")
    clerk.set_viewport_size({"width": 320, "height": 512})
    assert clerk.evaluate("document.documentElement.scrollWidth") == 320
    look("相談（4倍に拡大）")
    assert [state for state in found if state["violations"]] == []
