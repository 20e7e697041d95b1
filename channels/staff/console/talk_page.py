"""`/staff/talks/{id}`: one talk, and what may be done in it. That it was opened is written down."""

import contextlib
import uuid
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Query, Request, status
from fastapi.responses import JSONResponse, Response

from channels.errors import MoveRefusedError
from channels.handoff.spoken import MAX_LABEL, MAX_WORDS
from channels.staff.console.answering import as_json
from channels.staff.console.console import Console, clerk_of
from channels.staff.console.suggest import MOST_ASKED, suggestions_for
from channels.staff.console.talk import last_question, last_words
from channels.staff.console.view import canned, talk_view, targets
from channels.staff.pages import wants_page
from channels.staff.roles import Role, Staff
from channels.web.widget import chat_config, marks

LAST_SEQUENCE = 2**31 - 1
DRAFTING = (Role.CLERK, Role.EDITOR, Role.MANAGER)
"""Who may propose something for the knowledge."""


@dataclass(frozen=True)
class Typed:
    """What stands in the fields of the page: after a refusal, what was typed into them."""

    problem: str = ""
    status_code: int = status.HTTP_200_OK
    text: str = ""
    note: str = ""
    asked: str = ""


async def talk_page(
    console: Console,
    request: Request,
    staff: Staff,
    handoff: UUID,
    typed: Typed = Typed(),  # frozen
    before: int | None = None,
) -> Response:
    """The page of a talk. Raises HandoffGoneError."""
    whole = await console.views.whole(handoff)
    await console.reading.open(whole.row.handoff.conversation, staff)
    view = await talk_view(console, staff, handoff, before=before)
    if view.line.is_mine and before is None:
        with contextlib.suppress(MoveRefusedError):  # passed on a moment ago
            await console.handoffs(staff, None).hear(handoff, clerk_of(staff), view.last)
    phrases = console.knowledge.phrases
    question = typed.asked or last_question(view.messages, phrases, console.now())
    return console.room.pages.show(
        request,
        "talk.html",
        staff,
        typed.status_code,
        typed.problem,
        view=view,
        is_earlier=before is not None,
        text=typed.text,
        note=typed.note,
        key=uuid.uuid4().hex,
        suggestions=await suggestions_for(question, console.finder, console.knowledge, console.now()),
        canned=await canned(console, staff, handoff),
        targets=await targets(console, staff),
        may_draft=staff.role in DRAFTING,
        answer=last_words(view.messages),
        words=phrases.chat,
        marks=marks(phrases),
        config=chat_config(phrases, console.periods),
        most=MAX_WORDS,
        most_label=MAX_LABEL,
    )


def talk_router(console: Console) -> APIRouter:
    """`GET /staff/talks/{id}`, `POST /staff/talks/{id}/search`."""
    router = APIRouter(prefix="/staff/talks/{handoff}")

    type Reader = Annotated[Staff, Depends(console.room.gate.signed_in())]

    @router.get("")
    async def show(
        request: Request,
        staff: Reader,
        handoff: UUID,
        before: Annotated[int | None, Query(ge=1, le=LAST_SEQUENCE)] = None,
        reply: Annotated[str, Query(max_length=64)] = "",
    ) -> Response:
        chosen = (
            [each.text for each in await canned(console, staff, handoff) if each.id == reply] if reply else []
        )
        typed = Typed(text="".join(chosen))
        return await talk_page(console, request, staff, handoff, typed, before)

    @router.post("/search")
    async def search(
        request: Request, staff: Reader, handoff: UUID, asked: Annotated[str, Form()] = ""
    ) -> Response:
        """What a clerk looks for; in the body, so that no address and no log has it."""
        if wants_page(request):
            return await talk_page(console, request, staff, handoff, Typed(asked=asked[:MOST_ASKED]))
        found = await suggestions_for(asked[:MOST_ASKED], console.finder, console.knowledge, console.now())
        return JSONResponse(as_json(found))

    return router
