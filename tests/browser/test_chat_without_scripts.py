"""The chat as plain pages: no script runs, every turn is a form and a page."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from ops.stack import Stack
from tests.browser.talking import PATIENCE, ask

DOG = ".answer[data-entry='dog-registration']"


@pytest.fixture
def plain(browser: Browser, stack: Stack) -> Iterator[Page]:
    context = browser.new_context(
        locale="ja-JP", viewport={"width": 375, "height": 740}, java_script_enabled=False
    )
    page = context.new_page()
    page.goto(f"{stack.url}/chat")
    yield page
    context.close()


def test_a_question_a_choice_and_a_deletion(plain: Page) -> None:
    ask(plain, "児童手当の手続きに必要なものは？")
    card = plain.locator(".answer[data-entry='child-allowance']")
    expect(card).to_contain_text("本人確認書類", timeout=PATIENCE)
    expect(card.locator(".sources")).to_contain_text("確認日")
    card.get_by_role("button", name="期限").click()
    expect(plain.locator(".answer[data-entry='child-allowance']")).to_have_count(2, timeout=PATIENCE)
    expect(plain.locator(".answer").last).to_contain_text("15日以内")
    plain.reload()
    expect(plain.locator(".said")).to_have_count(2)
    plain.get_by_text("会話を消す").click()
    plain.get_by_role("button", name="消す", exact=True).click()
    expect(plain.locator(".system")).to_have_text("会話を消しました。")
    expect(plain.locator(".said")).to_have_count(0)
    assert plain.context.cookies() == []


def test_what_cannot_be_sent_is_said_and_stays_written(plain: Page) -> None:
    ask(plain, "あ" * 1001)
    expect(plain.locator("#error")).to_contain_text("1,000文字")
    expect(plain.locator("#text")).to_have_value("あ" * 1001)
    expect(plain.locator(".said")).to_have_count(0)


def test_hostile_words_stay_words(plain: Page) -> None:
    ask(plain, "<script>document.title='hacked'</script><img src=x onerror=alert(1)>転入届")
    expect(plain.locator(".said")).to_contain_text("<script>document.title=", timeout=PATIENCE)
    assert plain.locator(".said img, .said script").count() == 0


def test_the_form_of_another_site_is_refused(stack: Stack) -> None:
    form = {"text": "転入届", "key": "0123456789"}
    with httpx.Client(base_url=stack.url) as client:
        refused = client.post("/chat", data=form, headers={"Sec-Fetch-Site": "cross-site"})
        assert refused.status_code == 404
        assert "set-cookie" not in refused.headers


def test_a_form_sent_twice_is_one_question_and_an_old_form_loses_none(stack: Stack) -> None:
    """A browser repeats a form on reload, and shows an old one when somebody goes back."""
    with httpx.Client(base_url=stack.url, follow_redirects=True, timeout=20) as client:
        page = client.post("/chat", data={"text": "転入届", "key": "one form"})
        page = client.post("/chat", data={"text": "転入届", "key": "one form"})
        assert page.text.count('class="said"') == 1
        page = client.post("/chat", data={"text": "転出届", "key": "one form"})
        assert page.text.count('class="said"') == 2


def test_both_ways_show_the_same(plain: Page, page: Page) -> None:
    """The pages of the server and the script draw an answer alike: same words, same order."""
    question = "マイナンバーカードの暗証番号を忘れた"
    ask(plain, question)
    ask(page, question)
    texts = []
    for chat in (plain, page):
        card = chat.locator(".answer:not(.greeting)").last
        expect(card).to_be_visible(timeout=PATIENCE)
        parts = ".text, dt, dd, .links a, .sources li"
        texts.append([" ".join(text.split()) for text in card.locator(parts).all_inner_texts()])
    assert texts[0] == texts[1]
