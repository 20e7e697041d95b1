from __future__ import annotations

from knowledge.aspects import Aspect, aspects_known, facts_of
from knowledge.entries import Procedure
from tests.content import REAL

ENTRIES = REAL.entries


def test_the_facts_of_an_aspect_come_with_the_field_they_stand_in() -> None:
    names = {name for name, _ in facts_of(ENTRIES["dog-registration"], Aspect.HOW)}
    assert names == {"steps", "window", "post", "online"}


def test_every_fact_field_of_a_procedure_belongs_to_an_aspect() -> None:
    everything = ENTRIES["dog-registration"]
    assert isinstance(everything, Procedure)
    fields = {name: getattr(everything, name) for name in ("who", "when", "bring", "fee", "steps")}
    answered = {fact for aspect in Aspect for _, fact in facts_of(everything, aspect)}
    assert all(set(facts) <= answered for facts in fields.values())
    assert set(everything.how.window + everything.how.online) <= answered


def test_a_place_has_an_address_to_ask_for_but_no_procedure_to_go_through() -> None:
    museum = ENTRIES["centennial-museum"]
    assert [fact.value for _, fact in facts_of(museum, Aspect.WHERE)] == ["芦別市北4条東1丁目1-3"]
    assert aspects_known(museum) == ()


def test_only_aspects_that_have_a_fact_are_known() -> None:
    for entry in ENTRIES.values():
        assert all(facts_of(entry, aspect) for aspect in aspects_known(entry))
