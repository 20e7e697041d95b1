"""Train the Rasa model, once for each state of what it is made from."""

from __future__ import annotations

import hashlib
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from ops.errors import OpsError

ROOT = Path(__file__).parent.parent
MODELS = ROOT / "models"
RASA = ROOT / "bot" / ".venv" / "bin" / "rasa"
USUALLY = "ふつう2〜4分"
SAY_EVERY = 20.0
"""Seconds between two signs of life while training."""
_MADE_FROM = ("config.yml", "bot/domain.yml", "bot/rules.yml", "bot/uv.lock", "nlu/**/*.py", "nlu/**/*.yml")


def fingerprint() -> str:
    """A name for the present state of everything the model is made from."""
    digest = hashlib.sha256()
    for path in sorted(path for pattern in _MADE_FROM for path in ROOT.glob(pattern)):
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def ensure_model(say: Callable[[str], None]) -> Path:
    """The model of the present state, trained now if it is not there; raises OpsError."""
    model = MODELS / f"{fingerprint()}.tar.gz"
    if not model.exists():
        _train(model, say)
    return model


def rasa_environment() -> dict[str, str]:
    """The environment every Rasa process needs; Rasa's own cache is off, ours is by fingerprint."""
    return os.environ | {
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "ignore",
        "RASA_TELEMETRY_ENABLED": "false",
        "RASA_MAX_CACHE_SIZE": "0",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "MALLOC_ARENA_MAX": "2",
    }


def _train(model: Path, say: Callable[[str], None]) -> None:
    MODELS.mkdir(exist_ok=True)
    unfinished = MODELS / f"unfinished-{os.getpid()}"
    log = MODELS / "train.log"
    say(f"質問を聞き分けるモデルを作ります。{USUALLY}です。")
    began = time.monotonic()
    command = [
        *(str(RASA), "train", "--config", "config.yml", "--domain", "bot/domain.yml"),
        *("--data", "nlu/data", "bot/rules.yml"),
        *("--out", str(unfinished), "--fixed-model-name", model.name),
    ]
    with log.open("wb") as output:
        training = subprocess.Popen(
            command, cwd=ROOT, env=rasa_environment(), stdout=output, stderr=subprocess.STDOUT
        )
        try:
            while True:
                try:
                    training.wait(SAY_EVERY)
                    break
                except subprocess.TimeoutExpired:
                    say(f"  モデルを作っています（{time.monotonic() - began:.0f}秒たちました）")
        finally:
            training.kill()
    made = unfinished / model.name
    if training.returncode != 0 or not made.exists():
        raise OpsError(f"モデルを作れませんでした。{log.relative_to(ROOT)} の終わりを確かめてください。")
    made.replace(model)
    unfinished.rmdir()
    say(f"モデルができました（{time.monotonic() - began:.0f}秒）。")
