"""The token of a web conversation is replaced from time to time: which generation counts, since when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "conversation", sa.Column("token_generation", sa.Integer, nullable=False, server_default="0")
    )
    op.add_column("conversation", sa.Column("token_rotated_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("conversation", "token_rotated_at")
    op.drop_column("conversation", "token_generation")
