"""Residents and clerks in small, for `make soak-handoff`: they press on whatever dies, and remember."""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import re
import time
import uuid
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from channels.web.token import COOKIE

WISH = "職員と話したい"
ASIDE = "児童手当とは"
"""What some ask the bot while they wait: its answer may come when a clerk has just claimed."""
QUESTION = "質問"
"""What a question to a clerk begins with."""
LAST = "（以上です）"
ANSWER = "お答えします："
_AGAIN = 0.3
"""Seconds before a call is made again that nobody answered."""
_READ = 40.0
"""Seconds without a byte, not even a beat, after which a stream is given up."""
_CSRF = re.compile(r'<meta name="csrf" content="([0-9a-f]{64})">')
_PAGE = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
_SCRIPT = {"Accept": "application/json", "Sec-Fetch-Site": "same-origin"}


def client(url: str) -> httpx.AsyncClient:
    """A browser."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    return httpx.AsyncClient(
        base_url=url, limits=limits, timeout=httpx.Timeout(20, read=_READ), trust_env=False
    )


async def call(browser: httpx.AsyncClient, method: str, path: str, **more: Any) -> httpx.Response:  # noqa: ANN401
    """Call until there is an answer that a resident or a clerk would not simply wait out."""
    while True:
        try:
            answer = await browser.request(method, path, **more)
        except httpx.HTTPError:
            await asyncio.sleep(_AGAIN)
            continue
        if answer.status_code < 500 and answer.status_code != 429:
            return answer
        await asyncio.sleep(_AGAIN)


async def stream(
    browser: httpx.AsyncClient, path: str, headers: dict[str, str]
) -> AsyncIterator[tuple[str, str, dict[str, Any]]]:
    """The events of a stream as (name, id, data), through every break; ends when it is refused."""
    headers = dict(headers)
    while True:
        try:
            async with browser.stream("GET", path, headers=headers) as answer:
                if 400 <= answer.status_code < 500:
                    return
                name = number = ""
                async for line in answer.aiter_lines():
                    kind, _, value = line.partition(":")
                    if kind == "event":
                        name = value.strip()
                    elif kind == "id":
                        number = value.strip()
                    elif kind == "data" and name != "beat":
                        if number:
                            headers["Last-Event-ID"] = number
                        yield name, number, json.loads(value)
        except httpx.HTTPError:
            pass
        await asyncio.sleep(_AGAIN)


@dataclass
class Seen:
    """One event as it came to a resident's page, at a time of the clock `time.monotonic`."""

    sequence: int
    author: str
    body: Mapping[str, Any]
    at: float


@dataclass
class Resident:
    """Asks for a person, says what there is to say once somebody is there, and waits for each answer."""

    browser: httpx.AsyncClient
    number: int
    draw: random.Random
    conversation: str = ""
    seen: list[Seen] = field(default_factory=list)
    accepted: list[str] = field(default_factory=list)
    is_done: bool = False
    _cookie: dict[str, str] = field(default_factory=dict)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _listening: asyncio.Task[None] | None = None

    async def arrive(self) -> None:
        """Open a conversation and its stream."""
        opened = (await call(self.browser, "POST", "/api/conversations")).raise_for_status().json()
        self.conversation = opened["conversation"]
        self._cookie = {"Cookie": f"{COOKIE}={opened['handle'].split('~')[1]}"}
        self._listening = asyncio.create_task(self._listen())

    async def live(self) -> None:
        """From the wish to the end of the talk."""
        await self.say(WISH)
        if self.draw.random() < 0.5:
            await self.say(ASIDE)
        await self._until("claimed")
        count = self.draw.randint(1, 3)
        for n in range(1, count + 1):
            text = f"{QUESTION}{n}{LAST if n == count else ''}"
            await self.say(text)
            if self.draw.random() < 0.7:  # others type on without waiting
                await self._until_answered(text)
        await self._until("closed")
        self.is_done = True

    async def say(self, text: str) -> None:
        """Send it until it is taken."""
        headers = {"Idempotency-Key": uuid.uuid4().hex, **self._cookie}
        path = f"/api/conversations/{self.conversation}/messages"
        (await call(self.browser, "POST", path, json={"text": text}, headers=headers)).raise_for_status()
        self.accepted.append(text)

    async def leave(self) -> None:
        """Close the page."""
        if self._listening:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)

    async def _until(self, state: str) -> None:
        await self._until_seen(lambda one: one.body.get("handoff", {}).get("state") == state)

    async def _until_answered(self, text: str) -> None:
        await self._until_seen(lambda one: one.author == "staff" and one.body["text"] == ANSWER + text)

    async def _until_seen(self, is_it: Any) -> None:  # noqa: ANN401
        while not any(map(is_it, self.seen)):
            self._changed.clear()
            await self._changed.wait()

    async def _listen(self) -> None:
        path = f"/api/conversations/{self.conversation}/events"
        async for name, _, event in stream(self.browser, path, self._cookie):
            if name == "message":
                at = time.monotonic()
                self.seen.append(Seen(event["sequence"], event["author"], event["body"], at))
                self._changed.set()


@dataclass(frozen=True)
class Claim:
    """A claim that was granted: when its call was made and answered, and whether that was the first one."""

    handoff: str
    started: float
    granted: float
    is_first: bool


