"""The double of LINE holds to LINE's rules: what it takes of the bot, and what it refuses."""

from __future__ import annotations

import uuid
from typing import Any

import httpx
import pytest

from channels.line import limits
from ops.lineplatform.description import problems
from ops.lineplatform.events import SOMEBODY, Event, redelivered
from ops.lineplatform.misbehaviour import Failure, Misbehaviour
from ops.lineplatform.platform import LinePlatform
from tests.ops.conftest import Bot, Clock

REPLY, PUSH = "/v2/bot/message/reply", "/v2/bot/message/push"
HELLO = [{"type": "text", "text": "こんにちは"}]
OTHER = "U" + "b" * 32
LONG = {"type": "text", "text": "あ" * 1900}


async def reply(line: httpx.AsyncClient, event: Event, messages: list[Any] = HELLO) -> httpx.Response:
    return await line.post(REPLY, json={"replyToken": event["replyToken"], "messages": messages})


async def push(line: httpx.AsyncClient, to: str = SOMEBODY, key: str = "") -> httpx.Response:
    headers = {"x-line-retry-key": key} if key else {}
    return await line.post(PUSH, json={"to": to, "messages": HELLO}, headers=headers)


def flex(**bubble: Any) -> dict[str, Any]:  # noqa: ANN401  # JSON
    return {"type": "flex", "altText": "案内", "contents": {"type": "bubble", **bubble}}


def labelled(label: str) -> dict[str, Any]:
    action = {"type": "message", "label": label, "text": "はい"}
    return HELLO[0] | {"quickReply": {"items": [{"type": "action", "action": action}]}}


async def test_a_reply_token_is_good_once(platform: LinePlatform, line: httpx.AsyncClient) -> None:
    event = platform.message_event("転入届")
    assert (await reply(line, event)).status_code == 200
    again = await reply(line, event)
    assert (again.status_code, again.json()["message"]) == (400, "Invalid reply token")
    assert platform.texts() == ["こんにちは"]


@pytest.mark.parametrize(("age", "status"), [(59, 200), (61, 400)])
async def test_a_reply_token_lives_for_a_minute(
    platform: LinePlatform, line: httpx.AsyncClient, clock: Clock, age: int, status: int
) -> None:
    event = platform.message_event("転入届")
    clock.now += age
    assert (await reply(line, event)).status_code == status


@pytest.mark.parametrize(("after", "age", "status"), [(300, 59, 200), (300, 61, 400), (1190, 20, 400)])
async def test_a_redelivered_token_lives_for_a_minute_more_but_never_beyond_twenty(
    platform: LinePlatform,
    line: httpx.AsyncClient,
    clock: Clock,
    net: httpx.AsyncClient,
    bot: Bot,
    after: int,
    age: int,
    status: int,
) -> None:
    event = platform.message_event("転入届")
    clock.now += after
    await platform.send(net, bot.url, redelivered(event))
    clock.now += age
    assert (await reply(line, event)).status_code == status


async def test_a_token_that_was_used_stays_used_when_its_event_comes_again(
    platform: LinePlatform, line: httpx.AsyncClient, net: httpx.AsyncClient, bot: Bot
) -> None:
    event = platform.message_event("転入届")
    await reply(line, event)
    await platform.send(net, bot.url, redelivered(event))
    assert (await reply(line, event)).status_code == 400


async def test_the_same_retry_key_is_accepted_once_a_day(
    platform: LinePlatform, line: httpx.AsyncClient, clock: Clock
) -> None:
    key = str(uuid.uuid4())
    first = await push(line, key=key)
    again = await push(line, key=key.upper())
    assert (again.status_code, again.json()["message"]) == (409, "The retry key is already accepted")
    assert again.headers["x-line-accepted-request-id"] == first.headers["x-line-request-id"]
    clock.now += 24 * 60 * 60 + 1
    assert (await push(line, key=key)).status_code == 200
    assert platform.pushes == 2


async def test_a_retry_key_belongs_to_a_push_and_is_a_uuid(
    platform: LinePlatform, line: httpx.AsyncClient
) -> None:
    body = {"replyToken": platform.message_event("x")["replyToken"], "messages": HELLO}
    headers = {"x-line-retry-key": str(uuid.uuid4())}
    assert (await line.post(REPLY, json=body, headers=headers)).status_code == 400
    assert (await push(line, key="again")).status_code == 400
    assert platform.delivered == []


