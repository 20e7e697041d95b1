"""LINE in full: order by LINE's clock, blocking, what was unsent or could not be read, pushes, links."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NOW = sa.func.now()


def upgrade() -> None:
    op.add_column("event", sa.Column("said_at", sa.DateTime(timezone=True)))
    op.add_column(
        "conversation", sa.Column("is_blocked", sa.Boolean, nullable=False, server_default=sa.false())
    )
    op.add_column("conversation", sa.Column("block_changed_at", sa.DateTime(timezone=True)))
    op.create_table(
        "line_unsent",
        sa.Column("message_id", sa.Text, primary_key=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False, server_default=_NOW),
    )
    op.create_table(
        "line_unread",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False, server_default=_NOW),
        sa.Column("body", JSONB, nullable=False),
    )
    op.create_table(
        "line_push",
        sa.Column("month", sa.Date, primary_key=True),
        sa.Column("sent", sa.Integer, nullable=False),
    )
    op.create_table(
        "web_link",
        sa.Column("digest", sa.LargeBinary, primary_key=True),
        sa.Column("conversation", sa.Uuid, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["conversation"], ["conversation.id"], ondelete="CASCADE"),
    )


def downgrade() -> None:
    for table in ("web_link", "line_push", "line_unread", "line_unsent"):
        op.drop_table(table)
    op.drop_column("conversation", "block_changed_at")
    op.drop_column("conversation", "is_blocked")
    op.drop_column("event", "said_at")
