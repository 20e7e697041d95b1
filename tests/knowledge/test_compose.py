from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from ruamel.yaml import YAML

from knowledge.answer import Answer, AnswerKind, LinkRole, Status
from knowledge.aspects import Aspect, facts_of
from knowledge.compose import MAX_CHOICES, MAX_SOURCES, Composer
from knowledge.entries import AnyEntry, Place, Procedure
from knowledge.facts import Fact
from knowledge.loader import Content
from knowledge.when import Asked
from tests.content import REAL
from tests.knowledge.handmade import OFFICE

TODAY = date(2026, 11, 23)
NOW = datetime.fromisoformat("2026-11-23T10:00")
ENTRY: TypeAdapter[AnyEntry] = TypeAdapter(AnyEntry)
STATES = st.sampled_from(Status)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


def an_entry(kind: object = "procedure", **fields: object) -> AnyEntry:
    whole = {
        "kind": kind,
        "id": "parking",
        "title": "駐車場の手続き",
        "summary": "駐車場を借ります。",
        "status": "confirmed",
        "sources": [{"title": "市の案内", "checked_on": "2026-11-01"}],
        **fields,
    }
    return ENTRY.validate_python(whole)


def a_composer(*entries: AnyEntry, today: date = TODAY) -> Composer:
    office = ENTRY.validate_python(YAML(typ="safe").load(OFFICE))
    known = {entry.id: entry for entry in (office, *entries)}
    return Composer(Content(known, REAL.phrases, REAL.city, REAL.desks, REAL.canned, {}), today)


def about(entry: AnyEntry, aspect: Aspect = Aspect.ABOUT, today: date = TODAY) -> Answer:
    return a_composer(entry, today=today).about(entry, aspect, 1.0)


def a_place(**fields: object) -> Place:
    entry = an_entry("place", **fields)
    assert isinstance(entry, Place)
    return entry


def hours_of(entry: Place, day: date = TODAY) -> Answer:
    return a_composer(entry).hours(entry, Asked((day,)), NOW, 1.0)


OPEN = [{"value": "24/7", "text": "いつでも"}]


ASKED_OF_PEOPLE = (Aspect.STATUS, Aspect.PHONE)


@pytest.mark.parametrize("aspect", [a for a in Aspect if a not in (Aspect.ABOUT, *ASKED_OF_PEOPLE)])
def test_an_aspect_nobody_wrote_down_is_said_to_be_missing(aspect: Aspect) -> None:
    answer = about(an_entry(), aspect)
    label = REAL.phrases.labels.aspects[aspect]
    missing = REAL.phrases.aspect_missing.format(title="駐車場の手続き", label=label)
    assert answer.text == f"{missing}\n駐車場を借ります。"  # what is known follows
    assert [link.role for link in answer.links] == [LinkRole.TEL]


@pytest.mark.parametrize("aspect", [Aspect.DEADLINE, Aspect.FEE, Aspect.WHERE])
def test_a_faq_says_what_it_knows_before_that_it_knows_no_more(aspect: Aspect) -> None:
    label = REAL.phrases.labels.aspects[aspect]
    beyond = REAL.phrases.aspect_beyond.format(label=label)
    answer = about(an_entry("faq"), aspect)
    assert answer.text == f"駐車場を借ります。\n{beyond}"
    assert answer.aspect is aspect


@pytest.mark.parametrize("aspect", ASKED_OF_PEOPLE)
def test_how_far_a_case_is_and_whom_to_call_are_asked_of_people(aspect: Aspect) -> None:
    answer = about(an_entry(takes="2週間"), aspect)
    assert answer.text == REAL.phrases.aspect[aspect].format(title="駐車場の手続き")
    assert [fact.value for fact in answer.facts] == (["2週間"] if aspect is Aspect.STATUS else [])
    assert [link.role for link in answer.links] == [LinkRole.TEL]


@pytest.mark.parametrize("aspect", [Aspect.HOW, Aspect.STATUS, Aspect.TAKES])
def test_a_faq_has_no_steps_and_no_case_and_says_what_it_knows(aspect: Aspect) -> None:
    assert about(an_entry("faq"), aspect) == about(an_entry("faq"))


@pytest.mark.parametrize("aspect", Aspect)
def test_of_a_danger_all_is_told_whatever_is_asked(aspect: Aspect) -> None:
    assert about(an_entry("faq", danger=True), aspect).text == "駐車場を借ります。"


def own_hours(**fields: object) -> Answer | None:
    entry = an_entry(**fields)
    assert isinstance(entry, Procedure)
    return a_composer(entry).own_hours(entry, 1.0)


