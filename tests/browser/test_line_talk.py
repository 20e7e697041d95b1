"""Real Chromium on the talk page of the LINE double, joined to the whole house."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from ops.lineplatform.misbehaviour import Failure, Misbehaviour
from ops.lineplatform.platform import TOKEN, LinePlatform
from ops.lineplatform.talk import user_id
from ops.stack import Stack
from tests.browser.talking import PATIENCE
from tests.serving import wait_until

SIZES = ((320, 600), (375, 740), (1280, 860))


@pytest.fixture
def platform(stack: Stack, line_platform: LinePlatform) -> Iterator[LinePlatform]:
    """The double, sending to the house; well-behaved again afterwards."""
    line_platform.webhooks.endpoint = f"{stack.url}/line/webhook"
    line_platform.refusals.clear()
    yield line_platform
    line_platform.webhooks.endpoint = None
    for name, value in vars(Misbehaviour()).items():
        setattr(line_platform.misbehaviour, name, value)


@pytest.fixture
def talk(browser: Browser, platform: LinePlatform, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The page of a user of this test's own, who has become a friend and was greeted."""
    context = browser.new_context(locale="ja-JP", viewport={"width": 375, "height": 740})
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(f"{platform.url}/?user={user_of(request)}")
    page.get_by_role("button", name="友だちに追加").click()
    expect(answers(page)).to_have_count(1, timeout=PATIENCE)
    yield page
    context.close()
    assert problems == []


def user_of(request: pytest.FixtureRequest) -> str:
    return re.sub(r"[^0-9a-z]", "", request.node.name)[-20:]


def answers(page: Page) -> Locator:
    return page.locator(".row.got:not(.thinking)")


def ask(page: Page, said: str) -> Locator:
    """Type it; the first message of the answer."""
    shown = answers(page).count()
    page.get_by_label("メッセージ", exact=True).fill(said)
    page.get_by_role("button", name="送信", exact=True).click()
    answer = answers(page).nth(shown)
    expect(answer).to_be_visible(timeout=PATIENCE)
    return answer


def test_a_question_is_answered_by_a_bubble_that_is_drawn_whole(talk: Page, platform: LinePlatform) -> None:
    answer = ask(talk, "児童手当の手続きに必要なものは？")
    expect(answer.locator(".flex-bubble")).to_contain_text("本人確認書類")
    expect(answer.get_by_role("link").first).to_have_attribute("href", re.compile("^(https|tel):"))
    expect(answer).to_have_attribute("title", re.compile("^通知に出る文：."))
    expect(talk.locator(".unknown")).to_have_count(0)
    assert platform.refusals == []


def test_a_quick_reply_asks_the_next_question_and_goes(talk: Page) -> None:
    ask(talk, "児童手当の手続きに必要なものは？")
    shown = answers(talk).count()
    talk.locator("#quick").get_by_role("button", name="期限", exact=True).click()
    expect(talk.locator(".said").last).to_contain_text("期限")
    expect(answers(talk).nth(shown)).to_contain_text("15日", timeout=PATIENCE)


def test_the_talk_is_there_after_a_reload_and_nobody_else_sees_it(talk: Page, platform: LinePlatform) -> None:
    ask(talk, "犬を飼い始めた")
    shown = answers(talk).count()
    talk.reload()
    expect(answers(talk)).to_have_count(shown)
    talk.goto(f"{platform.url}/?user=nobody")
    expect(talk.get_by_role("button", name="友だちに追加")).to_be_visible()
    expect(talk.locator(".row")).to_have_count(0)


def test_the_keyboard_alone_is_enough(talk: Page) -> None:
    shown = answers(talk).count()
    talk.locator("#text").focus()
    talk.keyboard.type("印鑑登録について")
    talk.keyboard.press("Enter")
    expect(answers(talk).nth(shown)).to_be_visible(timeout=PATIENCE)
    talk.locator(".tail").last.focus()
    talk.keyboard.press("Enter")
    expect(talk.get_by_role("button", name="送信取消")).to_be_focused()
    talk.keyboard.press("Enter")
    expect(talk.locator(".notice").last).to_have_text("メッセージの送信を取り消しました")


def test_a_sticker_is_answered_kindly(talk: Page) -> None:
    shown = answers(talk).count()
    talk.get_by_role("button", name="文字のほかを送る").click()
    talk.get_by_role("button", name="スタンプ").click()
    expect(talk.locator(".said img[alt='スタンプ']")).to_be_visible()
    expect(answers(talk).nth(shown)).to_be_visible(timeout=PATIENCE)


def test_who_blocks_the_account_can_come_back(talk: Page) -> None:
    talk.get_by_role("button", name="ブロック").click()
    expect(talk.locator("#composer")).to_be_hidden()
    shown = answers(talk).count()
    talk.get_by_role("button", name="ブロックを解除").click()
    expect(answers(talk).nth(shown)).to_be_visible(timeout=PATIENCE)


def test_markup_in_a_message_stays_text(talk: Page) -> None:
    ask(talk, "<img src=x onerror=document.title='hacked'>転入届")
    expect(talk.locator(".said").last).to_contain_text("<img src=x")
    assert talk.title() != "hacked"


