"""What can go wrong while running the house: one class, one clear Japanese line."""

from __future__ import annotations


class OpsError(Exception):
    """Its text is shown to the person who runs まどぐち, without a traceback."""
