"""Errors of the staff's pages: a page for who looks at pages, JSON for scripts, the way to sign in."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI, Request, status
from fastapi.responses import JSONResponse, RedirectResponse, Response

from channels.errors import (
    AccountNotFoundError,
    ForgedRequestError,
    NotAllowedError,
    OpenIdFailedError,
    SignInNeededError,
    SignInRefusedError,
    StaffError,
)
from channels.staff.cookie import PATH
from channels.staff.pages import Pages, wants_page
from channels.web.problems import Problem

_KINDS: dict[type[StaffError], tuple[int, str]] = {
    SignInNeededError: (status.HTTP_401_UNAUTHORIZED, "sign_in"),
    SignInRefusedError: (status.HTTP_403_FORBIDDEN, "refused"),
    ForgedRequestError: (status.HTTP_403_FORBIDDEN, "forged"),
    NotAllowedError: (status.HTTP_403_FORBIDDEN, "not_allowed"),
    OpenIdFailedError: (status.HTTP_403_FORBIDDEN, "openid_failed"),
    AccountNotFoundError: (status.HTTP_404_NOT_FOUND, "no_account"),
}
_OTHER = (status.HTTP_422_UNPROCESSABLE_CONTENT, "rejected")


def status_of(error: StaffError) -> int:
    """The status that a page with this error has."""
    if isinstance(error, SignInRefusedError) and error.retry_after:
        return status.HTTP_429_TOO_MANY_REQUESTS
    return _KINDS.get(type(error), _OTHER)[0]


def retry_of(error: StaffError) -> dict[str, str]:
    """The header that says when to try again, where that helps."""
    if isinstance(error, SignInRefusedError) and error.retry_after:
        return {"Retry-After": str(error.retry_after)}
    return {}


def house_problem_page(pages: Pages) -> Callable[[Request, Problem], Response | None]:
    """How a clerk is told on a page that the house itself has a problem, as without its database.

    None for who looks at no page, or at none of the staff's.
    """

    def page(request: Request, told: Problem) -> Response | None:
        is_staff = f"{request.url.path}/".startswith(f"{PATH}/")
        if not is_staff or not wants_page(request):
            return None
        return pages.fail(request, told.status_code, told.message, told.headers)

    return page


def add_staff_problems(app: FastAPI, pages: Pages) -> None:
    """Answer every StaffError that no route has answered."""

    async def handle(request: Request, error: Exception) -> Response:
        if not isinstance(error, StaffError):
            raise error
        is_page = wants_page(request)
        if isinstance(error, SignInNeededError) and is_page and request.method == "GET":
            return RedirectResponse(error.at, status.HTTP_303_SEE_OTHER)
        code = _KINDS.get(type(error), _OTHER)[1]
        at = error.at if isinstance(error, SignInNeededError) else None
        if is_page:
            return pages.fail(request, status_of(error), str(error), retry_of(error), at)
        body = {"error": {"code": code, "message": str(error)} | ({"at": at} if at else {})}
        return JSONResponse(body, status_of(error), retry_of(error))

    app.add_exception_handler(StaffError, handle)
