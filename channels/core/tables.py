"""The tables of channels/ (Alembic migrations create them; SQLAlchemy Core reads them)."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    false,
    func,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = MetaData()

_now = func.now()


def _of_conversation() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["conversation"], ["conversation.id"], ondelete="CASCADE")


def _of_handoff() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["handoff"], ["handoff.id"], ondelete="CASCADE")


def _of_account() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["account"], ["account.id"], ondelete="CASCADE")


conversation = Table(
    "conversation",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("channel", Text, nullable=False),
    # The last sequence given out; its row lock puts the events of a conversation in one order.
    Column("last_sequence", Integer, nullable=False, server_default="0"),
    # Events up to this one are a person's to answer, never the bot's (core/log.py).
    Column("silent_to", Integer, nullable=False, server_default="0"),
    # A LINE user: the id encrypted, and a keyed digest to find it by.
    Column("contact", LargeBinary),
    Column("contact_digest", LargeBinary, unique=True),
    # Whether the LINE user has blocked the account, and the last time that changed by LINE's clock.
    Column("is_blocked", Boolean, nullable=False, server_default=false()),
    Column("block_changed_at", DateTime(timezone=True)),
    # Which generation of its web token counts, and since when (core/keys.py).
    Column("token_generation", Integer, nullable=False, server_default="0"),
    Column("token_rotated_at", DateTime(timezone=True)),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=_now),
    Column("active_at", DateTime(timezone=True), nullable=False, server_default=_now),
    Index("conversation_active_at", "active_at"),
)

event = Table(
    "event",
    metadata,
    Column("conversation", Uuid, primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("author", Text, nullable=False),
    Column("body", JSONB, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=_now),
    # When it was said by LINE's clock: webhooks may come in another order.
    Column("said_at", DateTime(timezone=True)),
    # What makes a repeated request the same request.
    Column("key", Text),
    # A reply names the event it answers and its place in the reply: 0 is the interim notice.
    Column("answers", Integer),
    Column("part", Integer),
    UniqueConstraint("conversation", "key", name="event_once_per_key"),
    UniqueConstraint("conversation", "answers", "part", name="event_answered_once"),
    _of_conversation(),
)

line_event = Table(
    "line_event",
    metadata,
    Column("webhook_event_id", Text, primary_key=True),
    Column("received_at", DateTime(timezone=True), nullable=False, server_default=_now),
)

# Messages that were unsent, perhaps before they came in.
line_unsent = Table(
    "line_unsent",
    metadata,
    Column("message_id", Text, primary_key=True),
    Column("received_at", DateTime(timezone=True), nullable=False, server_default=_now),
)

# Webhook events that could not be read, without ids, with masked texts.
line_unread = Table(
    "line_unread",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("received_at", DateTime(timezone=True), nullable=False, server_default=_now),
    Column("body", JSONB, nullable=False),
)

# Pushes that LINE has taken, by month in 芦別市: they cost, replies don't.
line_push = Table(
    "line_push",
    metadata,
    Column("month", Date, primary_key=True),
    Column("sent", Integer, nullable=False),
)

delivery = Table(
    "delivery",
    metadata,
    Column("conversation", Uuid, primary_key=True),
    Column("answers", Integer, primary_key=True),
    Column("reply_token", Text),
    Column("received_at", DateTime(timezone=True), nullable=False, server_default=_now),
    Column("attempted_at", DateTime(timezone=True)),
    Column("delivered_at", DateTime(timezone=True)),
    _of_conversation(),
)

# A link that leads from LINE to the same conversation on the web, once: a digest of its secret.
web_link = Table(
    "web_link",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("conversation", Uuid, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    _of_conversation(),
)

# A verdict on an answer, with nothing that leads to who gave it: a day, no time, no conversation.
feedback = Table(
    "feedback",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("entry", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("given_on", Date, nullable=False, server_default=text("(now() at time zone 'Asia/Tokyo')::date")),
)

# One wish to talk with a person, from the wish to its end (channels/handoff/).
handoff = Table(
    "handoff",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("conversation", Uuid, nullable=False),
    Column("desk", Text, nullable=False),
    Column("state", Text, nullable=False),
    # A message left for the clerks: to be answered, but nobody is waiting for it in the chat.
    Column("is_message", Boolean, nullable=False, server_default=false()),
    Column("requested_at", DateTime(timezone=True), nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("claimed_by", Uuid),
    Column("claimed_name", Text),
    # The first time that somebody claimed it: what waits are estimated from.
    Column("claimed_at", DateTime(timezone=True)),
    # The clerk whom another one has passed it to.
    Column("asked_for", Uuid),
    Column("due_at", DateTime(timezone=True)),
    Column("reminded_at", DateTime(timezone=True)),
    # The end of a break of its desk, of which its resident has been told.
    Column("paused_until", DateTime(timezone=True)),
    Column("alarm", Integer, nullable=False, server_default="0"),
    # The last event that a clerk's page has shown.
    Column("heard_sequence", Integer, nullable=False, server_default="0"),
    Column("spoken_at", DateTime(timezone=True)),
    Column("first_answer_at", DateTime(timezone=True)),
    # The last push to LINE that somebody has come or answered.
    Column("pushed_at", DateTime(timezone=True)),
    Column("label", Text),
    Column("rating", Integer),
    Column("closed_at", DateTime(timezone=True)),
    Column("closed_why", Text),
    _of_conversation(),
    Index("handoff_one_open", "conversation", unique=True, postgresql_where=text("state <> 'closed'")),
    Index("handoff_conversation", "conversation"),
    Index("handoff_desk", "desk", "state"),
)

handoff_note = Table(
    "handoff_note",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("handoff", Uuid, nullable=False),
    Column("account", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=_now),
    _of_handoff(),
    Index("handoff_note_of", "handoff"),
)

# What staff are to be told, written with the change that it tells of; nothing personal is in it.
notice_due = Table(
    "notice_due",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=True),
    Column("kind", Text, nullable=False),
    Column("desk", Text, nullable=False),
    Column("handoff", Uuid, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("sent_at", DateTime(timezone=True)),
    _of_handoff(),
    Index("notice_due_unsent", "at", postgresql_where=text("sent_at is null")),
    Index("notice_due_handoff", "handoff"),
)

# A letter to staff, by e-mail or webhook, written whole when it is made; nothing personal is in it.
letter = Table(
    "letter",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("way", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    # The same for machines: what a webhook gets beside the text.
    Column("about", JSONB, nullable=False),
    # What makes a letter that is made again the same letter: the digest of a day.
    Column("once", Text, unique=True),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("next_at", DateTime(timezone=True), nullable=False),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("sent_at", DateTime(timezone=True)),
    Column("given_up_at", DateTime(timezone=True)),
    Index("letter_unsent", "next_at", postgresql_where=text("sent_at is null and given_up_at is null")),
)

# What stays of handoffs that were deleted: counts by the day of the wish. A trigger on `handoff` adds to it.
handoff_day = Table(
    "handoff_day",
    metadata,
    Column("day", Date, primary_key=True),
    Column("desk", Text, primary_key=True),
    Column("wishes", Integer, nullable=False, server_default="0"),
    Column("answered", Integer, nullable=False, server_default="0"),
    Column("messages", Integer, nullable=False, server_default="0"),
    Column("callbacks", Integer, nullable=False, server_default="0"),
    # Seconds until somebody came, of each who waited for it: medians cannot be added up.
    Column("waits", ARRAY(Integer), nullable=False, server_default="{}"),
    Column("ratings_sum", Integer, nullable=False, server_default="0"),
    Column("ratings_count", Integer, nullable=False, server_default="0"),
)

# What each night has deleted; `done_at` is missing from one that was cut short.
retention_run = Table(
    "retention_run",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=True),
    Column("at", DateTime(timezone=True), nullable=False, server_default=_now),
    Column("conversations", Integer, nullable=False, server_default="0"),
    Column("handoffs", Integer, nullable=False, server_default="0"),
    Column("events", Integer, nullable=False, server_default="0"),
    Column("done_at", DateTime(timezone=True)),
)

# Who of the staff may sign in (staff/). Accounts are switched off, never deleted: the audit names them.
account = Table(
    "account",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("login", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    # None: made to sign in through the city's own OpenID provider alone.
    Column("password_hash", Text),
    Column("must_change", Boolean, nullable=False, server_default=false()),
    # Encrypted; with it, the last step of time whose code was used: a code works once.
    Column("totp_secret", LargeBinary),
    Column("totp_last_step", BigInteger),
    Column("is_active", Boolean, nullable=False, server_default=true()),
    Column("oidc_subject", Text, unique=True),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=_now),
)

# What opens the door once when the phone is lost: keyed digests.
recovery_code = Table(
    "recovery_code",
    metadata,
    Column("account", Uuid, primary_key=True),
    Column("digest", LargeBinary, primary_key=True),
    _of_account(),
)

# A browser that signed in: the digest of its cookie.
staff_session = Table(
    "staff_session",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("account", Uuid, nullable=False),
    # The password was right, the second factor is still to come.
    Column("awaits_code", Boolean, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("seen_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    # A kind of browser ("Windows・Edge"), to tell one's own sessions apart.
    Column("agent", Text, nullable=False),
    Index("staff_session_account", "account"),
    _of_account(),
)

# Failed sign-ins by login and by address, both as keyed digests, whether the account exists or not.
lockout = Table(
    "lockout",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("account", Uuid),
    Column("failures", Integer, nullable=False),
    Column("failed_at", DateTime(timezone=True), nullable=False),
    Column("locked_until", DateTime(timezone=True)),
    _of_account(),
)

# Who did what; a trigger refuses every change. It outlives the conversations it names.
audit = Table(
    "audit",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=True),
    Column("at", DateTime(timezone=True), nullable=False, server_default=_now),
    Column("account", Uuid),
    Column("login", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("conversation", Uuid),
    Column("detail", JSONB, nullable=False),
    Index("audit_at", "at"),
    Index("audit_login", "login", "id"),
    Index("audit_conversation", "conversation"),
)

# What staff want in the knowledge (staff/console/drafts.py). Nothing tells whose talk it came from.
draft = Table(
    "draft",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=True),
    # The day alone: a moment would tell, beside that of the audit, from whose talk it was made.
    Column(
        "at",
        DateTime(timezone=True),
        nullable=False,
        server_default=text("date_trunc('day', now(), 'Asia/Tokyo')"),
    ),
    Column("by", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("entry", Text, nullable=False),
    Column("yaml", Text, nullable=False),
    Column("taken_at", DateTime(timezone=True)),
    ForeignKeyConstraint(["by"], ["account.id"]),
)
