"""Being written."""

from __future__ import annotations

import argparse


def add_menu(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `channels line menu`."""
    commands.add_parser("menu")