def test_an_answer_comes_by_push_when_its_token_has_expired(talk: Page, platform: LinePlatform) -> None:
    platform.fail_next.append(Failure.INVALID_TOKEN)
    expect(ask(talk, "転入届の持ち物は？")).to_contain_text("プッシュ")
    talk.get_by_role("button", name="開発者").click()
    expect(talk.locator(".record.wrong").first).to_contain_text("わざと：400 にする")
    expect(talk.locator("#quota-text")).to_have_text(re.compile("^[1-9]"))


def test_what_goes_wrong_is_chosen_on_the_page(talk: Page, platform: LinePlatform) -> None:
    talk.get_by_role("button", name="開発者").click()
    talk.get_by_text("わざと失敗させる").click()
    talk.get_by_label("次の送信を").select_option("rate")
    talk.get_by_role("button", name="1回失敗させる").click()
    talk.get_by_label("Webhookが2回届く").fill("50")
    talk.get_by_label("Webhookが2回届く").press("Tab")
    expect(talk.locator("#queued")).to_contain_text("429 にする（速すぎ）")
    expect(talk.locator("#open-strip")).to_have_class(re.compile("troubled"))
    wait_until(lambda: platform.misbehaviour.duplicated == 0.5, 5)
    assert platform.fail_next == [Failure.RATE]
    talk.get_by_role("button", name="すべて元に戻す").click()
    expect(talk.locator("#queued")).to_be_hidden()
    assert (platform.fail_next, platform.misbehaviour.duplicated) == ([], 0)


def test_what_cannot_be_drawn_is_named(talk: Page, platform: LinePlatform) -> None:
    parts = [{"type": "text", "text": "見える"}, {"type": "image", "url": "https://example.jp/a.png"}]
    bubble = {"type": "bubble", "body": {"type": "box", "layout": "vertical", "contents": parts}}
    messages = [{"type": "flex", "altText": "案内", "contents": bubble}]
    assert push(platform, user_id_of(talk), messages).status_code == 200
    expect(talk.locator(".flex-bubble").last).to_contain_text("見える")
    expect(talk.locator(".unknown")).to_have_text("この見本では表示できません：image")


def test_a_carousel_moves_sideways_and_the_page_does_not(talk: Page, platform: LinePlatform) -> None:
    text = {"type": "text", "text": "選べるもの", "wrap": True}
    bubble = {"type": "bubble", "body": {"type": "box", "layout": "vertical", "contents": [text]}}
    carousel = {"type": "carousel", "contents": [bubble] * 3}
    messages = [{"type": "flex", "altText": "案内", "contents": carousel}]
    assert push(platform, user_id_of(talk), messages).status_code == 200
    expect(talk.locator(".carousel .flex-bubble")).to_have_count(3)
    assert talk.locator(".carousel").evaluate("c => c.scrollWidth > c.clientWidth")
    assert talk.evaluate("document.documentElement.scrollWidth") == 375


def test_the_rich_menu_is_shown_and_its_areas_can_be_tapped(talk: Page, platform: LinePlatform) -> None:
    deploy_menu(platform)
    shown = answers(talk).count()
    talk.get_by_role("button", name="印鑑登録").click(timeout=PATIENCE)
    expect(talk.locator(".said").last).to_contain_text("印鑑登録について")
    expect(answers(talk).nth(shown)).to_be_visible(timeout=PATIENCE)
    expect(talk.get_by_role("link", name="市のページ")).to_have_attribute("href", "https://example.jp/")


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_page_fits_the_screen(talk: Page, width: int, height: int) -> None:
    talk.set_viewport_size({"width": width, "height": height})
    ask(talk, "児童手当の手続きに必要なものは？")
    assert talk.evaluate("document.documentElement.scrollWidth") == width
    composer = talk.locator("#composer").bounding_box()
    assert composer
    assert composer["y"] + composer["height"] <= height
    assert len(talk.screenshot()) > 10_000


def user_id_of(page: Page) -> str:
    return user_id(page.url.rpartition("=")[2])


def push(platform: LinePlatform, to: str, messages: Sequence[object]) -> httpx.Response:
    url = f"{platform.url}/v2/bot/message/push"
    return httpx.post(url, json={"to": to, "messages": [*messages]}, headers=bearer())


def deploy_menu(platform: LinePlatform) -> None:
    """Two areas beside each other, as the default of everybody."""
    size = {"width": 2500, "height": 843}
    half = {"y": 0, "width": 1250, "height": 843}
    says = {"type": "message", "label": "印鑑登録", "text": "印鑑登録について"}
    opens = {"type": "uri", "label": "市のページ", "uri": "https://example.jp/"}
    areas = [{"bounds": half | {"x": 0}, "action": says}, {"bounds": half | {"x": 1250}, "action": opens}]
    menu = {"size": size, "selected": True, "name": "試験", "chatBarText": "メニュー", "areas": areas}
    picture = io.BytesIO()
    Image.new("RGB", (2500, 843), "white").save(picture, "PNG")
    with httpx.Client(base_url=f"{platform.url}/v2/bot", headers=bearer()) as line:
        made = line.post("/richmenu", json=menu).raise_for_status().json()["richMenuId"]
        headers = {"content-type": "image/png"}
        image = picture.getvalue()
        line.post(f"/richmenu/{made}/content", content=image, headers=headers).raise_for_status()
        line.post(f"/user/all/richmenu/{made}").raise_for_status()


def bearer() -> dict[str, str]:
    return {"authorization": f"Bearer {TOKEN}"}
