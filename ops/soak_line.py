"""`make soak-line`: thousands of LINE events, everything going wrong at once, and who got what.

A whole house and a LINE platform double, both on this machine. Webhooks come twice and out of order, LINE's
API fails, and the web server and the worker are killed in the middle. At most OUTSTANDING events wait
for their answers at a time: residents, too, wait for theirs. It stops by itself.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import math
import os
import random
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import psycopg
import uvicorn

from knowledge.loader import load
from knowledge.service import Knowledge
from knowledge.table import table
from ops.errors import OpsError
from ops.lineplatform.app import line_app
from ops.lineplatform.events import MEDIA, Event
from ops.lineplatform.misbehaviour import Failure
from ops.lineplatform.platform import SECRET, LinePlatform, Outcome
from ops.model import ensure_model
from ops.run import say
from ops.stack import Ports, Stack
from ops.supervised import WEB
from ops.vectors import ensure_vectors

EVENTS = 10_000
KILLS = 20
USERS = 300
DUPLICATED, REORDERED = 0.2, 0.1
FAILURES = {
    Failure.INTERNAL: 0.03,
    Failure.UNAVAILABLE: 0.02,
    Failure.LOST: 0.02,
    Failure.RATE: 0.01,
    Failure.CONCURRENCY: 0.01,
    Failure.TIMEOUT: 0.005,
    Failure.LATE: 0.005,
}
"""Shares of LINE's answers to our calls: a tenth in all."""
OUTSTANDING = 60
SPOKEN = 0.7
"""Share of events that are questions; the others are stickers, photos and the like."""
REST = 180.0
"""Seconds that the last answers may take, deliveries being tried again ever more rarely."""
PROGRESS = 10.0
"""Seconds between two lines of progress."""
SEED = 6


@dataclass
class Told:
    """One event and what became of it; times are seconds of one clock, None for never."""

    token: str
    user: str
    timestamp: int
    arrived_at: float | None = None
    answered_at: float | None = None


class SoakedPlatform(LinePlatform):
    """Writes down when each event was answered, and each push that need not have been."""

    def __init__(self, port: int, bot_url: str) -> None:
        super().__init__(port, bot_url=bot_url, quota=EVENTS)
        self.told: dict[str, Told] = {}
        self.by_user: dict[str, list[Told]] = defaultdict(list)
        self.accepted: dict[str, int] = defaultdict(int)
        self.needless = 0
        self.waiting = 0

    def add(self, event: Event) -> None:
        """An event that is about to be sent."""
        user = str(event["source"]["userId"])
        told = Told(str(event["replyToken"]), user, int(event["timestamp"]))
        self.told[told.token] = told
        self.by_user[user].append(told)
        self.waiting += 1

    def arrive(self, event: Event) -> None:
        """An event for which the bot has said 200."""
        told = self.told[event["replyToken"]]
        told.arrived_at = told.arrived_at or time.monotonic()

    def reply(self, body: dict[str, Any], retry_key: str | None, request: str) -> Outcome:
        outcome = super().reply(body, retry_key, request)
        if outcome.status == 200:
            told = self.told[body["replyToken"]]
            self._answer(told)
            self.accepted[told.user] += 1
        return outcome

    def push(self, body: dict[str, Any], retry_key: str | None, request: str) -> Outcome:
        outcome = super().push(body, retry_key, request)
        if outcome.status == 200:
            self.accepted[body["to"]] += 1
            waiting = [told for told in self.by_user[body["to"]] if told.answered_at is None]
            dead = [told for told in waiting if not self.tokens.is_good(told.token)]
            self.needless += not dead
            for told in dead[:1]:
                self._answer(told)
        return outcome

    def _answer(self, told: Told) -> None:
        self.waiting -= told.answered_at is None
        told.answered_at = time.monotonic()


