"""Passwords: what one must be like, and how it is kept (argon2id)."""

from __future__ import annotations

import asyncio
import secrets
import unicodedata
from itertools import pairwise

from pwdlib import PasswordHash

from channels.errors import PasswordRejectedError

MIN_LENGTH = 12
MAX_LENGTH = 128
"""More is no safer, and hashing is work that anyone can ask for."""
_AT_ONCE = 2
"""Hashes made at a time: each takes 64 MiB and a core for a moment."""
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""For what is read from paper: no letters that look alike."""
_COMMON = frozenset(
    (
        "password",
        "passw0rd",
        "administrator",
        "letmein",
        "welcome",
        "qwertyuiop",
        "qwerty",
        "asdfghjkl",
        "zxcvbnm",
        "1q2w3e4r5t6y",
        "1qaz2wsx3edc",
        "iloveyou",
        "sakura",
        "ashibetsu",
        "madoguchi",
        "shiyakusho",
        "hokkaido",
        "芦別市",
        "あしべつ",
        "北海道",
        "市役所",
        "まどぐち",
        "パスワード",
    )
)
"""The commonest, here: a password that is one of them with digits and signs around it is refused."""
_FEWEST_KINDS = 5
"""Different characters that a password has at least."""


class Passwords:
    """Hashes and checks, off the event loop and few at a time."""

    def __init__(self) -> None:
        self._hash = PasswordHash.recommended()
        self._dummy = self._hash.hash(secrets.token_urlsafe())
        self._turn = asyncio.Semaphore(_AT_ONCE)

    async def hash(self, password: str) -> str:
        """What is stored of a password."""
        async with self._turn:
            return await asyncio.to_thread(self._hash.hash, _normal(password))

    async def matches(self, password: str, stored: str | None) -> bool:
        """Whether it is the password; for an account that has none, as much work for the same no."""
        tried = _normal(password).encode(errors="replace").decode()
        async with self._turn:
            is_right = await asyncio.to_thread(self._hash.verify, tried[:MAX_LENGTH], stored or self._dummy)
        return is_right and stored is not None and len(tried) <= MAX_LENGTH


def check_password(password: str, login: str, name: str) -> None:
    """The rules for a new password. Raises PasswordRejectedError with all that is wrong."""
    normal = _normal(password)
    lower = normal.lower()
    wrong = []
    if len(normal) < MIN_LENGTH:
        wrong.append(f"{MIN_LENGTH}文字以上にしてください")
    if len(normal) > MAX_LENGTH:
        wrong.append(f"{MAX_LENGTH}文字以内にしてください")
    if _core(lower) in _COMMON or len(set(lower)) < _FEWEST_KINDS or _is_row(lower):
        wrong.append("よく使われる言葉や並びは使えません")
    if _core(lower) in {_core(own) for own in (login, _normal(name).lower(), *_normal(name).lower().split())}:
        wrong.append("ログイン名や氏名は使えません")
    if any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in normal):
        wrong.append("改行などの見えない文字は使えません")
    if wrong:
        raise PasswordRejectedError("新しいパスワード：" + "。".join(wrong) + "。")


def one_time_password() -> str:
    """A password to be replaced at the first sign-in: 16 characters in groups of four, 79 bits."""
    return "-".join(random_code(4) for _ in range(4))


def random_code(length: int) -> str:
    """Characters that are read from paper, 4.95 bits each."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def _normal(password: str) -> str:
    """Full-width letters are the same: which of them an input method gives is chance."""
    return unicodedata.normalize("NFKC", password)


def _core(text: str) -> str:
    """Without the digits and signs at its ends."""
    return text.strip("0123456789 !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")


def _is_row(text: str) -> bool:
    """Whether it only counts up or down, or is one piece again and again."""
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    return steps <= {1, -9} or steps <= {-1, 9} or text in (text + text)[1:-1]
