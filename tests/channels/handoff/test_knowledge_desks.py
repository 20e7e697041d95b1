"""The desks of a real file, as handoffs ask them."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from channels.handoff.desks import KnowledgeDesks
from knowledge.service import Knowledge
from tests.desks import staffed_content

NOON = datetime.fromisoformat("2026-11-30T12:30")


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeDesks:
    members = {"citizens": ["sato", "ito"], "front": ["kato"]}
    return KnowledgeDesks(Knowledge(staffed_content(tmp_path_factory.mktemp("desks"), members)))


def test_a_department_leads_to_its_desk_and_no_department_to_the_default_one(desks: KnowledgeDesks) -> None:
    assert desks.desk_for("residents") == "citizens"
    assert desks.desk_for(None) == desks.desk_for("no-such") == "front"
    assert desks.title("citizens") == "市民・保険年金の窓口"


def test_a_chain_goes_over_the_substitutes_to_the_default_desk_each_once(desks: KnowledgeDesks) -> None:
    assert desks.chain("citizens") == ("citizens", "front")
    assert desks.chain("front") == ("front",)


def test_who_is_on_duty_and_when_there_is_time(desks: KnowledgeDesks) -> None:
    assert desks.is_open("citizens", NOON)
    assert desks.on_duty("citizens", NOON) == ("sato", "ito")
    free = desks.callback_slots("citizens", NOON, {}, {"sato"}, 2)
    assert free == [NOON + timedelta(hours=1), NOON + timedelta(hours=1, minutes=30)]
    assert desks.callback_slots("citizens", NOON, dict.fromkeys(free, 1), {"sato"}, 1)[0] > free[-1]


def test_a_desk_that_is_given_up_is_never_open_and_leads_to_the_default_one(desks: KnowledgeDesks) -> None:
    assert desks.chain("gone") == ("front",)
    assert desks.title("gone") == "gone"
    assert desks.members("gone") == desks.on_duty("gone", NOON) == ()
    assert not desks.is_open("gone", NOON)
    assert desks.next_opening("gone", NOON) is desks.closes_at("gone", NOON) is None
    assert desks.callback_slots("gone", NOON, {}, {"sato"}) == []


def test_an_edited_file_counts_at_once(tmp_path: Path) -> None:
    content = staffed_content(tmp_path, {"citizens": ["sato"]})
    knowledge = Knowledge(content)
    desks = KnowledgeDesks(knowledge)
    path = content / "desks.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("sato", "ito"), encoding="utf-8")
    knowledge.reload()
    assert desks.members("citizens") == ("ito",)
