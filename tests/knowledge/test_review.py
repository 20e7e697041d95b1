from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest

from knowledge.answer import Status
from knowledge.entries import facts_in
from knowledge.loader import Content, load
from knowledge.review import Row, expiring, last_checked, unchecked, unconfirmed
from tests.knowledge.handmade import OFFICE, a_content, an_entry

TODAY = date(2026, 11, 23)
ENTRY = "procedures/parking.yml"
TAX_OFFICE = OFFICE.replace("id: city-hall", "id: tax-office").replace("芦別市役所", "税務課")


def content_of(root: Path, text: str) -> Content:
    return load(a_content(root, {ENTRY: text, "departments/tax-office.yml": TAX_OFFICE}))


def fields(rows: Iterable[Row]) -> list[str]:
    return [row.field for row in rows]


def test_confirmed_content_waits_for_nothing(tmp_path: Path) -> None:
    more = "fee: 300円\nform: {service: 予約, url: 'https://example.jp'}\n"
    assert list(unconfirmed(content_of(tmp_path, an_entry(more=more)))) == []


def test_a_fact_that_waits_for_confirmation_is_listed_with_where_it_stands(tmp_path: Path) -> None:
    more = "who: 市民\nhow:\n  post:\n    - {value: 郵送できます, status: unconfirmed}\n"
    [row] = unconfirmed(content_of(tmp_path, an_entry(more=more)))
    assert row == Row(
        entry="parking",
        file=ENTRY,
        field="how.post",
        value="郵送できます",
        status=Status.UNCONFIRMED,
        valid_until=None,
        checked_on=date(2026, 11, 1),
        department="city-hall",
    )


def test_an_unconfirmed_entry_is_listed_with_the_facts_that_are_not_confirmed_themselves(
    tmp_path: Path,
) -> None:
    more = "who: 市民\nfee: [{value: 300円, status: national}]\n"
    rows = list(unconfirmed(content_of(tmp_path, an_entry(more=more, status="unconfirmed"))))
    assert [(row.field, row.value) for row in rows] == [("status", "駐車場の手続き"), ("who", "市民")]


@pytest.mark.parametrize(("entry", "form"), [("confirmed", "status: unconfirmed, "), ("unconfirmed", "")])
def test_a_form_that_waits_for_confirmation_is_listed(tmp_path: Path, entry: str, form: str) -> None:
    more = f"form: {{service: 予約, {form}url: 'https://example.jp'}}\n"
    *_, row = unconfirmed(content_of(tmp_path, an_entry(more=more, status=entry)))
    assert (row.field, row.value, row.status) == ("form", "予約", Status.UNCONFIRMED)


@pytest.mark.parametrize(
    ("more", "department"),
    [
        ("fee: [{value: 300円, status: unconfirmed}]\n", "city-hall"),
        ("department: tax-office\nfee: [{value: 300円, status: unconfirmed}]\n", "tax-office"),
        ("fee: [{value: 300円, status: unconfirmed, department: tax-office}]\n", "tax-office"),
    ],
)
def test_a_row_names_the_department_that_knows(tmp_path: Path, more: str, department: str) -> None:
    [row] = unconfirmed(content_of(tmp_path, an_entry(more=more)))
    assert row.department == department


@pytest.mark.parametrize("until", ["2020-01-01", "2026-11-22", "2026-11-23", "2026-12-24"])
def test_what_has_run_out_or_runs_out_within_a_month_is_listed(tmp_path: Path, until: str) -> None:
    more = f"fee: [{{value: 300円, valid_until: {until}}}]\n"
    [row] = expiring(content_of(tmp_path, an_entry(more=more)), TODAY)
    assert (row.field, row.value, str(row.valid_until)) == ("fee", "300円", until)


def test_what_runs_out_later_is_not_listed_yet(tmp_path: Path) -> None:
    content = content_of(tmp_path, an_entry(more="fee: [{value: 300円, valid_until: 2026-12-25}]\n"))
    assert list(expiring(content, TODAY)) == []
    assert fields(expiring(content, TODAY, days=32)) == ["fee"]


def test_with_no_days_ahead_the_last_day_is_listed(tmp_path: Path) -> None:
    content = content_of(tmp_path, an_entry(more="fee: [{value: 300円, valid_until: 2026-11-23}]\n"))
    assert fields(expiring(content, TODAY, days=0)) == ["fee"]


