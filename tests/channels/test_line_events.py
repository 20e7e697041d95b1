"""What LINE sends beyond a question: out of order, taken back, from groups, unheard of."""

from __future__ import annotations

import json

import httpx
import pytest
from sqlalchemy import text

from knowledge.service import Knowledge
from ops.lineplatform.events import MEDIA, in_group, redelivered, standby
from ops.lineplatform.platform import LinePlatform
from tests.channels.conftest import Bench

GROUP, ROOM = "C" + "e" * 32, "R" + "f" * 32
OTHER = "U" + "d" * 32


async def send(line: LinePlatform, api: httpx.AsyncClient, *events: dict[str, object]) -> None:
    assert (await line.send(api, str(api.base_url).rstrip("/"), *events)).status_code == 200


async def rows(bench: Bench, query: str) -> list[tuple[object, ...]]:
    async with bench.database.connect() as connection:
        return [tuple(row) for row in await connection.execute(text(query))]


async def test_messages_that_come_in_reversed_are_answered_as_they_were_said(
    api: httpx.AsyncClient, bench: Bench, line_platform: LinePlatform
) -> None:
    said = [
        line_platform.message_event(f"質問{number}") | {"timestamp": 1000 + number} for number in range(4)
    ]
    for event in (said[2], said[3], said[0], said[1]):
        await send(line_platform, api, event)
    await bench.work()
    assert bench.assistant.heard == ["質問0", "質問1", "質問2", "質問3"]
    assert line_platform.texts() == [f"聞きました：質問{number}" for number in range(4)]


async def test_the_events_of_one_webhook_are_taken_in_the_order_of_line_s_clock(
    api: httpx.AsyncClient, bench: Bench, line_platform: LinePlatform
) -> None:
    late = line_platform.message_event("あと") | {"timestamp": 2000}
    await send(line_platform, api, late, line_platform.message_event("さき") | {"timestamp": 1000})
    said = await rows(bench, "select body ->> 'text' from event order by sequence")
    assert said == [("さき",), ("あと",)]


async def test_a_message_redelivered_after_a_later_one_was_answered_is_answered_too(
    api: httpx.AsyncClient, bench: Bench, line_platform: LinePlatform
) -> None:
    early = line_platform.message_event("さき") | {"timestamp": 1000}
    await send(line_platform, api, line_platform.message_event("あと") | {"timestamp": 2000})
    await bench.work()
    await send(line_platform, api, redelivered(early))
    await send(line_platform, api, redelivered(early))
    await bench.work()
    assert line_platform.texts() == ["聞きました：あと", "聞きました：さき"]


async def test_a_message_unsent_before_it_comes_in_is_neither_stored_nor_answered(
    api: httpx.AsyncClient, bench: Bench, line_platform: LinePlatform
) -> None:
    event = line_platform.message_event("ひみつの話")
    await send(line_platform, api, line_platform.unsend_event(event["message"]["id"]))
    await send(line_platform, api, event)
    await bench.work()
    assert line_platform.delivered == []
    assert await rows(bench, "select body from event") == [({"unsent": True},)]


@pytest.mark.parametrize("kind", sorted(set(MEDIA) - {"location"}))
async def test_what_is_no_text_is_answered_by_what_it_is(
    api: httpx.AsyncClient, bench: Bench, line_platform: LinePlatform, knowledge: Knowledge, kind: str
) -> None:
    await send(line_platform, api, line_platform.media_event(kind))
    await bench.work()
    assert line_platform.texts() == [knowledge.phrases.line.media[kind]]


async def test_a_location_is_answered_with_the_nearest_counter_and_a_map(
    api: httpx.AsyncClient, bench: Bench, line_platform: LinePlatform
) -> None:
    await send(line_platform, api, line_platform.media_event("location"))
    await bench.work()
    assert "芦別市役所" in line_platform.texts()[0]
    assert "https://www.google.com/maps/" in json.dumps(line_platform.delivered)
    assert "43.5" not in str(await rows(bench, "select body from event where author = 'resident'"))


async def test_a_message_of_a_kind_nobody_knows_is_answered_like_a_file(
    api: httpx.AsyncClient, bench: Bench, line_platform: LinePlatform, knowledge: Knowledge
) -> None:
    event = line_platform.message_event("x") | {"message": {"type": "hologram", "id": "1"}}
    await post(line_platform, api, event)
    await bench.work()
    assert line_platform.texts() == [knowledge.phrases.line.media["file"]]


async def test_a_text_without_what_newer_webhooks_have_is_read(
    api: httpx.AsyncClient, bench: Bench, line_platform: LinePlatform
) -> None:
    event = line_platform.message_event("転入届")
    del event["message"]["quoteToken"], event["deliveryContext"]
    await post(line_platform, api, event)
    await bench.work()
    assert line_platform.texts() == ["聞きました：転入届"]


