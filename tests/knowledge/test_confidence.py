from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.confidence import FEATURES, Evidence, Logistic, Mode, Verdict, costs, decide, learned

SHARES = st.floats(0, 1)
EVIDENCE = st.builds(
    Evidence,
    **dict.fromkeys(FEATURES, SHARES)
    | {"question": st.floats(-1, 1), "passage": st.floats(-1, 1)}
    | {"lead": st.floats(0, 40), "length": st.floats(0, 7)},
)
NOTHING = Evidence(**dict.fromkeys(FEATURES, 0.0))


def a_model(**weights: float) -> Logistic:
    """A model that minds only some features; the rest has no weight."""
    size = len(FEATURES)
    return Logistic((0.0,) * size, (1.0,) * size, tuple(weights.get(name, 0.0) for name in FEATURES), 0.0)


@pytest.mark.parametrize(
    ("right", "among", "verdict"),
    [
        (1.0, 1.0, Verdict.ANSWER),
        (0.99, 0.99, Verdict.ANSWER),
        (0.5, 0.95, Verdict.OFFER),
        (0.9, 0.99, Verdict.OFFER),
        (0.2, 0.3, Verdict.REFUSE),
        (0.0, 0.0, Verdict.REFUSE),
    ],
)
def test_the_sure_is_answered_the_likely_offered_and_the_rest_refused(
    right: float, among: float, verdict: Verdict
) -> None:
    assert decide(right, among) is verdict


def test_a_wrong_answer_costs_far_more_than_any_other_mistake() -> None:
    told = costs(0.0, 0.0)
    assert told[Verdict.ANSWER] > 3 * told[Verdict.OFFER] > 0
    assert told[Verdict.REFUSE] == 0


def test_refusing_who_could_be_answered_costs_more_than_asking_back() -> None:
    told = costs(0.0, 1.0)
    assert told[Verdict.OFFER] < told[Verdict.REFUSE] < told[Verdict.ANSWER]


def test_a_no_that_is_wrong_costs_no_more_than_a_refusal() -> None:
    assert costs(0.0, 1.0, outside=True)[Verdict.ANSWER] == costs(0.0, 1.0)[Verdict.REFUSE]
    assert decide(0.7, 0.3) is Verdict.REFUSE
    assert decide(0.8, 0.3, outside=True) is Verdict.ANSWER


@given(SHARES, SHARES, SHARES, st.booleans())
def test_what_is_surer_is_never_answered_less(one: float, other: float, among: float, outside: bool) -> None:
    low, high = sorted((one, other))
    if decide(low, among, outside=outside) is Verdict.ANSWER:
        assert decide(high, among, outside=outside) is Verdict.ANSWER
    if decide(high, among, outside=outside) is not Verdict.ANSWER:
        assert decide(low, among, outside=outside) is decide(high, among, outside=outside)


@given(SHARES, SHARES, SHARES)
def test_what_is_likelier_among_the_few_is_never_refused_more(one: float, other: float, right: float) -> None:
    low, high = sorted((one, other))
    if decide(right, low) is not Verdict.REFUSE:
        assert decide(right, high) is not Verdict.REFUSE


@given(SHARES, SHARES, st.booleans())
def test_the_verdict_is_the_cheapest(right: float, among: float, outside: bool) -> None:
    told = costs(right, among, outside=outside)
    assert set(told) == set(Verdict)
    assert told[decide(right, among, outside=outside)] == min(told.values())


def test_a_model_adds_what_speaks_for_and_against() -> None:
    model = a_model(words=2.0, strange=-1.0)
    evidence = replace(NOTHING, words=0.5, strange=1.0, lead=9.0)
    added = model.contributions(evidence)
    assert (added["words"], added["strange"], added["lead"]) == (1.0, -1.0, 0.0)
    assert model.probability(evidence) == 0.5
    assert model.probability(NOTHING) == 0.5


def test_features_count_from_their_mean_in_their_own_deviations() -> None:
    size = len(FEATURES)
    model = Logistic((2.0,) * size, (4.0,) * size, (1.0, *(0.0,) * (size - 1)), math.log(3))
    first = FEATURES[0]
    assert model.contributions(replace(NOTHING, **{first: 6.0}))[first] == 1.0
    assert model.probability(replace(NOTHING, **{first: 2.0})) == pytest.approx(0.75)


@given(EVIDENCE, EVIDENCE)
def test_more_of_what_speaks_for_it_is_never_less_probable(one: Evidence, other: Evidence) -> None:
    model = a_model(words=1.5, alike=0.5, strange=-2.0)
    more = replace(
        one,
        words=max(one.words, other.words),
        alike=max(one.alike, other.alike),
        strange=min(one.strange, other.strange),
    )
    assert model.probability(more) >= model.probability(one)


@pytest.mark.parametrize("mode", Mode)
def test_what_was_learned_fits_what_is_measured(mode: Mode) -> None:
    for model in (learned(mode).right, learned(mode).among):
        assert len(model.means) == len(model.deviations) == len(model.weights) == len(FEATURES)
        assert all(deviation > 0 for deviation in model.deviations)
        assert all(map(math.isfinite, (*model.means, *model.weights, model.bias)))


def test_without_meaning_nearness_in_meaning_has_no_weight() -> None:
    for model in (learned(Mode.LETTERS).right, learned(Mode.LETTERS).among):
        weights = dict(zip(FEATURES, model.weights, strict=True))
        assert (weights["question"], weights["passage"]) == (0, 0)


@pytest.mark.parametrize("mode", Mode)
@given(evidence=EVIDENCE)
def test_what_was_learned_is_a_probability_for_any_evidence(mode: Mode, evidence: Evidence) -> None:
    for model in (learned(mode).right, learned(mode).among):
        assert 0 <= model.probability(evidence) <= 1


@pytest.mark.parametrize("mode", Mode)
def test_the_very_question_of_an_entry_is_surer_than_words_that_nobody_knows(mode: Mode) -> None:
    known = replace(NOTHING, words=1, letters=1, alike=1, lead=8, length=2.3)
    if mode is Mode.MEANING:
        known = replace(known, question=0.95, passage=0.9)
    unknown = replace(known, question=0, passage=0, words=0, letters=0.2, alike=0.1, lead=0.1, strange=1)
    model = learned(mode).right
    assert model.probability(known) > 0.95
    assert model.probability(unknown) < 0.5
    assert model.probability(replace(known, elsewhere=1)) < model.probability(known)
