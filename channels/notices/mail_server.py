"""Where letters are posted: the mail server as `MADOGUCHI_SMTP_URL` names it."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

_HOW = (
    "MADOGUCHI_SMTP_URL is smtp://user:password@host:587?starttls, smtps://user:password@host:465, "
    "or smtp://host:25 for a server that asks for no password"
)
_PORTS = {"smtp": 25, "smtps": 465}
_SUBMISSION = 587


@dataclass(frozen=True)
class MailServer:
    """A mail server. The password is sent over TLS alone, unless the URL says otherwise by plain smtp://."""

    host: str
    port: int
    is_tls: bool
    starts_tls: bool
    user: str | None = None
    password: str = field(default="", repr=False)

    @classmethod
    def of(cls, url: str) -> MailServer:
        """What a URL names. Raises ValueError, which does not repeat the URL: a password may be in it."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise ValueError(_HOW) from None
        starts_tls = parts.query == "starttls"
        is_right = (
            parts.scheme in _PORTS and parts.hostname and parts.path in {"", "/"} and not parts.fragment
        )
        if not is_right or (parts.query and not starts_tls) or (starts_tls and parts.scheme == "smtps"):
            raise ValueError(_HOW)
        return cls(
            host=parts.hostname or "",
            port=port or (_SUBMISSION if starts_tls else _PORTS[parts.scheme]),
            is_tls=parts.scheme == "smtps",
            starts_tls=starts_tls,
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password or ""),
        )
