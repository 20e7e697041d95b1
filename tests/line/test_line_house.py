"""LINE's whole way: signed webhook, Rasa, actions, rendering, reply."""

from __future__ import annotations

import asyncio
import time

import httpx

from ops.lineplatform.platform import LinePlatform
from ops.stack import Stack

USER = "U" + "c" * 32
PATIENCE = 30.0


async def test_two_questions_on_line_are_answered_in_order_within_line_s_limits(
    stack: Stack, line_platform: LinePlatform
) -> None:
    line_platform.delivered.clear()
    first = line_platform.message_event("マイナンバーカードを失くした", USER)
    second = line_platform.message_event("それはいくら？", USER)
    async with httpx.AsyncClient() as client:
        assert (await line_platform.send(client, stack.url, first, second)).status_code == 200
    until = time.monotonic() + PATIENCE
    while len(line_platform.delivered) < 2:
        assert time.monotonic() < until, line_platform.refusals
        await asyncio.sleep(0.1)
    lost, fee = line_platform.texts()
    assert lost.startswith("まず 0120-95-0178")
    assert "1,000円" in fee
    assert [item["action"]["label"] for item in line_platform.delivered[0]["quickReply"]["items"]][:3] == [
        "順番に案内してもらう",
        "持ち物",
        "期限",
    ]
    assert line_platform.refusals == []
