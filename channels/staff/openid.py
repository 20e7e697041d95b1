"""Signing in through the city's own OpenID provider: authorization code, PKCE, state and nonce.

What has to come back unchanged (state, nonce, verifier) travels encrypted in a cookie of its own: the way
back begins at another site, where the browser keeps the staff's cookie to itself.
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

import httpx
import structlog
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from cryptography.fernet import InvalidToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel

from channels.core.derived import cipher
from channels.errors import OpenIdFailedError

log = structlog.get_logger(__name__)

ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
"""Signatures that are taken: with a public key, never with our own secret, never none."""
TIMEOUT = 5.0
"""Seconds for each of the three requests to the provider."""
WAY_SECONDS = 10 * 60
"""How long signing in at the provider may take."""
LEEWAY = 60
"""Seconds that the provider's clock may be off."""
_SCOPE = "openid profile"


@dataclass(frozen=True)
class Provider:
    """The provider, and what it knows us by."""

    issuer: str
    client_id: str
    client_secret: str


@dataclass(frozen=True)
class Identity:
    """Who somebody is for the provider, and where they go on here."""

    subject: str
    username: str
    next: str


class _Metadata(BaseModel):
    """OpenID Connect Discovery 1.0, section 3, as far as it is needed."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)


class _Tokens(BaseModel):
    id_token: str
    access_token: str = ""


class _Claims(BaseModel):
    sub: str
    preferred_username: str = ""


class OpenId:
    """The way to the provider and back. Every failure is an OpenIdFailedError, its reason is logged."""

    def __init__(
        self, provider: Provider, client: httpx.AsyncClient, secret: str, clock: Callable[[], datetime]
    ) -> None:
        self._provider = provider
        self._client = client
        self._cipher = cipher(secret, b"staff-openid")
        self._clock = clock

    async def begin(self, back: str, next_page: str) -> tuple[str, str]:
        """The provider's address to go to, and what the cookie keeps; `back` is where it leads to again."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        try:
            metadata = await self._metadata()
        except (httpx.HTTPError, ValueError) as error:
            raise _failed(error) from error
        address = prepare_grant_uri(
            metadata.authorization_endpoint,
            self._provider.client_id,
            "code",
            redirect_uri=back,
            scope=_SCOPE,
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        kept = self._cipher.encrypt_at_time(
            json.dumps([state, nonce, verifier, back, next_page]).encode(), self._now()
        )
        return str(address), kept.decode()

    async def finish(self, kept: str, state: str, code: str) -> Identity:
        """Who came back. Raises OpenIdFailedError for who did not start here, is late, or is not proven."""
        try:
            sealed = self._cipher.decrypt_at_time(kept.encode(errors="replace"), WAY_SECONDS, self._now())
            right_state, nonce, verifier, back, next_page = json.loads(sealed)
            if not hmac.compare_digest(state.encode(errors="replace"), right_state.encode()):
                raise ValueError("state")
            metadata = await self._metadata()
            tokens = await self._tokens(metadata, code, verifier, back)
            claims = await self._claims(metadata, tokens, nonce)
        except (InvalidToken, JoseError, httpx.HTTPError, ValueError) as error:
            raise _failed(error) from error
        # A subject is known to its issuer alone.
        return Identity(f"{self._provider.issuer} {claims.sub}", claims.preferred_username, next_page)

    async def _metadata(self) -> _Metadata:
        issuer = self._provider.issuer.rstrip("/")
        answer = await self._client.get(f"{issuer}/.well-known/openid-configuration", timeout=TIMEOUT)
        metadata = _Metadata.model_validate_json(answer.raise_for_status().content)
        if metadata.issuer.rstrip("/") != issuer:
            raise ValueError("issuer")
        return metadata

    async def _tokens(self, metadata: _Metadata, code: str, verifier: str, back: str) -> _Tokens:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "code_verifier": verifier,
        }
        ours = self._provider
        # RFC 6749, section 2.3.1: both parts are encoded before they are joined.
        basic = httpx.BasicAuth(quote(ours.client_id, safe=""), quote(ours.client_secret, safe=""))
        if "client_secret_basic" in metadata.token_endpoint_auth_methods_supported:
            answer = await self._client.post(metadata.token_endpoint, data=form, auth=basic, timeout=TIMEOUT)
        else:
            form |= {"client_id": ours.client_id, "client_secret": ours.client_secret}
            answer = await self._client.post(metadata.token_endpoint, data=form, timeout=TIMEOUT)
        return _Tokens.model_validate_json(answer.raise_for_status().content)

    async def _claims(self, metadata: _Metadata, tokens: _Tokens, nonce: str) -> _Claims:
        answer = await self._client.get(metadata.jwks_uri, timeout=TIMEOUT)
        keys = KeySet.import_key_set(answer.raise_for_status().json())
        token = jwt.decode(tokens.id_token, keys, algorithms=ALGORITHMS)
        client_id = self._provider.client_id
        claims = CodeIDToken(
            token.claims,
            token.header,
            {
                "iss": {"essential": True, "value": metadata.issuer},
                "aud": {"essential": True, "value": client_id},
                "exp": {"essential": True},
                "nonce": {"essential": True, "value": nonce},
            },
            {"nonce": nonce, "client_id": client_id, "access_token": tokens.access_token},
        )
        claims.validate(self._now(), LEEWAY)
        return _Claims.model_validate(token.claims)

    def _now(self) -> int:
        return int(self._clock().timestamp())


def _failed(error: Exception) -> OpenIdFailedError:
    """What is told of a failure; its kind alone is logged, for a message may hold a code or a name."""
    log.warning("openid_failed", why=type(error).__name__)
    return OpenIdFailedError()
