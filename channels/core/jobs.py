"""The queue: procrastinate in PostgreSQL. A lock per conversation keeps turns in order."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

import procrastinate
import psycopg

from channels.core.retention import Retention
from channels.core.turns import TurnAnswerer
from channels.line.deliver import LineDeliverer

TURN = "answer_turn"
DELIVERY = "deliver_line"
RETENTION = "delete_old"
MINUTE = "look_at_handoffs"
NOTICES = "send_notices"
LONGEST = 120
"""Seconds between two tries of a delivery, at most."""
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


class Periodic(Protocol):
    """Work that is due again and again."""

    async def run(self) -> None:
        """Do all that is due now."""


@dataclass(frozen=True)
class Workers:
    """Who does the jobs."""

    turns: TurnAnswerer
    line: LineDeliverer
    retention: Retention
    minute: Periodic
    notices: Periodic


@dataclass
class Backoff(procrastinate.BaseRetryStrategy):
    """Twice as long after every failure, from `first` seconds up to LONGEST: LINE asks for patience."""

    first: int

    def get_retry_decision(
        self, *, exception: BaseException, job: procrastinate.jobs.Job
    ) -> procrastinate.RetryDecision:
        """When to try again."""
        doublings = min(job.attempts, LONGEST.bit_length())
        return procrastinate.RetryDecision(retry_in={"seconds": min(self.first << doublings, LONGEST)})


def add_tasks(app: procrastinate.App, workers: Workers, retry_every: int) -> None:
    """Register the tasks; a failed one is tried again, a turn every `retry_every` seconds.

    A task gives up by itself when its time is over, so there is no limit on attempts.
    """

    @app.task(name=TURN, retry=procrastinate.RetryStrategy(wait=retry_every))
    async def answer_turn(conversation: str, sequence: int) -> None:
        thinking = asyncio.create_task(workers.line.show_thinking(UUID(conversation), sequence))
        try:
            await workers.turns.answer(UUID(conversation), sequence)
        finally:
            thinking.cancel()  # an animation that comes after the answer would never end
            await asyncio.wait([thinking])

    @app.task(name=DELIVERY, retry=Backoff(first=retry_every))
    async def deliver_line(conversation: str, answers: int) -> None:
        await workers.line.deliver(UUID(conversation), answers)

    @app.periodic(cron="17 18 * * *")  # UTC: 3:17 in 芦別市
    @app.task(name=RETENTION)
    async def delete_old(timestamp: int) -> None:
        await workers.retention.run()

    @app.periodic(cron="* * * * *")
    @app.task(name=MINUTE, queueing_lock=MINUTE)
    async def look_at_handoffs(timestamp: int) -> None:
        await workers.minute.run()

    @app.periodic(cron="* * * * *")
    @app.task(name=NOTICES, queueing_lock=NOTICES)
    async def send_notices(timestamp: int) -> None:
        await workers.notices.run()