async def test_pushes_are_counted_until_the_month_is_spent_and_replies_are_free(
    platform: LinePlatform, line: httpx.AsyncClient, clock: Clock
) -> None:
    await reply(line, platform.message_event("x"))
    assert [(await push(line)).status_code for _ in range(2)] == [200, 200]
    spent = await push(line)
    assert (spent.status_code, spent.json()["message"]) == (429, "You have reached your monthly limit.")
    assert (await line.get("/v2/bot/message/quota")).json() == {"type": "limited", "value": 2}
    assert (await line.get("/v2/bot/message/quota/consumption")).json() == {"totalUsage": 2}
    assert (await reply(line, platform.message_event("x"))).status_code == 200
    clock.now += 31 * 24 * 60 * 60
    assert (await line.get("/v2/bot/message/quota/consumption")).json() == {"totalUsage": 0}
    assert (await push(line)).status_code == 200


async def test_a_push_to_who_has_blocked_the_account_reaches_nobody_and_costs_nothing(
    platform: LinePlatform, line: httpx.AsyncClient
) -> None:
    platform.unfollow_event(OTHER)
    assert (await push(line, OTHER)).status_code == 200
    assert (platform.delivered, platform.quota.used) == ([], 0)
    assert platform.follow_event(OTHER)["follow"] == {"isUnblocked": True}
    assert platform.follow_event(SOMEBODY)["follow"] == {"isUnblocked": False}
    await push(line, OTHER)
    assert platform.inbox == {OTHER: HELLO}


@pytest.mark.parametrize(
    ("failure", "status", "words"),
    [
        (Failure.RATE, 429, "The API rate limit has been exceeded. Try again later."),
        (Failure.CONCURRENCY, 429, "concurrent"),
        (Failure.QUOTA, 429, "You have reached your monthly limit."),
        (Failure.INTERNAL, 500, ""),
        (Failure.UNAVAILABLE, 503, ""),
    ],
)
async def test_a_failure_on_demand_befalls_one_push_which_is_not_taken(
    platform: LinePlatform, line: httpx.AsyncClient, failure: Failure, status: int, words: str
) -> None:
    platform.fail_next.append(failure)
    failed = await push(line)
    assert (failed.status_code, words in failed.json()["message"]) == (status, True)
    assert platform.delivered == []
    assert (await push(line)).status_code == 200


async def test_a_failure_waits_for_a_call_that_it_can_befall(
    platform: LinePlatform, line: httpx.AsyncClient
) -> None:
    platform.fail_next[:] = [Failure.QUOTA, Failure.INVALID_TOKEN]
    assert (await line.get("/v2/bot/info")).status_code == 200
    assert (await reply(line, platform.message_event("x"))).status_code == 400
    assert (await push(line)).status_code == 429
    assert platform.fail_next == []


@pytest.mark.parametrize("failure", [Failure.LOST, Failure.CONFLICT, Failure.LATE])
async def test_some_failures_hide_that_the_message_was_taken(
    platform: LinePlatform, line: httpx.AsyncClient, failure: Failure
) -> None:
    platform.misbehaviour.silence = 0.01
    platform.fail_next.append(failure)
    key = str(uuid.uuid4())
    assert (await push(line, key=key)).status_code >= 400
    assert (await push(line, key=key)).status_code == 409
    assert platform.texts() == ["こんにちは"]


async def test_a_share_of_calls_fails_the_same_way_with_the_same_seed(platform: LinePlatform) -> None:
    def drawn(seed: int) -> list[Failure | None]:
        misbehaviour = Misbehaviour(seed=seed, rates={Failure.INTERNAL: 0.2, Failure.RATE: 0.1})
        return [misbehaviour.failure(PUSH) for _ in range(500)]

    assert drawn(1) == drawn(1) != drawn(2)
    assert 60 < drawn(1).count(Failure.INTERNAL) < 140


