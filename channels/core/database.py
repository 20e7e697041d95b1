"""The way to PostgreSQL: one engine a process, and URLs for libraries that want their own."""

from __future__ import annotations

import psycopg
from sqlalchemy import URL, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

POOL = 10


def engine(database_url: str) -> AsyncEngine:
    """An async engine over psycopg 3; dead connections are noticed before use."""
    return create_async_engine(
        _with_driver(database_url), pool_size=POOL, max_overflow=POOL, pool_pre_ping=True
    )


def sync_url(database_url: str) -> URL:
    """The same database for Alembic."""
    return _with_driver(database_url)


async def raw(connection: AsyncConnection) -> psycopg.AsyncConnection[object]:
    """The psycopg connection below `connection`, to defer jobs in its transaction."""
    pooled = await connection.get_raw_connection()
    driver = pooled.driver_connection
    if not isinstance(driver, psycopg.AsyncConnection):
        raise TypeError("the engine must use psycopg 3")
    return driver


def _with_driver(database_url: str) -> URL:
    return make_url(database_url).set(drivername="postgresql+psycopg")