def test_what_has_its_next_version_is_not_listed(tmp_path: Path) -> None:
    fee = "fee:\n  - {value: 300円, valid_until: 2026-11-30}\n  - {value: 400円, valid_from: 2026-12-01}\n"
    assert list(expiring(content_of(tmp_path, an_entry(more=fee)), TODAY)) == []


def test_a_dated_fact_beside_one_without_dates_is_listed(tmp_path: Path) -> None:
    more = "bring:\n  - 免許証\n  - {value: 申込書, valid_until: 2026-11-30}\n"
    assert [row.value for row in expiring(content_of(tmp_path, an_entry(more=more)), TODAY)] == ["申込書"]


@pytest.mark.parametrize(
    ("old", "new", "field", "value"),
    [
        ("sources:", "valid_until: 2026-11-30\nsources:", "valid_until", "駐車場の手続き"),
        (
            "summary: 駐",
            "summary:\n  - valid_until: 2026-11-30\n    value: 駐",
            "summary",
            "駐車場を借ります。",
        ),
        ("sources:", "easy: [{value: 借ります, valid_until: 2026-11-30}]\nsources:", "easy", "借ります"),
        (
            "sources:",
            "form: {service: 予約, url: 'https://a.jp', valid_until: 2026-11-30}\nsources:",
            "form",
            "予約",
        ),
    ],
)
def test_entries_texts_and_forms_run_out_too(
    tmp_path: Path, old: str, new: str, field: str, value: str
) -> None:
    text = an_entry()
    assert old in text
    [row] = expiring(content_of(tmp_path, text.replace(old, new)), TODAY)
    assert (row.field, row.value, row.valid_until) == (field, value, date(2026, 11, 30))


def test_an_entry_nobody_checked_for_a_year_is_listed(tmp_path: Path) -> None:
    content = content_of(tmp_path, an_entry().replace("2026-11-01", "2025-11-22"))
    [row] = unchecked(content, TODAY)
    assert (row.entry, row.field, row.checked_on) == ("parking", "checked_on", date(2025, 11, 22))
    assert list(unchecked(content, TODAY, days=366)) == []


def test_an_entry_checked_a_year_ago_to_the_day_is_not_listed_yet(tmp_path: Path) -> None:
    assert list(unchecked(content_of(tmp_path, an_entry().replace("2026-11-01", "2025-11-23")), TODAY)) == []


def test_an_old_source_does_no_harm_when_staff_or_another_source_is_newer(tmp_path: Path) -> None:
    old = an_entry().replace("2026-11-01", "2020-01-01")
    by_staff = old + "checked_on: 2026-11-01\n"
    twice = old.replace("}]", "}, {title: 新しい案内, checked_on: 2026-11-01}]")
    assert list(unchecked(content_of(tmp_path, by_staff), TODAY)) == []
    assert list(unchecked(content_of(tmp_path, twice), TODAY)) == []


@pytest.mark.parametrize(
    ("fee", "day"),
    [
        ("{value: 300円}", date(2026, 11, 1)),
        ("{value: 300円, checked_on: 2024-05-05}", date(2024, 5, 5)),
        ("{value: 300円, sources: [{title: 条例, checked_on: 2023-04-04}]}", date(2023, 4, 4)),
    ],
)
def test_a_fact_was_checked_when_it_says_or_its_source_says_or_with_its_entry(
    tmp_path: Path, fee: str, day: date
) -> None:
    entry = content_of(tmp_path, an_entry(more=f"fee: [{fee}]\n")).entries["parking"]
    [(_, fact)] = facts_in(entry)
    assert last_checked(entry, fact) == day
    assert last_checked(entry) == date(2026, 11, 1)


def test_checking_a_whole_entry_checks_its_facts(tmp_path: Path) -> None:
    more = "fee: [{value: 300円, checked_on: 2024-05-05}]\nchecked_on: 2026-11-20\n"
    entry = content_of(tmp_path, an_entry(more=more)).entries["parking"]
    [(_, fact)] = facts_in(entry)
    assert last_checked(entry, fact) == date(2026, 11, 20)


def test_machines_get_dates_as_text_and_nothing_as_null(tmp_path: Path) -> None:
    more = "fee: [{value: 300円, status: unconfirmed}]\n"
    [row] = unconfirmed(content_of(tmp_path, an_entry(more=more)))
    assert row.as_json() == {
        "entry": "parking",
        "file": ENTRY,
        "field": "fee",
        "value": "300円",
        "status": "unconfirmed",
        "valid_until": None,
        "checked_on": "2026-11-01",
        "department": "city-hall",
    }
