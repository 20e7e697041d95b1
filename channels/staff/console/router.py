"""Every route of the console."""

from __future__ import annotations

from fastapi import APIRouter

from channels.staff.console.console import Console
from channels.staff.console.drafts_page import drafts_router
from channels.staff.console.moves import moves_router
from channels.staff.console.queue_page import queue_router
from channels.staff.console.stream import stream_router
from channels.staff.console.talk_page import talk_router


def console_router(console: Console) -> APIRouter:
    """The queue, a talk, its moves, what changes, drafts."""
    router = APIRouter()
    router.include_router(queue_router(console))
    router.include_router(talk_router(console))
    router.include_router(moves_router(console))
    router.include_router(stream_router(console))
    router.include_router(drafts_router(console))
    return router