def test_a_procedure_with_times_of_its_own_tells_them() -> None:
    answer = own_hours(
        when=["いつでも", "平日の9時〜17時"], how={"window": "24時間以内", "online": "6:30から"}
    )
    assert answer is not None
    assert answer.text == REAL.phrases.hours.own.format(title="駐車場の手続き")
    assert [fact.value for fact in answer.facts] == ["平日の9時〜17時", "6:30から"]


def test_times_that_nobody_confirmed_are_told_as_such() -> None:
    answer = own_hours(when={"value": "9時から", "status": "unconfirmed"})
    assert answer is not None
    assert "まだ確認できていません" in answer.text


@pytest.mark.parametrize("when", [[], "24時間以内", {"value": "9時から", "valid_until": "2020-01-01"}])
def test_a_procedure_without_times_of_its_own_tells_none(when: object) -> None:
    assert own_hours(when=when) is None


def test_an_unconfirmed_fact_carries_its_status_and_the_text_says_so() -> None:
    answer = about(an_entry(fee={"value": "300円", "status": "unconfirmed"}), Aspect.FEE)
    assert [(fact.value, fact.status) for fact in answer.facts] == [("300円", Status.UNCONFIRMED)]
    assert answer.text == REAL.phrases.aspect_unconfirmed.format(title="駐車場の手続き", label="費用・金額")


def test_a_fact_without_a_status_has_that_of_its_entry() -> None:
    answer = about(an_entry(status="unconfirmed", fee="300円"), Aspect.FEE)
    assert [fact.status for fact in answer.facts] == [Status.UNCONFIRMED]
    assert "確認できていません" in answer.text


def test_one_confirmed_fact_among_others_is_asserted_and_the_others_are_marked() -> None:
    fees = ["300円", {"value": "夜は500円", "status": "unconfirmed"}]
    answer = about(an_entry(fee=fees), Aspect.FEE)
    assert answer.text == REAL.phrases.aspect[Aspect.FEE].format(title="駐車場の手続き")
    assert [fact.status for fact in answer.facts] == [Status.CONFIRMED, Status.UNCONFIRMED]


def test_the_overview_of_an_unconfirmed_entry_says_so() -> None:
    answer = about(an_entry(status="unconfirmed"))
    assert answer.text == REAL.phrases.about_unconfirmed.format(summary="駐車場を借ります。")


@pytest.mark.parametrize("aspect", Aspect)
@pytest.mark.parametrize(
    ("dates", "phrase"), [({"valid_until": YESTERDAY}, "expired"), ({"valid_from": TOMORROW}, "not_yet")]
)
def test_an_entry_outside_its_dates_asserts_nothing(
    aspect: Aspect, dates: dict[str, date], phrase: str
) -> None:
    form = {"service": "ぴったり", "url": "https://myna.go.jp/", "needs": ["カード"]}
    answer = about(
        an_entry(fee="300円", bring="印鑑", how={"online": "できます"}, form=form, **dates), aspect
    )
    said = getattr(REAL.phrases, phrase)
    assert answer.text == said.format(title="駐車場の手続き", day="2026年11月24日")
    assert answer.facts == ()
    assert answer.choices == ()
    assert [link.role for link in answer.links] == [LinkRole.TEL]


def test_a_place_outside_its_dates_has_no_hours() -> None:
    answer = hours_of(a_place(hours=OPEN, valid_until=YESTERDAY))
    assert answer.text == REAL.phrases.expired.format(title="駐車場の手続き")
    assert answer.facts == ()


def test_a_one_off_day_names_its_own_source_first() -> None:
    notice = {"title": "市のお知らせ", "checked_on": "2026-11-20"}
    special = [{"day": TOMORROW, "hours": "closed", "sources": [notice]}]
    place = a_place(hours=OPEN, special_days=special)
    assert [source.title for source in hours_of(place, TOMORROW).sources] == ["市のお知らせ", "市の案内"]
    assert [source.title for source in hours_of(place).sources] == ["市の案内"]


def test_hours_are_those_of_the_day_asked_about() -> None:
    place = a_place(
        hours=[
            {"value": "09:00-17:00", "text": "9時から17時", "valid_until": TODAY},
            {"value": "10:00-15:00", "text": "10時から15時", "valid_from": TOMORROW},
        ]
    )
    assert "9時〜17時" in hours_of(place).text
    assert "10時〜15時" in hours_of(place, TOMORROW).text