def main() -> int:
    """Run the soak and print its table; returns 1 when something was lost, doubled or out of order."""
    parser = argparse.ArgumentParser(prog="make soak-line", description="LINEの受付に負荷と故障をかける")
    parser.add_argument("--events", type=int, default=EVENTS, help=f"イベントの数（ふつうは{EVENTS:,}）")
    parser.add_argument("--kills", type=int, default=KILLS, help=f"プロセスを止める回数（ふつうは{KILLS}）")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="madoguchi-soak-"))
    ensure_vectors(say)
    ports = Ports.free()
    platform = SoakedPlatform(ports.line, f"http://127.0.0.1:{ports.web}")
    settings = {
        "MADOGUCHI_LINE_CHANNEL_SECRET": SECRET,
        "MADOGUCHI_LINE_CHANNEL_TOKEN": platform.token,
        "MADOGUCHI_LINE_API_URL": platform.url,
    }
    stack = Stack(folder / "run", ports, ensure_model(say), settings)
    try:
        stack.start(say)
        rows, is_good = asyncio.run(_soak(stack, platform, arguments.events, arguments.kills))
    except OpsError as error:
        print(f"✖ {error}", file=sys.stderr)
        return 1
    finally:
        stack.stop()
        shutil.rmtree(folder, ignore_errors=True)
    print(table(("測ったもの", "値", "目標"), rows))
    return 0 if is_good else 1


async def _soak(
    stack: Stack, platform: SoakedPlatform, events: int, kills: int
) -> tuple[list[tuple[str, str, str]], bool]:
    said = round(events / (1 + DUPLICATED))
    draw = random.Random(SEED)  # noqa: S311  # to be drawn again, not to be secret
    taken: list[float] = []
    began = time.monotonic()
    async with _served(platform), _client(platform, taken) as client:
        killer = asyncio.create_task(_kill(stack, platform, said, kills, draw))
        await _send(client, platform, said, draw)
        await killer
        await _until(lambda: not platform.waiting, REST)
    return _rows(platform, taken, kills, time.monotonic() - began, _counted(stack))


@contextlib.asynccontextmanager
async def _served(platform: SoakedPlatform) -> AsyncIterator[None]:
    platform.misbehaviour.duplicated, platform.misbehaviour.reordered = DUPLICATED, REORDERED
    platform.misbehaviour.rates.update(FAILURES)
    app = line_app(platform)
    server = uvicorn.Server(uvicorn.Config(app, port=platform.port, log_level="critical", access_log=False))
    serving = asyncio.create_task(server.serve())
    await _until(lambda: server.started)
    try:
        yield
    finally:
        server.should_exit = True
        await serving


@contextlib.asynccontextmanager
async def _client(platform: SoakedPlatform, taken: list[float]) -> AsyncIterator[httpx.AsyncClient]:
    """LINE's side of the webhook; `taken` gets the seconds of every call that was answered with 200."""

    async def note(response: httpx.Response) -> None:
        await response.aread()
        if response.is_success:
            taken.append(response.elapsed.total_seconds())
            for event in json.loads(response.request.content)["events"]:
                platform.arrive(event)

    limits = httpx.Limits(max_connections=OUTSTANDING)
    async with httpx.AsyncClient(event_hooks={"response": [note]}, limits=limits, trust_env=False) as client:
        yield client


async def _send(client: httpx.AsyncClient, platform: SoakedPlatform, count: int, draw: random.Random) -> None:
    """All events, of people drawn at random, no more than OUTSTANDING waiting at a time."""
    questions = _questions()
    users = [f"U{number:032x}" for number in range(USERS)]
    told_at = time.monotonic()
    async with asyncio.TaskGroup() as sending:
        for number in range(count):
            await _until(lambda: platform.waiting < OUTSTANDING)
            user = draw.choice(users)
            is_spoken = draw.random() < SPOKEN
            event = (
                platform.message_event(draw.choice(questions), user)
                if is_spoken
                else platform.media_event(draw.choice(sorted(MEDIA)), user)
            )
            platform.add(event)
            sending.create_task(platform.webhooks.deliver(client, event))
            if time.monotonic() - told_at > PROGRESS:
                told_at = time.monotonic()
                say(f"{number:,} / {count:,} 件を届けました。返事待ちは {platform.waiting} 件です。")