@pytest.mark.parametrize(
    "messages",
    [
        [],
        HELLO * 6,
        [{"type": "text", "text": " "}],
        [{"type": "text", "text": "あ" * (limits.TEXT_UNITS + 1)}],
        [{"type": "hologram"}],
        [labelled("あ" * (limits.QUICK_REPLY_LABEL + 1))],
        [flex(body={"type": "box", "layout": "vertical", "contents": [{"type": "text", "text": ""}]})],
        [flex(body={"type": "box", "layout": "diagonal", "contents": []})],
        [flex(body={"type": "box", "layout": "vertical", "contents": [LONG] * 3})],
        [
            flex(
                body={
                    "type": "box",
                    "layout": "vertical",
                    "contents": [],
                    "action": {"type": "uri", "label": "開く", "uri": "javascript:alert(1)"},
                }
            )
        ],
    ],
)  # fmt: skip
async def test_what_line_would_not_take_is_refused_with_the_reason(
    platform: LinePlatform, line: httpx.AsyncClient, messages: list[Any]
) -> None:
    event = platform.message_event("x")
    refused = await reply(line, event, messages)
    assert refused.status_code == 400
    assert problems("messaging-api", "ErrorResponse", refused.json()) == []
    assert platform.refusals
    for kind in ("reply", "push"):
        checked = await line.post(f"/v2/bot/message/validate/{kind}", json={"messages": messages})
        assert checked.status_code == 400
    assert (await reply(line, event)).status_code == 200, "a refused reply must not use up its token"


async def test_a_dry_run_delivers_nothing(platform: LinePlatform, line: httpx.AsyncClient) -> None:
    response = await line.post("/v2/bot/message/validate/push", json={"messages": HELLO})
    assert (response.status_code, platform.delivered) == (200, [])


@pytest.mark.parametrize("path", [REPLY, PUSH, "/v2/bot/chat/loading/start"])
async def test_a_call_without_the_token_or_without_sense_is_refused(
    platform: LinePlatform, line: httpx.AsyncClient, path: str
) -> None:
    assert (await line.post(path, json={}, headers={"authorization": "Bearer wrong"})).status_code == 401
    for nonsense in (b"{", b"[]", b"null", b'"x"', b"\xff"):
        assert (await line.post(path, content=nonsense)).status_code == 400


async def test_nobody_is_pushed_to_by_another_id_than_line_s(line: httpx.AsyncClient) -> None:
    assert (await push(line, "tanaka")).status_code == 400


async def test_the_loading_animation_goes_in_steps_of_five(
    platform: LinePlatform, line: httpx.AsyncClient
) -> None:
    for seconds, status in ((20, 202), (7, 400), (65, 400)):
        body = {"chatId": SOMEBODY, "loadingSeconds": seconds}
        assert (await line.post("/v2/bot/chat/loading/start", json=body)).status_code == status
    assert platform.thinking_for == [SOMEBODY]


async def test_a_profile_is_there_for_friends_alone(platform: LinePlatform, line: httpx.AsyncClient) -> None:
    assert (await line.get(f"/v2/bot/profile/{SOMEBODY}")).status_code == 404
    await push(line)
    profile = (await line.get(f"/v2/bot/profile/{SOMEBODY}")).json()
    assert problems("messaging-api", "UserProfileResponse", profile) == []
    platform.unfollow_event(SOMEBODY)
    assert (await line.get(f"/v2/bot/profile/{SOMEBODY}")).status_code == 404


async def test_the_account_tells_of_itself(line: httpx.AsyncClient) -> None:
    assert problems("messaging-api", "BotInfoResponse", (await line.get("/v2/bot/info")).json()) == []


async def test_the_network_can_be_slow(platform: LinePlatform, line: httpx.AsyncClient) -> None:
    platform.misbehaviour = slow = Misbehaviour(seed=3, slow=0.2)
    assert 0 < slow.delay() <= 0.2
    await push(line)
    assert max(call["ms"] for call in platform.journal.of("call")) > 10


async def test_every_call_is_on_record_with_what_was_wrong(
    platform: LinePlatform, line: httpx.AsyncClient
) -> None:
    await push(line, "tanaka")
    (call,) = platform.journal.of("call")
    assert (call["path"], call["status"], len(call["wrong"])) == (PUSH, 400, 1)
