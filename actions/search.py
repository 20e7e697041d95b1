"""The search itself, for the staff's console: no second index in another process, and the same hits."""

from __future__ import annotations

from typing import Any

from sanic import HTTPResponse, Request, Sanic
from sanic.response import json

from knowledge.service import Knowledge

MOST = 5
"""Entries that are found."""


def add_search(app: Sanic[Any, Any], knowledge: Knowledge) -> None:
    """`POST /search` with `{"text"}` gives `{"entries"}`, ids, the best first; 400 for anything else.

    The text travels in the body, so that no log has it.
    """

    @app.post("/search")
    async def search(request: Request) -> HTTPResponse:
        asked = request.json
        text = asked.get("text") if isinstance(asked, dict) else None
        if not isinstance(text, str):
            return json({"error": "text"}, status=400)
        return json({"entries": [hit.entry.id for hit in knowledge.search(text, MOST).hits]})
