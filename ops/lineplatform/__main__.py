"""`python -m ops.lineplatform`: the platform with its talk page, for the house that `make run` starts."""

from __future__ import annotations

import os

import uvicorn

from ops.lineplatform.app import line_app
from ops.lineplatform.platform import LinePlatform
from ops.lineplatform.quota import FREE_PLAN


def main() -> None:
    """Serve until stopped; ops/stack.py sets what is read here."""
    platform = LinePlatform(
        int(os.environ["MADOGUCHI_LINE_TALK_PORT"]),
        secret=os.environ["MADOGUCHI_LINE_CHANNEL_SECRET"],
        token=os.environ["MADOGUCHI_LINE_CHANNEL_TOKEN"],
        bot_url=f"http://127.0.0.1:{os.environ['MADOGUCHI_PORT']}",
        quota=FREE_PLAN,
    )
    uvicorn.run(
        line_app(platform),
        host="127.0.0.1",
        port=platform.port,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=1,
    )


if __name__ == "__main__":
    main()
