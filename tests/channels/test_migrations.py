from __future__ import annotations

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from channels.core.database import sync_url
from channels.core.tables import metadata
from channels.migrate import alembic_config


def test_every_migration_can_be_undone_and_done_again(database_url: str) -> None:
    config = alembic_config(database_url)
    command.downgrade(config, "base")
    engine = create_engine(sync_url(database_url), poolclass=NullPool)
    with engine.connect() as connection:
        left = text("select count(*) from pg_tables where schemaname = 'public'")
        assert connection.scalar(left) == 1  # Alembic's own
        left = text("select count(*) from pg_proc where proname like 'procrastinate%'")
        assert connection.scalar(left) == 0
    command.upgrade(config, "head")


def test_the_migrations_make_just_the_tables_that_the_code_reads(database_url: str) -> None:
    engine = create_engine(sync_url(database_url), poolclass=NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_name": lambda name, kind, _: kind != "table" or not name.startswith("procrastinate")
            },
        )
        assert compare_metadata(context, metadata) == []


def test_the_migrations_stand_in_one_line(database_url: str) -> None:
    assert len(ScriptDirectory.from_config(alembic_config(database_url)).get_heads()) == 1
