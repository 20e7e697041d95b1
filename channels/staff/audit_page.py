"""The audit, for auditors: by day, by who did it, by conversation; the newest first."""

import re
from datetime import date
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from channels.staff.audit import Search
from channels.staff.roles import LOGIN, Role, Staff
from channels.staff.room import StaffRoom

_ID = re.compile(r"[0-9]{1,18}")
_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2999, 12, 31)
"""No deed is older or later, and the days at the ends of the calendar have no neighbour."""


def audit_router(room: StaffRoom) -> APIRouter:
    """`GET /staff/audit?day=…&login=…&conversation=…&before=…`; what cannot be read is said, not guessed."""
    router = APIRouter()

    type Auditor = Annotated[Staff, Depends(room.gate.signed_in(Role.AUDITOR))]

    @router.get("/staff/audit")
    async def show(
        request: Request,
        auditor: Auditor,
        day: str = "",
        login: str = "",
        conversation: str = "",
        before: str = "",
    ) -> Response:
        wrong: list[str] = []
        search = Search(
            day=_day(day, wrong),
            login=_login(login, wrong),
            conversation=_conversation(conversation, wrong),
            before=int(before) if _ID.fullmatch(before) else None,
        )
        entries, older = ([], None) if wrong else await room.audit.find(search)
        kept = {"day": day, "login": login, "conversation": conversation}
        return room.pages.show(
            request,
            "audit.html",
            auditor,
            status_code=422 if wrong else 200,
            entries=entries,
            problem="".join(wrong),
            asked={name: value[:100] for name, value in kept.items()},
            older=urlencode({**kept, "before": older}) if older else "",
            newest=urlencode(kept) if search.before is not None else "",
        )

    return router


def _day(text: str, wrong: list[str]) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or not _FIRST_DAY <= day <= _LAST_DAY:
        wrong.append("日付は 2026-11-30 のように入れてください。")
        return None
    return day


def _login(text: str, wrong: list[str]) -> str | None:
    clean = text.strip()
    if clean and clean != "-" and not LOGIN.fullmatch(clean):
        wrong.append("ログイン名は半角の英数字で入れてください。")
        return None
    return clean or None


def _conversation(text: str, wrong: list[str]) -> UUID | None:
    if not text.strip():
        return None
    try:
        return UUID(text.strip())
    except ValueError:
        wrong.append("会話の番号が正しくありません。会話のページに出ている番号を、そのまま入れてください。")
        return None
