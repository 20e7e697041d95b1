"""What the resident sees when the network or the server is away, and when many talk at once."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from ops.stack import Stack
from tests.browser.talking import PATIENCE, ask
from tests.serving import wait_until

DOG = ".answer[data-entry='dog-registration']"
TALKERS = 50


def test_a_network_cut_in_mid_answer_is_told_and_the_answer_comes_once(page: Page, whole: Stack) -> None:
    ask(page, "印鑑登録について")
    expect(page.locator(".answer[data-entry='seal-registration']")).to_be_visible(timeout=PATIENCE)
    whole.control("stopProcess", "worker")
    ask(page, "犬を飼い始めた")
    expect(page.locator(".said").last).to_have_attribute("data-state", "sent")
    expect(page.locator("#status")).to_contain_text("考えています")
    page.context.set_offline(True)
    whole.control("startProcess", "worker")
    expect(page.locator("#status")).to_contain_text("つながりません", timeout=PATIENCE)
    page.locator("#text").fill("書きかけの質問")
    page.context.set_offline(False)
    expect(page.locator(DOG)).to_be_visible(timeout=PATIENCE)
    expect(page.locator(DOG)).to_have_count(1)
    expect(page.locator("#status")).to_be_empty()
    expect(page.locator("#text")).to_have_value("書きかけの質問")


def test_what_is_said_without_a_network_goes_out_in_order_when_it_is_back(page: Page) -> None:
    ask(page, "印鑑登録について")
    expect(page.locator(".answer[data-entry='seal-registration']")).to_be_visible(timeout=PATIENCE)
    page.context.set_offline(True)
    ask(page, "犬を飼い始めた")
    ask(page, "転入届")
    expect(page.locator("#status")).to_contain_text("つながりません", timeout=PATIENCE)
    page.context.set_offline(False)
    expect(page.locator(".said[data-state='sent']")).to_have_count(3, timeout=PATIENCE)
    expect(page.locator("#status")).to_be_empty(timeout=PATIENCE)
    said = page.locator(".said .text").all_inner_texts()
    assert said == ["印鑑登録について", "犬を飼い始めた", "転入届"]
    expect(page.locator(DOG)).to_have_count(1)


def test_a_server_that_starts_again_in_mid_answer_loses_and_repeats_nothing(page: Page, whole: Stack) -> None:
    ask(page, "印鑑登録について")
    expect(page.locator(".answer[data-entry='seal-registration']")).to_be_visible(timeout=PATIENCE)
    whole.control("stopProcess", "worker")
    ask(page, "犬を飼い始めた")
    expect(page.locator(".said").last).to_have_attribute("data-state", "sent")
    for server in ("web", "web2"):
        whole.control("stopProcess", server)
    whole.control("startProcess", "worker")
    for server in ("web", "web2"):
        whole.control("startProcess", server)
    wait_until(whole.is_healthy, 120)
    expect(page.locator(DOG)).to_be_visible(timeout=PATIENCE)
    expect(page.locator(DOG)).to_have_count(1)
    expect(page.locator(".said")).to_have_count(2)
    expect(page.locator("#status")).to_be_empty(timeout=PATIENCE)


def test_fifty_conversations_at_once_each_get_their_own_answer(browser: Browser, stack: Stack) -> None:
    """Each in a browser of its own; they all ask before the first is looked at."""
    contexts = [browser.new_context(locale="ja-JP") for _ in range(TALKERS)]
    try:
        pages = [context.new_page() for context in contexts]
        for page in pages:
            page.goto(f"{stack.url}/chat")
        for number, page in enumerate(pages):
            ask(page, f"転入届について {number}")
        for number, page in enumerate(pages):
            answers = page.locator(
                ".answer:not(.greeting):not([data-kind='notice'])"
            )  # a word that it takes long may stand before
            expect(answers).to_have_count(1, timeout=2 * PATIENCE)
            assert page.locator(".said .text").all_inner_texts() == [f"転入届について {number}"]
    finally:
        for context in contexts:
            context.close()


def test_hostile_content_is_inert(page: Page) -> None:
    hostile = [
        "<img src=x onerror=\"document.title='hacked'\">",
        "[x](javascript:document.title='hacked') javascript:alert(1)",
        "‮ 逆さ ⁦ 向き",
        "Z̷̢͉̺̝͉̽̎͝ä̵͙̙́͊͘l̴̨̗͕͐̓g̶̣̀o̵" * 20,
        "あ" * 995,
    ]
    for number, words in enumerate(hostile, start=1):
        ask(page, words)
        expect(page.locator(".said[data-state='sent']")).to_have_count(number, timeout=PATIENCE)
    expect(page.locator("#status")).to_be_empty(timeout=PATIENCE)
    assert page.title() != "hacked"
    assert page.locator("#log img, #log script, #log a[href^='javascript']").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("#text").fill("あ" * 10_000)
    page.locator("#send").click()
    expect(page.locator("#error")).to_contain_text("9,000文字多いです")


def test_a_page_told_to_wait_says_how_long_and_sends_again_by_itself(page: Page) -> None:
    page.route(
        "**/messages",
        lambda route: route.fulfill(status=429, headers={"Retry-After": "2"}, json={"error": {}}),
        times=1,
    )
    ask(page, "犬を飼い始めた")
    expect(page.locator("#status")).to_contain_text("約2秒後に、自動で送り直します", timeout=PATIENCE)
    expect(page.locator(DOG)).to_be_visible(timeout=PATIENCE)
