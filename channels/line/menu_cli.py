"""`channels line menu`: draw the rich menus, bring them to residents, take them back."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from pydantic import ValidationError

from channels.line.account import Level, token
from channels.line.menu import MENUS, Kind, read_menus
from channels.line.menu_account import LineMenuError, MenuAccount, MenuSettings
from channels.line.menu_deploy import Live, NothingToShowError, deploy, remove, rollback, show_first
from channels.line.menu_label import Label
from channels.line.menu_limits import MENUS as MOST_MENUS
from channels.line.menu_make import make
from channels.line.menu_releases import holding, mark_of, ours
from channels.line.menu_words import buttons, reply_to, unanswered
from knowledge.encoder import load_encoder
from knowledge.errors import ContentError
from knowledge.loader import CONTENT
from knowledge.progress import on_terminal
from knowledge.service import Knowledge
from knowledge.table import table
from knowledge.vectors import CACHE, VectorStore

_DRAWING = "絵を描いています"

type _Run = Callable[[argparse.Namespace], int]


def add_menu(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `channels line menu` and its commands."""
    menu = commands.add_parser("menu", help="リッチメニュー（トーク画面の下のボタン）を配信する")
    parts = menu.add_subparsers(required=True, metavar="コマンド")
    draw = _add(parts, "draw", _draw, "絵をフォルダに描き、押すと何が返るかを示す（LINEにはつなぎません）")
    draw.add_argument("folder", type=Path, metavar="フォルダ", help="絵（PNG）を入れるフォルダ")
    _add(parts, "deploy", _deploy, "menus.yml のメニューを配信する。最初に出るメニューの種類は変えません")
    _add(parts, "show", _show, "いま配信されているメニューと、menus.yml との違いを示す")
    _add(
        parts,
        "rollback",
        _rollback,
        "1つ前に配信したメニューに戻す。もう一度実行しても、それより前には戻りません",
    )
    _add(
        parts,
        "disaster",
        lambda _: _first(Kind.DISASTER),
        "災害のときに: 災害のメニューを、すべての方に最初に出す",
    )
    _add(
        parts,
        "normal",
        lambda _: _first(Kind.NORMAL),
        "災害が終わったら: 最初に出るメニューを、ふつうのメニューに戻す",
    )
    _add(parts, "remove", _remove, "まどぐちのメニューを、すべての方の画面から消す。ほかのメニューは残します")


def _add(
    parts: argparse._SubParsersAction[argparse.ArgumentParser], name: str, run: _Run, what: str
) -> argparse.ArgumentParser:
    part = parts.add_parser(name, help=what, description=what)
    part.set_defaults(run=lambda arguments: _told(run, arguments))
    return part


def _told(run: _Run, arguments: argparse.Namespace) -> int:
    """What `run` returns; 1 and a line that says what to do when it fails."""
    try:
        return run(arguments)
    except ContentError as error:
        where = f"{MENUS.name} は channels/line に、ほかのファイルは knowledge/content にあります。"
        print(f"✖ 直すところがあります。\n{error}\n{where}", file=sys.stderr)
    except ValidationError as error:
        names = "、".join(f"MADOGUCHI_{str(wrong['loc'][0]).upper()}" for wrong in error.errors())
        print(
            f"✖ 設定 {names} の値が使えません。\n  → docs/operations.md の表を見て、直してください。",
            file=sys.stderr,
        )
    except (LineMenuError, NothingToShowError) as error:
        print(f"✖ {error}", file=sys.stderr)
    except OSError as error:
        print(f"✖ 書き込めません（{error.strerror}）。別のフォルダにしてください。", file=sys.stderr)
    return 1


def _draw(arguments: argparse.Namespace) -> int:
    made = make(MENUS, on_terminal(_DRAWING))
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for kind, menu in made.items():
        path = arguments.folder / f"{kind.value}.png"
        path.write_bytes(menu.image)
        print(f"{path}（{len(menu.image) // 1000} kB）")
    menus, knowledge = read_menus(MENUS), _knowledge()
    rows = [
        (
            kind.called,
            Label.parse(button.label).plain,
            button.says,
            reply_to(button.says, knowledge) or "✖ 答えられません",
        )
        for kind, _, button in buttons(menus)
    ]
    print(f"\n{table(('メニュー', 'ボタン', '押すと言う言葉', '返る内容（？は選択肢）'), rows)}")
    return _checked(knowledge)


