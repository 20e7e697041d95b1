from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from knowledge.checks import hints
from knowledge.loader import load
from tests.knowledge.handmade import CANNED, DESKS, a_content, problems_of

TODAY = date(2026, 11, 23)
"""`DESKS` has 10 lines, `CANNED` has 5: what is added begins on the next."""


def told(root: Path, desks: str = DESKS, canned: str = CANNED) -> list[tuple[str, int, str]]:
    """The hints on desks and canned replies."""
    folder = a_content(root, {"desks.yml": desks, "canned.yml": canned})
    found = hints(load(folder), folder, TODAY)
    return [(hint.path, hint.line, hint.message) for hint in found if not hint.path.startswith("dep")]


def test_right_desks_and_replies_have_no_hints(tmp_path: Path) -> None:
    assert told(tmp_path) == []


@pytest.mark.parametrize(
    ("more", "line", "words"),
    [
        ("        valid_until: 2026-11-22\n", 8, "窓口が開きません"),
        ("    special_days: [{day: 2026-11-22, hours: closed}]\n", 11, "日が過ぎています"),
        ("    special_days: [{day: 2026-11-01, until: 2026-11-22, hours: closed}]\n", 11, "日が過ぎています"),
        (
            "    members: [sato]\n    roster: [{members: [sato], valid_until: 2026-11-22}]\n",
            12,
            "当番の期間が過ぎています",
        ),
    ],
)
def test_what_has_passed_is_told(tmp_path: Path, more: str, line: int, words: str) -> None:
    [(path, found, message)] = told(tmp_path, DESKS + more)
    assert (path, found) == ("desks.yml", line)
    assert words in message


@pytest.mark.parametrize(
    "more",
    [
        "        valid_until: 2026-11-23\n",
        "    special_days: [{day: 2026-11-01, until: 2026-11-23, hours: closed}]\n",
        "        valid_until: 2026-11-22\n      - {value: '24/7', text: いつでも, valid_from: 2027-01-01}\n",
    ],
)
def test_what_still_holds_or_begins_later_is_not_told(tmp_path: Path, more: str) -> None:
    assert told(tmp_path, DESKS + more) == []


def test_words_of_a_reply_that_say_nothing_are_told(tmp_path: Path) -> None:
    [(path, line, message)] = told(
        tmp_path, canned=CANNED.replace("です。", "です。関係機関に聞いてください。")
    )
    assert (path, line) == ("canned.yml", 5)
    assert "「関係機関」" in message


def test_a_reply_that_yaml_cuts_off_is_told(tmp_path: Path) -> None:
    [(path, line, message)] = told(tmp_path, canned=CANNED.replace("です。", "です。電話は #9110 です。"))
    assert (path, line) == ("canned.yml", 5)
    assert "#9110" in message


def test_a_broken_department_makes_no_false_alarm_about_its_desk(tmp_path: Path) -> None:
    [problem] = problems_of(a_content(tmp_path, {"departments/city-hall.yml": "kind: department\n: あ\n"}))
    assert problem.path == "departments/city-hall.yml"


def test_broken_desks_make_no_false_alarm_about_the_replies_of_a_desk(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "desks.yml": DESKS.replace("title: 総合案内", "titel: 総合案内"),
        "canned.yml": CANNED + "    desk: front\n",
    }
    assert {problem.path for problem in problems_of(a_content(tmp_path, files))} == {"desks.yml"}
