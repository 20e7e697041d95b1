from __future__ import annotations

from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from knowledge.layers import Arrow, Layout, Size, layout, nearest

BOX = Size(250, 60)
LABEL = Size(80, 25)


@st.composite
def pictures(draw: st.DrawFn) -> tuple[dict[str, Size], list[Arrow]]:
    sizes = st.builds(Size, st.floats(20, 500), st.floats(20, 300))
    boxes = {f"{n}": size for n, size in enumerate(draw(st.lists(sizes, min_size=2, max_size=12)))}
    ends = st.sampled_from(list(combinations(boxes, 2)))
    labels = st.none() | st.builds(Size, st.floats(20, 160), st.floats(20, 80))
    chosen = draw(st.lists(st.tuples(ends, labels), max_size=20, unique_by=lambda pair: pair[0]))
    return boxes, [Arrow(*pair, label) for pair, label in chosen]


def areas(
    boxes: dict[str, Size], arrows: list[Arrow], plan: Layout
) -> list[tuple[float, float, float, float]]:
    labels = [(place, arrow.label) for place, arrow in zip(plan.labels, arrows, strict=True)]
    placed = [(plan.boxes[name], size) for name, size in boxes.items()]
    return [
        (place.x - size.width / 2, place.y, place.x + size.width / 2, place.y + size.height)
        for place, size in (*placed, *labels)
        if place and size
    ]


@given(pictures())
def test_nothing_lies_over_a_box_or_label(picture: tuple[dict[str, Size], list[Arrow]]) -> None:
    boxes, arrows = picture
    plan = layout(boxes, arrows)
    found = areas(boxes, arrows, plan)
    for (left, top, right, bottom), (left2, top2, right2, bottom2) in combinations(found, 2):
        assert right <= left2 or right2 <= left or bottom <= top2 or bottom2 <= top
    for arrow, way in zip(arrows, plan.ways, strict=True):
        for stop in way[2 if arrow.label else 1 : -1]:
            assert not any(
                left < stop.x < right and top < stop.bottom and stop.top < bottom
                for left, top, right, bottom in found
            )


@given(pictures())
def test_every_arrow_goes_down_from_its_box_to_its_box(picture: tuple[dict[str, Size], list[Arrow]]) -> None:
    boxes, arrows = picture
    plan = layout(boxes, arrows)
    for arrow, way in zip(arrows, plan.ways, strict=True):
        source, target = plan.boxes[arrow.source], plan.boxes[arrow.target]
        assert way[0].top == source.y + boxes[arrow.source].height
        assert abs(way[0].x - source.x) <= boxes[arrow.source].width / 2
        assert way[-1].bottom == target.y
        assert abs(way[-1].x - target.x) <= boxes[arrow.target].width / 2
        assert all(upper.bottom < lower.top for upper, lower in pairwise(way))


@given(pictures())
def test_all_is_within_the_picture(picture: tuple[dict[str, Size], list[Arrow]]) -> None:
    boxes, arrows = picture
    plan = layout(boxes, arrows)
    for left, top, right, bottom in areas(boxes, arrows, plan):
        assert min(left, top) >= -0.001
        assert right <= plan.width + 0.001
        assert bottom <= plan.height + 0.001


def test_a_row_that_is_full_goes_on_below() -> None:
    boxes = {f"{n}": BOX for n in range(9)}
    plan = layout(boxes, [Arrow("0", f"{n}", LABEL) for n in range(1, 9)])
    assert len({plan.boxes[f"{n}"].y for n in range(1, 9)}) == 2
    assert plan.width < 1800


def test_a_chain_is_straight() -> None:
    plan = layout({"a": BOX, "b": BOX, "c": BOX}, [Arrow("a", "b", LABEL), Arrow("b", "c")])
    assert len({stop.x for way in plan.ways for stop in way}) == 1


def test_branches_do_not_cross_without_need() -> None:
    boxes = dict.fromkeys("abcde", BOX)
    plan = layout(boxes, [Arrow("a", "b"), Arrow("a", "c"), Arrow("b", "e"), Arrow("c", "d")])
    assert (plan.boxes["b"].x < plan.boxes["c"].x) == (plan.boxes["e"].x < plan.boxes["d"].x)


def test_places_keep_their_gaps_and_are_moved_as_little_as_possible() -> None:
    assert nearest([0, 100], [50], [1, 1], (-500, 500)) == [0, 100]
    assert nearest([10, 10], [50], [1, 1], (-500, 500)) == [-15, 35]
    assert nearest([10, 10], [50], [3, 1], (-500, 500)) == [-2.5, 47.5]
    assert nearest([10, 10], [50], [1, 1], (0, 500)) == [0, 50]
    assert nearest([600, 700], [50], [1, 1], (0, 500)) == [450, 500]
