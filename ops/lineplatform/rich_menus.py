"""Being written: the rich-menu part of the platform."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request


class RichMenus:
    """No menus yet."""

    def router(self, authorised: Callable[[Request], bool]) -> APIRouter:
        return APIRouter()

    def default(self) -> tuple[dict[str, Any], bytes, str] | None:
        return None

    def of_alias(self, alias_id: str) -> tuple[dict[str, Any], bytes, str] | None:
        return None
