"""Real Chromium on the real chat of the whole house."""

from __future__ import annotations

import contextlib
from datetime import date, timedelta

from playwright.sync_api import Browser, Error, Locator, Page, Route, expect

from ops.stack import Stack
from tests.browser.talking import PATIENCE, ask


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
    expect(page.locator(".answer[data-entry='dog-registration']")).to_have_count(1, timeout=PATIENCE)


def test_what_is_written_and_sent_before_the_script_runs_is_not_lost(browser: Browser, stack: Stack) -> None:
    context = browser.new_context(locale="ja-JP")
    page = context.new_page()
    held: list[Route] = []
    page.route("**/static/chat.js", lambda route: held.append(route))
    page.goto(f"{stack.url}/chat", wait_until="commit")
    page.locator("#text").fill("犬を飼い始めた")
    held.pop().continue_()
    expect(page.locator("#set")).to_be_visible(timeout=PATIENCE)
    expect(page.locator("#text")).to_have_value("犬を飼い始めた")

    page.goto(f"{stack.url}/chat", wait_until="commit")
    ask(page, "印鑑登録について")
    page.wait_for_url("**/chat#latest", wait_until="commit", timeout=PATIENCE)
    page.unroute("**/static/chat.js")
    for route in held:
        with contextlib.suppress(Error):  # of the page that was left
            route.continue_()
    expect(page.locator("#set")).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".answer[data-entry='seal-registration']")).to_be_visible(timeout=PATIENCE)
    ask(page, "犬を飼い始めた")
    expect(page.locator(".answer[data-entry='dog-registration']")).to_be_visible(timeout=PATIENCE)
    context.close()


