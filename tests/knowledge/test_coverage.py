from __future__ import annotations

from pathlib import Path

from knowledge.answer import Status
from knowledge.coverage import Covered, coverage
from knowledge.loader import load
from tests.knowledge.handmade import SOURCE, a_content, an_entry

CITY = f"""kind: city
name: 芦別市
office: city-hall
{SOURCE}priority:
  - {{number: "2", title: 駐車場の申請}}
  - {{number: "1-1", title: 駐輪場の申請}}
"""


def covered(root: Path, files: dict[str, str]) -> list[Covered]:
    return coverage(load(a_content(root, {"city.yml": CITY, **files})))


def test_every_item_is_listed_in_the_order_of_the_city_though_nothing_covers_it(tmp_path: Path) -> None:
    items = covered(tmp_path, {"procedures/parking.yml": an_entry()})
    assert [(item.number, item.title, item.entries) for item in items] == [
        ("2", "駐車場の申請", ()),
        ("1-1", "駐輪場の申請", ()),
    ]
    assert all(sum(item.facts.values()) == 0 for item in items)


def test_facts_of_all_entries_are_counted_by_how_sure_they_are(tmp_path: Path) -> None:
    first = an_entry(more="covers: ['2']\nwho: 市民\nfee: [{value: 300円, status: unconfirmed}]\n")
    second = an_entry(name="cars", more="covers: ['2', '1-1']\nwho: 市民\nbring: [a, b]\n", status="national")
    parking, scooters = covered(tmp_path, {"procedures/parking.yml": first, "procedures/cars.yml": second})
    assert sorted(parking.entries) == ["cars", "parking"]
    assert parking.facts == {Status.CONFIRMED: 1, Status.NATIONAL: 3, Status.UNCONFIRMED: 1}
    assert scooters.entries == ("cars",)
    assert scooters.facts == {Status.CONFIRMED: 0, Status.NATIONAL: 3, Status.UNCONFIRMED: 0}


def test_machines_get_plain_words(tmp_path: Path) -> None:
    more = "covers: ['2']\nwho: 市民\n"
    [item, _] = covered(tmp_path, {"procedures/parking.yml": an_entry(more=more)})
    assert item.as_json() == {
        "number": "2",
        "title": "駐車場の申請",
        "entries": ["parking"],
        "facts": {"confirmed": 1, "national": 0, "unconfirmed": 0},
    }
