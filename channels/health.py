"""One health page: what is up, what the knowledge base complains of, who asked for a person."""

from __future__ import annotations

import asyncio

import httpx
from fastapi import APIRouter
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError

from channels.handoff.views import Views
from channels.settings import Settings
from knowledge.service import Knowledge

TIMEOUT = 2.0


def health_router(
    settings: Settings, views: Views, knowledge: Knowledge, client: httpx.AsyncClient
) -> APIRouter:
    """GET /health: 200 when residents get full answers, 503 otherwise."""
    router = APIRouter()

    async def is_up(url: str) -> bool:
        try:
            return (await client.get(url, timeout=TIMEOUT)).is_success
        except httpx.HTTPError:
            return False

    async def requests() -> int | None:
        try:
            return await views.open_handoffs()
        except (SQLAlchemyError, OSError):
            return None

    @router.get("/health")
    async def health() -> JSONResponse:
        rasa, actions, waiting = await asyncio.gather(
            is_up(settings.rasa_url), is_up(f"{settings.actions_url}/health"), requests()
        )
        parts = {"database": waiting is not None, "rasa": rasa, "actions": actions}
        body = {
            **parts,
            "knowledge": [str(problem) for problem in knowledge.problems],
            "person_requests": waiting,
        }
        return JSONResponse(body, 200 if all(parts.values()) else 503)

    return router
