"""Letters to staff, what a night has deleted, and counts of handoffs that outlive their texts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def _time(name: str, *, required: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=not required)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, server_default="0")


def upgrade() -> None:
    op.create_table(
        "letter",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("way", sa.Text, nullable=False),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("about", JSONB, nullable=False),
        sa.Column("once", sa.Text, unique=True),
        _time("made_at", required=True),
        _time("next_at", required=True),
        _count("failures"),
        _time("sent_at"),
        _time("given_up_at"),
    )
    op.create_index(
        "letter_unsent",
        "letter",
        ["next_at"],
        postgresql_where=sa.text("sent_at is null and given_up_at is null"),
    )
    op.create_table(
        "handoff_day",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("desk", sa.Text, primary_key=True),
        *map(_count, ("wishes", "answered", "messages", "callbacks")),
        sa.Column("waits", ARRAY(sa.Integer), nullable=False, server_default="{}"),
        *map(_count, ("ratings_sum", "ratings_count")),
    )
    op.create_table(
        "retention_run",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        *map(_count, ("conversations", "handoffs", "events")),
        _time("done_at"),
    )
    op.execute(_COUNT)
    op.execute(
        "create trigger handoff_counted before delete on handoff"
        " for each row execute function handoff_is_counted()"
    )


def downgrade() -> None:
    op.execute("drop trigger handoff_counted on handoff")
    op.execute("drop function handoff_is_counted()")
    for table in ("retention_run", "handoff_day", "letter"):
        op.drop_table(table)


# However a handoff is deleted, it is counted once. The lock has deletions that meet wait for each other.
_COUNT = """
create function handoff_is_counted() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock(hashtext('handoff_day'));
    insert into handoff_day as kept
        (day, desk, wishes, answered, messages, callbacks, waits, ratings_sum, ratings_count)
    values (
        (old.requested_at at time zone 'Asia/Tokyo')::date,
        old.desk,
        1,
        (old.first_answer_at is not null)::int,
        old.is_message::int,
        (old.due_at is not null)::int,
        case when old.claimed_at is null or old.is_message or old.due_at is not null then '{}'
            else array[extract(epoch from old.claimed_at - old.requested_at)::int] end,
        coalesce(old.rating, 0),
        (old.rating is not null)::int
    )
    on conflict (day, desk) do update set
        wishes = kept.wishes + excluded.wishes,
        answered = kept.answered + excluded.answered,
        messages = kept.messages + excluded.messages,
        callbacks = kept.callbacks + excluded.callbacks,
        waits = kept.waits || excluded.waits,
        ratings_sum = kept.ratings_sum + excluded.ratings_sum,
        ratings_count = kept.ratings_count + excluded.ratings_count;
    return old;
end $$
"""
