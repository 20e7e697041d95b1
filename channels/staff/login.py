"""Signing in and out: the password, then the code of the second factor."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, status
from fastapi.responses import RedirectResponse, Response

from channels.errors import SignInRefusedError, StaffError
from channels.staff.gate import LOGIN_PAGE, safe_next
from channels.staff.problems import retry_of, status_of
from channels.staff.roles import Staff
from channels.staff.room import StaffRoom
from channels.staff.sessions import Step
from channels.staff.sign_in import Caller
from channels.web.limits import address_of

_FOREIGN = frozenset({"cross-site", "same-site"})


def caller_of(request: Request) -> Caller:
    """Where a request comes from."""
    return Caller(address_of(request), request.headers.get("User-Agent", ""))


def login_page(
    room: StaffRoom, request: Request, next_page: str = "", login: str = "", error: StaffError | None = None
) -> Response:
    """The page to sign in at, with what went wrong."""
    shown = room.pages.ask_in(
        request,
        status_of(error) if error else status.HTTP_200_OK,
        str(error or ""),
        login=login[:100],
        next=safe_next(next_page),
    )
    shown.headers.update(retry_of(error) if error else {})
    return shown


def login_router(room: StaffRoom) -> APIRouter:
    """`/staff/login`, `/staff/login/code`, `/staff/logout`."""
    router = APIRouter()
    any_step = frozenset(Step)
    own_form = Depends(room.gate.own_form())

    # Who is signed in with the code alone to come; at any step.
    type AtCode = Annotated[Staff, Depends(room.gate.signed_in(during=frozenset({Step.CODE})))]
    type Anyhow = Annotated[Staff, Depends(room.gate.signed_in(during=any_step))]

    @router.get("/staff/login")
    async def ask(request: Request, next: str = "") -> Response:  # noqa: A002  # the name in the address
        # A link on another site brings no cookie along: our own page goes there again, with it.
        if room.cookie.read(request) is None and request.headers.get("Sec-Fetch-Site") in _FOREIGN:
            return room.pages.go_on(safe_next(next))
        session = await room.gate.session(request)
        if session is not None:
            return RedirectResponse(session.step or safe_next(next), status.HTTP_303_SEE_OTHER)
        return login_page(room, request, next)

    @router.post("/staff/login", dependencies=[own_form])
    async def enter(
        request: Request,
        login: Annotated[str, Form()] = "",
        password: Annotated[str, Form()] = "",
        next_page: Annotated[str, Form(alias="next")] = "",
    ) -> Response:
        try:
            token = await room.sign_in.with_password(login, password, caller_of(request))
        except SignInRefusedError as error:
            return login_page(room, request, next_page, login, error)
        # Does a step come first, its page comes first: the gate sees to it.
        return RedirectResponse(safe_next(next_page), status.HTTP_303_SEE_OTHER, room.cookie.set(token))

    @router.get("/staff/login/code")
    async def ask_code(request: Request, staff: AtCode, next: str = "") -> Response:  # noqa: A002  # likewise
        return room.pages.show(request, "code.html", problem="", next=safe_next(next))

    @router.post("/staff/login/code")
    async def enter_code(
        request: Request,
        staff: AtCode,
        code: Annotated[str, Form()] = "",
        next_page: Annotated[str, Form(alias="next")] = "",
    ) -> Response:
        onward = safe_next(next_page)
        try:
            token = await room.sign_in.with_code(staff, code, caller_of(request))
        except SignInRefusedError as error:
            told = {"problem": str(error), "next": onward}
            shown = room.pages.show(request, "code.html", None, status_of(error), **told)
            shown.headers.update(retry_of(error))
            return shown
        return RedirectResponse(onward, status.HTTP_303_SEE_OTHER, room.cookie.set(token))

    @router.post("/staff/logout")
    async def leave(staff: Anyhow) -> Response:
        await room.sign_in.out(staff)
        return RedirectResponse(f"{LOGIN_PAGE}?done=out", status.HTTP_303_SEE_OTHER, room.cookie.clear())

    return router
