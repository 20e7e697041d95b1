"""The trained model on questions it has never seen. `make train` must have run."""

from __future__ import annotations

import asyncio
import subprocess
from collections import Counter
from pathlib import Path

import pytest
import ruamel.yaml
from rasa.core.agent import Agent, load_agent

ROOT = Path(__file__).parents[2]
ENOUGH = 0.90
"""The share of held-out questions whose intent must be right; a fallback counts as wrong."""
FINGERPRINT = "from ops.model import fingerprint; print(fingerprint())"


@pytest.fixture(scope="module")
def agent() -> Agent:
    asked = subprocess.run(
        [ROOT / ".venv/bin/python", "-c", FINGERPRINT], cwd=ROOT, capture_output=True, text=True, check=True
    )
    model = ROOT / "models" / f"{asked.stdout.strip()}.tar.gz"
    assert model.is_file(), f"{model.name} is missing: run `make train`, then test again"
    agent = asyncio.run(load_agent(model_path=str(model)))
    assert agent.is_ready()
    return agent


@pytest.fixture(scope="module")
def held_out() -> list[tuple[str, str]]:
    cases = ruamel.yaml.YAML(typ="safe").load(ROOT / "tests/questions/intents_holdout.yml")
    return [(case["text"], case["intent"]) for case in cases]


def understood(agent: Agent, text: str) -> str:
    parsed = asyncio.run(agent.parse_message(text))
    name: str = parsed["intent"]["name"]
    return name


def test_most_held_out_questions_are_understood(
    agent: Agent, held_out: list[tuple[str, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    found = [(text, intent, understood(agent, text)) for text, intent in held_out]
    wrong = [case for case in found if case[1] != case[2]]
    accuracy = 1 - len(wrong) / len(found)
    with capsys.disabled():
        print(f"\nheld-out intents: {len(found) - len(wrong)} of {len(found)} right ({accuracy:.1%})")
        for (meant, heard), times in Counter(case[1:] for case in wrong).most_common():
            texts = " / ".join(text for text, *pair in wrong if pair == [meant, heard])
            print(f"  {times} {meant} → {heard}: {texts}")
    assert accuracy >= ENOUGH


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("児童手当の手続きに必要なものは？", "ask_bring"),
        ("百年記念館は明日開いてる？", "ask_hours"),
        ("マイナンバーカードを失くした", "ask_about"),
        ("住民票は代理人でも取れますか", "ask_proxy"),
        ("住民票は郵送で取れますか", "ask_post"),
        ("先月申請したのにまだ届かない", "ask_status"),
        ("図書館の電話番号を教えてください", "ask_phone"),
        ("そうじゃなくて、転出届のほうです", "correct"),
        ("ばかやろう", "abuse"),
        ("職員と話したい", "ask_person"),
        ("ありがとう", "thank"),
    ],
)
def test_the_plainest_questions_are_always_understood(agent: Agent, text: str, intent: str) -> None:
    assert understood(agent, text) == intent


@pytest.mark.parametrize("text", ["", " ", "😀😀", "あ" * 1000, "\n", "？？？"])
def test_any_text_is_parsed(agent: Agent, text: str) -> None:
    assert asyncio.run(agent.parse_message(text))["text"].strip() == text.strip()


def test_entities_come_back_as_the_resident_wrote_them(agent: Agent) -> None:
    text = "😀百年記念館は明日開いてますか"
    entities = asyncio.run(agent.parse_message(text))["entities"]
    assert entities
    assert all(text[entity["start"] : entity["end"]] == entity["value"] for entity in entities)
