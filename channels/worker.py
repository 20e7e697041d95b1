"""The worker: takes turns from the queue, several conversations at once, each in order."""

from __future__ import annotations

import asyncio
import contextlib

import httpx
import procrastinate
import structlog
from linebot.v3.messaging import AsyncApiClient, AsyncMessagingApi, Configuration
from sqlalchemy.ext.asyncio import AsyncEngine

from channels.core.database import engine
from channels.core.jobs import ProcrastinateQueue, Workers, add_tasks, queue_app
from channels.core.links import Links
from channels.core.rasa import Rasa
from channels.core.retention import Retention
from channels.core.store import Store
from channels.core.turns import TurnAnswerer
from channels.handoff.desks import KnowledgeDesks
from channels.handoff.minute import Minute
from channels.handoff.push import LinePush
from channels.handoff.reception import Reception
from channels.handoff.words import Words
from channels.line.contact import ContactCipher
from channels.line.deliver import LineApi, LineDeliverer, NoLine
from channels.line.deliveries import Deliveries
from channels.line.replies import Replies
from channels.logs import configure_logs
from channels.notices.carriers import carriers
from channels.notices.sender import Sender
from channels.settings import Settings
from channels.staff.room import StaffRoom
from knowledge.service import Knowledge, local_now

log = structlog.get_logger(__name__)

HEARTBEAT = 2.0
"""Seconds between two signs of life of a worker."""
DEAD_AFTER = 8.0
"""Seconds without one after which its jobs go back into the queue."""
LOOK_FOR_DEAD = 2.0


async def run(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT."""
    database = engine(settings.database_url)
    queue = queue_app(settings.database_url)
    knowledge = Knowledge(settings.content)
    knowledge.search("")  # makes the index: it answers by itself when Rasa is down
    store = Store(database, ProcrastinateQueue(queue), knowledge.is_urgent)
    knowledge.watch()
    async with contextlib.AsyncExitStack() as resources:
        client = await resources.enter_async_context(httpx.AsyncClient())
        rasa = Rasa(client, settings.rasa_url, settings.rasa_timeout)
        replies = Replies(store, knowledge, Links(database), settings.private_talk_url)
        push = LinePush(
            ProcrastinateQueue(queue), settings.line_chat == "line", settings.private_talk_url is not None
        )
        book = KnowledgeDesks(knowledge)
        active = StaffRoom.of(database, settings.secret.get_secret_value()).accounts.active_logins
        reception = Reception(database, knowledge, book, active, push, local_now)
        workers = Workers(
            turns=TurnAnswerer(store, rasa, knowledge, reception, settings.retry_for),
            line=await _line(settings, replies, database, resources),
            retention=Retention(database, settings.retention_days, settings.handoff_days),
            minute=Minute(database, Words(knowledge, book), book, active, push, local_now),
            notices=Sender(database, knowledge, carriers(settings, client), settings.public_url, local_now),
        )
        add_tasks(queue, workers, settings.retry_every)
        await resources.enter_async_context(queue.open_async())
        log.info("worker_ready", concurrency=settings.worker_concurrency)
        async with asyncio.TaskGroup() as together:  # if one of them fails, the process ends and is restarted
            rescuer = together.create_task(_rescue(queue))
            await queue.run_worker_async(
                concurrency=settings.worker_concurrency,
                delete_jobs="successful",
                update_heartbeat_interval=HEARTBEAT,
                stalled_worker_timeout=DEAD_AFTER,
                shutdown_graceful_timeout=settings.rasa_timeout,
            )
            rescuer.cancel()
    knowledge.close()
    await database.dispose()


async def _line(
    settings: Settings, replies: Replies, database: AsyncEngine, resources: contextlib.AsyncExitStack
) -> LineDeliverer:
    if settings.line_channel_token is None:
        return NoLine()
    configuration = Configuration(
        access_token=settings.line_channel_token.get_secret_value(), host=settings.line_api_url
    )
    api = await resources.enter_async_context(AsyncApiClient(configuration))
    cipher = ContactCipher(settings.secret.get_secret_value())
    return LineApi(replies, AsyncMessagingApi(api), cipher, Deliveries(database))


async def _rescue(queue: procrastinate.App) -> None:
    """Put back the jobs of workers that died in the middle of them."""
    while True:
        await asyncio.sleep(LOOK_FOR_DEAD)
        for job in await queue.job_manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER):
            log.warning("job_rescued", task=job.task_name, attempts=job.attempts)
            await queue.job_manager.retry_job(job)


def main() -> None:
    """Run the worker process."""
    configure_logs()
    asyncio.run(run(Settings()))


if __name__ == "__main__":
    main()
