"""Handoffs to a person, their notes, notices to staff; what a person answers the bot does not."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_NOW = sa.func.now()


def _time(name: str, *, required: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=not required)


def upgrade() -> None:
    op.add_column("conversation", sa.Column("silent_to", sa.Integer, nullable=False, server_default="0"))
    op.create_table(
        "handoff",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("conversation", sa.Uuid, nullable=False),
        sa.Column("desk", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("is_message", sa.Boolean, nullable=False, server_default=sa.false()),
        _time("requested_at", required=True),
        _time("changed_at", required=True),
        sa.Column("claimed_by", sa.Uuid),
        sa.Column("claimed_name", sa.Text),
        _time("claimed_at"),
        sa.Column("asked_for", sa.Uuid),
        _time("due_at"),
        _time("reminded_at"),
        sa.Column("alarm", sa.Integer, nullable=False, server_default="0"),
        sa.Column("heard_sequence", sa.Integer, nullable=False, server_default="0"),
        _time("spoken_at"),
        _time("first_answer_at"),
        _time("pushed_at"),
        sa.Column("label", sa.Text),
        sa.Column("rating", sa.Integer),
        _time("closed_at"),
        sa.Column("closed_why", sa.Text),
        sa.ForeignKeyConstraint(["conversation"], ["conversation.id"], ondelete="CASCADE"),
    )
    op.create_index(
        "handoff_one_open",
        "handoff",
        ["conversation"],
        unique=True,
        postgresql_where=sa.text("state <> 'closed'"),
    )
    op.create_index("handoff_conversation", "handoff", ["conversation"])
    op.create_index("handoff_desk", "handoff", ["desk", "state"])
    op.create_table(
        "handoff_note",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("handoff", sa.Uuid, nullable=False),
        sa.Column("account", sa.Uuid, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=_NOW),
        sa.ForeignKeyConstraint(["handoff"], ["handoff.id"], ondelete="CASCADE"),
    )
    op.create_index("handoff_note_of", "handoff_note", ["handoff"])
    op.create_table(
        "notice_due",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("desk", sa.Text, nullable=False),
        sa.Column("handoff", sa.Uuid, nullable=False),
        _time("at", required=True),
        _time("sent_at"),
        sa.ForeignKeyConstraint(["handoff"], ["handoff.id"], ondelete="CASCADE"),
    )
    op.create_index("notice_due_unsent", "notice_due", ["at"], postgresql_where=sa.text("sent_at is null"))
    op.create_index("notice_due_handoff", "notice_due", ["handoff"])
    op.drop_table("handoff_request")


def downgrade() -> None:
    op.create_table(
        "handoff_request",
        sa.Column("conversation", sa.Uuid, primary_key=True),
        sa.Column("sequence", sa.Integer, primary_key=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.ForeignKeyConstraint(["conversation"], ["conversation.id"], ondelete="CASCADE"),
    )
    for table in ("notice_due", "handoff_note", "handoff"):
        op.drop_table(table)
    op.drop_column("conversation", "silent_to")
