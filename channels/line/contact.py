"""LINE user ids: encrypted to be kept, digested to be found (design rule 4)."""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class ContactCipher:
    """Turns a user id into what may be stored, and back, with keys derived from one secret."""

    def __init__(self, secret: str) -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(_derive(secret, b"line-contact")))
        self._digest_key = _derive(secret, b"line-contact-digest")

    def seal(self, user_id: str) -> bytes:
        """The encrypted id; different every time."""
        return self._fernet.encrypt(user_id.encode())

    def open(self, sealed: bytes) -> str:
        """The id again; raises cryptography's InvalidToken under another secret."""
        return self._fernet.decrypt(sealed).decode()

    def digest(self, user_id: str) -> bytes:
        """The same 32 bytes for the same id, telling nothing of it without the secret."""
        return hmac.digest(self._digest_key, user_id.encode(), hashlib.sha256)


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())