def _deploy(_: argparse.Namespace) -> int:
    with _account() as account:
        made = make(MENUS, on_terminal(_DRAWING))
        if code := _checked(_knowledge()):
            return code
        has_changed = deploy(account, made, _say)
        first = Live.of(account).first
    print("✔ 配信しました。" if has_changed else "✔ もう配信されています。変えたものはありません。")
    print(f"最初に出るのは「{first.called}」のメニューです。")
    return 0


def _show(_: argparse.Namespace) -> int:
    with _account() as account:
        live = Live.of(account)
    mark = mark_of(make(MENUS, on_terminal(_DRAWING)))
    rows, is_live = [], True
    for kind in Kind:
        menu_id = live.aliases.get(kind.alias)
        held = holding(live.releases, menu_id)
        is_same = held is not None and held[0].mark == mark
        is_live = is_live and is_same
        version = f"版 {held[0].number}" if held else "配信されていません"
        first = "●" if held and live.default == menu_id else ""
        rows.append((kind.called, version, ("同じ" if is_same else "違う") if held else "", first))
    print(table(("メニュー", "配信中", f"{MENUS.name} と", "最初に出る"), rows))
    print(
        f"LINEにまどぐちのメニューが{len(ours(live.menus))}枚あります（ほかのものと合わせて{len(live.menus)}枚、上限{MOST_MENUS}枚）。"
    )
    if live.default is None:
        print("▲ 最初に出るメニューが決まっていません。")
    elif live.shown is None:
        print("▲ 最初に出るのは、まどぐちのものではないメニューです。")
    if not is_live or live.shown is None:
        print("配信するときは: uv run channels line menu deploy")
    return 0


def _rollback(_: argparse.Namespace) -> int:
    with _account() as account:
        has_changed = rollback(account, _say)
    print("✔ 1つ前のメニューに戻しました。" if has_changed else "✔ もう1つ前のメニューに戻っています。")
    print("いまの menus.yml を配信し直すときは: uv run channels line menu deploy")
    return 0


def _remove(_: argparse.Namespace) -> int:
    with _account() as account:
        has_changed = remove(account, _say)
    print("✔ まどぐちのメニューを消しました。" if has_changed else "✔ まどぐちのメニューはありません。")
    print("また出すときは: uv run channels line menu deploy")
    return 0


def _first(kind: Kind) -> int:
    with _account() as account:
        has_changed = show_first(account, kind, _say)
    name = kind.called
    print(
        f"✔ 最初に出るのを「{name}」のメニューにしました。"
        if has_changed
        else f"✔ もう「{name}」のメニューが最初に出ています。"
    )
    return 0


def _account() -> MenuAccount:
    """Raises LineMenuError without a token."""
    settings = MenuSettings()
    found = token(settings)
    if found.level is not Level.GOOD:
        raise LineMenuError(found.what, found.step)
    return MenuAccount(settings)


def _knowledge() -> Knowledge:
    """What the bot knows, searched by meaning where that takes no waiting."""
    print("まどぐちの内容を読んでいます（10秒ほど）…", file=sys.stderr)
    encoder = load_encoder()
    vectors = VectorStore(encoder, CACHE) if encoder else None
    return Knowledge(Path(os.environ.get("MADOGUCHI_CONTENT", CONTENT)), vectors=vectors)


def _checked(knowledge: Knowledge) -> int:
    """1, and every tap that would get no answer; 0 when there is none."""
    problems = unanswered(read_menus(MENUS), MENUS, knowledge)
    if problems:
        print("✖ 答えられない言葉があります。", *problems, sep="\n", file=sys.stderr)
    return 1 if problems else 0


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)
