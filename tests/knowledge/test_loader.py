from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.errors import ContentError
from knowledge.loader import CONTENT, load
from tests.knowledge.handmade import OFFICE, a_content, an_entry, city, problems_of

ENTRY = "procedures/parking.yml"
"""`an_entry` has 7 lines: what is added begins on line 8."""


def test_the_real_content_is_good() -> None:
    content = load()
    assert content.entries.keys() == content.files.keys()
    assert all((CONTENT / name).is_file() for name in content.files.values())


def test_a_handmade_folder_is_good(tmp_path: Path) -> None:
    content = load(a_content(tmp_path, {ENTRY: an_entry()}))
    assert sorted(content.entries) == ["city-hall", "parking"]


def test_all_problems_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    root = a_content(
        tmp_path,
        {
            "departments/city-hall.yml": OFFICE + "related: [no-such]\n",
            "faq/list.yml": "- 並び\n",
            "faq/sjis.yml": an_entry("faq", "sjis").encode("cp932"),
            ENTRY: an_entry(more="brng: 印鑑\npage: example.jp\nfee: 300\n"),
            "city.yml": city().replace("office: city-hall", "office: no-such"),
        },
    )
    with pytest.raises(ContentError) as error:
        load(root)
    told = [(problem.path, problem.line) for problem in error.value.problems]
    assert told == [
        ("city.yml", 4),
        ("departments/city-hall.yml", 8),
        ("faq/list.yml", 1),
        ("faq/sjis.yml", 3),
        *((ENTRY, line) for line in (8, 9, 10)),
    ]
    assert f"{ENTRY}:8: 「brng」" in str(error.value)


def test_a_broken_file_makes_no_false_alarm_about_those_who_refer_to_it(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "departments/city-hall.yml": OFFICE + "hour: 9時\n",
        ENTRY: an_entry(more="department: city-hall\nrelated: [city-hall]\n"),
    }
    [problem] = problems_of(a_content(tmp_path, files))
    assert (problem.path, problem.line) == ("departments/city-hall.yml", 8)
