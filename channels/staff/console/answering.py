"""How a form of the console is answered: the page again for browsers, JSON for our scripts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import is_dataclass
from functools import cache
from typing import Any

from fastapi import FastAPI, Request, status
from fastapi.responses import JSONResponse, RedirectResponse, Response
from pydantic import TypeAdapter

from channels.errors import HandoffError, HandoffGoneError, StaffWordsError
from channels.staff.pages import Pages, wants_page

_STATUS: Mapping[type[HandoffError], tuple[int, str]] = {
    HandoffGoneError: (status.HTTP_404_NOT_FOUND, "gone"),
    StaffWordsError: (status.HTTP_422_UNPROCESSABLE_CONTENT, "words"),
}
_OTHER = (status.HTTP_409_CONFLICT, "refused")


def status_of(error: HandoffError) -> int:
    """The status of a page that tells of an error."""
    return _STATUS.get(type(error), _OTHER)[0]


def refused(error: HandoffError) -> JSONResponse:
    """An error for a script."""
    code, name = _STATUS.get(type(error), _OTHER)
    return JSONResponse({"error": {"code": name, "message": str(error)}}, code)


def made(request: Request, path: str, **told: object) -> Response:
    """A deed is done: a browser goes to a page, a script is told."""
    if wants_page(request):
        return RedirectResponse(path, status.HTTP_303_SEE_OTHER)
    return JSONResponse({"at": path, **told})


def as_json(value: object) -> Any:  # noqa: ANN401  # JSON
    """A dataclass, with Answers in it, as JSON has it."""
    if not is_dataclass(value) or isinstance(value, type):
        raise TypeError("a dataclass is needed")
    return _adapter(type(value)).dump_python(value, mode="json")


@cache
def _adapter(kind: type) -> TypeAdapter[Any]:
    """Made once a kind: making one takes longer than what it is made for."""
    return TypeAdapter(kind)


def add_console_problems(app: FastAPI, pages: Pages) -> None:
    """Answer every HandoffError that no route has answered."""

    async def handle(request: Request, error: Exception) -> Response:
        if not isinstance(error, HandoffError):
            raise error
        if wants_page(request):
            return pages.fail(request, status_of(error), str(error))
        return refused(error)

    app.add_exception_handler(HandoffError, handle)
