from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.answer import Answer, AnswerKind, GuideState
from knowledge.entries import Guide
from knowledge.guides import UNSURE
from knowledge.guiding import Guiding, Reply
from knowledge.replies import read_press
from knowledge.walk import Walk
from tests.content import REAL
from tests.knowledge.guided import TODAY, a_guide, buttons, contents, labels, says

CARD = a_guide(
    """
- id: way
  ask: どの方法。
  choices: [{label: スマホ, go: photo}, {label: 郵便, go: write}, {label: 別, guide: guide-b}]
  next: call
- {id: photo, do: 写真をとる。}
- {id: blurred, ask: きれいですか。, choices: [{label: はい, go: wait}, {label: とり直す, go: photo}]}
- {id: write, do: 書く。}
- {id: stamp, do: 切手をはる。, if: {way: 郵便}, next: end}
- {id: call, do: 電話する。, if: {way: [スマホ, 郵便]}}
- {id: wait, do: 待つ。}
"""
)
OTHER = a_guide("- {id: go, do: 行く。}\n", name="guide-b", short="別")
WALK = Walk({guide.id: guide for guide in (CARD, OTHER)})


def walked(*said: str | None, walk: Walk = WALK, guide: str = CARD.id) -> GuideState:
    """After answers, None for a thing done."""
    state = walk.begin(guide)
    for one in said:
        state = walk.forward(state, one)
    return state


def test_a_guide_begins_at_its_first_step_with_nothing_answered() -> None:
    assert WALK.begin(CARD.id) == GuideState(guide=CARD.id, path=("way",))


@pytest.mark.parametrize(
    ("said", "path", "is_done"),
    [
        (("スマホ",), "way photo", False),
        (("スマホ", None), "way photo blurred", False),
        (("スマホ", None, "はい"), "way photo blurred wait", False),
        (("スマホ", None, "はい", None), "way photo blurred wait", True),
        (("郵便", None), "way write stamp", False),
        (("郵便", None, None), "way write stamp", True),  # `next: end` before the last line
        ((UNSURE,), "way call", False),  # unsure goes where `next` says, and meets every condition
        ((UNSURE, None), "way call wait", False),
    ],
)
def test_answers_lead_where_the_guide_says(said: tuple[str | None, ...], path: str, is_done: bool) -> None:
    state = walked(*said)
    assert (" ".join(state.path), state.is_done) == (path, is_done)
    asked = {step for step, one in zip(state.path, said, strict=False) if one}
    assert state.answers.keys() == asked


def test_an_answer_may_jump_to_another_guide_which_begins_anew() -> None:
    assert walked("別") == GuideState(guide=OTHER.id, path=("go",))


def test_a_step_that_does_not_apply_is_passed_over_whatever_follows_it() -> None:
    steps = """
- {id: dog, ask: 犬がいますか。}
- {id: name, do: 名札をつける。, if: {dog: はい}, next: end}
- {id: rabies, do: 注射をする。, if: {dog: はい}}
- {id: last, do: 休む。, if: {dog: [はい, いいえ]}}
"""
    walk = Walk({CARD.id: a_guide(steps)})
    assert walked("いいえ", walk=walk).path == ("dog", "last")
    assert walked("はい", walk=walk).path == ("dog", "name")
    assert walked("はい", None, walk=walk).is_done


def test_when_no_later_step_applies_the_guide_is_over() -> None:
    walk = Walk({CARD.id: a_guide("- {id: dog, ask: 犬。}\n- {id: name, do: 名札。, if: {dog: はい}}\n")})
    assert walked("いいえ", walk=walk).is_done


def test_a_question_that_was_skipped_lets_nothing_through() -> None:
    steps = """
- {id: home, ask: 家ですか。}
- {id: dog, ask: 犬。, if: {home: はい}}
- {id: name, do: 名札。, if: {dog: [はい, いいえ]}}
- {id: last, do: 休む。}
"""
    walk = Walk({CARD.id: a_guide(steps)})
    assert walked("いいえ", walk=walk).path == ("home", "last")
    assert walked(UNSURE, UNSURE, walk=walk).path == ("home", "dog", "name")


def test_a_loop_goes_back_to_where_one_was_and_forgets_what_came_after() -> None:
    assert walked("スマホ", None, "とり直す") == walked("スマホ")
    assert walked("スマホ", *[None, "とり直す"] * 20) == walked("スマホ")


