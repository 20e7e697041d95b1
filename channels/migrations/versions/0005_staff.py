"""Accounts of the staff, their sessions and second factors, failed sign-ins, and an audit nobody can edit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_NOW = sa.func.now()


def _time(name: str, *, required: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=not required)


def _of_account() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["account"], ["account.id"], ondelete="CASCADE")


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("login", sa.Text, nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("password_hash", sa.Text),
        sa.Column("must_change", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("totp_secret", sa.LargeBinary),
        sa.Column("totp_last_step", sa.BigInteger),
        sa.Column("is_active", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.Column("oidc_subject", sa.Text, unique=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=_NOW),
    )
    op.create_table(
        "recovery_code",
        sa.Column("account", sa.Uuid, primary_key=True),
        sa.Column("digest", sa.LargeBinary, primary_key=True),
        _of_account(),
    )
    op.create_table(
        "staff_session",
        sa.Column("digest", sa.LargeBinary, primary_key=True),
        sa.Column("account", sa.Uuid, nullable=False),
        sa.Column("awaits_code", sa.Boolean, nullable=False),
        _time("created_at"),
        _time("seen_at"),
        _time("expires_at"),
        sa.Column("agent", sa.Text, nullable=False),
        _of_account(),
    )
    op.create_index("staff_session_account", "staff_session", ["account"])
    op.create_table(
        "lockout",
        sa.Column("digest", sa.LargeBinary, primary_key=True),
        sa.Column("account", sa.Uuid),
        sa.Column("failures", sa.Integer, nullable=False),
        _time("failed_at"),
        _time("locked_until", required=False),
        _of_account(),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=_NOW),
        sa.Column("account", sa.Uuid),
        sa.Column("login", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("conversation", sa.Uuid),
        sa.Column("detail", JSONB, nullable=False),
    )
    op.create_index("audit_at", "audit", ["at"])
    op.create_index("audit_login", "audit", ["login", "id"])
    op.create_index("audit_conversation", "audit", ["conversation"])
    op.execute(_REFUSE)
    op.execute(
        "create trigger audit_rows before update or delete on audit"
        " for each row execute function audit_is_final()"
    )
    op.execute(
        "create trigger audit_whole before truncate on audit"
        " for each statement execute function audit_is_final()"
    )


def downgrade() -> None:
    for table in ("audit", "lockout", "staff_session", "recovery_code", "account"):
        op.drop_table(table)
    op.execute("drop function audit_is_final()")


_REFUSE = """
create function audit_is_final() returns trigger language plpgsql as $$
begin
    raise exception 'the audit is final: % refused', tg_op using errcode = 'insufficient_privilege';
end $$
"""
