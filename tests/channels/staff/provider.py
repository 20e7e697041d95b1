"""A small OpenID provider: discovery, authorization code with PKCE, tokens signed with a key made here."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from httpx import BasicAuth
from httpx import Request as Call
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

CLIENT_ID = "madoguchi: 芦別"
CLIENT_SECRET = "the provider's own & secret"
KID = "of this test"


@dataclass
class Provider:
    """What it does wrong, a test decides: `change` what is in a token, or the key it is signed with."""

    port: int
    subject: str = "subject-1"
    username: str = "sato"
    change: Callable[[dict[str, Any]], None] = lambda _: None
    signed_by: RSAKey | OctKey | None = None
    algorithm: str = "RS256"
    issuer: str = ""
    is_basic: bool = True
    is_down: bool = False
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": KID}))
    asked: list[dict[str, str]] = field(default_factory=list)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/realm"

    def behave(self) -> None:
        """As at the beginning."""
        fresh = Provider(self.port, key=self.key)
        self.__dict__.update(fresh.__dict__)

    def metadata(self) -> dict[str, Any]:
        methods = ["client_secret_basic"] if self.is_basic else ["client_secret_post"]
        return {
            "issuer": self.issuer or self.url,
            "authorization_endpoint": f"{self.url}/authorize?theme=city",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "token_endpoint_auth_methods_supported": methods,
        }

    def authorize(self, asked: dict[str, str]) -> str:
        """Where somebody who has signed in here is led back to."""
        code = secrets.token_urlsafe()
        self.asked.append(asked)
        self._codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def tokens(self, form: dict[str, str], authorization: str) -> dict[str, Any]:
        asked = self._codes.pop(form["code"], None)  # a code works once
        right = self.is_basic and authorization == _basic()
        right |= not self.is_basic and (form.get("client_id"), form.get("client_secret")) == (
            CLIENT_ID,
            CLIENT_SECRET,
        )
        if (
            asked is None
            or not right
            or form["redirect_uri"] != asked["redirect_uri"]
            or create_s256_code_challenge(form["code_verifier"]) != asked["code_challenge"]
        ):
            raise HTTPException(400)
        now = int(time.time())
        claims = {
            "iss": self.url,
            "sub": self.subject,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            "preferred_username": self.username,
        }
        self.change(claims)
        key = self.signed_by or self.key
        token = jwt.encode({"alg": self.algorithm, "kid": KID}, claims, key, algorithms=[self.algorithm])
        return {"access_token": secrets.token_urlsafe(), "token_type": "Bearer", "id_token": token}

    def app(self) -> FastAPI:
        app = FastAPI()

        def up() -> None:
            if self.is_down:
                raise HTTPException(503)

        @app.get("/realm/.well-known/openid-configuration")
        def discover() -> dict[str, Any]:
            up()
            return self.metadata()

        @app.get("/realm/authorize")
        def authorize(request: Request) -> Response:
            return RedirectResponse(self.authorize(dict(request.query_params)), 303)

        @app.post("/realm/token")
        async def token(request: Request) -> dict[str, Any]:
            form = dict(parse_qsl((await request.body()).decode()))
            return self.tokens(form, request.headers.get("Authorization", ""))

        @app.get("/realm/keys")
        def keys() -> dict[str, Any]:
            return dict(KeySet([self.key]).as_dict(private=False))

        return app


def _basic() -> str:
    """How RFC 6749, section 2.3.1 writes both, said once more with other means."""
    both = [urlencode({"": part})[1:].replace("+", "%20") for part in (CLIENT_ID, CLIENT_SECRET)]
    call = next(BasicAuth(*both).auth_flow(Call("GET", "http://provider")))
    return call.headers["Authorization"]
