"""YAML as a tree; what it refuses is in `breakages.py`."""

from __future__ import annotations

import math

import pytest

from knowledge.errors import TreeError
from knowledge.tree import parse

TEXT = """\
# メモ
title: 転入届
fee:
  - value: 300円
    checked_on: 2026-11-23
  - 無料
how: {post: 郵送}
"""


def test_texts_lists_and_mappings_are_as_they_were_written() -> None:
    assert parse(TEXT).value() == {
        "title": "転入届",
        "fee": [{"value": "300円", "checked_on": "2026-11-23"}, "無料"],
        "how": {"post": "郵送"},
    }


def test_what_is_no_text_keeps_only_what_a_field_may_need() -> None:
    assert parse("[~, true, No, 30, -5, 2026-02-30]").value() == [None, True, "No", 30, -5, "2026-02-30"]
    values = parse("[0x1F, 1e3, 1.5, .nan, 1_000, 12345678901234567890]").value()
    assert isinstance(values, list)
    assert all(math.isnan(value) for value in values)


@pytest.mark.parametrize(
    ("loc", "line", "there"),
    [
        ((), 2, True),
        (("title",), 2, True),
        (("fee",), 3, True),
        (("fee", 0), 4, True),
        (("fee", 0, "checked_on"), 5, True),
        (("fee", 1), 6, True),
        (("fee", 1, "value"), 6, False),
        (("fee", 9), 3, False),
        (("how", "post"), 7, True),
        (("how", "window"), 7, False),
        (("no-such",), 2, False),
    ],
)
def test_a_place_has_the_line_of_its_deepest_part_in_the_file(
    loc: tuple[int | str, ...], line: int, there: bool
) -> None:
    tree = parse(TEXT)
    assert (tree.line(loc), tree.has(loc)) == (line, there)


@pytest.mark.parametrize("text", ["", "\n\n", "# メモ\n"])
def test_an_empty_file_is_nothing_on_line_1(text: str) -> None:
    tree = parse(text)
    assert (tree.value(), tree.line(("title",)), tree.has(("title",))) == (None, 1, False)


def test_every_mistake_that_is_no_syntax_is_told() -> None:
    with pytest.raises(TreeError) as error:
        parse("a: &x あ\na: い\n1: う\nb: !c え\n<<: {}\n")
    assert sorted(line for line, _ in error.value.mistakes) == [1, 2, 3, 4, 5]