async def test_an_event_of_the_future_is_kept_without_ids_and_masked(
    api: httpx.AsyncClient, bench: Bench, line_platform: LinePlatform
) -> None:
    event = line_platform.future_event() | {
        "note": "電話は 090-1234-5678 \x00\ud800",
        "deep": [[[[[[[[[1]]]]]]]]],
    }
    await post(line_platform, api, event, 7, {"type": "message", "timestamp": "soon"})
    kept = await rows(bench, "select body::text from line_unread")
    assert len(kept) == 3
    assert "somethingNew" in str(kept)
    assert "090" not in str(kept)
    assert "U" + "a" * 32 not in str(kept)


@pytest.mark.parametrize("timestamp", [-(10**30), 10**30, None, "now", 1.5])
async def test_an_impossible_time_stops_no_other_event(
    api: httpx.AsyncClient, bench: Bench, line_platform: LinePlatform, timestamp: object
) -> None:
    await post(
        line_platform,
        api,
        line_platform.message_event("だめ") | {"timestamp": timestamp},
        line_platform.message_event("転入届"),
    )
    await bench.work()
    assert "聞きました：転入届" in line_platform.texts()


@pytest.mark.parametrize("raw", [b"[]", b'"text"', b"{", b'{"events": 3}', b"[" * 5000])
async def test_a_signed_body_that_is_no_webhook_is_taken_and_forgotten(
    api: httpx.AsyncClient, line_platform: LinePlatform, raw: bytes
) -> None:
    headers = {"x-line-signature": line_platform.sign(raw)}
    assert (await api.post("/line/webhook", content=raw, headers=headers)).status_code == 200


async def test_a_half_character_is_no_reason_to_fail(
    api: httpx.AsyncClient, bench: Bench, line_platform: LinePlatform
) -> None:
    await post(line_platform, api, line_platform.message_event("転入\ud83d届😀"))
    await bench.work()
    assert line_platform.texts() == ["聞きました：転入\ufffd届😀"]


async def test_in_standby_nothing_is_answered_nor_kept(
    api: httpx.AsyncClient, bench: Bench, line_platform: LinePlatform
) -> None:
    await send(line_platform, api, standby(line_platform.message_event("転入届")))
    await bench.work()
    assert line_platform.delivered == []
    assert await rows(bench, "select 1 from event") == []


@pytest.mark.parametrize("group", [GROUP, ROOM])
async def test_a_group_is_told_once_where_to_ask_and_not_listened_to(
    api: httpx.AsyncClient, bench: Bench, line_platform: LinePlatform, knowledge: Knowledge, group: str
) -> None:
    await send(line_platform, api, line_platform.join_event(group))
    await send(line_platform, api, in_group(line_platform.message_event("うちわの話"), group, OTHER))
    await send(line_platform, api, line_platform.leave_event(group))
    await bench.work()
    assert line_platform.texts() == [knowledge.phrases.line.group]
    assert "うちわ" not in str(await rows(bench, "select body from event"))


async def test_who_comes_back_after_blocking_is_welcomed(
    api: httpx.AsyncClient, bench: Bench, line_platform: LinePlatform, knowledge: Knowledge
) -> None:
    await send(line_platform, api, line_platform.follow_event(OTHER))
    await send(line_platform, api, line_platform.unfollow_event(OTHER))
    assert await rows(bench, "select is_blocked from conversation") == [(True,)]
    await send(line_platform, api, line_platform.follow_event(OTHER))
    assert await rows(bench, "select is_blocked from conversation") == [(False,)]
    await bench.work()
    assert line_platform.texts() == [knowledge.phrases.talk.bot_help.strip(), knowledge.phrases.line.back]


async def test_of_blocking_and_coming_back_the_later_holds_whichever_comes_in_first(
    api: httpx.AsyncClient, bench: Bench, line_platform: LinePlatform
) -> None:
    await send(line_platform, api, line_platform.message_event("転入届", OTHER))
    blocked = line_platform.unfollow_event(OTHER) | {"timestamp": 1000}
    await send(line_platform, api, line_platform.follow_event(OTHER) | {"timestamp": 2000})
    await send(line_platform, api, blocked)
    assert await rows(bench, "select is_blocked from conversation") == [(False,)]


async def test_a_switched_rich_menu_asks_nothing(
    api: httpx.AsyncClient, bench: Bench, line_platform: LinePlatform
) -> None:
    params = {"newRichMenuAliasId": "easy", "status": "SUCCESS"}
    await send(line_platform, api, line_platform.postback_event("menu", params))
    await bench.work()
    assert line_platform.delivered == []


async def post(line: LinePlatform, api: httpx.AsyncClient, *events: object) -> None:
    """Events that LINE's own description would not let pass."""
    raw = json.dumps({"destination": "U" + "0" * 32, "events": events}).encode()
    response = await api.post("/line/webhook", content=raw, headers={"x-line-signature": line.sign(raw)})
    assert response.status_code == 200
