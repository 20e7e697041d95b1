"""The whole house on one machine, under one supervisord.

PostgreSQL starts first, then the schema is brought up to date, then everything else at once.
supervisord restarts what dies; `watch` says so.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import xmlrpc.client
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import psycopg
from supervisor.xmlrpc import SupervisorTransport

from ops.errors import OpsError
from ops.model import ROOT
from ops.supervised import WEB, supervised

START_WITHIN = 180.0
"""Seconds for everything to be up; Rasa alone takes about 30 on two cores."""
STOP_WITHIN = 30.0
_SOCKET_PATH_MAX = 80
"""A Unix socket's path may have 107 bytes; `/supervisor.sock.` and a process id need their share."""


@dataclass(frozen=True)
class Ports:
    """Where the parts listen, all on loopback."""

    web: int
    rasa: int
    actions: int
    line: int = 0
    """The sample of LINE; 0 for a house without it."""

    @classmethod
    def of_environment(cls) -> Ports:
        """The house's own ports, each changed by its setting."""
        return cls(
            web=_port("MADOGUCHI_PORT", 8080),
            rasa=_port("MADOGUCHI_RASA_PORT", 5005),
            actions=_port("MADOGUCHI_ACTIONS_PORT", 5055),
            line=_port("MADOGUCHI_LINE_TALK_PORT", 8090, least=0),
        )

    @classmethod
    def free(cls) -> Ports:
        """Ports that were free a moment ago, for a house beside the real one."""
        with contextlib.ExitStack() as sockets:
            probes = [sockets.enter_context(socket.socket()) for _ in fields(cls)]
            for probe in probes:
                probe.bind(("127.0.0.1", 0))
            return cls(*(probe.getsockname()[1] for probe in probes))


