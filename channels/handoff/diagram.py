"""The states of a handoff as a Mermaid diagram, drawn from the table of moves itself."""

from __future__ import annotations

from channels.handoff.machine import TABLE, Move, State


def mermaid() -> str:
    """The diagram: an arrow for each pair of states, with the moves that lead along it."""
    arrows: dict[tuple[State, State], list[Move]] = {}
    for (before, move), after in TABLE.items():
        arrows.setdefault((before, after), []).append(move)
    lines = [
        f"    {before} --> {after}: {', '.join(moves)}"
        for (before, after), moves in sorted(arrows.items(), key=lambda arrow: _place(arrow[0]))
    ]
    return "\n".join(["stateDiagram-v2", "    [*] --> bot", *lines, "    closed --> bot"])


def _place(arrow: tuple[State, State]) -> tuple[int, int]:
    states = list(State)
    return states.index(arrow[0]), states.index(arrow[1])
