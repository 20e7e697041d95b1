"""What the double of LINE sends: webhooks as LINE does, and what is done on the talk page."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from ops.lineplatform import webhooks
from ops.lineplatform.description import problems
from ops.lineplatform.events import MEDIA, SOMEBODY, in_group, redelivered, standby
from ops.lineplatform.platform import LinePlatform
from ops.lineplatform.talk import user_id
from tests.ops.conftest import Bot
from tests.serving import free_port, wait_until


async def test_the_webhook_address_can_be_set_and_tested(
    platform: LinePlatform, line: httpx.AsyncClient, bot: Bot
) -> None:
    path = "/v2/bot/channel/webhook"
    assert (await line.put(f"{path}/endpoint", json={"endpoint": "http://example.jp/"})).status_code == 400
    assert (await line.put(f"{path}/endpoint", json={"endpoint": "https://["})).status_code == 400
    endpoint = {"endpoint": "https://chat.example.jp/line/webhook"}
    assert (await line.put(f"{path}/endpoint", json=endpoint)).status_code == 200
    assert (await line.get(f"{path}/endpoint")).json() == endpoint | {"active": True}
    tested = (await line.post(f"{path}/test", json={})).json()
    assert problems("messaging-api", "TestWebhookEndpointResponse", tested) == []
    assert (tested["success"], tested["statusCode"], bot.events) == (True, 200, [])
    assert bot.signatures == [platform.sign(bot.bodies[0])]
    bot.statuses[:] = [400]
    assert (await line.post(f"{path}/test", json={})).json()["reason"] == "ERROR_STATUS_CODE"
    nowhere = {"endpoint": f"http://127.0.0.1:{free_port()}/"}
    assert (await line.post(f"{path}/test", json=nowhere)).json()["reason"] == "COULD_NOT_CONNECT"


async def test_webhooks_stay_on_this_machine(net: httpx.AsyncClient) -> None:
    alone = LinePlatform(free_port())
    alone.webhooks.endpoint = "https://example.com/line/webhook"
    assert not await alone.webhooks.deliver(net, alone.message_event("x"))
    for url in (
        "https://example.com",
        "http://192.0.2.1:80",
        "file:///etc/passwd",
        "http://127.0.0.1.example",
    ):
        with pytest.raises(ValueError, match="not on this machine"):
            await alone.send(net, url, alone.message_event("x"))


async def test_every_kind_of_event_is_one_that_line_sends(
    platform: LinePlatform, net: httpx.AsyncClient, bot: Bot
) -> None:
    group, room = "C" + "c" * 32, "R" + "d" * 32
    said = platform.message_event("x")
    events = [
        said,
        *(platform.media_event(kind) for kind in MEDIA),
        platform.follow_event(),
        platform.unsend_event(said["message"]["id"]),
        platform.postback_event("menu", {"newRichMenuAliasId": "easy", "status": "SUCCESS"}),
        platform.join_event(group),
        platform.leave_event(room),
        in_group(platform.message_event("x"), group, SOMEBODY),
        in_group(platform.message_event("x"), room),
        standby(platform.message_event("x")),
        redelivered(said),
        platform.future_event(),
        platform.unfollow_event(),
    ]
    assert (await platform.send(net, bot.url, *events)).status_code == 200
    assert bot.events == events
    assert "replyToken" not in next(event for event in bot.events if event["mode"] == "standby")


async def test_an_event_that_line_would_never_send_is_not_sent(
    platform: LinePlatform, net: httpx.AsyncClient, bot: Bot
) -> None:
    for broken in ({"timestamp": "now"}, {"message": {"type": "text", "id": "1"}}, {"mode": "asleep"}):
        with pytest.raises(ValueError, match=r"\$"):
            await platform.send(net, bot.url, platform.message_event("x") | broken)
    assert bot.events == []


@pytest.mark.parametrize("status", [500, 0], ids=["refused", "too slow"])
async def test_an_event_without_2xx_in_time_comes_again_with_its_id(
    platform: LinePlatform, net: httpx.AsyncClient, bot: Bot, status: int
) -> None:
    bot.statuses[:] = [status, status]
    assert await platform.webhooks.deliver(net, platform.message_event("x"))
    assert [event["deliveryContext"]["isRedelivery"] for event in bot.events] == [False, True, True]
    assert len({event["webhookEventId"] for event in bot.events}) == 1
    assert [note["redelivery"] for note in platform.journal.of("webhook")] == [False, True, True]


async def test_an_event_that_is_never_taken_is_given_up(
    platform: LinePlatform, net: httpx.AsyncClient, bot: Bot
) -> None:
    bot.statuses[:] = [503] * 9
    assert not await platform.webhooks.deliver(net, platform.message_event("x"))
    assert len(bot.events) == 1 + len(webhooks.REDELIVER_AFTER)


async def test_webhooks_can_come_twice_again_and_out_of_order(
    platform: LinePlatform, net: httpx.AsyncClient, bot: Bot
) -> None:
    first, second = platform.message_event("1"), platform.message_event("2")
    platform.misbehaviour.duplicated = 1
    await platform.webhooks.deliver(net, first)
    assert bot.events == [first, first]
    bot.events.clear()
    platform.misbehaviour.duplicated, platform.misbehaviour.redelivered = 0, 1
    assert not await platform.webhooks.deliver(net, first)
    assert bot.events == [first] + [redelivered(first)] * len(webhooks.REDELIVER_AFTER)
    bot.events.clear()
    platform.misbehaviour.redelivered, platform.misbehaviour.reordered = 0, 1
    late = asyncio.create_task(platform.webhooks.deliver(net, first))
    await asyncio.sleep(0)
    platform.misbehaviour.reordered = 0
    await platform.webhooks.deliver(net, second)
    await late
    assert bot.events == [second, first]


async def test_the_page_takes_nothing_from_elsewhere(line: httpx.AsyncClient) -> None:
    page = await line.get("/")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert (await line.get("/", headers={"host": "evil.example"})).status_code == 400
    typed = b'{"what": "text", "text": "x"}'
    form = {"content-type": "text/plain"}
    assert (await line.post("/talk/do", content=typed, headers=form)).status_code == 422


@pytest.mark.parametrize(
    "done",
    [{"what": "fly"}, {"what": "text", "text": "あ" * 5001}, {"what": "media", "kind": "hologram"}, {}],
)
async def test_the_page_s_server_refuses_what_nobody_can_do(
    line: httpx.AsyncClient, done: dict[str, str]
) -> None:
    assert (await line.post("/talk/do", json=done)).status_code == 422


async def test_what_is_done_on_the_page_reaches_the_bot_until_the_account_is_blocked(
    platform: LinePlatform, line: httpx.AsyncClient, bot: Bot
) -> None:
    for done in (
        {"what": "follow"},
        {"what": "text", "text": "転入届"},
        {"what": "text", "text": "  "},
        {"what": "media", "kind": "location"},
        {"what": "block"},
        {"what": "text", "text": "だれも聞いていない"},
    ):
        assert (await line.post("/talk/do?user=2", json=done)).status_code == 202
    await asyncio.to_thread(wait_until, lambda: len(bot.events) >= 4, 5)
    assert sorted(event["type"] for event in bot.events) == ["follow", "message", "message", "unfollow"]
    assert {event["source"]["userId"] for event in bot.events} == {user_id("2")}
    assert [entry.kind for entry in platform.journal.after(0, user_id("3"))] == []
