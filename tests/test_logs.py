"""No message text and no user id in any log of the running house (docs/operations.md)."""

from __future__ import annotations

from ops.stack import Stack
from tests.talk import Talk

SECRET_WORDS = "ひみつのはなしxyzzy"


def test_what_a_resident_says_is_in_no_log(whole: Stack) -> None:
    talk = Talk(whole.url)
    talk.say(f"{SECRET_WORDS}について教えて")
    whole.control("stopProcess", "actions")
    try:
        talk.say(f"マイナンバーカードを失くした、{SECRET_WORDS}")
    finally:
        whole.control("startProcess", "actions")
    talk.close()
    logs = [path for path in (whole.run_dir / "logs").iterdir() if path.is_file()]
    assert {"rasa.log", "actions.log", "web.log", "worker.log", "postgres.log"} <= {p.name for p in logs}
    for path in logs:
        text = path.read_bytes().decode("utf-8", errors="replace")
        assert "xyzzy" not in text, path.name
