"""Where boxes and arrows go in a picture that is read downwards.

Sugiyama's method in its plainest form: boxes in rows, each below all that lead to it; the order in a
row by the mean place of its neighbours; then the places nearest to those means that leave the gaps.
Labels of arrows have rows of their own, so that they hide nothing. Arrows to the same box join.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import accumulate, combinations, pairwise
from statistics import fmean
from typing import NamedTuple

_WIDEST_ROW = 1500
"""Boxes that do not fit in a row of this width go one lower."""
_GAP = 28
_BETWEEN_ROWS = 28
_STEEPEST = 1 / 14
"""How far rows are moved apart for the longest way sideways between them."""
_SWEEPS = 12
_STRAIGHT = 4.0
"""How much more than a box a mere line wants to be straight."""
_PORTS = 30


@dataclass(frozen=True)
class Size:
    """In pixels."""

    width: float
    height: float


@dataclass(frozen=True)
class Arrow:
    """From a box to another; `label` is the size of its label."""

    source: str
    target: str
    label: Size | None = None


@dataclass(frozen=True)
class Place:
    """The middle of the upper edge."""

    x: float
    y: float


@dataclass(frozen=True)
class Stop:
    """Where an arrow runs straight down, between `top` and `bottom`."""

    x: float
    top: float
    bottom: float


@dataclass(frozen=True)
class Layout:
    """Where all boxes, and of each arrow its label and its way, are."""

    boxes: Mapping[str, Place]
    labels: Sequence[Place | None]
    ways: Sequence[Sequence[Stop]]
    width: float
    height: float


class _Node(NamedTuple):
    """A box; the label of arrow `number`, which has no name; or the lines to a box in row `number`."""

    name: str
    number: int = -1


def layout(boxes: Mapping[str, Size], arrows: Sequence[Arrow]) -> Layout:
    """Place `boxes`, in whose order they are read; no arrow may lead back."""
    depth = _depths(boxes, arrows)
    sizes = {_Node(name): size for name, size in boxes.items()}
    row = {_Node(name): 2 * deep for name, deep in depth.items()}
    ways: list[list[_Node]] = []
    for number, arrow in enumerate(arrows):
        first, last = 2 * depth[arrow.source] + 1, 2 * depth[arrow.target]
        way = [_Node(arrow.target, n) for n in range(first, last)]
        if arrow.label:
            way[0] = _Node("", number)
            sizes[way[0]] = arrow.label
        row.update(zip(way, range(first, last), strict=True))
        ways.append([_Node(arrow.source), *way, _Node(arrow.target)])
    above, below = defaultdict[_Node, set[_Node]](set), defaultdict[_Node, set[_Node]](set)
    for way in ways:
        for upper, lower in pairwise(way):
            above[lower].add(upper)
            below[upper].add(lower)
    rows: list[list[_Node]] = [[] for _ in range(max(row.values()) + 1)]
    for node, number in row.items():
        rows[number].append(node)
    rows = _ordered([row for row in rows if row], above, below)
    x = _columns(rows, sizes, above, below)
    return _drawn(rows, sizes, x, below, ways)


def _depths(boxes: Mapping[str, Size], arrows: Sequence[Arrow]) -> dict[str, int]:
    """The row of each box: below all that lead to it, and where there is room."""
    leading = {name: {arrow.source for arrow in arrows if arrow.target == name} for name in boxes}
    depth: dict[str, int] = {}
    filled = defaultdict[int, float](float)
    while waiting := [name for name in boxes if name not in depth]:
        name = next(name for name in waiting if leading[name] <= depth.keys())
        width = boxes[name].width + _GAP
        deep = max((depth[source] + 1 for source in leading[name]), default=0)
        while filled[deep] and filled[deep] + width > _WIDEST_ROW:
            deep += 1
        depth[name] = deep
        filled[deep] += width
    return {name: sorted(filled).index(deep) for name, deep in depth.items()}


type _Neighbours = Mapping[_Node, set[_Node]]


def _ordered(rows: list[list[_Node]], above: _Neighbours, below: _Neighbours) -> list[list[_Node]]:
    """The order of each row with the fewest crossings that was met."""
    best, fewest = rows, _crossings(rows, below)
    for sweep in range(_SWEEPS):
        neighbours = below if sweep % 2 else above
        place = {node: float(n) for row in rows for n, node in enumerate(row)}
        ordered = list[list[_Node]]()
        for row in reversed(rows) if sweep % 2 else rows:
            means = {node: _mean(node, neighbours, place) for node in row}
            row = sorted(row, key=means.__getitem__)
            place.update((node, float(n)) for n, node in enumerate(row))
            ordered.append(row)
        rows = ordered[::-1] if sweep % 2 else ordered
        if (crossings := _crossings(rows, below)) < fewest:
            best, fewest = rows, crossings
    return best


def _crossings(rows: Sequence[Sequence[_Node]], below: _Neighbours) -> int:
    place = {node: n for row in rows for n, node in enumerate(row)}
    lines = [[(place[node], place[other]) for node in row for other in below.get(node, ())] for row in rows]
    return sum((a - c) * (b - d) < 0 for row in lines for (a, b), (c, d) in combinations(row, 2))


def _mean(node: _Node, neighbours: _Neighbours, place: Mapping[_Node, float]) -> float:
    return fmean(place[other] for other in neighbours.get(node, ()) or (node,))


def _columns(
    rows: Sequence[Sequence[_Node]],
    sizes: Mapping[_Node, Size],
    above: _Neighbours,
    below: _Neighbours,
) -> dict[_Node, float]:
    """The middle of each node, within the width of the widest row."""
    widths = {node: sizes[node].width if node in sizes else 0.0 for row in rows for node in row}
    gaps = [[_GAP + (widths[a] + widths[b]) / 2 for a, b in pairwise(row)] for row in rows]
    ends = [(widths[row[0]] + widths[row[-1]]) / 2 for row in rows]
    room = max(end + sum(apart) for end, apart in zip(ends, gaps, strict=True))
    downwards = list(zip(rows, gaps, strict=True))
    x = dict.fromkeys(widths, room / 2)
    for neighbours in (*(above, below) * _SWEEPS, above):
        for row, apart in downwards if neighbours is above else downwards[::-1]:
            wanted = [_mean(node, neighbours, x) for node in row]
            weights = [1.0 if node in sizes else _STRAIGHT for node in row]
            within = (widths[row[0]] / 2, room - widths[row[-1]] / 2)
            x.update(zip(row, nearest(wanted, apart, weights, within), strict=True))
    return x


def nearest(
    wanted: Sequence[float], gaps: Sequence[float], weights: Sequence[float], within: tuple[float, float]
) -> list[float]:
    """Places with `gaps` between them, or more, nearest to those `wanted` (least weighted squares).

    None lies outside `within`, which must have room for all gaps.
    """
    offsets = [0.0, *accumulate(gaps)]
    blocks: list[tuple[float, float, int]] = []  # what is wanted, how much, by how many that move together
    for want, offset, weight in zip(wanted, offsets, weights, strict=True):
        mean, heavy, many = want - offset, weight, 1
        while blocks and blocks[-1][0] > mean:
            other, more, count = blocks.pop()
            mean = (mean * heavy + other * more) / (heavy + more)
            heavy, many = heavy + more, many + count
        blocks.append((mean, heavy, many))
    least, most = within[0], within[1] - offsets[-1]
    means = [min(max(mean, least), most) for mean, _, many in blocks for _ in range(many)]
    return [mean + offset for mean, offset in zip(means, offsets, strict=True)]


def _drawn(
    rows: Sequence[Sequence[_Node]],
    sizes: Mapping[_Node, Size],
    x: Mapping[_Node, float],
    below: _Neighbours,
    ways: Sequence[Sequence[_Node]],
) -> Layout:
    spans: dict[_Node, tuple[float, float]] = {}
    y = 0.0
    for row in rows:
        end = y + max((sizes[node].height for node in row if node in sizes), default=0.0)
        spans.update((node, (y, end)) for node in row)
        sideways = max(
            (abs(x[node] - x[lower]) for node in row for lower in below.get(node, ())), default=0.0
        )
        y = end + _BETWEEN_ROWS + sideways * _STEEPEST
    leaves = _ports({(way[0], way[1]) for way in ways}, sizes, x)
    enters = _ports({(way[-1], way[-2]) for way in ways}, sizes, x)
    stops = list[list[Stop]]()
    for way in ways:
        start, goal = way[0], way[-1]
        under = spans[start][0] + sizes[start].height
        first = Stop(leaves[start, way[1]], under, spans[start][1])
        last = Stop(enters[goal, way[-2]], spans[goal][0], spans[goal][0])
        stops.append([first, *(Stop(x[node], *spans[node]) for node in way[1:-1]), last])
    return Layout(
        boxes={node.name: Place(x[node], spans[node][0]) for node in sizes if node.name},
        labels=[None if way[1].name else Place(x[way[1]], spans[way[1]][0]) for way in ways],
        ways=stops,
        width=max(x[node] + size.width / 2 for node, size in sizes.items()),
        height=end,
    )


def _ports(
    ends: AbstractSet[tuple[_Node, _Node]], sizes: Mapping[_Node, Size], x: Mapping[_Node, float]
) -> dict[tuple[_Node, _Node], float]:
    """Where lines touch a box, by the box and what is next to it: side by side, and in the same order."""
    ports: dict[tuple[_Node, _Node], float] = {}
    for box in {box for box, _ in ends}:
        others = sorted((other for here, other in ends if here == box), key=x.__getitem__)
        apart = min(_PORTS, sizes[box].width / 2 / len(others))
        for n, other in enumerate(others):
            ports[box, other] = x[box] + (n - (len(others) - 1) / 2) * apart
    return ports
