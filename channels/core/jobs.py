"""The queue: procrastinate in PostgreSQL. A lock per conversation keeps turns in order."""

from __future__ import annotations

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


class ProcrastinateQueue:
    """Puts jobs into the caller's transaction. Jobs carry ids, never text."""

    def __init__(self, app: procrastinate.App) -> None:
        self._app = app

    async def enqueue_turn(
        self, connection: psycopg.AsyncConnection[object], conversation: UUID, sequence: int
    ) -> None:
        """Queue one turn behind the earlier jobs of its conversation."""
        await self._enqueue(connection, TURN, conversation, sequence=sequence)

    async def enqueue_delivery(
        self, connection: psycopg.AsyncConnection[object], conversation: UUID, answers: int
    ) -> None:
        """Queue one LINE reply likewise."""
        await self._enqueue(connection, DELIVERY, conversation, answers=answers)

    async def _enqueue(
        self, connection: psycopg.AsyncConnection[object], task: str, conversation: UUID, **ids: int
    ) -> None:
        await self._app.configure_task(
            task, lock=f"conversation:{conversation}", connection=connection
        ).defer_async(conversation=str(conversation), **ids)


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
        await workers.turns.answer(UUID(conversation), sequence)

    @app.task(name=DELIVERY, retry=again)
    async def deliver_line(conversation: str, answers: int) -> None:
        await workers.line.deliver(UUID(conversation), answers)

    @app.periodic(cron="17 18 * * *")  # UTC: 3:17 in 芦別市
    @app.task(name=RETENTION)
    async def delete_old(timestamp: int) -> None:
        await workers.retention.run()
