"""What clerks do in a talk: a form each. Every move is in the audit, in its own transaction.

Nothing is decided here: `channels.handoff` refuses what is not allowed, and its sentence is shown.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from channels.errors import ChoiceGoneError, HandoffError, HandoffGoneError, MoveRefusedError
from channels.handoff.handoffs import Handoffs
from channels.handoff.machine import State
from channels.staff.audit import Action
from channels.staff.console.answering import made, status_of
from channels.staff.console.console import Console, clerk_of
from channels.staff.console.offers import TALKING
from channels.staff.console.queue_page import queue_page
from channels.staff.console.talk_page import LAST_SEQUENCE, Typed, talk_page
from channels.staff.pages import wants_page
from channels.staff.roles import Staff
from knowledge.answer import Answer
from knowledge.aspects import Aspect
from knowledge.errors import UnknownEntryError

KEY = r"^[A-Za-z0-9-]{8,64}$"
"""What makes a message that is sent twice one message."""

LATEST = "#latest"
"""The end of the talk, where a page without scripts is to open."""

_NOTHING = Typed()

type Move = Callable[..., Awaitable[object]]
"""A method of Handoffs; it is called with the handoff, the clerk and what else it needs."""


@dataclass(frozen=True)
class Wish:
    """Who wants to do something in which talk; `told` goes into the audit with the action."""

    request: Request
    staff: Staff
    handoff: UUID

    async def make(
        self, console: Console, action: Action | None, move: Move, *what: object, **told: str
    ) -> object:
        """Make a move. Raises HandoffError."""
        moves = console.handoffs(self.staff, action, **told)
        return await move(moves, self.handoff, clerk_of(self.staff), *what)


def moves_router(console: Console) -> APIRouter:
    """`POST /staff/talks/{id}/…`."""
    router = APIRouter(prefix="/staff/talks/{handoff}")

    async def wish(
        request: Request,
        staff: Annotated[Staff, Depends(console.room.gate.signed_in(*TALKING))],
        handoff: UUID,
    ) -> Wish:
        return Wish(request, staff, handoff)

    type Wanted = Annotated[Wish, Depends(wish)]
    type Heard = Annotated[int, Form(ge=0, le=LAST_SEQUENCE)]
    type Key = Annotated[str, Form(pattern=KEY)]
    type Text = Annotated[str, Form()]

    async def go_on(
        wanted: Wish,
        action: Action | None,
        move: Move,
        *what: object,
        done: str = "",
        at: str | None = None,
        kept: Typed = _NOTHING,
        **told: str,
    ) -> Response:
        """Make a move and go on `at` a page, else in the talk; refused, there with what was typed, `kept`."""
        try:
            result = await wanted.make(console, action, move, *what, **told)
        except HandoffGoneError:
            raise
        except HandoffError as error:
            if not wants_page(wanted.request):
                raise
            typed = replace(kept, problem=str(error), status_code=status_of(error))
            return await talk_page(console, wanted.request, wanted.staff, wanted.handoff, typed)
        path = at or f"/staff/talks/{wanted.handoff}"
        sequence = {"sequence": result} if isinstance(result, int) else {}
        query, place = f"?done={done}" if done else "", "" if at else LATEST
        return made(wanted.request, f"{path}{query}{place}", **sequence)

    async def take(wanted: Wish, move: Move, **told: str) -> Response:
        """Make a talk one's own. Who comes too late is told who has it, at the queue."""
        try:
            await wanted.make(console, Action.CLAIMED, move, **told)
        except MoveRefusedError as error:
            late = await _who_has_it(console, wanted.handoff, error)
            if not wants_page(wanted.request):
                raise late from error
            return await queue_page(console, wanted.request, wanted.staff, str(late), status_of(late))
        return made(wanted.request, f"/staff/talks/{wanted.handoff}{LATEST}")

    @router.post("/claim")
    async def claim(wanted: Wanted) -> Response:
        return await take(wanted, Handoffs.claim)

    @router.post("/take_over")
    async def take_over(wanted: Wanted) -> Response:
        return await take(wanted, Handoffs.take_over, how="take_over")

    @router.post("/say")
    async def say(wanted: Wanted, key: Key, text: Text = "") -> Response:
        return await go_on(wanted, Action.ANSWERED, Handoffs.say, text, key, kept=Typed(text=text))

    @router.post("/card")
    async def card(
        wanted: Wanted, key: Key, entry: Text, aspect: Annotated[Aspect, Form()] = Aspect.ABOUT
    ) -> Response:
        answer = _card(console, entry, aspect)
        what = ("", key, answer)
        return await go_on(
            wanted, Action.ANSWERED, Handoffs.say, *what, done="card", entry=entry, aspect=aspect.value
        )

    @router.post("/hear")
    async def hear(wanted: Wanted, heard: Heard) -> Response:
        return await go_on(wanted, None, Handoffs.hear, heard)

    @router.post("/release")
    async def release(wanted: Wanted) -> Response:
        return await go_on(wanted, Action.RELEASED, Handoffs.release, done="released", at="/staff")

    @router.post("/transfer")
    async def transfer(wanted: Wanted, to: Text = "") -> Response:
        what = await _target(console, to)
        return await go_on(
            wanted, Action.TRANSFERRED, Handoffs.transfer, *what, done="transferred", at="/staff", to=to
        )

    @router.post("/give_back")
    async def give_back(wanted: Wanted, heard: Heard = 0) -> Response:
        return await go_on(wanted, Action.GIVEN_BACK, Handoffs.give_back, heard, done="given-back")

    @router.post("/close")
    async def close(wanted: Wanted, heard: Heard = 0) -> Response:
        return await go_on(wanted, Action.CLOSED, Handoffs.close, heard, done="closed")

    @router.post("/note")
    async def note(wanted: Wanted, text: Text = "") -> Response:
        return await go_on(wanted, Action.NOTED, Handoffs.note, text, done="noted", kept=Typed(note=text))

    @router.post("/label")
    async def label(wanted: Wanted, label: Text = "") -> Response:
        return await go_on(wanted, Action.LABELLED, Handoffs.label, label.strip() or None, done="labelled")

    return router


async def _who_has_it(console: Console, handoff: UUID, error: MoveRefusedError) -> MoveRefusedError:
    """The refusal, with the name of the clerk who was quicker."""
    has = (await console.views.whole(handoff)).row.handoff
    if has.state is not State.CLAIMED:
        return error
    return MoveRefusedError(f"{has.claimed_name}さんが対応しています。一覧から、別の相談を選んでください。")


def _card(console: Console, entry: str, aspect: Aspect) -> Answer:
    try:
        return console.knowledge.card(entry, aspect)
    except UnknownEntryError:
        raise ChoiceGoneError from None


async def _target(console: Console, to: str) -> tuple[str, UUID | None]:
    """Whom `desk` or `desk:login` names: the desk and an account. Raises ChoiceGoneError."""
    desk, _, login = to.partition(":")
    if desk not in console.book.desks():
        raise ChoiceGoneError
    if not login:
        return desk, None
    person = (await console.room.directory.people([login])).get(login)
    if person is None or not person.is_active:
        raise ChoiceGoneError
    return desk, person.account
