"""What supervisord is told: the programs of the house, and how each is started and stopped."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

from ops.model import RASA, rasa_environment

WEB = ("web", "web2")
"""Two web servers share one port: while one starts again, about 10 seconds, the other hears who calls."""
BEHIND = 5
"""Niceness of what computes: where two cores are full, first the web passes on what is already said."""


def supervised(run: Path, sockets: Path, model: Path, rasa_port: int, *, has_line: bool) -> str:
    """Supervisord's configuration: `run` holds logs and data; `has_line` adds the sample of LINE."""
    python = sys.executable
    rasa = rasa_environment() | {
        "POSTGRESQL_SCHEMA": "rasa",
        "POSTGRESQL_POOL_SIZE": "5",
        "LOG_LEVEL": "WARNING",
        "OMP_NUM_THREADS": "1",
    }
    programs = {
        "postgres": (_command(python, "-m", "ops.postgres", run / "postgres", sockets), "INT", {}),
        "actions": (_command(python, "-m", "actions.server", nice=BEHIND), "TERM", {}),
        **dict.fromkeys(WEB, (_command(python, "-m", "channels.app"), "TERM", {})),
        "worker": (_command(python, "-m", "channels.worker"), "TERM", {}),
        "rasa": (
            _command(
                *(RASA, "run", "--model", model),
                *("--endpoints", "bot/endpoints.yml", "--credentials", "bot/credentials.yml"),
                *("--interface", "127.0.0.1", "--port", rasa_port),
                nice=BEHIND,
            ),
            "TERM",
            {name: value for name, value in rasa.items() if os.environ.get(name) != value},
        ),
    }
    if has_line:
        programs["line"] = (_command(python, "-m", "ops.lineplatform"), "TERM", {})
    logs = run / "logs"
    parts = [
        f"[unix_http_server]\nfile={sockets}/supervisor.sock\nchmod=0700\n"
        f"[supervisord]\nlogfile={logs}/supervisord.log\npidfile={run}/supervisord.pid\n"
        "[rpcinterface:supervisor]\n"
        "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n"
    ]
    for priority, (name, (command, stop, environment)) in enumerate(programs.items(), start=1):
        pairs = ",".join(f'{key}="{value}"' for key, value in environment.items())
        parts.append(
            f"[program:{name}]\ncommand={command}\nautostart=false\nautorestart=true\n"
            f"startsecs=1\nstartretries=8\npriority={priority}\nstopsignal={stop}\n"
            f"stopwaitsecs=15\nkillasgroup=true\n"
            f"stopasgroup={'false' if name == 'postgres' else 'true'}\n"
            f"redirect_stderr=true\nstdout_logfile={logs}/{name}.log\n"
            f"stdout_logfile_maxbytes=10MB\nstdout_logfile_backups=3\nenvironment={pairs}\n"
        )
    return "\n".join(parts)


def _command(*words: object, nice: int = 0) -> str:
    """A command line for supervisord, which splits it as a shell does.

    `setpriv` has the kernel end the process when supervisord itself is killed.
    """
    return shlex.join(["nice", "-n", str(nice), "setpriv", "--pdeathsig", "TERM", "--", *map(str, words)])
