"""`channels line`: what staff do about the city's LINE account."""

from __future__ import annotations

import argparse

from channels.line.doctor import add_doctor
from channels.line.menu_cli import add_menu


def add_line(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `line` and its commands; each sets `run`, which takes the arguments and returns an exit code."""
    line = commands.add_parser("line", help="LINE公式アカウントの準備と、リッチメニュー")
    parts = line.add_subparsers(required=True, metavar="コマンド")
    add_doctor(parts)
    add_menu(parts)
