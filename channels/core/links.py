"""Links that lead to a conversation once, for a short time: from LINE to the same conversation on the web."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, insert
from sqlalchemy.ext.asyncio import AsyncEngine

from channels.core import tables

LIFE = timedelta(minutes=15)
"""Of a link in a reply: who has just written is there to press it."""
CALLED_LIFE = timedelta(days=1)
"""Of a link in a message that calls somebody who may look at it in the evening."""
_BYTES = 24
"""Of a link's secret; only its digest is stored."""


class Links:
    """Makes and takes the secrets of links."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def make(self, conversation: UUID, life: timedelta = LIFE) -> str:
        """The secret of a new link to a conversation."""
        secret = secrets.token_urlsafe(_BYTES)
        async with self._engine.begin() as connection:
            await connection.execute(
                delete(tables.web_link).where(tables.web_link.c.expires_at <= func.now())
            )
            await connection.execute(
                insert(tables.web_link).values(
                    digest=_digest(secret), conversation=conversation, expires_at=func.now() + life
                )
            )
        return secret

    async def take(self, secret: str) -> UUID | None:
        """The conversation, once; None for a link that was used, is too old or was never made."""
        link = tables.web_link.c
        async with self._engine.begin() as connection:
            found = await connection.execute(
                delete(tables.web_link)
                .where(link.digest == _digest(secret), link.expires_at > func.now())
                .returning(link.conversation)
            )
            return found.scalar_one_or_none()


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