def test_unconfirmed_hours_are_not_asserted() -> None:
    answer = hours_of(a_place(hours=[{**OPEN[0], "status": "unconfirmed"}]))
    assert answer.text == REAL.phrases.hours.unknown.format(title="駐車場の手続き")
    assert [fact.status for fact in answer.facts] == [Status.UNCONFIRMED]


def test_always_open_reads_as_until_24_o_clock() -> None:
    assert "0時〜24時" in hours_of(a_place(hours=OPEN)).text


@pytest.mark.parametrize("aspect", [Aspect.FEE, Aspect.ABOUT])
def test_an_expired_fact_is_not_shown_but_its_end_is_told(aspect: Aspect) -> None:
    answer = about(an_entry(fee={"value": "300円", "valid_until": YESTERDAY}), aspect)
    assert answer.facts == ()
    ended = REAL.phrases.aspect_expired.format(
        title="駐車場の手続き", label="費用・金額", day="2026年11月22日"
    )
    assert ended in answer.text
    assert [link.role for link in answer.links] == [LinkRole.TEL]


def test_the_end_of_an_aspect_is_told_once() -> None:
    answer = about(an_entry(fee={"value": "300円", "valid_until": YESTERDAY}), Aspect.FEE)
    assert answer.text.count("2026年11月22日") == 1


def test_that_something_has_expired_is_told_beside_what_holds() -> None:
    fees = ["高校生 100円", {"value": "一般 200円", "valid_until": YESTERDAY}]
    answer = about(an_entry(fee=fees), Aspect.FEE)
    assert [fact.value for fact in answer.facts] == ["高校生 100円"]
    assert REAL.phrases.aspect_partly_expired.format(title="駐車場の手続き") in answer.text


def test_a_fact_that_begins_later_is_told_with_its_day_and_nothing_is_asserted_for_today() -> None:
    answer = about(an_entry(fee={"value": "500円", "valid_from": "2027-04-01"}), Aspect.FEE)
    assert [(fact.label, fact.value) for fact in answer.facts] == [
        ("費用・金額（2027年4月1日から）", "500円")
    ]
    assert answer.text == REAL.phrases.aspect_not_yet.format(title="駐車場の手続き", label="費用・金額")


@pytest.mark.parametrize(
    ("today", "text"),
    [(date(2027, 3, 31), "1人につき1万円です。"), (date(2027, 4, 1), "1人につき2万円です。")],
)
def test_a_summary_has_versions_too(today: date, text: str) -> None:
    versions = [
        {"value": "1人につき1万円です。", "valid_until": "2027-03-31"},
        {"value": "1人につき2万円です。", "valid_from": "2027-04-01"},
    ]
    assert about(an_entry(summary=versions), today=today).text == text


def test_a_summary_that_has_run_out_is_not_told() -> None:
    answer = about(an_entry(summary=[{"value": "1万円です。", "valid_until": YESTERDAY}]))
    assert answer.text == REAL.phrases.about_expired.format(title="駐車場の手続き")


def test_who_knows_what_is_not_known_is_named() -> None:
    roads = an_entry("department", id="roads", title="道路の窓口")
    water = an_entry("department", id="water", title="水道の窓口", phone="0124-22-2222")
    composer = a_composer(roads, water)
    asked = REAL.phrases.ask_for.format(department="道路の窓口")
    missing = composer.about(an_entry(department="roads"), Aspect.FEE, 1.0)
    assert asked in missing.text
    assert [link.url for link in missing.links] == ["tel:0124-11-1111"]
    fee = {"value": "300円", "status": "unconfirmed", "department": "water"}
    doubtful = composer.about(an_entry(department="roads", fee=fee), Aspect.FEE, 1.0)
    assert REAL.phrases.ask_for.format(department="水道の窓口") in doubtful.text
    assert [link.url for link in doubtful.links] == ["tel:0124-22-2222"]
    known = composer.about(an_entry(department="roads", fee="300円"), Aspect.FEE, 1.0)
    assert "道路の窓口" not in known.text


@pytest.mark.parametrize(
    ("today", "fee"), [(date(2027, 3, 31), "300円"), (date(2027, 4, 1), "500円"), (TODAY, "300円")]
)
def test_of_two_dated_versions_the_current_one_is_asserted(today: date, fee: str) -> None:
    versions = [
        {"value": "300円", "valid_until": date(2027, 3, 31)},
        {"value": "500円", "valid_from": date(2027, 4, 1)},
    ]
    entry = an_entry(fee=versions)
    asserted = [fact.value for fact in about(entry, Aspect.FEE, today).facts if "から" not in fact.label]
    assert asserted == [fee]
    assert [fact.value for fact in about(entry, today=today).facts] == [fee]


