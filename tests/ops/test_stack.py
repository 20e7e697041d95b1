from __future__ import annotations

import socket
from pathlib import Path

import pytest

from ops.errors import OpsError
from ops.model import ROOT, fingerprint
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


def test_the_sample_of_line_is_there_only_without_an_account(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MADOGUCHI_LINE_CHANNEL_SECRET", raising=False)
    secret = {"MADOGUCHI_LINE_CHANNEL_SECRET": "x"}
    assert Stack(tmp_path, Ports(1, 2, 3, 4), Path("model")).talk_url == "http://127.0.0.1:4"
    assert Stack(tmp_path, Ports(1, 2, 3, 4), Path("model"), secret).talk_url is None
    assert Stack(tmp_path, Ports(1, 2, 3), Path("model")).talk_url is None
    monkeypatch.setenv("MADOGUCHI_LINE_CHANNEL_SECRET", "x")
    assert Stack(tmp_path, Ports(1, 2, 3, 4), Path("model")).talk_url is None


def test_the_sample_of_line_has_a_secret_and_a_token_of_its_own_with_every_start(tmp_path: Path) -> None:
    first, second = (Stack(tmp_path, Ports(1, 2, 3, 4), Path("model"))._line_sample() for _ in range(2))
    for name in ("MADOGUCHI_LINE_CHANNEL_SECRET", "MADOGUCHI_LINE_CHANNEL_TOKEN"):
        assert len(first[name]) >= 32
        assert first[name] != second[name]
    assert {first["MADOGUCHI_LINE_API_URL"], first["MADOGUCHI_LINE_DATA_URL"]} == {"http://127.0.0.1:4"}


def test_port_zero_is_no_sample_of_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MADOGUCHI_LINE_TALK_PORT", "0")
    assert Ports.of_environment().line == 0
    monkeypatch.setenv("MADOGUCHI_LINE_TALK_PORT", "-1")
    with pytest.raises(OpsError, match="0 から 65535"):
        Ports.of_environment()


def test_the_container_starts_no_sample_of_line() -> None:
    assert "MADOGUCHI_LINE_TALK_PORT=0" in (ROOT / "docker-compose.yml").read_text(encoding="utf-8")


def test_what_joins_a_command_to_the_sample_of_line_is_for_its_owner_alone(tmp_path: Path) -> None:
    house = Stack(tmp_path, Ports(1, 2, 3, 4), Path("model"))
    house._tell_of_line_sample()
    kept = tmp_path / "line.env"
    assert dict(line.split("=", 1) for line in kept.read_text().splitlines()) == house._line_sample()
    assert kept.stat().st_mode & 0o077 == 0
    Stack(tmp_path, Ports(1, 2, 3), Path("model"))._tell_of_line_sample()
    assert not kept.exists()
