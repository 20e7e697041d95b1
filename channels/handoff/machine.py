"""The states of a handoff and the moves between them, as data; what is not in the table is refused.

`docs/handoff.md` draws the same table (diagram.py). Nothing here reads or writes: whoever makes a move holds
the lock of its conversation and asks here first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from channels.errors import MoveRefusedError


class State(StrEnum):
    """Where a conversation stands. BOT: no handoff is open, and none is needed."""

    BOT = "bot"
    WAITING = "waiting"
    CALLBACK = "callback"
    CLAIMED = "claimed"
    CLOSED = "closed"


class Move(StrEnum):
    """What residents (the first five), clerks (the next nine) and the clock (the last two) do."""

    REQUEST = "request"
    SCHEDULE = "schedule"
    LEAVE_MESSAGE = "leave_message"
    CANCEL = "cancel"
    RATE = "rate"
    CLAIM = "claim"
    TAKE_OVER = "take_over"
    SAY = "say"
    HEAR = "hear"
    NOTE = "note"
    RELEASE = "release"
    TRANSFER = "transfer"
    GIVE_BACK = "give_back"
    CLOSE = "close"
    FALL_DUE = "fall_due"
    SHUT = "shut"


def _table() -> dict[tuple[State, Move], State]:
    bot, waiting, callback, claimed, closed = State
    return {
        (bot, Move.REQUEST): waiting,
        (bot, Move.SCHEDULE): callback,
        (bot, Move.LEAVE_MESSAGE): waiting,
        (waiting, Move.REQUEST): waiting,
        (waiting, Move.SCHEDULE): callback,
        (waiting, Move.LEAVE_MESSAGE): waiting,
        (waiting, Move.CANCEL): closed,
        (waiting, Move.CLAIM): claimed,
        (waiting, Move.NOTE): waiting,
        (waiting, Move.TRANSFER): waiting,
        (waiting, Move.CLOSE): closed,
        (waiting, Move.SHUT): waiting,
        (callback, Move.SCHEDULE): callback,
        (callback, Move.LEAVE_MESSAGE): waiting,
        (callback, Move.CANCEL): closed,
        (callback, Move.CLAIM): claimed,
        (callback, Move.NOTE): callback,
        (callback, Move.CLOSE): closed,
        (callback, Move.FALL_DUE): waiting,
        (claimed, Move.TAKE_OVER): claimed,
        (claimed, Move.SAY): claimed,
        (claimed, Move.HEAR): claimed,
        (claimed, Move.NOTE): claimed,
        (claimed, Move.RELEASE): waiting,
        (claimed, Move.TRANSFER): waiting,
        (claimed, Move.GIVE_BACK): closed,
        (claimed, Move.CLOSE): closed,
        (closed, Move.NOTE): closed,
        (closed, Move.RATE): closed,
    }


TABLE: Mapping[tuple[State, Move], State] = MappingProxyType(_table())
"""Every move that is allowed, and where it leads."""
TAKES = frozenset({Move.CLAIM, Move.TAKE_OVER})
"""Moves that make who makes them the owner."""
FREE = frozenset({Move.TAKE_OVER, Move.NOTE})
"""Moves in a claimed talk that others than its owner may make."""
UNANSWERED = 1
"""The level of alarm from which on another clerk may take a talk over: its resident waits for an answer."""

_TAKEN = "ほかの職員がすでに対応しています。一覧から、別の相談を選んでください。"
_WHY: Mapping[State, str] = {
    State.BOT: "この会話の住民は、いま職員を呼んでいません。一覧を開き直してください。",
    State.WAITING: "この相談は、まだだれも対応していません。先に「対応する」を押してください。",
    State.CALLBACK: "この相談は、約束の時間を待っています。先に「対応する」を押してください。",
    State.CLAIMED: "この相談は、いま職員が対応しています。一覧を開き直してください。",
    State.CLOSED: "この相談は、もう終わっています。一覧を開き直してください。",
}
_NOT_YET = "担当の職員が対応しています。10分たっても返事がないときに、引き継げます。"


@dataclass(frozen=True)
class Standing:
    """What decides on the moves of a handoff. A claimed one has an owner, others have none."""

    state: State = State.BOT
    owner: UUID | None = None
    alarm: int = 0


def moved(standing: Standing, move: Move, by: UUID | None = None) -> Standing:
    """Where a handoff stands after a move `by` an account, None for residents and the clock.

    Raises MoveRefusedError with what staff are told.
    """
    after = TABLE.get((standing.state, move))
    if after is None:
        is_too_late = move is Move.CLAIM and standing.state is State.CLAIMED
        raise MoveRefusedError(_TAKEN if is_too_late else _WHY[standing.state])
    if move is Move.TAKE_OVER and standing.alarm < UNANSWERED:
        raise MoveRefusedError(_NOT_YET)
    if standing.state is State.CLAIMED and move not in FREE and standing.owner != by:
        raise MoveRefusedError(_TAKEN)
    owner = by if move in TAKES else standing.owner
    return replace(standing, state=after, owner=owner if after is State.CLAIMED else None)