def test_back_is_one_step_back_and_forgets_the_answer_given_there() -> None:
    done = walked("スマホ", None, "はい", None)
    back = [done]
    for _ in range(6):
        back.append(WALK.back(back[-1]))
    assert [" ".join(state.path) for state in back] == [
        "way photo blurred wait",
        "way photo blurred wait",  # from the end to the last step
        "way photo blurred",
        "way photo",
        *["way"] * 3,
    ]
    assert not any(state.is_done for state in back[1:])
    assert [dict(state.answers) for state in back[2:5]] == [{"way": "スマホ"}, {"way": "スマホ"}, {}]


@pytest.mark.parametrize(
    ("number", "path", "answers"),
    [
        (0, "way", {}),
        (1, "way", {}),
        (2, "way photo", {"way": "スマホ"}),
        (4, "way photo blurred wait", {"way": "スマホ", "blurred": "はい"}),
        (99, "way photo blurred wait", {"way": "スマホ", "blurred": "はい"}),
    ],
)
def test_a_guide_can_be_rewound_to_any_step(number: int, path: str, answers: dict[str, str]) -> None:
    state = WALK.rewound(walked("スマホ", None, "はい", None), number)
    assert (" ".join(state.path), dict(state.answers), state.is_done) == (path, answers, False)


def test_unsure_is_counted_anew_at_every_step() -> None:
    state = walked("スマホ").model_copy(update={"unsure": 3})
    assert [WALK.forward(state).unsure, WALK.back(state).unsure] == [0, 0]


def test_a_state_is_held_as_long_as_its_steps_and_answers_are_there() -> None:
    state = walked("スマホ", None, "はい")
    assert WALK.holds(state)

    def changed(**update: object) -> GuideState:
        return state.model_copy(update=update)

    assert not WALK.holds(changed(guide="guide-gone"))
    assert not WALK.holds(changed(path=("way", "gone")))
    assert not WALK.holds(changed(answers={"way": "写真機"}))
    assert WALK.holds(changed(answers={"way": UNSURE}))


def test_a_day_is_held_as_an_answer_to_when() -> None:
    walk = Walk({CARD.id: a_guide("- {id: born, ask: いつ。, answer: date}\n")})
    assert walk.holds(walked("2026-11-20", walk=walk))
    assert walk.holds(walked(UNSURE, walk=walk))


# Every path of every guide there is.


@dataclass(frozen=True)
class Place:
    """Where one may be, as far as it matters for what comes: two ways that meet are one from there on."""

    guide: str
    step: str
    is_done: bool
    shown: frozenset[str]
    answers: frozenset[tuple[str, str]]


def place_of(state: GuideState, guide: Guide) -> Place:
    things = (*guide.steps, *guide.checklist)
    matter = {step for thing in things for step in thing.conditions}
    matter |= {task.by.after for task in guide.checklist if task.by}
    answers = frozenset((step, said) for step, said in state.answers.items() if step in matter)
    return Place(guide.id, state.path[-1], state.is_done, frozenset(state.path), answers)


def replies_at(answer: Answer, guide: Guide) -> Iterator[tuple[str, ...]]:
    """All that can be said to go on: options, 「できた」, a day; 「わからない」 until it counts."""
    assert answer.guide
    step = next(step for step in guide.steps if step.id == answer.guide.path[-1])
    number, words = len(answer.guide.path), REAL.phrases.guide
    for option in step.options:
        yield (says(option.label, number, guide.short),)
    if step.asks_day:
        yield ("11月20日",)
    yield (says(words.next, number, guide.short),) if step.do else ("わからない", "わからない")


def well_said(answer: Answer) -> Answer:
    assert answer.kind is AnswerKind.STEP
    assert answer.text.strip()
    assert "{" not in answer.text
    assert len(labels(answer)) == len(set(labels(answer)))
    assert all(read_press(button, REAL.phrases.guide) for button in buttons(answer))
    return answer


