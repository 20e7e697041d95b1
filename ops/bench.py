"""`make bench`: the house under load, in one table: ours, the budget, the baseline.

The baseline is bare Rasa over its REST channel, in the same run on the same machine: what
everything around it (database, queue, live events, masking) costs is the difference.
The load generator shares the machine's cores with the house.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import itertools
import json
import shutil
import sys
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Protocol

import httpx

from knowledge.labelled import read_questions
from knowledge.loader import CONTENT
from knowledge.table import table
from ops.bench_page import measure_page
from ops.errors import OpsError
from ops.model import ROOT, ensure_model
from ops.resident import PATIENCE, Resident
from ops.rows import Row, p50_p95
from ops.run import say
from ops.scale import measure
from ops.stack import Ports, Stack
from ops.vectors import ensure_vectors

QUESTIONS = ROOT / "tests" / "questions" / "tuned.yml"
GUIDED = tuple(
    f"{label}（カード申請 手順{number}）"
    for label, number in (("スマホ", 1), ("できた", 2), ("わからない", 3), ("戻る", 3))
)
"""Buttons of a guide; each is a step of it, whatever was pressed before."""
WARM_UP = 8
TURNS_ALONE = 60
RESIDENTS = 10
TURNS_EACH = 8
THINKING = 3.0
"""Seconds a resident reads before the next question; still faster than anybody reads."""
LINE_SECRET = "a secret of the bench"  # noqa: S105  # signs its own requests to its own house
LINE_CALLS = 60
LINE_EVERY = 0.1
"""Seconds between two webhook calls, while residents on the web ask without a pause."""


def main() -> int:
    """Run the bench and print the table; returns 1 when the house can't be started."""
    folder = Path(tempfile.mkdtemp(prefix="madoguchi-bench-"))
    content = folder / "content"
    shutil.copytree(CONTENT, content)
    settings = {"MADOGUCHI_CONTENT": str(content), "MADOGUCHI_LINE_CHANNEL_SECRET": LINE_SECRET}
    settings |= {"MADOGUCHI_MESSAGES_PER_MINUTE": "100000"}  # nobody waits between two turns here
    ensure_vectors(say)
    stack = Stack(folder / "run", Ports.free(), ensure_model(say), settings)
    try:
        first = _timed(lambda: stack.start(say))
        stack.stop()
        second = _timed(lambda: stack.start(say))
        rows = [
            Row("初回の起動（モデルあり）", f"{first:.0f} s"),
            Row("2回目の起動", f"{second:.0f} s", "60 s"),
            *asyncio.run(_load(stack)),
            Row("YAML保存から返答まで", f"{asyncio.run(_edit_to_live(stack, content)):.1f} s", "2 s"),
            *measure_page(stack.url),
            *_memory(stack),
        ]
        stack.stop()
        rows += measure(say)
    except OpsError as error:
        print(f"✖ {error}", file=sys.stderr)
        return 1
    finally:
        stack.stop()
        shutil.rmtree(folder, ignore_errors=True)
    head = ("測ったもの", "まどぐち", "予算", "Rasaだけ")
    print(table(head, [(row.what, row.ours, row.budget, row.baseline) for row in rows]))
    return 0


async def _load(stack: Stack) -> list[Row]:
    limits = httpx.Limits(max_connections=200)
    async with httpx.AsyncClient(base_url=stack.url, timeout=PATIENCE, limits=limits) as client:
        rasa = f"http://127.0.0.1:{stack.ports.rasa}/webhooks/rest/webhook"

        asked = itertools.cycle(question.text for question in read_questions(QUESTIONS))

        async def through_web() -> Resident:
            return await Resident.arrive(client)

        async def bare_rasa() -> _BareRasa:
            return _BareRasa(client, rasa)

        say("温めています。")
        await _turns(through_web, asked, residents=1, each=WARM_UP)
        say("1人で質問します。")
        alone = await _turns(through_web, asked, residents=1, each=TURNS_ALONE)
        alone_bare = await _turns(bare_rasa, asked, residents=1, each=TURNS_ALONE)
        say(f"{RESIDENTS}人で質問します（{THINKING:.0f}秒ずつ読みます）。")
        ten = await _turns(through_web, asked, residents=RESIDENTS, each=TURNS_EACH, thinking=THINKING)
        guided = await _turns(
            through_web, itertools.cycle(GUIDED), residents=RESIDENTS, each=TURNS_EACH, thinking=THINKING
        )
        ten_bare = await _turns(bare_rasa, asked, residents=RESIDENTS, each=TURNS_EACH, thinking=THINKING)
        say(f"{RESIDENTS}人が休まず質問します。")
        began = time.perf_counter()
        rush = await _turns(through_web, asked, residents=RESIDENTS, each=20)
        rate = len(rush) / (time.perf_counter() - began)
        say("その間に LINE からも届きます。")
        line, _ = await asyncio.gather(
            _webhooks(client), _turns(through_web, asked, residents=RESIDENTS, each=20)
        )
        began = time.perf_counter()
        rush_bare = await _turns(bare_rasa, asked, residents=RESIDENTS, each=20)
        rate_bare = len(rush_bare) / (time.perf_counter() - began)
    return [
        Row("返答 1人 p50 / p95", p50_p95(alone), "", p50_p95(alone_bare)),
        Row(f"返答 {RESIDENTS}人 p50 / p95", p50_p95(ten), "80 / 250 ms", p50_p95(ten_bare)),
        Row(f"案内の1手順 {RESIDENTS}人 p50 / p95", p50_p95(guided), "80 / 250 ms"),
        Row(f"返答 {RESIDENTS}人 休みなし p50 / p95", p50_p95(rush), "", p50_p95(rush_bare)),
        Row("1秒あたりの返答", f"{rate:.1f}", "20 以上", f"{rate_bare:.1f}"),
        Row("LINEへの応答 混雑時 p50 / p95", p50_p95(line), "200 ms"),
    ]


