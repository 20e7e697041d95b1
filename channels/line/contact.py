"""LINE user ids: encrypted to be kept, digested to be found (design rule 4)."""

from __future__ import annotations

import hashlib
import hmac

from channels.core.derived import cipher, derive


class ContactCipher:
    """Turns a user id into what may be stored, and back, with keys derived from one secret."""

    def __init__(self, secret: str) -> None:
        self._fernet = cipher(secret, b"line-contact")
        self._digest_key = derive(secret, b"line-contact-digest")

    def seal(self, user_id: str) -> bytes:
        """The encrypted id; different every time."""
        return self._fernet.encrypt(user_id.encode())

    def open(self, sealed: bytes) -> str:
        """The id again; raises cryptography's InvalidToken under another secret."""
        return self._fernet.decrypt(sealed).decode()

    def digest(self, user_id: str) -> bytes:
        """The same 32 bytes for the same id, telling nothing of it without the secret."""
        return hmac.digest(self._digest_key, user_id.encode(), hashlib.sha256)