def test_a_conversation_is_deleted_when_it_is_wished_and_only_then(page: Page, stack: Stack) -> None:
    dog = ".answer[data-entry='dog-registration']"
    expect(page.locator("#erase")).to_be_hidden()
    ask(page, "犬を飼い始めた")
    expect(page.locator(dog)).to_be_visible(timeout=PATIENCE)
    other = page.context.new_page()
    other.goto(f"{stack.url}/chat")
    expect(other.locator(dog)).to_be_visible(timeout=PATIENCE)

    page.locator("#erase").click()
    expect(page.get_by_role("button", name="消さない")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#sure")).to_be_hidden()
    expect(page.locator("#erase")).to_be_focused()
    expect(page.locator(dog)).to_be_visible()

    page.keyboard.press("Enter")
    page.get_by_role("button", name="消す", exact=True).click()
    expect(page.locator(".system")).to_have_text("会話を消しました。")
    for tab in (page, other):
        expect(tab.locator(dog)).to_have_count(0, timeout=PATIENCE)
        expect(tab.locator("#erase")).to_be_hidden()
        expect(tab.locator(".greeting")).to_have_count(1)
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length") == 0

    ask(page, "印鑑登録について")
    expect(page.locator(".answer[data-entry='seal-registration']")).to_be_visible(timeout=PATIENCE)
    page.reload()
    expect(page.locator(".said")).to_have_count(1, timeout=PATIENCE)


def test_a_conversation_that_cannot_be_deleted_stays_and_it_is_said(page: Page) -> None:
    ask(page, "犬を飼い始めた")
    expect(page.locator(".answer[data-entry='dog-registration']")).to_be_visible(timeout=PATIENCE)
    page.context.set_offline(True)
    page.locator("#erase").click()
    page.get_by_role("button", name="消す", exact=True).click()
    expect(page.locator("#error")).to_contain_text("会話を消せませんでした")
    expect(page.locator(".answer[data-entry='dog-registration']")).to_be_visible()
    page.context.set_offline(False)
    page.locator("#erase").click()
    page.get_by_role("button", name="消す", exact=True).click()
    expect(page.locator(".system")).to_have_text("会話を消しました。")


def test_markup_in_a_question_stays_text(page: Page) -> None:
    ask(page, "<img src=x onerror=document.title='hacked'>転入届")
    expect(page.locator(".said")).to_contain_text("<img src=x", timeout=PATIENCE)
    expect(page.locator(".answer")).to_be_visible(timeout=PATIENCE)
    assert page.title() != "hacked"


def test_two_tabs_are_in_step(page: Page, stack: Stack) -> None:
    ask(page, "印鑑登録について")
    expect(page.locator(".answer[data-entry='seal-registration']")).to_be_visible(timeout=PATIENCE)
    other = page.context.new_page()
    other.goto(f"{stack.url}/chat")
    expect(other.locator(".answer[data-entry='seal-registration']")).to_be_visible(timeout=PATIENCE)
    ask(other, "犬を飼い始めた")
    expect(page.locator(".answer[data-entry='dog-registration']")).to_be_visible(timeout=PATIENCE)


def test_a_message_too_long_goes_back_to_its_writer_with_the_reason(page: Page) -> None:
    ask(page, "あ" * 1003)
    expect(page.locator("#error")).to_have_text("3文字多いです。1,000文字までにしてください。")
    assert page.locator("#text").input_value() == "あ" * 1003


def press(page: Page, step: Locator, label: str) -> None:
    """Press a step's button and wait for the step it leads to."""
    shown = page.locator(".answer").count()
    step.get_by_role("button", name=label, exact=True).click()
    expect(page.locator(".answer")).to_have_count(shown + 1, timeout=PATIENCE)


def steps(page: Page, heading: str) -> Locator:
    """All messages that show this step."""
    return page.locator(".answer", has=page.get_by_role("heading", name=heading))


def through_the_guide_for_a_dog(page: Page) -> Locator:
    """Come to the checklist of the guide for dogs; returns its message."""
    ask(page, "犬を飼い始めた")
    overview = page.locator(".answer[data-entry='dog-registration']")
    overview.get_by_role("button", name="順番に案内してもらう").click(timeout=PATIENCE)
    last = page.locator(".answer[data-kind='step']").last
    expect(last.get_by_role("heading")).to_have_text("【犬を飼う 手順1】", timeout=PATIENCE)
    yesterday = date.today() - timedelta(days=1)  # noqa: DTZ011
    for _ in range(8):
        if last.locator(".keep").count():
            break
        answers = last.locator(".choices:not(.aside) button")
        if answers.count():
            press(page, last, answers.first.inner_text())
        else:
            shown = page.locator(".answer").count()
            ask(page, f"{yesterday.month}月{yesterday.day}日")
            expect(page.locator(".answer")).to_have_count(shown + 1, timeout=PATIENCE)
    return page.locator(".answer[data-kind='step']", has=page.locator(".keep"))


def test_a_guide_ends_in_a_list_that_is_a_page_of_its_own(page: Page) -> None:
    done = through_the_guide_for_a_dog(page)
    with page.context.expect_page() as opened:
        done.get_by_role("link", name="一覧を印刷・保存する").click()
    sheet = opened.value
    expect(sheet.get_by_role("heading", level=1)).to_be_visible()
    for told in done.locator(".facts dd").all_inner_texts():
        expect(sheet.locator("main")).to_contain_text(told)
    box = sheet.get_by_role("checkbox").first
    box.check()
    expect(box).to_be_checked()
    sheet.set_viewport_size({"width": 320, "height": 640})
    assert sheet.evaluate("document.documentElement.scrollWidth") == 320
    sheet.evaluate("window.print = () => { document.title = 'printed' }")
    sheet.get_by_role("button", name="印刷する").click()
    assert sheet.title() == "printed"
    sheet.emulate_media(media="print")
    expect(sheet.get_by_role("button")).to_have_count(0)
    expect(sheet.locator(".code svg")).to_be_visible()


def test_the_list_opens_without_scripts_and_without_a_conversation(browser: Browser, stack: Stack) -> None:
    context = browser.new_context(locale="ja-JP", java_script_enabled=False)
    sheet = context.new_page()
    sheet.goto(f"{stack.url}/checklist/guide-dog")
    expect(sheet.get_by_role("checkbox").first).to_be_visible()
    expect(sheet.get_by_role("button")).to_have_count(0)
    expect(sheet.locator("noscript p")).to_be_visible()
    assert context.cookies() == []
    context.close()


def test_a_button_of_an_earlier_step_still_goes_back_to_it(page: Page) -> None:
    ask(page, "家族が亡くなりました")
    page.get_by_role("button", name="順番に案内してもらう").click(timeout=PATIENCE)
    expect(steps(page, "【おくやみ 手順1】")).to_have_count(1, timeout=PATIENCE)
    for number in (1, 2):
        press(page, steps(page, "【おくやみ 手順1】").nth(number - 1), "わからない")
    press(page, steps(page, "【おくやみ 手順2】"), "はい")
    expect(steps(page, "【おくやみ 手順3】")).to_have_count(1)
    press(page, steps(page, "【おくやみ 手順2】"), "いいえ")
    expect(page.locator(".said").last).to_contain_text("いいえ（おくやみ 手順2）")
    expect(steps(page, "【おくやみ 手順3】")).to_have_count(2)


def test_the_answers_to_a_step_are_larger_than_the_ways_out_of_it(page: Page) -> None:
    through_the_guide_for_a_dog(page)
    step = page.locator(".answer[data-kind='step']", has=page.get_by_role("button", name="いいえ")).first
    yes = step.get_by_role("button", name="はい", exact=True).bounding_box()
    no = step.get_by_role("button", name="いいえ", exact=True).bounding_box()
    stop = step.get_by_role("button", name="やめる", exact=True).bounding_box()
    assert yes
    assert no
    assert stop
    assert yes["y"] + yes["height"] <= no["y"]
    assert yes["height"] > stop["height"]
    assert yes["width"] > 2 * stop["width"]
