"""What a newcomer sees when something is missing: one clear Japanese line, no traceback."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from ops.model import ROOT


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout in which nothing is installed yet."""
    (tmp_path / "house" / "ops").mkdir(parents=True)
    shutil.copy(ROOT / "ops" / "bootstrap.sh", tmp_path / "house" / "ops")
    return tmp_path / "house"


def bootstrap(checkout: Path, **programs: str) -> subprocess.CompletedProcess[str]:
    """Run it with nothing on the PATH but a shell's tools and `programs` (name: shell script)."""
    tools = checkout.parent / "bin"
    tools.mkdir()
    for name in ("awk", "bash", "cat", "df", "dirname", "id", "ln", "tail"):
        (tools / name).symlink_to(str(shutil.which(name)))
    for name, script in programs.items():
        (tools / name).unlink(missing_ok=True)
        (tools / name).write_text(f"#!/bin/bash\n{script}\n")
        (tools / name).chmod(0o755)
    environment = {
        "PATH": str(tools),
        "HOME": str(checkout.parent),
        "LANG": os.environ.get("LANG", "C.UTF-8"),
    }
    return subprocess.run(
        [str(shutil.which("bash")), "ops/bootstrap.sh"],
        cwd=checkout,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_any_python_it_says_what_to_install(checkout: Path) -> None:
    done = bootstrap(checkout)
    assert done.returncode == 1
    assert done.stderr.strip() == (
        "✖ python3 がありません。「apt-get install python3 python3-venv」のあと、もう一度実行してください。"
    )


def test_without_python_3_12_it_says_which_is_missing(checkout: Path) -> None:
    done = bootstrap(checkout, uv="exit 1", df="printf 'h\\nd 1 1 99999999 1 /\\n'")
    assert done.returncode == 1
    assert done.stderr.strip().startswith("✖ Python 3.12 が見つかりません。")
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_full_disk_is_said_before_anything_is_installed(checkout: Path) -> None:
    done = bootstrap(checkout, uv="exit 1", df="printf 'h\\nd 1 1 1048576 1 /\\n'")
    assert done.returncode == 1
    assert done.stderr.strip().startswith("✖ ディスクの空きが 1 GB しかありません。")


def test_a_registry_out_of_reach_is_one_line_after_pip_s_own(checkout: Path) -> None:
    makes_a_venv = "mkdir -p .tools/bin; cp $0 .tools/bin/python"
    fake = f'case "$*" in *venv*) {makes_a_venv};; *) echo no network >&2; exit 1;; esac'
    done = bootstrap(checkout, python3=fake, mkdir='exec /bin/mkdir "$@"', cp='exec /bin/cp "$@"')
    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1].startswith("✖ uv を入れられません。")
