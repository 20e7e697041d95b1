"""What somebody may do in a talk now: asked of the table of moves itself, so nothing is offered in vain."""

from __future__ import annotations

from channels.errors import MoveRefusedError
from channels.handoff.machine import Move, Standing, moved
from channels.staff.roles import Role, Staff

TALKING = (Role.CLERK, Role.MANAGER)
"""Who talks with residents. Editors and auditors read."""
_OFFERED = (
    Move.CLAIM,
    Move.TAKE_OVER,
    Move.SAY,
    Move.RELEASE,
    Move.TRANSFER,
    Move.GIVE_BACK,
    Move.CLOSE,
    Move.NOTE,
)


def offers(standing: Standing, staff: Staff) -> tuple[Move, ...]:
    """The moves of clerks that would not be refused now, in the order in which they are shown."""
    if staff.role not in TALKING:
        return ()
    is_mine = standing.owner == staff.account
    return tuple(
        move
        for move in _OFFERED
        if not (move is Move.TAKE_OVER and is_mine) and _is_allowed(standing, move, staff)
    )


def _is_allowed(standing: Standing, move: Move, staff: Staff) -> bool:
    try:
        moved(standing, move, staff.account)
    except MoveRefusedError:
        return False
    return True
