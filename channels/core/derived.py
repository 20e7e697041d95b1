"""Keys for one purpose each, all made from the one secret of the house."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def derive(secret: str, purpose: bytes) -> bytes:
    """32 bytes that tell nothing of the secret, nor of the key for another purpose."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())


def cipher(secret: str, purpose: bytes) -> Fernet:
    """What encrypts for a purpose."""
    return Fernet(base64.urlsafe_b64encode(derive(secret, purpose)))