@dataclass
class Clerk:
    """Claims who waits, answers every question, then ends the talk, passes it on or puts it back."""

    browser: httpx.AsyncClient
    login: str
    desks: list[str]
    draw: random.Random
    claims: list[Claim] = field(default_factory=list)
    late: int = 0
    """Claims that another clerk was quicker with."""
    unheard: int = 0
    """Talks that were not ended because the resident had said something new."""
    _csrf: str = ""
    _waiting: list[str] = field(default_factory=list)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _talks: set[asyncio.Task[None]] = field(default_factory=set)

    AT_ONCE = 3
    """Talks that a clerk has under way."""

    async def sign_in(self, password: str, new: str) -> None:
        """With the one-time password, which is changed at once."""
        await self._form("/staff/login", login=self.login, password=password)
        await self._form("/staff/account/password", old=password, new=new, again=new)
        page = await call(self.browser, "GET", "/staff", headers=_PAGE)
        self._csrf = _token(page.raise_for_status().text)

    async def work(self) -> None:
        """Until cancelled."""
        looking = asyncio.create_task(self._look())
        try:
            while True:
                while not self._waiting or len(self._talks) >= self.AT_ONCE:
                    self._changed.clear()
                    await self._changed.wait()
                handoff = self._waiting.pop(self.draw.randrange(min(len(self._waiting), 10)))
                if await self._claim(handoff):
                    talk = asyncio.create_task(self._talk(handoff))
                    self._talks.add(talk)
                    talk.add_done_callback(self._over)
        finally:
            for task in (looking, *self._talks):
                task.cancel()
            await asyncio.gather(looking, *self._talks, return_exceptions=True)

    def _over(self, talk: asyncio.Task[None]) -> None:
        self._talks.discard(talk)
        self._changed.set()

    async def _look(self) -> None:
        async for name, _, data in stream(self.browser, "/staff/events", _SCRIPT):
            if name == "queue":
                lines = [line for group in data["groups"] for line in group["lines"]]
                self._waiting = [line["id"] for line in lines if line["takes"] == "claim"]
                self._changed.set()

    async def _claim(self, handoff: str) -> bool:
        tries = 0
        while True:
            tries, started = tries + 1, time.monotonic()
            try:
                answer = await self._send(handoff, "claim")
            except httpx.HTTPError:
                await asyncio.sleep(_AGAIN)
                continue
            if answer.status_code < 500:
                break
            await asyncio.sleep(_AGAIN)
        if answer.status_code != 200:
            self.late += 1
            return False
        self.claims.append(Claim(handoff, started, time.monotonic(), tries == 1))
        return True

    async def _talk(self, handoff: str) -> None:
        """Read and answer until the talk is not one's own any more."""
        said: dict[int, tuple[str, str]] = {}
        async for name, _, view in stream(self.browser, f"/staff/events?talk={handoff}", _SCRIPT):
            if name == "gone":
                return
            if name != "talk":
                continue
            said |= {one["sequence"]: (one["author"], one["text"]) for one in view.get("messages", ())}
            if not view["line"]["is_mine"]:
                return
            if await self._answer(handoff, said):
                return

    async def _answer(self, handoff: str, said: dict[int, tuple[str, str]]) -> bool:
        """Answer what nobody has answered yet; True when the talk is passed on, put back or over."""
        answered = {text for author, text in said.values() if author == "staff"}
        asked = [text for _, (author, text) in sorted(said.items()) if author == "resident" and _asks(text)]
        for text in asked:
            if ANSWER + text in answered:
                continue
            key = hashlib.sha256(f"{handoff} {text}".encode()).hexdigest()[:32]
            for _ in range(1 if self.draw.random() < 0.8 else 2):  # pressed twice
                if (await self._do(handoff, "say", key=key, text=ANSWER + text)).status_code != 200:
                    return True
        heard = str(max(said, default=0))
        if any(text.endswith(LAST) for text in asked):
            ended = await self._do(handoff, self.draw.choice(("give_back", "close")), heard=heard)
            self.unheard += ended.status_code == 409
            return ended.status_code == 200
        await self._do(handoff, "hear", heard=heard)
        move = self.draw.choices(("", "transfer", "release"), (0.8, 0.1, 0.1))[0]
        if asked and move:
            to = {"to": self.draw.choice(self.desks)} if move == "transfer" else {}
            return (await self._do(handoff, move, **to)).status_code == 200
        return False

    async def _do(self, handoff: str, move: str, **data: str) -> httpx.Response:
        headers = _SCRIPT | {"X-CSRF-Token": self._csrf}
        path = f"/staff/talks/{handoff}/{move}"
        return await call(self.browser, "POST", path, data=data, headers=headers)

    async def _send(self, handoff: str, move: str) -> httpx.Response:
        headers = _SCRIPT | {"X-CSRF-Token": self._csrf}
        return await self.browser.post(f"/staff/talks/{handoff}/{move}", headers=headers)

    async def _form(self, path: str, **data: str) -> None:
        """Fill in a form as a browser does."""
        token = _token((await call(self.browser, "GET", path, headers=_PAGE)).text)
        (await call(self.browser, "POST", path, data={"csrf": token, **data}, headers=_PAGE))


def _asks(text: str) -> bool:
    return text.startswith(QUESTION)


def _token(html: str) -> str:
    found = _CSRF.search(html)
    return found[1] if found else ""
