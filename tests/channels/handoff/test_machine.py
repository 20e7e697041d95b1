from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.errors import MoveRefusedError
from channels.handoff.machine import TABLE, TAKES, Move, Standing, State, moved

SATO, ITO = uuid4(), uuid4()
WHO = st.sampled_from([None, SATO, ITO])
MOVES = st.lists(st.tuples(st.sampled_from(Move), WHO, st.integers(0, 2)), max_size=40)


@given(MOVES)
def test_whatever_is_tried_a_claimed_talk_has_one_owner_and_no_other_has_any(
    moves: list[tuple[Move, UUID | None, int]],
) -> None:
    standing = Standing()
    for move, by, alarm in moves:
        before = Standing(standing.state, standing.owner, alarm)
        try:
            standing = moved(before, move, by)
        except MoveRefusedError:
            continue
        assert (standing.state is State.CLAIMED) or standing.owner is None
        if before.state is standing.state is State.CLAIMED and move is not Move.TAKE_OVER:
            assert standing.owner == before.owner


@given(MOVES)
def test_only_its_owner_ends_or_passes_on_a_claimed_talk(
    moves: list[tuple[Move, UUID | None, int]],
) -> None:
    for move, by, alarm in moves:
        claimed = Standing(State.CLAIMED, SATO, alarm)
        try:
            after = moved(claimed, move, by)
        except MoveRefusedError:
            continue
        assert by == SATO or move in {Move.NOTE, Move.TAKE_OVER}
        assert after.state is TABLE[State.CLAIMED, move]


def test_the_second_clerk_is_told_that_another_one_has_the_talk() -> None:
    claimed = moved(Standing(State.WAITING), Move.CLAIM, SATO)
    with pytest.raises(MoveRefusedError, match="ほかの職員がすでに対応しています"):
        moved(claimed, Move.CLAIM, ITO)
    with pytest.raises(MoveRefusedError, match="ほかの職員がすでに対応しています"):
        moved(claimed, Move.SAY, ITO)


def test_a_talk_is_taken_over_only_when_its_resident_has_waited_too_long() -> None:
    with pytest.raises(MoveRefusedError, match="10分"):
        moved(Standing(State.CLAIMED, SATO), Move.TAKE_OVER, ITO)
    assert moved(Standing(State.CLAIMED, SATO, 1), Move.TAKE_OVER, ITO).owner == ITO


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("move", Move)
def test_what_is_not_in_the_table_is_refused_with_what_to_do(state: State, move: Move) -> None:
    standing = Standing(state, SATO if state is State.CLAIMED else None, 2)
    if (state, move) in TABLE:
        assert moved(standing, move, SATO).state is TABLE[state, move]
    else:
        with pytest.raises(MoveRefusedError, match="ください"):
            moved(standing, move, SATO)


def test_every_state_is_left_again_and_every_move_is_somewhere_allowed() -> None:
    assert {move for _, move in TABLE} == set(Move)
    assert {state for (state, _), after in TABLE.items() if after is not state} == set(State) - {State.CLOSED}
    assert {after for (_, move), after in TABLE.items() if move in TAKES} == {State.CLAIMED}
