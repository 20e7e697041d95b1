"""LINE's limits, each with the page that states it."""

from __future__ import annotations

TEXT_UNITS = 5000
"""Characters of a text message, in UTF-16 units (Messaging API reference, text message)."""

MESSAGES_PER_REPLY = 5
"""Messages in one reply or push (line-openapi, ReplyMessageRequest.messages)."""

QUICK_REPLIES = 13
"""Items of a quick reply (line-openapi, QuickReply.items)."""

QUICK_REPLY_LABEL = 20
"""Characters of a quick reply's label (Messaging API reference, message action).

LINE counts what a reader sees as one; we count UTF-16 units, which are never fewer.
"""

ACTION_LABEL = 40
"""Characters of an action's label in a Flex message (Messaging API reference, message and URI action)."""

MESSAGE_ACTION_TEXT = 300
"""Characters that a message action may say (Messaging API reference, message action)."""

URI = 1000
"""Characters of a URI action's address, percent-encoded (Messaging API reference, URI action)."""

ALT_TEXT = 400
"""Characters of a Flex message's altText (Messaging API reference, Flex message).

It says 1,500 now and said 400 before; a notification shows fewer still.
"""

BUBBLE_BYTES = 30_000
"""JSON of a bubble (Messaging API reference, bubble: 30 KB, not saying of which kind)."""

CAROUSEL_BYTES = 50_000
"""JSON of a carousel (Messaging API reference, carousel: 50 KB, not saying of which kind)."""

CAROUSEL_BUBBLES = 12
"""Bubbles of a carousel (Messaging API reference, carousel)."""

FLEX_TEXT_UNITS = 2000
"""UTF-16 units of one text component: our own limit, LINE states none."""

CHOICES_IN_BUBBLE = 10
"""Buttons below each other in one bubble: our own limit, so that they stay within a screen or two."""

REPLY_TOKEN_LIFE = 60.0
"""Seconds a reply token is good for after the webhook was received (Messaging API reference)."""

LOADING_SECONDS = 20
"""How long the loading animation moves at most, 5 to 60 in steps of 5; a message ends it (line-openapi)."""

REQUEST_TIMEOUT = 10.0
"""Seconds for one call; the SDK's own default is five minutes."""

QUOTA_SPENT = "monthly limit"
"""Stands in the message of a 429 whose cause is the month's quota (Messaging API reference)."""

RATE_EXCEEDED = "rate limit"
"""Stands in the message of a 429 whose cause is too many calls a second (likewise)."""
