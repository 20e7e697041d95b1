"""Being written."""

from __future__ import annotations

import argparse


def add_doctor(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `channels line doctor`."""
    commands.add_parser("doctor")
