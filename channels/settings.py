"""Every setting of channels/, from the environment; docs/operations.md explains each."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from channels.notices.mail_server import MailServer
from knowledge.desks import MAIL_PATTERN
from knowledge.loader import CONTENT


class Periods(BaseSettings):
    """How long what residents say is kept."""

    model_config = SettingsConfigDict(env_prefix="MADOGUCHI_", frozen=True)

    retention_days: int = Field(default=30, ge=1, description="days an idle conversation is kept")
    handoff_days: int = Field(default=90, ge=1, description="days a talk with a person is kept after its end")

    @property
    def keep_days(self) -> int:
        """The longest that an idle conversation may be kept: as long it must open to its resident."""
        return max(self.retention_days, self.handoff_days)


class Settings(Periods):
    """Settings are read once, at start; a wrong one stops the process with its name."""

    database_url: str = Field(description="PostgreSQL, as a libpq URL")
    secret: SecretStr = Field(min_length=32, description="signs conversation cookies, encrypts LINE ids")
    host: str = Field(default="127.0.0.1", description="address the web server listens on")
    port: int = Field(default=8080, description="port of the web server")
    secure_cookies: bool = Field(default=False, description="true behind HTTPS: cookies get Secure")
    public_url: str | None = Field(
        default=None, pattern=r"^https?://[^\s/?#]+(/[^\s?#]*)?$", description="where residents reach the web"
    )
    embed_on: str = Field(
        default="https://www.city.ashibetsu.hokkaido.jp",
        pattern=r"^(https?://[^\s/;,]+)?( https?://[^\s/;,]+)*$",
        description="sites whose pages may show the chat, apart by spaces",
    )
    content: Path = Field(default=CONTENT, description="folder of the knowledge")
    rasa_url: str = Field(default="http://127.0.0.1:5005", description="base URL of Rasa")
    actions_url: str = Field(default="http://127.0.0.1:5055", description="base URL of the action server")
    rasa_timeout: float = Field(default=8.0, gt=0, description="seconds to wait for one Rasa turn")
    retry_for: float = Field(default=90.0, ge=0, description="seconds a turn is retried while Rasa is down")
    retry_every: int = Field(default=3, ge=1, description="seconds between two tries of a turn")
    worker_concurrency: int = Field(default=8, ge=1, description="conversations answered at once")
    messages_per_minute: int = Field(default=40, ge=1, description="messages a conversation may send")
    address_per_minute: int = Field(default=600, ge=1, description="requests an address may send")
    line_channel_secret: SecretStr | None = Field(default=None, description="LINE channel secret")
    line_channel_token: SecretStr | None = Field(default=None, description="LINE channel access token")
    line_api_url: str = Field(default="https://api.line.me", description="base URL of LINE's API")
    line_data_url: str = Field(default="https://api-data.line.me", description="base URL of LINE's files")
    line_chat: Literal["web", "line"] = Field(
        default="web", description="where a resident talks of personal matters: outside LINE, or inside"
    )

    smtp_url: SecretStr | None = Field(default=None, description="the mail server for notices to staff")
    mail_from: str | None = Field(
        default=None, pattern=MAIL_PATTERN, max_length=254, description="the sender of notices"
    )
    oidc_issuer: str | None = Field(
        default=None, pattern=r"^https?://[^\s?#]+$", description="the city's OpenID provider, for staff"
    )
    oidc_client_id: str | None = Field(
        default=None, min_length=1, description="what the provider knows us by"
    )
    oidc_client_secret: SecretStr | None = Field(default=None, min_length=1, description="its secret")

    @model_validator(mode="after")
    def _mail_is_whole(self) -> Self:
        if self.smtp_url is None:
            return self
        if self.mail_from is None:
            raise ValueError(
                "MADOGUCHI_SMTP_URL needs MADOGUCHI_MAIL_FROM, the address that notices come from"
            )
        MailServer.of(self.smtp_url.get_secret_value())
        return self

    @model_validator(mode="after")
    def _provider_is_whole(self) -> Self:
        given = [self.oidc_issuer, self.oidc_client_id, self.oidc_client_secret]
        if any(given) and not all(given):
            raise ValueError("MADOGUCHI_OIDC_ISSUER, _CLIENT_ID and _CLIENT_SECRET are set together")
        return self

    @property
    def private_talk_url(self) -> str | None:
        """Where who writes on LINE is led for personal matters; None for nowhere."""
        return self.public_url.rstrip("/") if self.public_url and self.line_chat == "web" else None