@pytest.mark.parametrize("guide", REAL.guides.values(), ids=lambda guide: guide.id)
def test_every_path_of_a_guide_comes_to_an_end(guide: Guide) -> None:
    guiding, walk = Guiding(REAL, TODAY), Walk(REAL.guides)
    first = guiding.take(Reply(says(REAL.phrases.guide.start, 1, guide.short)))
    assert first
    assert first.guide
    leads: dict[Place, set[Place]] = {}
    ends: set[Place] = set()
    told: set[str] = set()
    waiting = [first]
    while waiting:
        answer = well_said(waiting.pop())
        assert answer.guide
        here = place_of(answer.guide, guide)
        if here in leads:
            continue
        leads[here] = set()
        for replies in replies_at(answer, guide):
            state, then = answer.guide, answer
            for reply in replies:
                found = guiding.take(Reply(reply, state))
                assert found, (here, reply)
                then = well_said(found)
                assert then.guide
                state = then.guide
            assert walk.holds(state)
            if state.guide != guide.id:  # that one is walked by itself
                assert state.path == (REAL.guides[state.guide].steps[0].id,)
                ends.add(here)
            elif state.is_done:
                ends.add(here)
                told |= {fact.value for fact in then.facts}
                assert then.facts or not guide.checklist
            else:
                assert state != answer.guide
                leads[here].add(place_of(state, guide))
                waiting.append(then)
    assert ends
    while more := {here for here, onward in leads.items() if onward & ends} - ends:
        ends |= more
    assert set(leads) == ends
    assert {here.step for here in leads} == {step.id for step in guide.steps}
    assert [task.do for task in guide.checklist if not any(value.startswith(task.do) for value in told)] == []


@pytest.mark.parametrize("guide", REAL.guides.values(), ids=lambda guide: guide.id)
def test_what_nobody_knows_leads_to_an_end_too(guide: Guide) -> None:
    walk = Walk(REAL.guides)
    state = walk.begin(guide.id)
    for _ in range(len(guide.steps)):
        if state.is_done:
            return
        step = walk.step(state)
        state = walk.forward(state, UNSURE if step.ask else None)
    assert state.is_done


# Whatever is pressed.

MOVES = [
    "できた",
    "戻る",
    "わからない",
    "やめる",
    "続きから",
    "初めから",
    "はい",
    "いいえ",
    "11月20日",
    "2月30日",
    "犬",
]
TURNS = st.lists(
    st.tuples(
        st.sampled_from(["last", "last", "any", "any", "words", "words", "forged"]),
        st.integers(0, 10_000),
        st.booleans(),
    ),
    max_size=40,
)
CONTENTS = {"real": REAL, "loops": contents(CARD, OTHER)}


def is_of_a_straight_walk(walk: Walk, state: GuideState) -> bool:
    """Whether somebody who gave the same answers, without going back, would be there too."""
    there = walk.begin(state.guide)
    for step in state.path[1:]:
        there = walk.forward(there, state.answers.get(there.path[-1]))
        if there.path[-1] != step:
            return False
    if state.is_done:
        there = walk.forward(there, state.answers.get(there.path[-1]))
    return (there.path, there.answers, there.is_done) == (state.path, state.answers, state.is_done)


@settings(deadline=None, max_examples=60)
@given(content=st.sampled_from(sorted(CONTENTS)), first=st.integers(0, 100), turns=TURNS)
def test_whatever_is_pressed_one_is_where_a_straight_walk_leads(
    content: str, first: int, turns: list[tuple[str, int, bool]]
) -> None:
    known = CONTENTS[content]
    guiding, walk, guides = Guiding(known, TODAY), Walk(known.guides), list(known.guides.values())
    seen = [says("順番に案内してもらう", 1, guides[first % len(guides)].short)]
    last, state = list(seen), None
    for how, number, is_away in turns:
        text = {
            "last": last[number % len(last)],
            "any": seen[number % len(seen)],
            "words": MOVES[number % len(MOVES)],
            "forged": says(MOVES[number % 7], number % 30, guides[number % len(guides)].short),
        }[how]
        answer = guiding.take(Reply(text, state, is_away=is_away and how == "words"))
        if answer is None:
            continue
        assert answer.guide, text
        state = GuideState.model_validate_json(answer.guide.model_dump_json())
        assert walk.holds(state)
        assert len(set(state.path)) == len(state.path)
        assert is_of_a_straight_walk(walk, state), (text, state)
        last = [choice.says for choice in answer.choices]
        assert last
        seen += last
        assert guiding.goes_on(state) is None or not (state.is_done or state.is_offered)
