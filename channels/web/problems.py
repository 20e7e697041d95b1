"""Errors as the web sees them: a status, a code, and a sentence from `phrases.yml`."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from fastapi import FastAPI, Request, status
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException as StarletteHTTPException

from channels.errors import (
    BodyTooLargeError,
    ConversationNotFoundError,
    EmptyMessageError,
    MessageTooLongError,
)
from knowledge.phrases import Phrases

log = structlog.get_logger(__name__)

_PROBLEMS: dict[type[Exception], tuple[int, str, Callable[[Phrases], str]]] = {
    ConversationNotFoundError: (status.HTTP_404_NOT_FOUND, "not_found", lambda p: p.web.not_found),
    EmptyMessageError: (422, "empty", lambda p: p.empty),
    MessageTooLongError: (422, "too_long", lambda p: p.too_long),
    RequestValidationError: (422, "invalid", lambda p: p.web.invalid),
    BodyTooLargeError: (413, "too_large", lambda p: p.web.too_large),
    DBAPIError: (503, "unavailable", lambda p: p.web.unavailable),
    StarletteHTTPException: (404, "no_such_page", lambda p: p.web.no_such_page),
    OSError: (503, "unavailable", lambda p: p.web.unavailable),
}
_UNEXPECTED = (500, "unexpected", lambda p: p.web.unavailable)
_RETRY_AFTER = {"Retry-After": "5"}


def problem(error: Exception, phrases: Phrases) -> JSONResponse:
    """An error as `{"error": {"code", "message"}}` with its status."""
    status_code, code, phrase = next(
        (found for kind, found in _PROBLEMS.items() if isinstance(error, kind)), _UNEXPECTED
    )
    if isinstance(error, StarletteHTTPException):
        status_code = error.status_code
    if status_code >= 500:
        log.error("request_failed", why=type(error).__name__)
    return JSONResponse(
        {"error": {"code": code, "message": phrase(phrases)}},
        status_code,
        headers=_RETRY_AFTER if status_code == 503 else None,
    )


def add_problem_handlers(app: FastAPI, phrases: Callable[[], Phrases]) -> None:
    """Answer every error with its problem."""

    async def handle(_: Request, error: Exception) -> JSONResponse:
        return problem(error, phrases())

    for kind in (*_PROBLEMS, Exception):
        app.add_exception_handler(kind, handle)
