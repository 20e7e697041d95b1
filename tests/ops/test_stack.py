from __future__ import annotations

import socket
from pathlib import Path

import pytest

from ops.errors import OpsError
from ops.model import fingerprint
from ops.stack import Ports, Stack
from tests.serving import free_port


def test_a_taken_port_is_named_with_the_way_out(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port: int = taken.getsockname()[1]
        house = Stack(tmp_path, Ports(port, free_port(), free_port()), Path("model"))
        with pytest.raises(OpsError, match=f"ポート {port} は.*MADOGUCHI_PORT={port + 1} make run"):
            house.start(print)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_supervisord_cannot_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OpsError, match="「%」"):
        Stack(tmp_path / "100%", Ports.free(), Path("model")).start(print)


def test_a_second_start_in_the_same_folder_is_refused(stack: Stack) -> None:
    again = Stack(stack.run_dir, Ports.free(), stack.model)
    with pytest.raises(OpsError, match="もう動いています"):
        again.start(print)


def test_a_part_that_cannot_start_is_named(tmp_path: Path) -> None:
    settings = {"MADOGUCHI_RETENTION_DAYS": "たくさん"}
    house = Stack(tmp_path, Ports.free(), Path("none"), settings)
    try:
        with pytest.raises(OpsError, match=r"データベースを準備できません。.*migrate\.log"):
            house.start(print)
        assert "retention_days" in (tmp_path / "logs" / "migrate.log").read_text()
    finally:
        house.stop()


def test_a_run_folder_with_a_long_name_still_has_room_for_sockets(tmp_path: Path) -> None:
    house = Stack(tmp_path / ("長い名前" * 20), Ports(1, 2, 3), Path("model"))
    assert len(str(house._sockets).encode()) < 100


def test_the_fingerprint_is_the_same_twice_and_fit_for_a_file_name() -> None:
    assert fingerprint() == fingerprint()
    assert fingerprint().isalnum()


def test_secrets_of_the_house_are_for_its_owner_alone(stack: Stack) -> None:
    for name in ("secret", "supervisord.conf"):
        assert (stack.run_dir / name).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("port", ["abc", "", "0", "70000", "-1", "８０８０"])
def test_an_impossible_port_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("MADOGUCHI_PORT", port)
    with pytest.raises(OpsError, match="MADOGUCHI_PORT="):
        Ports.of_environment()