async def _turns(
    arrive: Callable[[], Awaitable[_Asker]],
    questions: Iterator[str],
    *,
    residents: int,
    each: int,
    thinking: float = 0.0,
) -> list[float]:
    """Seconds of every turn of some residents, each asking one of `questions` after the other."""

    async def one(number: int) -> list[float]:
        resident = await arrive()
        await asyncio.sleep(thinking * number / residents)
        times = []
        for _ in range(each):
            began = time.perf_counter()
            await resident.ask(next(questions))
            times.append(time.perf_counter() - began)
            await asyncio.sleep(thinking)
        await resident.leave()
        return times

    return [seconds for times in await asyncio.gather(*map(one, range(residents))) for seconds in times]


async def _webhooks(client: httpx.AsyncClient) -> list[float]:
    """Seconds until each webhook call was answered. The events ask for no turn of Rasa."""
    times = []
    for number in range(LINE_CALLS):
        event = {
            "type": "message",
            "mode": "active",
            "timestamp": 0,
            "source": {"type": "user", "userId": f"U{number:032x}"},
            "webhookEventId": uuid.uuid4().hex,
            "deliveryContext": {"isRedelivery": False},
            "replyToken": "none",
            "message": {
                "type": "sticker",
                "id": "1",
                "quoteToken": "q",
                "packageId": "1",
                "stickerId": "1",
                "stickerResourceType": "STATIC",
            },
        }
        body = json.dumps({"destination": "U", "events": [event]}).encode()
        digest = hmac.digest(LINE_SECRET.encode(), body, hashlib.sha256)
        headers = {"x-line-signature": base64.b64encode(digest).decode()}
        began = time.perf_counter()
        (await client.post("/line/webhook", content=body, headers=headers)).raise_for_status()
        times.append(time.perf_counter() - began)
        await asyncio.sleep(LINE_EVERY)
    return times


class _Asker(Protocol):
    """Somebody who asks and waits for the reply."""

    async def ask(self, question: str) -> object: ...

    async def leave(self) -> None: ...


class _BareRasa:
    """A sender on Rasa's REST channel."""

    def __init__(self, client: httpx.AsyncClient, webhook: str) -> None:
        self._client = client
        self._webhook = webhook
        self._sender = uuid.uuid4().hex

    async def ask(self, question: str) -> None:
        message = {"sender": self._sender, "message": question}
        if not (await self._client.post(self._webhook, json=message)).json():
            raise OpsError("Rasa が空の返答を返しました。")

    async def leave(self) -> None:
        """Nothing is open."""


async def _edit_to_live(stack: Stack, content: Path) -> float:
    """Seconds from saving a new fee to hearing it."""
    path = content / "procedures" / "child-allowance.yml"
    text = path.read_text(encoding="utf-8").replace("月30,000円", "月30,001円")
    say("知識を書きかえて、返答に出るまでを測ります。")
    async with httpx.AsyncClient(base_url=stack.url, timeout=PATIENCE) as client:
        path.write_text(text, encoding="utf-8")
        began = time.perf_counter()
        rasa = f"http://127.0.0.1:{stack.ports.rasa}/webhooks/rest/webhook"
        while time.perf_counter() - began < PATIENCE:
            reply = await client.post(rasa, json={"sender": uuid.uuid4().hex, "message": "児童手当はいくら"})
            if "30,001" in reply.text:
                return time.perf_counter() - began
    raise OpsError("書きかえた知識が返答に出ませんでした。")


def _memory(stack: Stack) -> list[Row]:
    """Proportional memory (PSS) of each part with its children, in MB."""
    by_part = {name: _pss(pid) for name, pid in sorted(stack.processes().items())}
    rows = [Row(f"メモリー {name}", f"{size:.0f} MB") for name, size in by_part.items()]
    return [*rows, Row("メモリー 合計", f"{sum(by_part.values()):.0f} MB", "3,000 MB")]


def _pss(pid: int) -> float:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    own = next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return own / 1024 + sum(_pss(int(child)) for child in children)


def _timed(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
