"""「知識に入れる」 in a talk, and `/staff/drafts`, where editors take what was proposed."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Path, Request, status
from fastapi.responses import RedirectResponse, Response

from channels.errors import ChoiceGoneError, HandoffError
from channels.handoff.spoken import spoken
from channels.staff.audit import Action
from channels.staff.console.answering import made, status_of
from channels.staff.console.console import Console
from channels.staff.console.talk_page import DRAFTING, Typed, talk_page
from channels.staff.pages import wants_page
from channels.staff.roles import Role, Staff
from knowledge.drafting import faq_draft, new_id, question_draft

PAGE = "/staff/drafts"
MAX_QUESTION = 200
"""Characters of an example question."""
_NEW = ""


def drafts_router(console: Console) -> APIRouter:
    """`POST /staff/talks/{id}/draft`, `/staff/drafts` and its forms."""
    router = APIRouter()

    type Proposer = Annotated[Staff, Depends(console.room.gate.signed_in(*DRAFTING))]
    type Editor = Annotated[Staff, Depends(console.room.gate.signed_in(Role.EDITOR, Role.MANAGER))]
    type Number = Annotated[int, Path(ge=1, le=2**63 - 1)]

    @router.post("/staff/talks/{handoff}/draft")
    async def propose(
        request: Request,
        staff: Proposer,
        handoff: UUID,
        asked: Annotated[str, Form()] = "",
        answer: Annotated[str, Form()] = "",
        entry: Annotated[str, Form()] = _NEW,
    ) -> Response:
        conversation = (await console.views.whole(handoff)).row.handoff.conversation
        try:
            kind, entry_id, yaml = _written(console, asked, answer, entry)
        except HandoffError as error:
            if not wants_page(request):
                raise
            return await talk_page(console, request, staff, handoff, Typed(str(error), status_of(error)))
        async with console.room.engine.begin() as connection:
            await console.drafts.add(connection, staff.account, kind, entry_id, yaml)
            await console.room.audit.note(connection, staff, Action.DRAFTED, conversation, kind=kind)
        return made(request, f"/staff/talks/{handoff}?done=drafted")

    @router.get(PAGE)
    async def show(request: Request, staff: Editor) -> Response:
        drafts = await console.drafts.all()
        titles = {entry.id: entry.title for entry in console.knowledge.content.entries.values()}
        return console.room.pages.show(
            request, "drafts.html", staff, drafts=drafts, titles=titles, periods=console.periods
        )

    @router.post(PAGE + "/{draft}/take")
    async def take(staff: Editor, draft: Number) -> Response:
        await console.drafts.take(draft)
        return RedirectResponse(f"{PAGE}?done=taken", status.HTTP_303_SEE_OTHER)

    @router.post(PAGE + "/{draft}/delete")
    async def delete(staff: Editor, draft: Number) -> Response:
        await console.drafts.delete(draft)
        return RedirectResponse(f"{PAGE}?done=draft-deleted", status.HTTP_303_SEE_OTHER)

    return router


def _written(console: Console, asked: str, answer: str, entry: str) -> tuple[str, str, str]:
    """The kind, the entry and the YAML of a draft. Raises StaffWordsError and ChoiceGoneError."""
    public = console.words.public_numbers()
    question = spoken(asked, public, most=MAX_QUESTION).text
    if entry != _NEW:
        content = console.knowledge.content
        if entry not in content.entries:
            raise ChoiceGoneError
        title, file = content.entries[entry].title, content.files[entry]
        return "question", entry, question_draft(title, file, question)
    said = spoken(answer, public).text
    today = console.now().date()
    entry_id = new_id(today)
    return "faq", entry_id, faq_draft(entry_id, question, said, today)
