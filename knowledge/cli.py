"""`uv run knowledge`: check, list and search what the city knows; print the schemas."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from pydantic import TypeAdapter

from knowledge.answer import Answer
from knowledge.entries import AnyEntry
from knowledge.errors import ContentError
from knowledge.evaluate import cross_validate
from knowledge.loader import CONTENT, load
from knowledge.service import Knowledge

KINDS = ("procedure", "place", "guide", "faq", "department", "notice")


def main() -> int:
    """Run one command; returns the exit code: 1 when content is broken."""
    arguments = _parser().parse_args()
    try:
        result: int = arguments.run(arguments)
    except ContentError as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)
        print(
            f"{len(error.problems)} 件の間違いがあります。直してから、もう一度確かめてください。",
            file=sys.stderr,
        )
        return 1
    except BrokenPipeError:
        return 0
    return result


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="knowledge", description="まどぐちの知識を確かめる・一覧する・探す")
    parser.add_argument(
        "--content", type=Path, default=CONTENT, help="知識のフォルダ（既定: knowledge/content）"
    )
    commands = parser.add_subparsers(required=True, metavar="命令")

    check = commands.add_parser("check", help="すべてのファイルの間違いを、行番号と直し方つきで示す")
    check.set_defaults(run=_check)

    listing = commands.add_parser("list", help="項目の一覧")
    listing.add_argument("--kind", choices=KINDS, help="種類で絞る")
    listing.add_argument("--json", action="store_true", help="JSON で出す")
    listing.set_defaults(run=_list)

    search = commands.add_parser("search", help="質問の言葉で項目を探す")
    search.add_argument("text", help="質問")
    search.set_defaults(run=_search)

    evaluation = commands.add_parser(
        "eval", help="まだ見せていない質問で、項目がどれだけ正しく見つかるかを測る"
    )
    evaluation.set_defaults(run=_eval)

    schema = commands.add_parser("schema", help="JSON Schema を出す（entry: 知識ファイル、answer: 返答）")
    schema.add_argument("what", choices=["entry", "answer"], nargs="?", default="entry")
    schema.set_defaults(run=_schema)
    return parser


def _check(arguments: argparse.Namespace) -> int:
    content = load(arguments.content)
    print(f"間違いはありません（{len(content.entries)} 項目）。")
    return 0


def _list(arguments: argparse.Namespace) -> int:
    content = load(arguments.content)
    entries = [e for e in content.entries.values() if arguments.kind in (None, e.kind)]
    if arguments.json:
        rows = [
            entry.model_dump(mode="json", exclude_defaults=True) | {"kind": entry.kind} for entry in entries
        ]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    for entry in entries:
        print(f"{entry.kind:<11}{entry.status:<13}{entry.id:<32}{entry.title}")
    print(f"計 {len(entries)} 項目")
    return 0


def _search(arguments: argparse.Namespace) -> int:
    hits = Knowledge(arguments.content).search(arguments.text)
    for hit in hits:
        print(f"{hit.confidence:5.2f} {hit.score:8.2f}  {hit.entry.id:<32}{hit.entry.title}")
    if not hits:
        print("見つかりません。")
    return 0


def _eval(arguments: argparse.Namespace) -> int:
    quality = cross_validate(list(load(arguments.content).entries.values()))
    for outcome in quality.wrong:
        print(f"誤答  {outcome.question}  正: {outcome.entry}  答: {outcome.answered}")
    print(f"質問 {quality.questions} 件（それぞれ、その質問を知らない索引に聞いた結果）")
    print(f"1位が正しい {quality.hit_at_1:.1%}   3位までに正しい {quality.hit_at_3:.1%}")
    print(f"答えた {quality.answered:.1%}   そのうち正しい {quality.precision:.1%}")
    print(f"選択肢を出した {quality.offered:.1%}")
    return 0


def _schema(arguments: argparse.Namespace) -> int:
    print(schema_text(arguments.what))
    return 0


def schema_text(what: str) -> str:
    """The JSON Schema of knowledge files (`entry`) or replies (`answer`), as indented JSON."""
    adapter: TypeAdapter[object] = TypeAdapter(AnyEntry if what == "entry" else Answer)
    return json.dumps(adapter.json_schema(), ensure_ascii=False, indent=2)
