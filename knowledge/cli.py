"""`uv run knowledge`: check, list, search and measure what the city knows; begin a new entry."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from pathlib import Path
from typing import NoReturn

from knowledge.answer import Status
from knowledge.checks import hints
from knowledge.cli_duty import add_duty_commands
from knowledge.cli_guide import add_guide_commands
from knowledge.cli_search import add_search_commands
from knowledge.coverage import coverage
from knowledge.entries import KINDS, AnyEntry
from knowledge.errors import ContentError, Problem
from knowledge.links import NoNetworkError, dead_links
from knowledge.loader import CONTENT, DRAFT, Content, load
from knowledge.progress import on_terminal
from knowledge.review import MONTH, YEAR, Row, expiring, unchecked, unconfirmed
from knowledge.schemas import SCHEMAS, schema_text
from knowledge.service import local_now
from knowledge.skeleton import draft_path, skeleton
from knowledge.table import table

SCHEMA_FOLDER = Path(__file__).parent.parent / "docs" / "schemas"
_EXIT_CODES = "終了コード: 0 正常、1 間違いや切れたリンクがある、2 命令の使い方が違う・ネットワークがない"


def main() -> int:
    """Run one command; returns its exit code (see _EXIT_CODES)."""
    arguments = _parser().parse_args()
    try:
        result: int = arguments.run(arguments)
    except ContentError as error:
        return _tell(error.problems)
    except BrokenPipeError:
        return 0
    return result


class _Parser(argparse.ArgumentParser):
    """Tells of a wrong command in Japanese too."""

    def error(self, message: str) -> NoReturn:
        print(
            f"命令の書き方が違います。{self.prog} --help で使い方が分かります（{message}）", file=sys.stderr
        )
        raise SystemExit(2)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="knowledge", description="まどぐちの知識を確かめる・一覧する・探す", epilog=_EXIT_CODES
    )
    parser.add_argument(
        "--content", type=Path, default=CONTENT, help="知識のフォルダ（既定: knowledge/content）"
    )
    commands = parser.add_subparsers(required=True, metavar="命令")

    check = commands.add_parser(
        "check", help="すべての間違いと注意を、行番号と直し方つきで示す", epilog=_EXIT_CODES
    )
    check.add_argument("--links", action="store_true", help="リンク先のページがあるかも確かめる（数分）")
    check.set_defaults(run=_check)

    listing = commands.add_parser("list", help="項目の一覧、確かめることの一覧")
    listing.add_argument("--kind", choices=KINDS, help="種類で絞る")
    listing.add_argument("--department", metavar="ID", help="担当課の id で絞る")
    what = listing.add_mutually_exclusive_group()
    what.add_argument("--unconfirmed", action="store_true", help="確認待ちの事実")
    what.add_argument(
        "--expiring",
        type=_days,
        nargs="?",
        const=MONTH,
        metavar="日数",
        help=f"期限が過ぎた、または近い事実（既定: {MONTH}日以内）",
    )
    what.add_argument(
        "--unchecked",
        type=_days,
        nargs="?",
        const=YEAR,
        metavar="日数",
        help=f"長く確かめていない項目（既定: {YEAR}日）",
    )
    what.add_argument("--coverage", action="store_true", help="優先手続の一覧に、どれだけ答えられるか")
    listing.add_argument("--json", action="store_true", help="JSON で出す")
    listing.set_defaults(run=_list)

    new = commands.add_parser("new", help="新しい項目の下書きを作る（説明つき）")
    new.add_argument("kind", choices=KINDS, help="種類")
    new.add_argument("id", help="半角の小文字・数字・ハイフンの名前（例: library-card）")
    new.set_defaults(run=_new)

    add_search_commands(commands)
    add_guide_commands(commands)
    add_duty_commands(commands)

    schema = commands.add_parser("schema", help="JSON Schema を書き出す（エディターの補完と説明に使う）")
    schema.add_argument("--to", type=Path, default=SCHEMA_FOLDER, help="書き出す先（既定: docs/schemas）")
    schema.set_defaults(run=_schema)
    return parser


def _days(text: str) -> int:
    if not text.isdecimal() or len(text) > 4:
        raise argparse.ArgumentTypeError("日数は 0 から 9999 までの数字で書いてください（例: 31）")
    return int(text)


def _tell(problems: tuple[Problem, ...]) -> int:
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"{len(problems)} 件の間違いがあります。直してから、もう一度確かめてください。", file=sys.stderr)
    return 1


def _check(arguments: argparse.Namespace) -> int:
    content = load(arguments.content)
    found = hints(content, arguments.content, _today(), on_terminal("確かめています"))
    for problem in found:
        print(f"注意 {problem}")
    try:
        dead = (
            dead_links(content, arguments.content, on_terminal("リンクを確かめています"))
            if arguments.links
            else []
        )
    except NoNetworkError:
        print("ネットワークにつながらないため、リンクは確かめられませんでした。", file=sys.stderr)
        return 2
    for problem in dead:
        print(problem, file=sys.stderr)
    told = f"間違いはありません（{len(content.entries)} 項目）。"
    print(told + (f"注意が {len(found)} 件あります。" if found else ""))
    if dead:
        print(f"切れたリンクが {len(dead)} 件あります。", file=sys.stderr)
    return 1 if dead else 0


def _list(arguments: argparse.Namespace) -> int:
    content = load(arguments.content)
    departments = [entry.id for entry in content.entries.values() if entry.kind == "department"]
    if arguments.department not in (None, *departments):
        print(f"担当課の id は次のどれかです: {' '.join(sorted(departments))}", file=sys.stderr)
        return 2
    if arguments.coverage:
        return _coverage(content, as_json=arguments.json)
    entries = {entry.id: entry for entry in content.entries.values() if arguments.kind in (None, entry.kind)}
    if arguments.unconfirmed:
        rows = list(unconfirmed(content))
    elif arguments.expiring is not None:
        rows = list(expiring(content, _today(), arguments.expiring))
    elif arguments.unchecked is not None:
        rows = list(unchecked(content, _today(), arguments.unchecked))
    else:
        asked = arguments.department
        theirs = [e for e in entries.values() if asked in (None, e.department or content.city.office)]
        return _entries(theirs, as_json=arguments.json)
    rows = [row for row in rows if row.entry in entries and arguments.department in (None, row.department)]
    return _rows(rows, as_json=arguments.json)


def _entries(entries: list[AnyEntry], *, as_json: bool) -> int:
    entries.sort(key=lambda entry: (list(KINDS).index(entry.kind), entry.id))
    if as_json:
        _print_json(
            [entry.model_dump(mode="json", exclude_defaults=True) | {"kind": entry.kind} for entry in entries]
        )
        return 0
    print(table(("種類", "状態", "id", "名前"), [(e.kind, e.status, e.id, e.title) for e in entries]))
    print(f"計 {len(entries)} 項目")
    return 0


def _rows(rows: list[Row], *, as_json: bool) -> int:
    if as_json:
        _print_json([row.as_json() for row in rows])
        return 0
    head = ("ファイル", "項目", "内容", "状態", "期限", "確かめた日", "担当")
    cells = [
        (
            row.file,
            row.field,
            row.value,
            row.status,
            str(row.valid_until or ""),
            str(row.checked_on),
            row.department,
        )
        for row in rows
    ]
    print(table(head, cells) if cells else "ありません。")
    print(f"計 {len(rows)} 件")
    return 0


def _coverage(content: Content, *, as_json: bool) -> int:
    items = coverage(content)
    if as_json:
        _print_json([item.as_json() for item in items])
        return 0
    head = ("番号", "手続", "答える項目", "確認済", "全国共通", "確認待ち")
    cells = [
        (
            item.number,
            item.title,
            " ".join(item.entries) or "ありません",
            *(str(item.facts[status]) for status in Status),
        )
        for item in items
    ]
    print(table(head, cells))
    sums = "、".join(
        f"{label} {sum(item.facts[status] for item in items)}"
        for label, status in zip(head[3:], Status, strict=True)
    )
    print(f"{len(items)} のうち {sum(bool(item.entries) for item in items)} に答えられます。事実: {sums}")
    return 0


def _new(arguments: argparse.Namespace) -> int:
    text = skeleton(arguments.kind, arguments.id, _today())
    if text is None:
        print("id は半角の小文字・数字・ハイフンで書いてください（例: library-card）。", file=sys.stderr)
        return 2
    for taken in arguments.content.rglob("*.y*ml"):
        if taken.stem.removesuffix(DRAFT) == arguments.id:
            print(f"{taken} がもうあります。別の id にしてください。", file=sys.stderr)
            return 2
    path = draft_path(arguments.content, arguments.kind, arguments.id)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    print(f"下書きを作りました: {path}")
    print("書き終えたら knowledge check で確かめ、ファイル名の「.draft」を消すと公開されます。")
    return 0


def _schema(arguments: argparse.Namespace) -> int:
    arguments.to.mkdir(parents=True, exist_ok=True)
    for name in SCHEMAS:
        path = arguments.to / f"{name}.schema.json"
        path.write_text(schema_text(name), encoding="utf-8")
        print(path)
    return 0


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))


def _today() -> date:
    return local_now().date()
