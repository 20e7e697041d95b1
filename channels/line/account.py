"""What can be said of the LINE account's settings without asking LINE."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

import httpx
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from channels.line.unheard import shown
from channels.settings import Settings

WEBHOOK = "/line/webhook"
"""Where our server takes LINE's calls, below its public address."""
CONSOLE = "LINE Developersの「Messaging API設定」"
_PATIENCE = 5.0
"""Seconds for the house itself to answer."""
_SECRET = re.compile(r"[0-9a-f]{32}")
_TOKEN = re.compile(r"[!-~]+")


class AccountSettings(BaseSettings):
    """Those of channels/settings.py that the account needs, none of them required; never a database."""

    model_config = SettingsConfigDict(env_prefix="MADOGUCHI_", frozen=True)

    host: str = Settings.model_fields["host"].default
    port: int = Field(default=Settings.model_fields["port"].default, ge=1, le=65535)
    public_url: str = ""
    line_channel_secret: SecretStr = SecretStr("")
    line_channel_token: SecretStr = SecretStr("")
    line_api_url: str = Settings.model_fields["line_api_url"].default

    @property
    def webhook_url(self) -> str | None:
        """Where LINE should send webhooks; None when the public address is missing or no https."""
        url = self.public_url.rstrip("/")
        return f"{url}{WEBHOOK}" if is_https(url) else None


class Level(StrEnum):
    """How it stands, as it is printed."""

    GOOD = "✔"
    DOUBTFUL = "▲"
    BAD = "✖"


@dataclass(frozen=True)
class Finding:
    """What was seen, and the next step; it is empty where nothing is to be done."""

    level: Level
    what: str
    step: str = ""


def secret(settings: AccountSettings) -> Finding:
    """The channel secret: 32 hexadecimal digits."""
    value = settings.line_channel_secret.get_secret_value()
    place = "LINE Developersの「チャネル基本設定」にある「チャネルシークレット」"
    if not value:
        return Finding(
            Level.BAD,
            "チャネルシークレット: MADOGUCHI_LINE_CHANNEL_SECRET が設定されていません。",
            f"{place}を、サーバーの設定ファイルに書いてください。",
        )
    if not _SECRET.fullmatch(value):
        return Finding(
            Level.BAD,
            f"チャネルシークレット: 0-9とa-fの32文字ではありません（今は{len(value)}文字）。",
            f"{place}を、空白や引用符を付けずに写し直してください。チャネルIDやトークンではありません。",
        )
    return Finding(Level.GOOD, "チャネルシークレット: 設定されていて、形は正しいです。")


def token(settings: AccountSettings) -> Finding:
    """The channel access token, as far as can be said without asking LINE."""
    value = settings.line_channel_token.get_secret_value()
    if not value:
        return Finding(
            Level.BAD,
            "チャネルアクセストークン: MADOGUCHI_LINE_CHANNEL_TOKEN が設定されていません。",
            f"{CONSOLE}の一番下で「チャネルアクセストークン（長期）」を発行し、設定ファイルに書いてください。",
        )
    if not _TOKEN.fullmatch(value):
        return Finding(
            Level.BAD,
            "チャネルアクセストークン: 空白、改行、全角の文字のどれかが入っています。",
            f"{CONSOLE}のトークンを、写し直してください。",
        )
    return Finding(Level.GOOD, "チャネルアクセストークン: 設定されています。")


def public_address(settings: AccountSettings) -> Finding:
    """The https address under which residents and LINE reach this server."""
    if not settings.public_url:
        return Finding(
            Level.BAD,
            "まどぐちのアドレス: MADOGUCHI_PUBLIC_URL が設定されていません。",
            "外から見たアドレスを、設定ファイルに書いてください（例: https://madoguchi.example.jp）。",
        )
    if not settings.webhook_url:
        return Finding(
            Level.BAD,
            f"まどぐちのアドレス: {shown(settings.public_url)} は、https:// で始まるアドレスではありません。",
            "MADOGUCHI_PUBLIC_URL を、https:// で始まるものに直してください。LINEはhttpsしか呼び出しません。",
        )
    return Finding(Level.GOOD, f"まどぐちのアドレス: {shown(settings.public_url)}")


def own_server(settings: AccountSettings) -> Finding:
    """Whether the running house has the same secret: it is called as LINE would call it, without events."""
    key = settings.line_channel_secret.get_secret_value()
    body = json.dumps({"destination": "U" + "0" * 32, "events": []}).encode()
    signature = base64.b64encode(hmac.digest(key.encode(), body, hashlib.sha256)).decode()
    try:
        address = httpx.URL(scheme="http", host=settings.host, port=settings.port, path=WEBHOOK)
        with httpx.Client(trust_env=False, timeout=_PATIENCE) as client:
            status = client.post(address, content=body, headers={"x-line-signature": signature}).status_code
    except (httpx.HTTPError, httpx.InvalidURL):
        return Finding(
            Level.BAD,
            f"まどぐち本体: 答えません（{shown(settings.host)}:{settings.port}）。",
            "まどぐちを始めてください（make run）。動いていれば、"
            "設定の MADOGUCHI_HOST と MADOGUCHI_PORT を確かめてください。",
        )
    restart = "まどぐちを始め直してください。設定は、始めるときに1度だけ読まれます。"
    match status:
        case 200:
            return Finding(Level.GOOD, "まどぐち本体: 動いていて、同じチャネルシークレットを使っています。")
        case 400 if not key:
            return Finding(
                Level.BAD,
                "まどぐち本体: 動いていて、この命令にはない設定を使っています。",
                "同じ設定を読ませてください: uv run --env-file 設定のファイル channels line doctor",
            )
        case 400:
            return Finding(
                Level.BAD, "まどぐち本体: 動いていますが、ちがうチャネルシークレットを使っています。", restart
            )
        case 404:
            return Finding(
                Level.BAD, "まどぐち本体: 動いていますが、チャネルシークレットを読んでいません。", restart
            )
    return Finding(
        Level.BAD,
        f"まどぐち本体: うまく動いていません（状態 {status}）。",
        ".run/logs/web.log を確かめてください。",
    )


def is_https(url: str) -> bool:
    """Whether this is an https address with a host."""
    try:
        parts = urlsplit(url)
        return parts.scheme == "https" and bool(parts.hostname)
    except ValueError:
        return False
