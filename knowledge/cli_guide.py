"""`uv run knowledge guide draw | list`: guides as pictures, and which there are."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

from knowledge.draw import draw
from knowledge.entries import Guide
from knowledge.loader import load
from knowledge.table import table

_STDOUT = "-"
_NEAR = 5


def add_guide_commands[P: argparse.ArgumentParser](commands: argparse._SubParsersAction[P]) -> None:
    """Add the commands to the parser of `knowledge`."""
    guide = commands.add_parser("guide", help="順番のある案内（guide）を、図に描く・一覧にする")
    own = guide.add_subparsers(required=True, metavar="命令")

    drawing = own.add_parser("draw", help="質問・すること・進み方を、1枚の図（SVG）に描く")
    drawing.add_argument("id", help="案内の id（例: guide-death）。knowledge guide list で分かる")
    drawing.add_argument(
        "--out", metavar="ファイル", help="書き出す先（既定: 今のフォルダーの <id>.svg）。- なら画面に出す"
    )
    drawing.set_defaults(run=_draw)

    listing = own.add_parser("list", help="案内の一覧")
    listing.set_defaults(run=_list)


def _draw(arguments: argparse.Namespace) -> int:
    guides = load(arguments.content).guides
    guide = guides.get(arguments.id)
    if guide is None:
        print(
            f"「{arguments.id}」という案内（guide）はありません。{_near(arguments.id, guides.values())}",
            file=sys.stderr,
        )
        return 2
    picture = draw(guide, {other.id: other.short for other in guides.values()})
    if arguments.out == _STDOUT:
        print(picture, end="")
        return 0
    path = Path(arguments.out or f"{guide.id}.svg")
    try:
        path.write_text(picture, encoding="utf-8")
    except OSError as error:
        print(f"{path} に書けません（{error.strerror}）。--out で別の場所を選んでください。", file=sys.stderr)
        return 2
    print(f"図を書きました: {path}（ブラウザーで開けます）")
    return 0


def _near(said: str, guides: Iterable[Guide]) -> str:
    """Which guides may be meant, by letters of the id or by what residents call them."""
    named = {guide.id: f"{guide.id}\n{guide.title}\n{guide.short}" for guide in guides}
    ids = [*(id_ for id_, names in named.items() if said in names), *get_close_matches(said, named, _NEAR)]
    if not ids:
        return "knowledge guide list で、ある id が分かります。"
    return f"近い id: {' '.join(list(dict.fromkeys(ids))[:_NEAR])}"


def _list(arguments: argparse.Namespace) -> int:
    guides = sorted(load(arguments.content).guides.values(), key=lambda guide: guide.id)
    rows = [(g.id, g.short, str(len(g.steps)), str(len(g.checklist))) for g in guides]
    print(table(("id", "呼び名", "手順", "やること"), rows) if rows else "ありません。")
    print(f"計 {len(rows)} 件")
    return 0
