"""Gaps in texts that staff write, such as `{title}`: which there are, and whether they can be filled."""

from __future__ import annotations

import string
from collections.abc import Collection


def gaps_in(text: str) -> set[str]:
    """The names of the gaps in `text`; raises ValueError, in Japanese, where they can't be read."""
    try:
        parts = [part[1:] for part in string.Formatter().parse(text) if part[1] is not None]
    except ValueError as error:
        raise ValueError("波かっこ { } の数が合いません。{title} のように書いてください") from error
    if any(spec or conversion for _, spec, conversion in parts):
        raise ValueError("差し込みの中には名前だけを書いてください（例: {title}）")
    return {name for name, _, _ in parts if name is not None}


def braced(names: Collection[str]) -> str:
    """The gaps called `names`, as they are written."""
    return " ".join(f"{{{name}}}" for name in sorted(names))
