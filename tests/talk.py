"""Talk to a running house as the widget does: a cookie, a POST, the event stream."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any

import httpx

PATIENCE = 60.0


class Talk:
    """One web conversation."""

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(base_url=url, timeout=PATIENCE)
        opened = self._client.post("/api/conversations").raise_for_status().json()
        self.path = f"/api/conversations/{opened['conversation']}"
        self._seen = 0

    def post(self, text: str, key: str | None = None) -> int:
        """Say something without waiting; returns its sequence."""
        headers = {"Idempotency-Key": key or uuid.uuid4().hex}
        response = self._client.post(f"{self.path}/messages", json={"text": text}, headers=headers)
        sequence: int = response.raise_for_status().json()["sequence"]
        return sequence

    def say(self, text: str, parts: int = 1) -> list[dict[str, Any]]:
        """Say something and wait for the reply: notices, then `parts` that are none."""
        self._seen = self.post(text)
        reply = []
        for event in self.events(after=self._seen):
            self._seen = event["sequence"]
            if event["author"] == "bot":
                reply.append(event["body"])
                parts -= event["body"]["kind"] != "notice"
                if not parts:
                    break
        return reply

    def events(self, after: int = 0) -> Iterator[dict[str, Any]]:
        """Events for ever, from a sequence on."""
        headers = {"Last-Event-ID": str(after)}
        with self._client.stream("GET", f"{self.path}/events", headers=headers) as stream:
            for line in stream.iter_lines():
                # A beat is {}.
                if line.startswith("data:") and (event := json.loads(line.removeprefix("data:"))):
                    yield event

    def close(self) -> None:
        self._client.close()