def _questions() -> list[str]:
    """What people ask; an emergency goes before all others by design, so it is none of these."""
    entries = load().entries.values()
    knowledge = Knowledge()
    return [q for entry in entries for q in entry.questions[:3] if not knowledge.is_urgent(q)]


async def _until(is_true: Callable[[], bool], seconds: float = math.inf) -> None:
    """Wait for it, at most so long; the house is another process and wakes nobody here."""
    until = time.monotonic() + seconds
    while not is_true() and time.monotonic() < until:  # noqa: ASYNC110
        await asyncio.sleep(0.05)


def _is_at(platform: SoakedPlatform, said: float) -> bool:
    return len(platform.told) >= said


async def _kill(stack: Stack, platform: SoakedPlatform, count: int, kills: int, draw: random.Random) -> None:
    """End a web server or the worker outright, evenly over the events."""
    for number in range(kills):
        begin = count * (number + 0.5) / kills
        await _until(partial(_is_at, platform, begin))
        name = draw.choice((*WEB, "worker"))
        processes = await asyncio.to_thread(stack.processes)
        if processes[name]:
            os.kill(processes[name], signal.SIGKILL)


def _counted(stack: Stack) -> tuple[int, int]:
    """What the house itself has counted: events of residents, and pushes."""
    with psycopg.connect(stack.database_url) as connection:
        events = connection.execute("select count(*) from event where author = 'resident'").fetchone()
        pushes = connection.execute("select coalesce(sum(sent), 0) from line_push").fetchone()
    return int(events[0]) if events else 0, int(pushes[0]) if pushes else 0


def _rows(
    platform: SoakedPlatform, taken: Sequence[float], kills: int, seconds: float, counted: tuple[int, int]
) -> tuple[list[tuple[str, str, str]], bool]:
    """The table, and whether all that must be exact is."""
    events, pushes = counted
    lost = sum(max(len(told) - platform.accepted[user], 0) for user, told in platform.by_user.items())
    doubled = sum(max(platform.accepted[user] - len(told), 0) for user, told in platform.by_user.items())
    swapped, late, mended = _order(platform)
    exact = [
        ("失われた返事", lost),
        ("2回届いた返事", doubled),
        ("受けた順と違う返事（同じ人の中で）", swapped),
        ("返信でよかったのに送ったプッシュ", platform.needless),
        ("LINEの決まりに合わない送信", len(platform.refusals)),
        ("プッシュの数え違い", abs(pushes - platform.quota.used)),
        ("受付の数え違い", abs(events - len(platform.told))),
    ]
    cuts = statistics.quantiles(taken, n=100)
    rows = [
        ("届けたイベント（うち重複）", f"{len(taken):,}（{len(taken) - len(platform.told):,}）", ""),
        ("止めたプロセス", str(kills), ""),
        *((what, str(count), "0") for what, count in exact),
        ("あとから届いた前の発言を、先に答えた", f"{mended} / {late}", ""),
        ("プッシュ", str(platform.quota.used), ""),
        ("受付 p50 / p95 / p99", " / ".join(f"{1000 * cuts[n]:.0f}" for n in (49, 94, 98)) + " ms", "200 ms"),
        ("かかった時間", f"{seconds:.0f} s", ""),
    ]
    return rows, not any(count for _, count in exact)


def _order(platform: SoakedPlatform) -> tuple[int, int, int]:
    """Of two neighbours that one person said: answered the other way round though they came in as said.

    Then how many came in the other way round, and how many of these were answered as they were said.
    """
    swapped = late = mended = 0
    for told in platform.by_user.values():
        for first, second in itertools.pairwise(sorted(told, key=lambda one: one.timestamp)):
            times = (first.arrived_at, second.arrived_at, first.answered_at, second.answered_at)
            if None in times or first.timestamp == second.timestamp:
                continue
            is_right = (first.answered_at or 0) < (second.answered_at or 0)
            if (first.arrived_at or 0) < (second.arrived_at or 0):
                swapped += not is_right
            else:
                late += 1
                mended += is_right
    return swapped, late, mended


if __name__ == "__main__":
    sys.exit(main())
