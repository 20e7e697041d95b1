from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from actions.search import MOST
from actions.server import CAPABILITIES
from knowledge.answer import Answer
from tests.serving import free_port

ROOT = Path(__file__).parents[2]
SECRET = "個人番号は123456789018です"


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("actions") / "log"


@pytest.fixture(scope="module")
def server(log: Path) -> Iterator[httpx.Client]:
    """The real action server on a port of its own."""
    port = free_port()
    settings = {"MADOGUCHI_ACTIONS_PORT": str(port), "MADOGUCHI_ENCODER": "none", "PYTHONUNBUFFERED": "1"}
    environment = os.environ | settings
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "actions.server"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10) as client:
            wait_for(client, process, log)
            yield client
    finally:
        process.terminate()
        process.wait(10)


def wait_for(client: httpx.Client, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            client.get("/health").raise_for_status()
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(log.read_text())


def a_call(action: str | None, text: str) -> dict[str, object]:
    """What Rasa sends to run an action."""
    return {
        "next_action": action,
        "sender_id": "a-conversation",
        "tracker": {
            "sender_id": "a-conversation",
            "slots": {},
            "latest_message": {"text": text, "intent": {"name": "ask_about", "confidence": 0.9}},
            "events": [],
            "paused": False,
            "followup_action": None,
            "active_loop": {},
            "latest_action_name": "action_listen",
        },
        "domain": {},
        "version": "3.6.21",
    }


def test_every_capability_is_served(server: httpx.Client) -> None:
    served = [action["name"] for action in server.get("/actions").json()]
    assert sorted(served) == sorted(capability.action_name for capability in CAPABILITIES)


def test_a_call_is_answered_with_one_answer_and_no_slots(server: httpx.Client) -> None:
    reply = server.post("/webhook", json=a_call("action_answer", "犬を飼い始めた"))
    assert reply.status_code == 200
    [response] = reply.json()["responses"]
    assert Answer.model_validate(response["custom"]).entry == "dog-registration"
    assert reply.json()["events"] == []


def test_rasa_may_leave_the_domain_out(server: httpx.Client) -> None:
    call = a_call("action_answer", "犬を飼い始めた")
    del call["domain"]
    assert server.post("/webhook", json=call).status_code == 200


BROKEN = [
    {key: value for key, value in a_call("action_answer", SECRET).items() if key != "tracker"}
    | {"text": SECRET},
    a_call("action_answer", SECRET) | {"tracker": {"latest_message": {"text": SECRET}, "events": SECRET}},
    a_call("action_answer", SECRET) | {"tracker": SECRET},
    a_call("action_nowhere", SECRET),
    [SECRET],
]


@pytest.mark.parametrize("call", BROKEN, ids=range(len(BROKEN)))
def test_an_error_never_echoes_what_the_resident_said(server: httpx.Client, log: Path, call: object) -> None:
    reply = server.post("/webhook", json=call)
    assert reply.status_code >= 400
    for spelling in (SECRET, "123456789018", SECRET.encode("unicode_escape").decode()):
        assert spelling not in reply.text
        assert spelling not in log.read_text(encoding="utf-8")


def test_a_body_that_is_not_json_is_not_echoed_either(server: httpx.Client, log: Path) -> None:
    reply = server.post("/webhook", content=f'{{"text": "{SECRET}"'.encode())
    assert reply.status_code >= 400
    assert "123456789018" not in reply.text + log.read_text(encoding="utf-8")


def test_the_console_finds_what_residents_are_answered_from(server: httpx.Client) -> None:
    found = server.post("/search", json={"text": "犬を飼い始めた"}).json()["entries"]
    assert found[0] == "dog-registration"
    assert len(found) <= MOST
    assert server.post("/search", json={"text": ""}).json() == {"entries": []}


@pytest.mark.parametrize("asked", [{}, {"text": None}, {"text": [SECRET]}, [SECRET], SECRET])
def test_a_search_for_no_text_is_refused_and_not_echoed(
    server: httpx.Client, log: Path, asked: object
) -> None:
    reply = server.post("/search", json=asked)
    assert reply.status_code == 400
    assert SECRET not in reply.text + log.read_text(encoding="utf-8")
