"""One health page: what is up, what the knowledge base complains of, who asked for a person."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import httpx
from fastapi import APIRouter
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from channels.handoff.views import Views
from channels.notices import letters
from channels.settings import Settings
from knowledge.service import Knowledge, local_now

TIMEOUT = 2.0


def health_router(
    settings: Settings, database: AsyncEngine, views: Views, knowledge: Knowledge, client: httpx.AsyncClient
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

    async def given_up() -> int | None:
        try:
            async with database.connect() as connection:
                return await letters.given_up_since(connection, local_now() - timedelta(days=1))
        except (SQLAlchemyError, OSError):
            return None

    @router.get("/health")
    async def health() -> JSONResponse:
        rasa, actions, waiting, unsent = await asyncio.gather(
            is_up(settings.rasa_url), is_up(f"{settings.actions_url}/health"), requests(), given_up()
        )
        parts = {"database": waiting is not None, "rasa": rasa, "actions": actions}
        body = {
            **parts,
            "knowledge": [str(problem) for problem in knowledge.problems],
            "person_requests": waiting,
            "notices_given_up": unsent,
        }
        return JSONResponse(body, 200 if all(parts.values()) else 503)

    return router
