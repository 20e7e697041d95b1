"""LINE's API over HTTP: who may call, what goes wrong on purpose, and each call."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import httpx
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from ops.lineplatform.checks import refusals
from ops.lineplatform.description import problems
from ops.lineplatform.misbehaviour import ANSWERS, SILENT, TAKEN, Failure
from ops.lineplatform.platform import LinePlatform, Outcome, conflict
from ops.lineplatform.webhooks import DESTINATION, is_here

BOT_NAME = "まどぐち（見本）"
_UNAUTHORISED = Outcome(401, {"message": "Authentication failed due to the following reason: invalid token"})
_UNREADABLE = Outcome(400, {"message": "The request body could not be parsed as JSON (line: -, column: -)"})
_NOT_FOUND = Outcome(404, {"message": "Not found"})

type Call = Callable[[Request, Any], Outcome | Awaitable[Outcome]]


def line_api(platform: LinePlatform) -> FastAPI:
    """Every call of LINE's that the bot makes, as an app of its own."""
    api = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    _misbehaving(api, platform)

    def serve(method: str, path: str, call: Call) -> None:
        async def handle(request: Request) -> JSONResponse:
            return _response(request, await _outcome(platform, request, call))

        api.add_api_route(path, handle, methods=[method])

    def sending(take: Callable[[dict[str, Any], str | None, str], Outcome]) -> Call:
        return lambda request, body: take(body, request.headers.get("x-line-retry-key"), request.state.id)

    serve("POST", "/v2/bot/message/reply", sending(platform.reply))
    serve("POST", "/v2/bot/message/push", sending(platform.push))
    for kind in ("reply", "push"):
        serve("POST", f"/v2/bot/message/validate/{kind}", lambda _, body: _validate(platform, body))
    serve("POST", "/v2/bot/chat/loading/start", lambda _, body: _loading(platform, body))
    serve("GET", "/v2/bot/message/quota", lambda *_: _quota(platform))
    serve("GET", "/v2/bot/message/quota/consumption", lambda *_: _ok({"totalUsage": platform.quota.used}))
    serve("GET", "/v2/bot/info", lambda *_: _ok(_info()))
    serve("GET", "/v2/bot/profile/{user}", lambda request, _: _profile(platform, request.path_params["user"]))
    serve("GET", "/v2/bot/channel/webhook/endpoint", lambda *_: _endpoint(platform))
    serve("PUT", "/v2/bot/channel/webhook/endpoint", lambda _, body: _set_endpoint(platform, body))
    serve("POST", "/v2/bot/channel/webhook/test", lambda _, body: _test(platform, body))
    return api


def is_authorised(platform: LinePlatform, request: Request) -> bool:
    """Whether a call carries the account's token."""
    return request.headers.get("authorization") == f"Bearer {platform.token}"


def _misbehaving(api: FastAPI, platform: LinePlatform) -> None:
    """Around every call: what goes wrong on purpose, and the note of how it went."""

    @api.middleware("http")
    async def around(request: Request, call: Callable[[Request], Awaitable[Response]]) -> Response:
        began = time.monotonic()
        request.state.id, request.state.wrong = str(uuid.uuid4()), []
        await asyncio.sleep(platform.misbehaviour.delay())
        failure = platform.misbehaviour.failure(request.url.path)
        if failure is None:
            response = await call(request)
        else:
            taken = await call(request) if failure in TAKEN else None
            if failure in SILENT:
                await asyncio.sleep(platform.misbehaviour.silence)
            response = _failed(request, failure, taken)
        platform.journal.note(
            "call",
            method=request.method,
            path=request.url.path,
            status=response.status_code,
            ms=round((time.monotonic() - began) * 1000),
            failure=failure,
            wrong=request.state.wrong,
        )
        return response


def _failed(request: Request, failure: Failure, taken: Response | None) -> Response:
    if failure is Failure.CONFLICT:
        has_key = "x-line-retry-key" in request.headers
        if taken and not (taken.status_code == 200 and has_key):
            return taken
        return _response(request, conflict(request.state.id))
    status, message = ANSWERS[failure]
    return _response(request, Outcome(status, {"message": message}))


async def _outcome(platform: LinePlatform, request: Request, call: Call) -> Outcome:
    if not is_authorised(platform, request):
        return _UNAUTHORISED
    body: Any = None
    if request.method != "GET":
        try:
            body = json.loads(await request.body() or b"{}")
        except ValueError:
            return _UNREADABLE
    outcome = call(request, body)
    return outcome if isinstance(outcome, Outcome) else await outcome


def _response(request: Request, outcome: Outcome) -> JSONResponse:
    request.state.wrong = outcome.wrong
    headers = {"x-line-request-id": request.state.id} | outcome.headers
    return JSONResponse(outcome.body, outcome.status, headers=headers)


def _ok(body: dict[str, Any]) -> Outcome:
    return Outcome(200, body)


def _validate(platform: LinePlatform, body: object) -> Outcome:
    wrong = refusals("ValidateMessageRequest", body)
    return platform.refuse(wrong) if wrong else _ok({})


def _loading(platform: LinePlatform, body: Any) -> Outcome:  # noqa: ANN401  # JSON
    if platform.is_thinking_broken:
        status, message = ANSWERS[Failure.INTERNAL]
        return Outcome(status, {"message": message})
    wrong = problems("messaging-api", "ShowLoadingAnimationRequest", body)
    if not wrong and body.get("loadingSeconds", 20) % 5:
        wrong.append("$.loadingSeconds: must be a multiple of 5")
    if wrong:
        return platform.refuse(wrong)
    platform.thinking_for.append(body["chatId"])
    platform.journal.note("thinking", body["chatId"], seconds=body.get("loadingSeconds", 20))
    return Outcome(202, {})


def _quota(platform: LinePlatform) -> Outcome:
    limit = platform.quota.limit
    return _ok({"type": "none"} if limit is None else {"type": "limited", "value": limit})


def _info() -> dict[str, Any]:
    return {
        "userId": DESTINATION,
        "basicId": "@madoguchi",
        "displayName": BOT_NAME,
        "chatMode": "bot",
        "markAsReadMode": "auto",
    }


def _profile(platform: LinePlatform, user: str) -> Outcome:
    if user not in platform.inbox or user in platform.blockers:
        return _NOT_FOUND
    return _ok({"userId": user, "displayName": "見本の住民", "language": "ja"})


def _endpoint(platform: LinePlatform) -> Outcome:
    endpoint = platform.webhooks.endpoint
    return _ok({"endpoint": endpoint, "active": True}) if endpoint else _NOT_FOUND


def _set_endpoint(platform: LinePlatform, body: Any) -> Outcome:  # noqa: ANN401  # JSON
    wrong = problems("messaging-api", "SetWebhookEndpointRequest", body)
    if not wrong and not _is_address(body["endpoint"]):
        wrong.append("$.endpoint: must be a valid https URL")
    if wrong:
        return platform.refuse(wrong)
    platform.webhooks.endpoint = body["endpoint"]
    return _ok({})


async def _test(platform: LinePlatform, body: Any) -> Outcome:  # noqa: ANN401  # JSON
    wrong = problems("messaging-api", "TestWebhookEndpointRequest", body)
    if wrong:
        return platform.refuse(wrong)
    async with httpx.AsyncClient(trust_env=False) as client:
        return _ok(await platform.webhooks.test(client, body.get("endpoint")))


def _is_address(url: str) -> bool:
    """An https address as LINE wants it, or one of this machine."""
    if is_here(url):
        return True
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname)
