"""What tests share: a real PostgreSQL, and the whole house once for the end-to-end tests."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from alembic import command

from channels.migrate import alembic_config
from ops.model import ROOT, ensure_model
from ops.stack import Ports, Stack


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
        server.wait(10)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole house on free ports: PostgreSQL, Rasa, actions, web, worker."""
    house = Stack(
        tmp_path_factory.mktemp("house"),
        Ports.free(),
        ensure_model(print),
    )
    try:
        house.start(print)
        yield house
    finally:
        house.stop()


def free_port() -> int:
    """A loopback port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


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
