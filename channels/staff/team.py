"""The team, for managers: who may sign in, and help for who has lost a password or a phone."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request, status
from fastapi.responses import RedirectResponse, Response

from channels.errors import AccountRejectedError, StaffError
from channels.staff.accounts import Account
from channels.staff.problems import status_of
from channels.staff.roles import Role, Staff
from channels.staff.room import StaffRoom

_PAGE = "/staff/team"


def team_router(room: StaffRoom) -> APIRouter:
    """The pages under /staff/team."""
    router = APIRouter(prefix=_PAGE)

    type Manager = Annotated[Staff, Depends(room.gate.signed_in(Role.MANAGER))]

    async def other(account: UUID, manager: Manager) -> Account:
        if account == manager.account:
            raise AccountRejectedError(
                "自分のアカウントは、ここでは変えられません。「自分のアカウント」のページで変えてください。"
            )
        return await room.accounts.get(account)

    # The account in the path: anybody's but the manager's own.
    type Other = Annotated[Account, Depends(other)]

    def done(what: str) -> Response:
        return RedirectResponse(f"{_PAGE}?done={what}", status.HTTP_303_SEE_OTHER)

    async def page(
        request: Request, manager: Staff, error: StaffError | None = None, login: str = "", name: str = ""
    ) -> Response:
        return room.pages.show(
            request,
            "team.html",
            manager,
            status_of(error) if error else status.HTTP_200_OK,
            accounts=await room.accounts.all(),
            roles=list(Role),
            problem=str(error or ""),
            login=login[:100],
            name=name[:100],
        )

    @router.get("")
    async def show(request: Request, manager: Manager) -> Response:
        return await page(request, manager)

    @router.post("")
    async def add(
        request: Request,
        manager: Manager,
        role: Annotated[Role, Form()],
        login: Annotated[str, Form()] = "",
        name: Annotated[str, Form()] = "",
        way: Annotated[str, Form()] = "",
    ) -> Response:
        try:
            password = await room.accounts.create(login.strip(), name, role, manager, is_oidc=way == "oidc")
        except AccountRejectedError as error:
            return await page(request, manager, error, login, name)
        account = await room.accounts.named(login.strip())
        return room.pages.show(request, "one_time.html", manager, account=account, password=password)

    @router.post("/{account}/off")
    async def switch_off(manager: Manager, account: Other) -> Response:
        await room.accounts.switch(account, manager, is_active=False)
        return done("off")

    @router.post("/{account}/on")
    async def switch_on(manager: Manager, account: Other) -> Response:
        await room.accounts.switch(account, manager, is_active=True)
        return done("on")

    @router.post("/{account}/second-factor")
    async def reset_factor(manager: Manager, account: Other) -> Response:
        await room.accounts.reset_second_factor(account, manager)
        return done("factor-reset")

    @router.post("/{account}/password")
    async def reset_password(request: Request, manager: Manager, account: Other) -> Response:
        password = await room.accounts.reset_password(account, manager)
        return room.pages.show(request, "one_time.html", manager, account=account, password=password)

    return router
