"""Lighthouse over pages of the chat: its scores for accessibility and best practice, for `make bench`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator

from ops.errors import OpsError
from ops.rows import Row

VERSION = "12.8.2"
"""The last that runs on Node 18 and 20."""
PAGES = {"チャットの画面": "/chat", "市のページの中": "/"}
_CATEGORIES = ("accessibility", "best-practices")
_CHROME = "--headless=new --no-sandbox --disable-gpu --disable-background-networking"
_PATIENCE = 300
"""Seconds for one page; the first also brings Lighthouse from the npm registry."""


def lighthouse(url: str, chromium: str) -> Iterator[Row]:
    """A row a page of the house at `url`; one row that says so where there is no Node.js. Raises OpsError."""
    npx = shutil.which("npx")
    if not npx:
        yield Row("Lighthouse", "Node.js がないため測れません", "100 / 100")
        return
    for name, path in PAGES.items():
        scores = " / ".join(f"{score:.0f}" for score in _scores(npx, url + path, chromium))
        yield Row(f"Lighthouse {name} 使いやすさ / 作法", scores, "100 / 100")


def _scores(npx: str, address: str, chromium: str) -> list[float]:
    done = subprocess.run(
        [
            *(npx, "--yes", f"lighthouse@{VERSION}", address, "--quiet", "--output=json"),
            *(f"--only-categories={','.join(_CATEGORIES)}", f"--chrome-flags={_CHROME}"),
        ],
        env=os.environ | {"CHROME_PATH": chromium},
        capture_output=True,
        text=True,
        check=False,
        timeout=_PATIENCE,
    )
    try:
        categories = json.loads(done.stdout)["categories"]
    except (json.JSONDecodeError, KeyError):
        raise OpsError(f"Lighthouse で測れませんでした。{done.stderr.strip()[-300:]}") from None
    return [100 * categories[name]["score"] for name in _CATEGORIES]
