"""`uv run ask "質問"`: ask the running bot through the web channel and print its reply."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import uuid
from collections.abc import Iterator
from typing import Any

import httpx

from channels.web.token import COOKIE

WAIT = 120.0
"""Seconds to wait for a reply; a restart of Rasa takes half a minute."""


def main() -> int:
    """Ask once; returns 1 when the bot can't be reached."""
    arguments = _parser().parse_args()
    try:
        with httpx.Client(base_url=arguments.url, timeout=WAIT) as client:
            handle = arguments.conversation or _open(client)
            events = _ask(client, handle, arguments.question)
            for body in events:
                print(json.dumps(body, ensure_ascii=False) if arguments.json else _as_text(body))
    except httpx.HTTPStatusError as error:
        print(_reason(error.response), file=sys.stderr)
        return 1
    except httpx.ReadTimeout:
        print("返答がありません。まどぐちの画面と .run/logs/worker.log を確かめてください。", file=sys.stderr)
        return 1
    except httpx.HTTPError:
        print(
            f"まどぐちに接続できません（{arguments.url}）。先に make run を実行してください。",
            file=sys.stderr,
        )
        return 1
    except ValueError:
        print("--conversation には、前に表示された会話の番号をそのまま入れてください。", file=sys.stderr)
        return 1
    print(f"会話: {handle}", file=sys.stderr)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ask", description="動いているまどぐちに質問する")
    parser.add_argument("question", help="質問")
    parser.add_argument("--json", action="store_true", help="返答を JSON（Answer）で1行ずつ出す")
    parser.add_argument("--conversation", help="前の会話の続きにする（前に表示された番号）")
    parser.add_argument(
        "--url",
        default=os.environ.get("MADOGUCHI_URL", "http://127.0.0.1:8080"),
        help="まどぐちのURL（既定: http://127.0.0.1:8080）",
    )
    return parser


def _open(client: httpx.Client) -> str:
    response = client.post("/api/conversations").raise_for_status()
    return str(response.json()["handle"])


def _ask(client: httpx.Client, handle: str, question: str) -> Iterator[dict[str, Any]]:
    """The bodies of the bot's reply; an interim notice is passed on, and the wait goes on."""
    conversation, token = handle.split("~", maxsplit=1)
    path = f"/api/conversations/{uuid.UUID(conversation)}"
    client.cookies.set(COOKIE, token)
    stored = client.post(
        f"{path}/messages",
        json={"text": question},
        headers={"Idempotency-Key": str(uuid.uuid4())},
    ).raise_for_status()
    until = time.monotonic() + WAIT
    headers = {"Last-Event-ID": str(stored.json()["sequence"])}
    with client.stream("GET", f"{path}/events", headers=headers) as stream:
        if stream.is_error:
            stream.read()
            stream.raise_for_status()
        for line in stream.iter_lines():
            if time.monotonic() > until:
                raise httpx.ReadTimeout("no reply")
            if not line.startswith("data:"):
                continue
            event = json.loads(line.removeprefix("data:"))
            if event["author"] == "bot":
                yield event["body"]
                if event["body"]["kind"] != "notice":
                    return


def _as_text(body: dict[str, Any]) -> str:
    lines = [body["text"]]
    lines += [f"  {fact['label']}: {fact['value']} [{fact['status']}]" for fact in body["facts"]]
    lines += [f"  → {link['label']} {link['url']}" for link in body["links"]]
    lines += [f"  ・{choice['label']}" for choice in body["choices"]]
    lines += [f"  出典: {source['title']} {source['url'] or ''}" for source in body["sources"]]
    return "\n".join(lines)


def _reason(response: httpx.Response) -> str:
    try:
        return str(response.json()["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return f"まどぐちがエラーを返しました（{response.status_code}）。"


if __name__ == "__main__":
    sys.exit(main())
