from __future__ import annotations

import pytest

from knowledge.table import LONGEST, table, width


@pytest.mark.parametrize(
    ("text", "columns"), [("", 0), ("abc", 3), ("図書館", 6), ("ｱ", 1), ("Ａ", 2), ("a館", 3), ("…", 2)]
)
def test_a_japanese_letter_is_two_columns_wide(text: str, columns: int) -> None:
    assert width(text) == columns


def test_columns_stand_under_each_other() -> None:
    assert table(("名前", "id"), [("図書館", "library"), ("a", "b")]).splitlines() == [
        "名前    id",
        "------  -------",
        "図書館  library",
        "a       b",
    ]


def test_a_table_without_rows_has_its_head() -> None:
    assert table(("名前", "id"), []).splitlines() == ["名前  id", "----  --"]


def test_empty_cells_leave_no_spaces_at_the_end() -> None:
    assert table(("a", "b"), [("x", "")]).splitlines()[-1] == "x"


def test_a_cell_as_wide_as_may_be_is_kept() -> None:
    cell = "館" * (LONGEST // 2)
    assert table(("a",), [(cell,)]).splitlines()[-1] == cell


@pytest.mark.parametrize("letter", ["a", "館", "a館"])
def test_a_wider_cell_is_cut(letter: str) -> None:
    *_, cell = table(("a",), [(letter * (LONGEST + 1),)]).splitlines()
    assert cell.endswith("…")
    assert LONGEST - 1 <= width(cell) <= LONGEST


def test_a_cell_is_one_line() -> None:
    assert table(("a",), [("1\n2",)]).splitlines()[-1] == "1 2"
