from __future__ import annotations

from datetime import date

import pytest

from knowledge.entries import Entry, Place, Procedure, facts_in, run_out

DAY = date(2026, 11, 23)
ENDED = {"valid_until": "2026-11-22"}
REQUIRED = {
    "id": "parking",
    "title": "駐車場の手続き",
    "summary": "駐車場を借ります。",
    "status": "confirmed",
    "sources": [{"title": "市の案内", "checked_on": "2026-11-01"}],
}


def a_procedure(**fields: object) -> Procedure:
    return Procedure.model_validate(REQUIRED | {"kind": "procedure"} | fields)


def places_run_out(entry: Entry, day: date = DAY) -> list[tuple[int | str, ...]]:
    return [place for place, _ in run_out(entry, day)]


def test_every_fact_is_found_with_its_place() -> None:
    entry = a_procedure(
        who="市民",
        bring=["免許証", "印鑑"],
        how={"post": "郵送できます"},
        phone="0124-22-2111",
        page="https://example.jp/",
    )
    assert {place: fact.value for place, fact in facts_in(entry)} == {
        ("who", 0): "市民",
        ("bring", 0): "免許証",
        ("bring", 1): "印鑑",
        ("how", "post", 0): "郵送できます",
        ("phone", 0): "0124-22-2111",
        ("page", 0): "https://example.jp/",
    }


def test_opening_hours_are_facts_but_names_summaries_and_special_days_are_not() -> None:
    place = Place.model_validate(
        REQUIRED
        | {"kind": "place", "aliases": ["駐車"], "hours": [{"value": "24/7", "text": "いつでも"}]}
        | {"special_days": [{"day": "2026-12-01", "hours": "closed"}]}
    )
    assert [place for place, _ in facts_in(place)] == [("hours", 0)]


def test_an_entry_without_facts_has_none() -> None:
    assert list(facts_in(a_procedure())) == []


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        (ENDED, ()),
        ({"summary": [{"value": "あ", **ENDED}]}, ("summary", 0)),
        ({"easy": [{"value": "あ", **ENDED}]}, ("easy", 0)),
        ({"fee": [{"value": "あ", **ENDED}]}, ("fee", 0)),
        ({"how": {"post": [{"value": "あ", **ENDED}]}}, ("how", "post", 0)),
        ({"form": {"service": "予約", "url": "https://example.jp/", **ENDED}}, ("form",)),
    ],
)
def test_what_ended_the_day_before_has_run_out(
    fields: dict[str, object], place: tuple[int | str, ...]
) -> None:
    assert places_run_out(a_procedure(**fields)) == [place]


def test_the_last_day_still_counts() -> None:
    entry = a_procedure(valid_until=DAY, fee=[{"value": "300円", "valid_until": DAY}])
    assert places_run_out(entry) == []


def test_what_has_no_end_or_no_dates_never_runs_out() -> None:
    entry = a_procedure(who="市民", fee=[{"value": "300円", "valid_from": "2020-01-01"}])
    assert places_run_out(entry, date(2999, 1, 1)) == []


@pytest.mark.parametrize("field", ["fee", "summary", "easy"])
def test_what_has_a_next_version_has_not_run_out(field: str) -> None:
    new = {"value": "い", "valid_from": "2026-11-23"}
    assert places_run_out(a_procedure(**{field: [{"value": "あ", **ENDED}, new]})) == []
    assert places_run_out(a_procedure(**{field: [new, {"value": "あ", **ENDED}]})) == []


def test_the_last_of_several_versions_runs_out() -> None:
    versions = [
        {"value": "100円", "valid_until": "2025-03-31"},
        {"value": "200円", "valid_from": "2025-04-01", "valid_until": "2026-03-31"},
    ]
    assert places_run_out(a_procedure(fee=versions)) == [("fee", 1)]


def test_a_version_that_begins_later_leaves_a_gap() -> None:
    new = {"value": "い", "valid_from": "2026-11-24"}
    assert places_run_out(a_procedure(fee=[{"value": "あ", **ENDED}, new])) == [("fee", 0)]


def test_a_fact_without_dates_is_no_next_version_of_the_one_beside_it() -> None:
    entry = a_procedure(bring=["免許証", {"value": "申込書", **ENDED}, "印鑑"])
    assert places_run_out(entry) == [("bring", 1)]


def test_a_version_in_another_field_is_no_next_version() -> None:
    new = [{"value": "い", "valid_from": "2026-11-23"}]
    entry = a_procedure(how={"post": [{"value": "あ", **ENDED}], "online": new}, fee=new)
    assert places_run_out(entry) == [("how", "post", 0)]
