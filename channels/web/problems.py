"""Errors as the web sees them: a status, a code, and a sentence from `phrases.yml`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import structlog
from fastapi import FastAPI, Request, status
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException as StarletteHTTPException

from channels.errors import (
    BodyTooLargeError,
    ConversationNotFoundError,
    EmptyMessageError,
    MessageTooLongError,
    TooManyRequestsError,
)
from knowledge.phrases import Phrases

log = structlog.get_logger(__name__)

_PROBLEMS: dict[type[Exception], tuple[int, str, Callable[[Phrases], str]]] = {
    ConversationNotFoundError: (status.HTTP_404_NOT_FOUND, "not_found", lambda p: p.web.not_found),
    EmptyMessageError: (422, "empty", lambda p: p.empty),
    MessageTooLongError: (422, "too_long", lambda p: p.too_long),
    RequestValidationError: (422, "invalid", lambda p: p.web.invalid),
    BodyTooLargeError: (413, "too_large", lambda p: p.web.too_large),
    TooManyRequestsError: (429, "too_many", lambda p: p.web.too_many),
    DBAPIError: (503, "unavailable", lambda p: p.web.unavailable),
    StarletteHTTPException: (404, "no_such_page", lambda p: p.web.no_such_page),
    OSError: (503, "unavailable", lambda p: p.web.unavailable),
}
_UNEXPECTED = (500, "unexpected", lambda p: p.web.unavailable)
_RETRY_AFTER = 5
"""Seconds after which an unavailable house is worth another try."""


@dataclass(frozen=True)
class Problem:
    """An error as it is told: a status, a code for programs, a sentence for people."""

    status_code: int
    code: str
    message: str
    headers: dict[str, str]

    @classmethod
    def of(cls, error: Exception, phrases: Phrases) -> Problem:
        """What is told of an error; what is our own fault is logged."""
        status_code, code, phrase = next(
            (found for kind, found in _PROBLEMS.items() if isinstance(error, kind)), _UNEXPECTED
        )
        if isinstance(error, StarletteHTTPException):
            status_code = error.status_code
        if status_code >= 500:
            log.error("request_failed", why=type(error).__name__)
        wait = error.retry_after if isinstance(error, TooManyRequestsError) else _RETRY_AFTER
        headers = {"Retry-After": str(wait)} if status_code in {429, 503} else {}
        return cls(status_code, code, phrase(phrases).format(seconds=wait), headers)


def problem(error: Exception, phrases: Phrases) -> JSONResponse:
    """An error as `{"error": {"code", "message"}}` with its status."""
    return _as_json(Problem.of(error, phrases))


def add_problem_handlers(
    app: FastAPI, phrases: Callable[[], Phrases], page: Callable[[Request, Problem], Response | None]
) -> None:
    """Answer every error with its problem: on a page where `page` makes one, else as JSON."""

    async def handle(request: Request, error: Exception) -> Response:
        told = Problem.of(error, phrases())
        return page(request, told) or _as_json(told)

    for kind in (*_PROBLEMS, Exception):
        app.add_exception_handler(kind, handle)


def _as_json(told: Problem) -> JSONResponse:
    body = {"error": {"code": told.code, "message": told.message}}
    return JSONResponse(body, told.status_code, told.headers)
