"""The accessibility statement, with the results that tests/browser/test_accessibility.py got."""

from __future__ import annotations

import json
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from channels.web.pages import page

RESULTS = Path(__file__).parent / "accessibility.json"


def accessibility_router() -> APIRouter:
    """`GET /accessibility`."""
    router = APIRouter()
    results = json.loads(RESULTS.read_text(encoding="utf-8"))

    @router.get("/accessibility")
    async def statement(request: Request) -> HTMLResponse:
        return page(request, "accessibility.html", results=results)

    return router
