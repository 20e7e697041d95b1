"""A resident's browser in small, for what measures a running house: one cookie, one open event stream."""

from __future__ import annotations

import asyncio
import json
import uuid
from typing import Any

import httpx

from channels.web.token import COOKIE
from knowledge.answer import AnswerKind
from ops.errors import OpsError

PATIENCE = 60.0
"""Seconds to wait for a reply."""
_SETTLED = 0.15
"""Seconds without another event after which a reply is whole: it may have several parts."""


class Resident:
    """One web conversation."""

    def __init__(self, client: httpx.AsyncClient, path: str, cookie: dict[str, str]) -> None:
        self._client = client
        self._path = path
        self._cookie = cookie
        self._replies: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._stream = asyncio.create_task(self._follow())

    @classmethod
    async def arrive(cls, client: httpx.AsyncClient) -> Resident:
        """Open a conversation and its stream."""
        opened = (await client.post("/api/conversations")).raise_for_status().json()
        client.cookies.clear()
        cookie = {"Cookie": f"{COOKIE}={opened['handle'].split('~')[1]}"}
        return cls(client, f"/api/conversations/{opened['conversation']}", cookie)

    async def ask(self, question: str) -> dict[str, Any]:
        """Post a question and wait for its first reply; raises OpsError when Rasa can't answer."""
        while not self._replies.empty():  # further parts of the last one
            self._replies.get_nowait()
        headers = {"Idempotency-Key": uuid.uuid4().hex, **self._cookie}
        path = f"{self._path}/messages"
        (await self._client.post(path, json={"text": question}, headers=headers)).raise_for_status()
        reply: dict[str, Any] = await asyncio.wait_for(self._replies.get(), PATIENCE)
        if reply["kind"] == AnswerKind.NOTICE:
            raise OpsError("測っている間に、Rasa が答えられませんでした。")
        return reply

    async def ask_all(self, question: str) -> list[dict[str, Any]]:
        """The same, and all other parts of the reply."""
        replies = [await self.ask(question)]
        while True:
            try:
                replies.append(await asyncio.wait_for(self._replies.get(), _SETTLED))
            except TimeoutError:
                return replies

    async def leave(self) -> None:
        """Close the stream."""
        self._stream.cancel()
        await asyncio.gather(self._stream, return_exceptions=True)

    async def _follow(self) -> None:
        async with self._client.stream("GET", f"{self._path}/events", headers=self._cookie) as stream:
            async for line in stream.aiter_lines():
                if line.startswith("data:"):
                    event = json.loads(line.removeprefix("data:"))  # {} in a beat
                    if event.get("author") == "bot":
                        self._replies.put_nowait(event["body"])
