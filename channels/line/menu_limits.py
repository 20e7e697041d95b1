"""What LINE takes of rich menus, each with the page that states it."""

from __future__ import annotations

WIDTH, HEIGHT = 2500, 1686
"""Pixels of the largest usual image (Messaging API reference, upload rich menu image)."""

IMAGE_BYTES = 1_000_000
"""Of an image; the page says 1 MB, not of which kind (Messaging API reference, upload rich menu image)."""

AREAS = 20
"""Areas of one menu (Messaging API reference, rich menu object)."""

CHAT_BAR = 14
"""Characters under a menu that is folded away (line-openapi, RichMenuRequest.chatBarText)."""

LABEL = 20
"""Characters of an action's label, which a screen reader reads (Messaging API reference, action objects)."""

POSTBACK_DATA = 300
"""Characters of a switch's data (line-openapi, RichMenuSwitchAction)."""

MENUS = 1000
"""Menus of one account (Messaging API documentation, rich menus overview)."""

UPLOAD_TIMEOUT = 60.0
"""Seconds for an image, over the slow line of a town hall; ours, LINE states none."""
