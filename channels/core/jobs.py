"""The queue: procrastinate in PostgreSQL. A lock per conversation keeps turns in order."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from uuid import UUID

import procrastinate
import psycopg

from channels.core.retention import Retention
from channels.core.turns import TurnAnswerer
from channels.line.deliver import LineDeliverer

TURN = "answer_turn"
DELIVERY = "deliver_line"
RETENTION = "delete_old"
URGENT = 10
"""The priority of a turn on which a life may hang; others have 0."""


class ProcrastinateQueue:
    """Puts jobs into the caller's transaction. Jobs carry ids, never text."""

    def __init__(self, app: procrastinate.App) -> None:
        self._app = app

    async def enqueue_turn(
        self,
        connection: psycopg.AsyncConnection[object],
        conversation: UUID,
        sequence: int,
        *,
        urgent: bool,
    ) -> None:
        """Queue one turn behind the earlier ones of its conversation, an urgent one before all."""
        lock = None if urgent else f"conversation:{conversation}"
        await self._enqueue(connection, TURN, lock, conversation, sequence=sequence)

    async def enqueue_delivery(
        self, connection: psycopg.AsyncConnection[object], conversation: UUID, answers: int
    ) -> None:
        """Queue one LINE reply behind the earlier ones; no turn waits for it."""
        await self._enqueue(connection, DELIVERY, f"delivery:{conversation}", conversation, answers=answers)

    async def _enqueue(
        self,
        connection: psycopg.AsyncConnection[object],
        task: str,
        lock: str | None,
        conversation: UUID,
        **ids: int,
    ) -> None:
        priority = URGENT if lock is None else 0
        await self._app.configure_task(task, lock=lock, priority=priority, connection=connection).defer_async(
            conversation=str(conversation), **ids
        )


def queue_app(database_url: str) -> procrastinate.App:
    """The queue without tasks: enough to put jobs into it."""
    return procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=database_url))


@dataclass(frozen=True)
class Workers:
    """Who does the jobs."""

    turns: TurnAnswerer
    line: LineDeliverer
    retention: Retention


def add_tasks(app: procrastinate.App, workers: Workers, retry_every: int) -> None:
    """Register the tasks; a failed one is tried again every `retry_every` seconds.

    A task gives up by itself when its time is over, so there is no limit on attempts.
    """
    again = procrastinate.RetryStrategy(wait=retry_every)

    @app.task(name=TURN, retry=again)
    async def answer_turn(conversation: str, sequence: int) -> None:
        thinking = asyncio.create_task(workers.line.show_thinking(UUID(conversation)))
        try:
            await workers.turns.answer(UUID(conversation), sequence)
        finally:
            thinking.cancel()  # an animation that comes after the answer would never end
            await asyncio.wait([thinking])

    @app.task(name=DELIVERY, retry=again)
    async def deliver_line(conversation: str, answers: int) -> None:
        await workers.line.deliver(UUID(conversation), answers)

    @app.periodic(cron="17 18 * * *")  # UTC: 3:17 in 芦別市
    @app.task(name=RETENTION)
    async def delete_old(timestamp: int) -> None:
        await workers.retention.run()
