"""LINE's limits, each with the page that states it."""

from __future__ import annotations

TEXT_UNITS = 5000
"""Characters of a text message, in UTF-16 units (Messaging API reference, text message)."""

MESSAGES_PER_REPLY = 5
"""Messages in one reply or push (line-openapi, ReplyMessageRequest.messages)."""

QUICK_REPLIES = 13
"""Items of a quick reply (line-openapi, QuickReply.items)."""

QUICK_REPLY_LABEL = 20
"""Characters of a quick reply's label (Messaging API reference, message action)."""

QUICK_REPLY_TEXT = 300
"""Characters that a message action may say (Messaging API reference, message action)."""

REPLY_TOKEN_LIFE = 60.0
"""Seconds a reply token is good for after the webhook was received (Messaging API reference)."""

REQUEST_TIMEOUT = 10.0
"""Seconds for one call; the SDK's own default is five minutes."""

QUOTA_SPENT = "monthly limit"
"""Stands in the message of a 429 whose cause is the month's quota (Messaging API reference)."""
