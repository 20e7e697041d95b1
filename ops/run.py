"""`make run`: train if needed, start everything, say where, and stay until Ctrl-C."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from ops.errors import OpsError
from ops.model import ROOT, ensure_model
from ops.stack import Ports, Stack
from ops.vectors import ensure_vectors

NEEDED_MB = 500


def say(line: str) -> None:
    """One line of progress."""
    print(f"▶ {line}", flush=True)


def main() -> int:
    """Run the house; returns 0 after Ctrl-C, 1 with one clear line when something is missing."""
    signal.signal(signal.SIGTERM, _interrupt)
    began = time.monotonic()
    stack: Stack | None = None
    try:
        _refuse_full_disk(ROOT)
        ports = Ports.of_environment()
        model = ensure_model(say)
        ensure_vectors(say)
        run_dir = Path(os.environ.get("MADOGUCHI_RUN_DIR", str(ROOT / ".run")))
        stack = Stack(run_dir, ports, model)
        stack.start(say)
        say(f"準備ができました（{time.monotonic() - began:.0f}秒）。ブラウザーで開いてください: {stack.url}")
        if stack.talk_url:
            stack.deploy_menu(say)
            say(f"LINEの見本（本物のLINEにはつながりません）: {stack.talk_url}/")
        say("止めるには Ctrl-C を押します。")
        stack.watch(say)
    except KeyboardInterrupt:
        say("止めています。")
        return 0
    except OpsError as error:
        print(f"✖ {error}", file=sys.stderr)
        return 1
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        print("✖ ディスクがいっぱいです。空きを作ってから、もう一度実行してください。", file=sys.stderr)
        return 1
    finally:
        if stack:
            stack.stop()
    return 0


def _refuse_full_disk(folder: Path) -> None:
    free = shutil.disk_usage(folder).free // 1_000_000
    if free < NEEDED_MB:
        raise OpsError(f"ディスクの空きが {free} MB しかありません。{NEEDED_MB} MB 以上空けてください。")


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