@pytest.mark.parametrize(
    ("entry_status", "form_status", "label"),
    [
        ("confirmed", None, "form"),
        ("unconfirmed", "confirmed", "form"),
        ("confirmed", "unconfirmed", "form_unconfirmed"),
        ("national", None, "form"),
    ],
)
def test_a_form_is_offered_by_a_label_that_promises_no_more_than_is_known(
    entry_status: str, form_status: str | None, label: str
) -> None:
    form = {"service": "ぴったり", "url": "https://myna.go.jp/", "status": form_status, "needs": ["カード"]}
    answer = about(an_entry(status=entry_status, form=form, how={"online": "できます"}), Aspect.ONLINE)
    [link] = [link for link in answer.links if link.role is LinkRole.FORM]
    assert link.url == "https://myna.go.jp/"
    assert link.label == getattr(REAL.phrases.labels, label).format(service="ぴったり")
    assert "カード" in [fact.value for fact in answer.facts]


def test_a_closed_form_is_neither_linked_nor_prepared_for() -> None:
    form = {
        "service": "ぴったり",
        "url": "https://myna.go.jp/",
        "needs": ["カード"],
        "valid_until": YESTERDAY,
    }
    answer = about(an_entry(form=form, how={"online": "できます"}), Aspect.ONLINE)
    assert LinkRole.FORM not in [link.role for link in answer.links]
    assert [fact.value for fact in answer.facts] == ["できます"]


def test_sources_are_few_and_each_is_named_once() -> None:
    def source(name: str) -> dict[str, str]:
        return {"title": name, "checked_on": "2026-11-01"}

    fees = [{"value": f"{n}円", "sources": [source("市の案内"), source(f"案内{n}")]} for n in range(9)]
    answer = about(an_entry(fee=fees), Aspect.FEE)
    titles = [found.title for found in answer.sources]
    assert len(titles) == len(set(titles)) == MAX_SOURCES
    assert "市の案内" in titles


def test_the_sources_of_what_is_asserted_come_before_others() -> None:
    fees = [
        {
            "value": "夜は500円",
            "status": "unconfirmed",
            "sources": [{"title": "うわさ", "checked_on": "2026-11-01"}],
        },
        {"value": "300円", "sources": [{"title": "条例", "checked_on": "2026-11-01"}]},
    ]
    titles = [found.title for found in about(an_entry(fee=fees), Aspect.FEE).sources]
    assert titles == ["条例", "市の案内", "うわさ"]


def test_the_phone_is_the_entry_s_own_then_its_department_s_then_the_city_s() -> None:
    department = an_entry("department", id="roads", title="道路課", phone="0124-22-2222")
    own = an_entry(phone="0124-33-3333", department="roads")
    departments = an_entry(department="roads")
    city = an_entry()
    composer = a_composer(department)

    def dialled(entry: AnyEntry) -> list[str]:
        return [link.url for link in composer.about(entry, Aspect.ABOUT, 1.0).links]

    assert dialled(own) == ["tel:0124-33-3333"]
    assert dialled(departments) == ["tel:0124-22-2222"]
    assert dialled(city) == ["tel:0124-11-1111"]


def test_an_expired_number_is_not_given() -> None:
    entry = an_entry(phone=[{"value": "0124-33-3333", "valid_until": YESTERDAY}])
    assert [link.url for link in about(entry).links] == ["tel:0124-11-1111"]


def test_an_unconfirmed_number_is_marked() -> None:
    answer = about(an_entry(phone={"value": "0124-33-3333", "status": "unconfirmed"}))
    [fact] = answer.facts
    assert (fact.label, fact.status) == (REAL.phrases.labels.phone, Status.UNCONFIRMED)
    assert "0124-33-3333" in fact.value


def test_who_handles_it_is_told_when_it_is_not_the_city() -> None:
    told = about(an_entry(handled_by="北海道")).facts
    assert [(fact.label, fact.value) for fact in told] == [(REAL.phrases.labels.handled_by, "北海道")]
    assert about(an_entry()).facts == ()


def beside(entry: AnyEntry, today: date = TODAY) -> Answer:
    composer = a_composer(entry, today=today)
    return composer.beside(composer.about(entry, Aspect.BRING, 1.0), entry, Aspect.FEE)


