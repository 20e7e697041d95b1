"""One's own account: password, second factor, and the browsers that are signed in."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, status
from fastapi.responses import RedirectResponse, Response

from channels.errors import AccountRejectedError, SignInRefusedError, StaffError
from channels.staff.audit import Action
from channels.staff.login import caller_of
from channels.staff.problems import retry_of, status_of
from channels.staff.roles import Staff
from channels.staff.room import StaffRoom
from channels.staff.sessions import Step
from channels.web.pages import qr_code

_PAGE = "/staff/account"
OTHERS = "others"
"""In the place of a session: all but this one."""


def account_router(room: StaffRoom) -> APIRouter:
    """The pages under /staff/account."""
    router = APIRouter(prefix=_PAGE)

    type Ready = Annotated[Staff, Depends(room.gate.signed_in())]
    type AtPassword = Annotated[Staff, Depends(room.gate.signed_in(during=frozenset({Step.PASSWORD})))]
    type AtFactor = Annotated[Staff, Depends(room.gate.signed_in(during=frozenset({Step.FACTOR})))]

    def done(what: str) -> Response:
        return RedirectResponse(f"{_PAGE}?done={what}", status.HTTP_303_SEE_OTHER)

    async def password_page(request: Request, staff: Staff, error: StaffError | None = None) -> Response:
        account = await room.accounts.get(staff.account)
        shown = room.pages.show(
            request,
            "password.html",
            staff,
            status_of(error) if error else status.HTTP_200_OK,
            problem=str(error or ""),
            is_first=account.must_change,
            has_password=account.has_password,
        )
        shown.headers.update(retry_of(error) if error else {})
        return shown

    async def factor_page(
        request: Request, staff: Staff, sealed: str = "", error: StaffError | None = None
    ) -> Response:
        account = await room.accounts.get(staff.account)
        offer = room.second_factor.offer(staff.account, staff.login, sealed)
        shown = room.pages.show(
            request,
            "second_factor.html",
            staff,
            status_of(error) if error else status.HTTP_200_OK,
            problem=str(error or ""),
            account=account,
            offer=offer,
            groups=[offer.secret[start : start + 4] for start in range(0, len(offer.secret), 4)],
            code=qr_code(offer.uri),
        )
        shown.headers.update(retry_of(error) if error else {})
        return shown

    @router.get("")
    async def show(request: Request, staff: Ready) -> Response:
        account = await room.accounts.get(staff.account)
        sessions = await room.sessions.of(staff.account)
        return room.pages.show(request, "account.html", staff, account=account, sessions=sessions)

    @router.get("/password")
    async def ask_password(request: Request, staff: AtPassword) -> Response:
        return await password_page(request, staff)

    @router.post("/password")
    async def change_password(
        request: Request,
        staff: AtPassword,
        old: Annotated[str, Form()] = "",
        new: Annotated[str, Form()] = "",
        again: Annotated[str, Form()] = "",
    ) -> Response:
        try:
            await room.sign_in.prove(staff, old, caller_of(request))
            if new != again:
                raise AccountRejectedError("新しいパスワードが、2回で違います。同じものを2回入れてください。")
            await room.accounts.change_password(staff, new)
        except StaffError as error:
            return await password_page(request, staff, error)
        return done("password")

    @router.get("/second-factor")
    async def ask_factor(request: Request, staff: AtFactor) -> Response:
        return await factor_page(request, staff)

    @router.post("/second-factor")
    async def set_factor(
        request: Request,
        staff: AtFactor,
        sealed: Annotated[str, Form()] = "",
        code: Annotated[str, Form()] = "",
        password: Annotated[str, Form()] = "",
    ) -> Response:
        try:
            await room.sign_in.prove(staff, password, caller_of(request))
            codes = await room.accounts.set_second_factor(staff, sealed, code)
        except SignInRefusedError as error:
            return await factor_page(request, staff, sealed, error)
        return room.pages.show(request, "recovery.html", staff, codes=codes)

    @router.post("/second-factor/remove")
    async def remove_factor(
        request: Request, staff: Ready, password: Annotated[str, Form()] = ""
    ) -> Response:
        try:
            if staff.role.needs_second_factor:
                raise AccountRejectedError(
                    f"{staff.role.label}には二段階認証が必要です。外さずに、新しく設定しなおしてください。"
                )
            await room.sign_in.prove(staff, password, caller_of(request))
        except StaffError as error:
            return await factor_page(request, staff, "", error)
        await room.accounts.reset_second_factor(await room.accounts.get(staff.account), staff)
        return done("factor-removed")

    @router.post("/sessions/end")
    async def end_session(staff: Ready, session: Annotated[str, Form()] = "") -> Response:
        async with room.engine.begin() as connection:
            if session == OTHERS:
                await room.sessions.end_all(connection, staff.account, but=staff.session)
            else:
                await room.sessions.end(connection, staff.account, _bytes(session))
            await room.audit.note(connection, staff, Action.SESSION_ENDED)
        return done("sessions" if session == OTHERS else "session")

    return router


def _bytes(digest: str) -> bytes:
    """A digest as the page names it; of what is none, one that no session has."""
    try:
        return bytes.fromhex(digest)
    except ValueError:
        return b""
