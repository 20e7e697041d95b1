"""Kill parts of the running house: nothing a resident said is lost or answered twice."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

from ops.stack import Ports, Stack
from tests.serving import wait_until
from tests.talk import Talk


def kill(stack: Stack, name: str, number: int = signal.SIGKILL) -> int:
    pid = stack.processes()[name]
    assert pid
    os.kill(pid, number)
    return pid


def replies(talk: Talk, count: int, after: int = 0) -> list[dict[str, Any]]:
    """Events until `count` turns have ended."""
    found = []
    for event in talk.events(after):
        found.append(event)
        ended = [e for e in found if e["author"] == "bot" and e["body"]["kind"] != "notice"]
        if len(ended) == count:
            return found
    raise AssertionError("the stream ended")


def final(events: list[dict[str, Any]]) -> list[str]:
    return [e["body"]["entry"] for e in events if e["author"] == "bot" and e["body"]["kind"] != "notice"]


def test_rasa_killed_in_mid_turn_costs_no_message_and_no_second_answer(whole: Stack) -> None:
    talk = Talk(whole.url)
    kill(whole, "rasa", signal.SIGSTOP)  # the turn is in Rasa's hands, unanswered
    said = ["転入届の持ち物は？", "印鑑登録について", "犬を飼い始めた"]
    for text in said:
        talk.post(text)
    time.sleep(1)
    kill(whole, "rasa")
    events = replies(talk, len(said))
    assert final(events) == ["moving-in", "seal-registration", "dog-registration"]
    wait_until(lambda: whole.is_healthy(), 120)
    time.sleep(4)  # a second answer would come from a retry
    assert len(final(replies(talk, len(said)))) == len(said)
    again = talk.say("転入届の持ち物は？")
    assert (again[-1]["entry"], again[-1]["aspect"]) == ("moving-in", "bring")
    talk.close()


def test_without_the_action_server_the_resident_still_gets_an_answer(whole: Stack) -> None:
    whole.control("stopProcess", "actions")
    try:
        talk = Talk(whole.url)
        *notices, answer = talk.say("マイナンバーカードを失くした")
        assert notices[0]["kind"] == "notice"
        assert answer["entry"] == "mynumber-lost"
        talk.close()
    finally:
        whole.control("startProcess", "actions")


def test_a_worker_killed_in_mid_turn_leaves_the_turn_to_its_successor(whole: Stack) -> None:
    talk = Talk(whole.url)
    kill(whole, "rasa", signal.SIGSTOP)
    talk.post("転入届の持ち物は？")
    time.sleep(1)
    kill(whole, "worker")
    kill(whole, "rasa", signal.SIGCONT)
    events = replies(talk, 1)
    assert final(events) == ["moving-in"]
    time.sleep(12)  # past the rescue of the dead worker's job
    assert len(talk_events(talk)) == len(events)
    talk.close()


def talk_events(talk: Talk) -> list[dict[str, Any]]:
    return replies(talk, 1)


def test_a_web_server_killed_under_an_open_stream_loses_nothing(whole: Stack) -> None:
    talk = Talk(whole.url)
    sequence = talk.post("印鑑登録について")
    old = kill(whole, "web")
    wait_until(lambda: whole.processes()["web"] not in (0, old) and whole.is_healthy(), 60)
    events = replies(talk, 1, after=0)
    assert [e["sequence"] for e in events][:1] == [sequence]
    assert final(events) == ["seal-registration"]
    talk.close()


def test_postgresql_killed_comes_back_and_the_house_with_it(whole: Stack) -> None:
    talk = Talk(whole.url)
    talk.say("印鑑登録について")
    kill(whole, "postgres")
    wait_until(lambda: all(whole.processes().values()) and whole.is_healthy(), 120)
    assert talk.say("転入届の持ち物は？")[-1]["entry"] == "moving-in"
    talk.close()


def test_the_supervisor_killed_takes_everything_with_it_and_a_new_start_works(
    tmp_path: Path, stack: Stack
) -> None:
    house = Stack(tmp_path / "a folder with spaces", Ports.free(), stack.model)
    try:
        house.start(print)
        pids = [pid for pid in house.processes().values() if pid]
        assert len(pids) == 7
        assert house._daemon is not None
        house._daemon.kill()
        wait_until(lambda: not any(alive(pid) for pid in pids), 120)
        house.stop()
        house.start(print)
        talk = Talk(house.url)
        assert talk.say("印鑑登録について")[-1]["entry"] == "seal-registration"
        talk.close()
    finally:
        house.stop()


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_a_process_that_died_is_restarted_and_it_is_said(whole: Stack) -> None:
    lines: list[str] = []
    watching = threading.Thread(target=whole.watch, args=(lines.append, 0.2), daemon=True)
    watching.start()
    time.sleep(1)
    kill(whole, "actions")
    wait_until(lambda: any("actions" in line and "再び始めました" in line for line in lines), 30)