@dataclass
class Stack:
    """One running house. `settings` adds to or replaces MADOGUCHI_ settings of channels/."""

    run_dir: Path
    ports: Ports
    model: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    _daemon: subprocess.Popen[bytes] | None = None
    _line_secret: str = field(default_factory=lambda: secrets.token_hex(16))
    _line_token: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    @property
    def url(self) -> str:
        """Where residents and the browser go."""
        return f"http://127.0.0.1:{self.ports.web}"

    @property
    def talk_url(self) -> str | None:
        """The talk page of the sample of LINE; None when there is a LINE account, or no port for it."""
        name = "MADOGUCHI_LINE_CHANNEL_SECRET"
        is_connected = self.settings.get(name) or os.environ.get(name)
        return None if is_connected or not self.ports.line else f"http://127.0.0.1:{self.ports.line}"

    @property
    def database_url(self) -> str:
        """The database of this house."""
        return self._given_database_url or f"postgresql://postgres@/postgres?host={quote(str(self._sockets))}"

    def start(self, say: Callable[[str], None]) -> None:
        """Start everything and wait until residents get answers; raises OpsError."""
        self._refuse_percent_sign()
        self._refuse_second_start()
        self._refuse_taken_ports()
        self.run_dir.mkdir(parents=True, exist_ok=True)
        (self.run_dir / "logs").mkdir(exist_ok=True)
        configuration = self.run_dir / "supervisord.conf"
        self._sockets.mkdir(parents=True, exist_ok=True, mode=0o700)
        has_line = self.talk_url is not None
        told = supervised(
            self.run_dir.resolve(), self._sockets, self.model, self.ports.rasa, has_line=has_line
        )
        configuration.write_text(told, encoding="utf-8")
        configuration.chmod(0o600)
        self._tell_of_line_sample()
        with (self.run_dir / "logs" / "supervisord-error.log").open("wb") as errors:
            self._daemon = subprocess.Popen(
                [sys.executable, "-m", "supervisor.supervisord", "-n", "-c", str(configuration)],
                cwd=ROOT,
                env=os.environ | self._environment(),
                stdout=subprocess.DEVNULL,
                stderr=errors,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )
        self._wait(self._answers, 20, "プロセス管理（supervisord）")
        if not self._given_database_url:
            say("データベースを始めます。ふつう2秒ほどです。")
            self.control("startProcess", "postgres")
            self._wait(self._database_is_up, 60, "データベース（postgres）")
        self._migrate()
        say("聞き分け（Rasa）、返答、受付を始めます。ふつう30秒ほどです。")
        for name in ("actions", *WEB, "worker", "rasa", *(["line"] if self.talk_url else [])):
            self.control("startProcess", name, False)
        self._wait(self.is_healthy, START_WITHIN, "まどぐち")

    def deploy_menu(self, say: Callable[[str], None]) -> None:
        """Give the sample of LINE its rich menu, as a clerk gives it to the real account."""
        done = self._done("channels.cli", "line", "menu", "deploy")
        if done.returncode:
            say(f"LINEの見本にメニューを出せませんでした。{done.stderr.strip()}")

    def stop(self) -> None:
        """Stop everything, gently first."""
        daemon, self._daemon = self._daemon, None
        if daemon is None:
            return
        daemon.terminate()
        try:
            daemon.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            daemon.kill()
            daemon.wait()

    def watch(self, say: Callable[[str], None], every: float = 1.0) -> None:
        """Say which process died and was restarted, until interrupted.

        Raises OpsError when supervisord itself has ended.
        """
        known = self.processes()
        while (daemon := self._daemon) is not None:
            if daemon.poll() is not None:
                raise OpsError("プロセス管理（supervisord）が止まりました。make run をやり直してください。")
            time.sleep(every)
            with contextlib.suppress(OSError, xmlrpc.client.Error):
                now = self.processes()
                for name, pid in now.items():
                    if pid and known.get(name) not in (None, pid):
                        say(f"{name} が止まったため、再び始めました（プロセス {known[name]} → {pid}）。")
                known |= {name: pid for name, pid in now.items() if pid}
                for name in self._given_up():
                    say(f"{name} を始められません。{self.run_dir / 'logs' / name}.log を確かめてください。")
                    self.control("startProcess", name, False)

    def is_healthy(self) -> bool:
        """Whether residents get full answers."""
        try:
            return httpx.get(f"{self.url}/health", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    def processes(self) -> dict[str, int]:
        """The process id of each running part, 0 while it is down."""
        listed: list[dict[str, Any]] = self.control("getAllProcessInfo")
        return {process["name"]: process["pid"] for process in listed}

    def control(self, method: str, *arguments: object) -> Any:  # noqa: ANN401  # XML-RPC has no types
        """Call supervisord (its XML-RPC interface `supervisor.`)."""
        transport = SupervisorTransport(None, None, f"unix://{self._sockets}/supervisor.sock")
        server = xmlrpc.client.ServerProxy("http://localhost", transport)
        try:
            return getattr(server.supervisor, method)(*arguments)
        finally:
            transport.close()

    @property
    def _given_database_url(self) -> str | None:
        name = "MADOGUCHI_DATABASE_URL"
        return self.settings.get(name) or os.environ.get(name)

    @property
    def _sockets(self) -> Path:
        wanted = self.run_dir.resolve() / "sockets"
        if len(str(wanted).encode()) <= _SOCKET_PATH_MAX:
            return wanted
        name = hashlib.sha256(str(wanted).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"madoguchi-{name}"

    def _refuse_percent_sign(self) -> None:
        """Supervisord expands `%` in its configuration, some values once and some twice."""
        if "%" in f"{self.run_dir.resolve()}{ROOT}":
            raise OpsError("フォルダの名前に「%」があると動きません。別の名前のフォルダに移してください。")

    def _refuse_second_start(self) -> None:
        with contextlib.suppress(OSError, xmlrpc.client.Error):
            self.control("getPID")
            raise OpsError(
                "このフォルダのまどぐちは、もう動いています。止めるには、その画面で Ctrl-C を押します。"
            )

    def _refuse_taken_ports(self) -> None:
        settings = {
            "web": "MADOGUCHI_PORT",
            "rasa": "MADOGUCHI_RASA_PORT",
            "actions": "MADOGUCHI_ACTIONS_PORT",
        } | ({"line": "MADOGUCHI_LINE_TALK_PORT"} if self.talk_url else {})
        for name, setting in settings.items():
            port = getattr(self.ports, name)
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", port))
                except PermissionError:
                    raise OpsError(
                        f"ポート {port} は管理者でないと使えません。{setting}=8080 のように変えてください。"
                    ) from None
                except OSError:
                    raise OpsError(
                        f"ポート {port} は、ほかのプログラムが使っています。"
                        f"{setting}={port + 1} make run のように、別の番号で始めてください。"
                    ) from None

    def _environment(self) -> dict[str, str]:
        tracker = self.database_url.replace("postgresql://", "postgresql+psycopg2://", 1)
        return {
            "MADOGUCHI_DATABASE_URL": self.database_url,
            "MADOGUCHI_TRACKER_URL": tracker,
            "MADOGUCHI_SECRET": self._secret(),
            "MADOGUCHI_PORT": str(self.ports.web),
            "MADOGUCHI_RASA_URL": f"http://127.0.0.1:{self.ports.rasa}",
            "MADOGUCHI_ACTIONS_URL": f"http://127.0.0.1:{self.ports.actions}",
            "MADOGUCHI_ACTIONS_PORT": str(self.ports.actions),
            **self._line_sample(),
            **self.settings,
        }

    def _tell_of_line_sample(self) -> None:
        """Keep what joins a command of `channels line` to the sample, for a shell to read."""
        path = self.run_dir / "line.env"
        path.unlink(missing_ok=True)
        if sample := self._line_sample():
            path.touch(mode=0o600)
            path.write_text("".join(f"{name}={value}\n" for name, value in sample.items()))

    def _line_sample(self) -> dict[str, str]:
        """What joins channels to the sample of LINE, and the sample to them.

        Its secret is new with every start: whoever knew it could speak as a resident.
        """
        if self.talk_url is None:
            return {}
        return {
            "MADOGUCHI_LINE_CHANNEL_SECRET": self._line_secret,
            "MADOGUCHI_LINE_CHANNEL_TOKEN": self._line_token,
            "MADOGUCHI_LINE_API_URL": self.talk_url,
            "MADOGUCHI_LINE_DATA_URL": self.talk_url,
            "MADOGUCHI_LINE_TALK_PORT": str(self.ports.line),
        }

    def _secret(self) -> str:
        """The house secret: from the environment, else made once and kept in the run folder."""
        if given := os.environ.get("MADOGUCHI_SECRET"):
            return given
        path = self.run_dir / "secret"
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(48))
        return path.read_text()

    def _migrate(self) -> None:
        done = self._done("channels.migrate")
        if done.returncode:
            (self.run_dir / "logs" / "migrate.log").write_text(done.stderr)
            raise OpsError(
                f"データベースを準備できません。{self.run_dir}/logs/migrate.log を確かめてください。"
            )

    def _done(self, module: str, *words: str) -> subprocess.CompletedProcess[str]:
        """A program of channels, run to its end with the settings of this house."""
        return subprocess.run(
            [sys.executable, "-m", module, *words],
            cwd=ROOT,
            env=os.environ | self._environment(),
            capture_output=True,
            text=True,
            check=False,
        )

    def _wait(self, ready: Callable[[], bool], seconds: float, what: str) -> None:
        until = time.monotonic() + seconds
        while not ready():
            dead = self._daemon is None or self._daemon.poll() is not None
            given_up = [] if dead else self._given_up()
            if dead or given_up or time.monotonic() > until:
                which = f"（{'、'.join(given_up)}）" if given_up else ""
                logs = self.run_dir / "logs"
                raise OpsError(f"{what}{which}を始められませんでした。{logs} の記録を確かめてください。")
            time.sleep(0.2)

    def _given_up(self) -> list[str]:
        """The parts that supervisord tries no more, because they died at once several times."""
        with contextlib.suppress(OSError, xmlrpc.client.Error):
            return [p["name"] for p in self.control("getAllProcessInfo") if p["statename"] == "FATAL"]
        return []

    def _answers(self) -> bool:
        try:
            return bool(self.control("getPID"))
        except (OSError, xmlrpc.client.Error):
            return False

    def _database_is_up(self) -> bool:
        try:
            psycopg.connect(self.database_url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


def _port(setting: str, default: int, least: int = 1) -> int:
    given = os.environ.get(setting, str(default))
    if not given.isascii() or not given.isdecimal() or not least <= int(given) <= 65535:
        raise OpsError(f"{setting}={given} は使えません。{least} から 65535 までの数字にしてください。")
    return int(given)


def _die_with_parent() -> None:
    """Have supervisord stop everything even when this process is killed outright (Linux)."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)
