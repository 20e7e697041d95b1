"""The second factor: a code that an app on the phone makes from a shared secret, anew every 30 seconds.

A code works once. For the day the phone is lost there are ten recovery codes, shown once, kept as digests.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pyotp
from cryptography.fernet import InvalidToken
from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from channels.core import tables
from channels.core.derived import cipher, derive
from channels.errors import SignInRefusedError
from channels.staff.passwords import random_code

ISSUER = "まどぐち 芦別市"
"""What the app shows the account under."""
STEP_SECONDS = 30
DRIFT = 1
"""Steps that a phone's clock may be off, either way."""
RECOVERY_CODES = 10
OFFER_SECONDS = 30 * 60
"""How long the page that sets it up may lie open."""
_HALF = 5
_TOTP = re.compile(r"[0-9]{6}")


@dataclass(frozen=True)
class Offer:
    """A secret that becomes the second factor with the first right code; `sealed` travels in the form."""

    secret: str
    uri: str
    sealed: str


class SecondFactor:
    """Makes, checks and removes it; always in the transaction of the caller."""

    def __init__(self, secret: str, clock: Callable[[], datetime]) -> None:
        self._cipher = cipher(secret, b"staff-totp")
        self._key = derive(secret, b"staff-recovery")
        self._clock = clock

    def offer(self, account: UUID, login: str, sealed: str = "") -> Offer:
        """A new secret, or the one sealed before if it is still good: the phone may have read it already."""
        secret = self._opened(account, sealed) or pyotp.random_base32()
        owned = json.dumps([str(account), secret]).encode()
        token = self._cipher.encrypt_at_time(owned, int(self._clock().timestamp())).decode()
        return Offer(secret, pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER), token)

    async def enrol(self, connection: AsyncConnection, account: UUID, sealed: str, code: str) -> list[str]:
        """The recovery codes, if the code shows that the phone has the secret. Raises SignInRefusedError."""
        secret = self._opened(account, sealed)
        step = self._step_of(secret, code) if secret else None
        if secret is None or step is None:
            raise SignInRefusedError(
                "番号が違います。アプリに出ている新しい6桁の番号を入れてください。"
                "何度も違うときは、スマートフォンの時刻が合っているか確かめてください。"
            )
        await self.remove(connection, account)
        await connection.execute(
            update(tables.account)
            .where(tables.account.c.id == account)
            .values(totp_secret=self._cipher.encrypt(secret.encode()), totp_last_step=step)
        )
        codes = [random_code(2 * _HALF) for _ in range(RECOVERY_CODES)]
        await connection.execute(
            insert(tables.recovery_code),
            [{"account": account, "digest": self._digest(account, code)} for code in codes],
        )
        return [f"{code[:_HALF]}-{code[_HALF:]}" for code in codes]

    async def use(self, connection: AsyncConnection, account: UUID, code: str) -> str | None:
        """What kind of code it was ("totp", "recovery"), and it is used up; None for a wrong or used one."""
        clean = _clean(code)
        if not _TOTP.fullmatch(clean):
            code_row = tables.recovery_code.c
            deleted = await connection.execute(
                delete(tables.recovery_code).where(
                    code_row.account == account, code_row.digest == self._digest(account, clean)
                )
            )
            return "recovery" if deleted.rowcount else None
        row = tables.account.c
        sealed = await connection.scalar(select(row.totp_secret).where(row.id == account))
        step = self._step_of(self._cipher.decrypt(sealed).decode(), clean) if sealed else None
        if step is None:
            return None
        used = await connection.execute(
            update(tables.account)
            .where(row.id == account, or_(row.totp_last_step.is_(None), row.totp_last_step < step))
            .values(totp_last_step=step)
        )
        return "totp" if used.rowcount else None

    async def remove(self, connection: AsyncConnection, account: UUID) -> None:
        """The password alone opens the door again, or a new one has to be set up."""
        await connection.execute(
            delete(tables.recovery_code).where(tables.recovery_code.c.account == account)
        )
        await connection.execute(
            update(tables.account)
            .where(tables.account.c.id == account)
            .values(totp_secret=None, totp_last_step=None)
        )

    def _step_of(self, secret: str, code: str) -> int | None:
        """The step of time that a code belongs to, near enough to now."""
        totp, now = pyotp.TOTP(secret), int(self._clock().timestamp()) // STEP_SECONDS
        right = [
            step
            for step in range(now - DRIFT, now + DRIFT + 1)
            if hmac.compare_digest(totp.generate_otp(step).encode(), _clean(code).encode())
        ]
        return max(right, default=None)

    def _opened(self, account: UUID, sealed: str) -> str | None:
        """The secret of an offer made to this account, not too long ago."""
        try:
            owner, secret = json.loads(
                self._cipher.decrypt_at_time(sealed.encode(), OFFER_SECONDS, int(self._clock().timestamp()))
            )
        except (InvalidToken, ValueError):
            return None
        return str(secret) if owner == str(account) else None

    def _digest(self, account: UUID, code: str) -> bytes:
        return hmac.digest(self._key, account.bytes + code.encode(), hashlib.sha256)


def _clean(code: str) -> str:
    """As it is compared: however it was typed, with hyphens, gaps or full-width digits."""
    normal = unicodedata.normalize("NFKC", code[:100]).lower()
    return re.sub(r"[\s\-‐−ー]", "", normal).encode(errors="replace").decode()