def test_a_side_that_was_perhaps_meant_is_told_beside_the_first() -> None:
    fee = {
        "value": "月5000円",
        "status": "unconfirmed",
        "sources": [{"title": "料金表", "checked_on": "2026-11-01"}],
    }
    entry = an_entry(bring=["車検証"], fee=[fee], when=["毎月20日まで"])
    answer = beside(entry)
    assert answer.text == about(entry, Aspect.BRING).text
    assert [(f.value, f.status) for f in answer.facts] == [
        ("車検証", Status.CONFIRMED),
        ("月5000円", Status.UNCONFIRMED),
    ]
    assert "料金表" in {source.title for source in answer.sources}
    assert [choice.label for choice in answer.choices] == [REAL.phrases.labels.aspects[Aspect.DEADLINE]]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"fee": [{"value": "月5000円", "valid_until": YESTERDAY}]},
        {"fee": [{"value": "月5000円", "valid_from": TOMORROW}]},
        {"fee": ["月5000円"], "valid_until": YESTERDAY},
    ],
)
def test_of_a_second_side_only_what_holds_today_is_told(fields: dict[str, object]) -> None:
    entry = an_entry(bring=["車検証"], **fields)
    assert beside(entry) == about(entry, Aspect.BRING)


def test_the_next_questions_leave_out_what_was_just_answered() -> None:
    entry = an_entry(
        fee="300円", bring="印鑑", who="だれでも", when="いつでも", steps="行く", how={"online": "可"}
    )
    answer = about(entry, Aspect.FEE)
    labels = REAL.phrases.labels.aspects
    assert len(answer.choices) <= MAX_CHOICES
    assert labels[Aspect.BRING] in [choice.label for choice in answer.choices]
    assert labels[Aspect.FEE] not in [choice.label for choice in answer.choices]


def test_the_overview_of_a_guide_tells_none_of_its_steps() -> None:
    answer = about(an_entry("guide", short="駐車", steps=[{"id": "go", "do": "行く。"}]))
    assert (answer.text, answer.facts) == ("駐車場を借ります。", ())


def test_choices_are_at_most_four() -> None:
    entries = [an_entry(id=f"e{n}", title=f"手続き{n}") for n in range(9)]
    answer = a_composer().choices(entries, 0.5)
    assert (answer.kind, len(answer.choices)) == (AnswerKind.CHOICES, 4)


@pytest.mark.parametrize("aspect", Aspect)
def test_every_real_entry_can_be_asked_every_aspect(aspect: Aspect) -> None:
    composer = Composer(REAL, TODAY)
    for entry in REAL.entries.values():
        answer = composer.about(entry, aspect, 1.0)
        assert answer.sources
        assert any(link.role is LinkRole.TEL for link in answer.links)
        assert "{" not in answer.text


FACTS = st.lists(
    st.builds(
        Fact,
        value=st.sampled_from(["300円", "500円", "無料"]),
        status=st.none() | STATES,
        valid_from=st.none() | st.dates(YESTERDAY, TOMORROW),
    ).flatmap(
        lambda fact: st.builds(
            lambda days: fact.model_copy(
                update={
                    "valid_until": (fact.valid_from or TODAY) + timedelta(days=days) if days < 3 else None
                }
            ),
            st.integers(0, 3),
        )
    ),
    max_size=4,
)


@given(FACTS, STATES, st.sampled_from([Aspect.FEE, Aspect.ABOUT]))
def test_nothing_unconfirmed_or_expired_is_ever_asserted(
    facts: list[Fact], status: Status, aspect: Aspect
) -> None:
    entry = an_entry(status=status.value)
    assert isinstance(entry, Procedure)
    entry = entry.model_copy(update={"fee": tuple(facts)})
    answer = about(entry, aspect)
    known = [fact for _, fact in facts_of(entry, Aspect.FEE)]
    current = [fact for fact in known if fact.holds_on(TODAY)]
    coming = [fact for fact in known if fact.begins_after(TODAY)] if aspect is Aspect.FEE else []
    shown = [(fact.value, fact.status) for fact in answer.facts]
    assert shown == [(fact.value, fact.status or status) for fact in (*current, *coming)]
    assert sum("から" in fact.label for fact in answer.facts) == len(coming)
    asserted = REAL.phrases.aspect[Aspect.FEE].format(title=entry.title)
    if aspect is Aspect.FEE:
        sure = any((fact.status or status) is not Status.UNCONFIRMED for fact in current)
        assert (answer.text.splitlines()[0] == asserted) == sure
    else:
        told = answer.text.splitlines()[0]
        assert (told == "駐車場を借ります。") == (status is not Status.UNCONFIRMED)
