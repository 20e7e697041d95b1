"""Conversations, events, LINE deliveries, requests for a person; Rasa's schema; the queue."""

from __future__ import annotations

import procrastinate
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_NOW = sa.func.now()


def _time(name: str, *, required: bool = True) -> sa.Column[object]:
    default = _NOW if required else None
    return sa.Column(name, sa.DateTime(timezone=True), server_default=default, nullable=not required)


def _conversation() -> sa.Column[object]:
    return sa.Column(
        "conversation",
        sa.Uuid,
        sa.ForeignKey("conversation.id", ondelete="CASCADE"),
        primary_key=True,
    )


def upgrade() -> None:
    op.create_table(
        "conversation",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("last_sequence", sa.Integer, nullable=False, server_default="0"),
        sa.Column("contact", sa.LargeBinary),
        sa.Column("contact_digest", sa.LargeBinary, unique=True),
        _time("created_at"),
        _time("active_at"),
    )
    op.create_index("conversation_active_at", "conversation", ["active_at"])
    op.create_table(
        "event",
        _conversation(),
        sa.Column("sequence", sa.Integer, primary_key=True),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("body", postgresql.JSONB, nullable=False),
        _time("created_at"),
        sa.Column("key", sa.Text),
        sa.Column("answers", sa.Integer),
        sa.Column("part", sa.Integer),
        sa.UniqueConstraint("conversation", "key", name="event_once_per_key"),
        sa.UniqueConstraint("conversation", "answers", "part", name="event_answered_once"),
    )
    op.create_table(
        "line_event",
        sa.Column("webhook_event_id", sa.Text, primary_key=True),
        _time("received_at"),
    )
    op.create_table(
        "delivery",
        _conversation(),
        sa.Column("answers", sa.Integer, primary_key=True),
        sa.Column("reply_token", sa.Text),
        _time("received_at"),
        _time("attempted_at", required=False),
        _time("delivered_at", required=False),
    )
    op.create_table(
        "handoff_request",
        _conversation(),
        sa.Column("sequence", sa.Integer, primary_key=True),
        _time("created_at"),
    )
    op.execute("create schema if not exists rasa")
    _run(procrastinate.schema.SchemaManager.get_schema())


def downgrade() -> None:
    _run(_DROP_QUEUE)
    op.execute("drop schema if exists rasa cascade")
    for table in ("handoff_request", "delivery", "line_event", "event", "conversation"):
        op.drop_table(table)


def _run(script: str) -> None:
    """Run a script of many statements, percent signs and all."""
    op.get_bind().exec_driver_sql(script.replace("%", "%%"))


_DROP_QUEUE = """
do $$
declare
    thing record;
begin
    for thing in select c.oid::regclass as name from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'public' and c.relkind = 'r' and c.relname like 'procrastinate%' loop
        execute format('drop table if exists %s cascade', thing.name);
    end loop;
    for thing in select p.oid::regprocedure as name from pg_proc p
        join pg_namespace n on n.oid = p.pronamespace
        where n.nspname = 'public' and p.proname like 'procrastinate%' loop
        execute format('drop function if exists %s cascade', thing.name);
    end loop;
    for thing in select t.oid::regtype as name from pg_type t
        join pg_namespace n on n.oid = t.typnamespace
        where n.nspname = 'public' and t.typname like 'procrastinate%' and t.typelem = 0 loop
        execute format('drop type if exists %s cascade', thing.name);
    end loop;
end $$;
"""
