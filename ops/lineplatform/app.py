"""The platform as one app: the talk page, and LINE's API for everything else. For this machine alone."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
from fastapi import FastAPI
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles
from starlette.middleware.trustedhost import TrustedHostMiddleware

from ops.lineplatform.api import is_authorised, line_api
from ops.lineplatform.platform import LinePlatform
from ops.lineplatform.talk import Talk

STATIC = Path(__file__).parent / "static"
_PAGE_HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}


def line_app(platform: LinePlatform) -> FastAPI:
    """The app, ready to be served on `platform.port`."""
    client = httpx.AsyncClient(trust_env=False, limits=httpx.Limits(max_connections=50))

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with client:
            yield

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    # A page elsewhere whose name was made to point here is not let in.
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])
    app.include_router(Talk(platform, client).router())
    app.mount("/static", StaticFiles(directory=STATIC), name="static")

    @app.get("/")
    async def page() -> FileResponse:
        return FileResponse(STATIC / "index.html", headers=_PAGE_HEADERS)

    api = line_api(platform)
    api.include_router(platform.rich_menus.router(lambda request: is_authorised(platform, request)))
    app.mount("", api)
    return app
