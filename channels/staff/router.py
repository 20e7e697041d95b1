"""Every route below /staff."""

from __future__ import annotations

from fastapi import APIRouter

from channels.staff.audit_page import audit_router
from channels.staff.login import login_router
from channels.staff.openid import OpenId
from channels.staff.openid_login import openid_router
from channels.staff.own_account import account_router
from channels.staff.room import StaffRoom
from channels.staff.team import team_router


def staff_router(room: StaffRoom, openid: OpenId | None, public_url: str | None) -> APIRouter:
    """Signing in, one's own account, the team, the audit; with `openid`, the way to the city's provider."""
    router = APIRouter()
    router.include_router(login_router(room))
    router.include_router(account_router(room))
    router.include_router(team_router(room))
    router.include_router(audit_router(room))
    if openid:
        router.include_router(openid_router(room, openid, public_url))
    return router
