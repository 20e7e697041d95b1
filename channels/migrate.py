"""Bring the database to the newest schema: `python -m channels.migrate`."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config

from channels.core.database import sync_url
from channels.settings import Settings

MIGRATIONS = Path(__file__).parent / "migrations"


def alembic_config(database_url: str) -> Config:
    """Alembic's configuration, without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = sync_url(database_url)
    return config


def main() -> None:
    """Upgrade to the newest schema."""
    settings = Settings()
    command.upgrade(alembic_config(settings.database_url), "head")


if __name__ == "__main__":
    main()
