"""Jobs that are done, or have failed for good, name the conversation they were for: they go with it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_FINISHED = "status in ('succeeded', 'failed', 'cancelled', 'aborted')"


async def forget(connection: AsyncConnection, conversation: UUID) -> None:
    """Delete those of one conversation."""
    its = text(f"delete from procrastinate_jobs where {_FINISHED} and args->>'conversation' = :it")  # noqa: S608
    await connection.execute(its, {"it": str(conversation)})


async def forget_older_than(connection: AsyncConnection, age: timedelta) -> None:
    """Delete those to which nothing has happened for so long."""
    old = text(
        f"delete from procrastinate_jobs job where {_FINISHED} and not exists"  # noqa: S608
        " (select from procrastinate_events where job_id = job.id and at >= now() - :age)"
    )
    await connection.execute(old, {"age": age})
