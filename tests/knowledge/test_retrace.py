from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.answer import GuideState
from knowledge.entries import Guide
from knowledge.guides import UNSURE, Step
from knowledge.retrace import retraced
from knowledge.walk import Walk
from tests.content import REAL

GUIDES = REAL.guides
DEATH = GUIDES["guide-death"]


def walked(guide: Guide, data: st.DataObject) -> GuideState:
    """The end of `guide` as a resident reaches it, each question answered in any way."""
    walk = Walk(GUIDES)
    state = walk.begin(guide.id)
    for _ in range(100):
        if state.is_done or state.guide != guide.id:
            return state
        step = walk.step(state)
        state = walk.forward(state, data.draw(replies(step)) if step.ask else None)
    raise AssertionError("no end")


def replies(step: Step) -> st.SearchStrategy[str]:
    if step.asks_day:
        return st.dates().map(date.isoformat) | st.just(UNSURE)
    return st.sampled_from([*(option.label for option in step.options), UNSURE])


@given(st.sampled_from(sorted(GUIDES)), st.data())
@settings(max_examples=300, deadline=None)
def test_the_answers_of_a_guide_lead_to_the_end_they_came_from(name: str, data: st.DataObject) -> None:
    state = walked(GUIDES[name], data)
    if state.guide == name:
        assert retraced(GUIDES[name], state.answers) == state.model_copy(update={"unsure": 0})


def test_a_question_without_an_answer_counts_as_unsure() -> None:
    assert retraced(DEATH, {"pension": "はい"}).answers == {
        "died": UNSURE,
        "notified": UNSURE,
        "insurance": UNSURE,
        "head": UNSURE,
        "pension": "はい",
        "child": UNSURE,
    }


@pytest.mark.parametrize("said", ["2026-02-30", "20261101", "2026-W45-1", "昨日", "", "１"])
def test_what_is_no_day_counts_as_unsure(said: str) -> None:
    assert retraced(DEATH, {"died": said}).answers["died"] == UNSURE


def test_what_is_no_option_counts_as_unsure() -> None:
    assert retraced(DEATH, {"pension": "たぶん"}).answers["pension"] == UNSURE


def test_what_no_step_asks_is_left_out() -> None:
    assert "nowhere" not in retraced(DEATH, {"nowhere": "はい"}).answers


def test_an_option_that_leads_into_another_guide_counts_as_unsure() -> None:
    lost = GUIDES["guide-mynumber-lost"]
    step = next(step for step in lost.steps if any(option.guide for option in step.options))
    said = next(option.label for option in step.options if option.guide)
    state = retraced(lost, {step.id: said})
    assert (state.guide, state.is_done) == ("guide-mynumber-lost", True)
    assert said not in state.answers.values()


def test_answers_that_lead_round_in_a_circle_come_to_an_end() -> None:
    *others, last = DEATH.steps
    circle = DEATH.model_copy(update={"steps": (*others, last.model_copy(update={"next": "died"}))})
    assert retraced(circle, {"pension": "はい"}).is_done
