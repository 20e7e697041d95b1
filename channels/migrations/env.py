"""Alembic's entry: the URL comes from `channels.migrate`."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from channels.core.tables import metadata


def run() -> None:
    """Run the migrations in one transaction each."""
    database = create_engine(context.config.attributes["url"], poolclass=NullPool)
    with database.connect() as connection:
        context.configure(connection=connection, target_metadata=metadata, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()


run()
