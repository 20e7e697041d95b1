"""Who works here, and what each role is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

LOGIN = re.compile(r"[a-z][a-z0-9._-]{1,31}")
"""A login name; the desks' files name members the same way."""
MAX_NAME = 40
"""Characters of a person's name."""


class Role(StrEnum):
    """What an account is for; each page names the roles it is open to."""

    CLERK = "clerk"
    EDITOR = "editor"
    MANAGER = "manager"
    AUDITOR = "auditor"

    @property
    def label(self) -> str:
        """As staff call it."""
        return _LABELS[self]

    @property
    def needs_second_factor(self) -> bool:
        """Whether a password alone is not enough: who may open the door for others, or sees everything."""
        return self in {Role.MANAGER, Role.AUDITOR}


_LABELS = {
    Role.CLERK: "窓口担当",
    Role.EDITOR: "内容の編集",
    Role.MANAGER: "管理者",
    Role.AUDITOR: "監査担当",
}


@dataclass(frozen=True)
class Staff:
    """Somebody of the staff who is signed in; `session` is the digest of the session's cookie."""

    account: UUID
    login: str
    name: str
    role: Role
    session: bytes
