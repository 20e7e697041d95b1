"""Breaks of desks; days as a clock in 芦別市 shows them; a draft's moment tells no more than its day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_TODAY = "(now() at time zone 'Asia/Tokyo')::date"
_MORNING = "date_trunc('day', now(), 'Asia/Tokyo')"


def upgrade() -> None:
    op.add_column("handoff", sa.Column("paused_until", sa.DateTime(timezone=True)))
    op.alter_column("feedback", "given_on", server_default=sa.text(_TODAY))
    op.alter_column("draft", "at", server_default=sa.text(_MORNING))
    op.execute("update draft set at = date_trunc('day', at, 'Asia/Tokyo')")


def downgrade() -> None:
    op.alter_column("draft", "at", server_default=sa.func.now())
    op.alter_column("feedback", "given_on", server_default=sa.func.current_date())
    op.drop_column("handoff", "paused_until")
