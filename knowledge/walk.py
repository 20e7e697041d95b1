"""Where a resident is in a guide, and where each reply leads. Nothing here is said or stored.

A GuideState is all there is to know: the steps shown so far (the last is the present one) and the
answers given at them. It travels with the Answer that shows the step, so a guide goes on after any
crash and after days, and an old button finds the step it belonged to.
"""

from __future__ import annotations

from collections.abc import Mapping

from knowledge.answer import GuideState
from knowledge.entries import Guide
from knowledge.guides import END, UNSURE, Choice, Step


class Walk:
    """All guides there are, by id. What it is told of must be there: `Guiding` looks first."""

    def __init__(self, guides: Mapping[str, Guide]) -> None:
        self._guides = guides
        self._steps = {guide.id: {step.id: step for step in guide.steps} for guide in guides.values()}

    def begin(self, guide: str) -> GuideState:
        """At the first step, which is asked of everybody."""
        return GuideState(guide=guide, path=(self._guides[guide].steps[0].id,))

    def holds(self, state: GuideState) -> bool:
        """Whether the guide still has all that `state` speaks of; staff may have changed it meanwhile."""
        steps = self._steps.get(state.guide, {})
        return all(step in steps for step in state.path) and all(
            self._is_answer(steps[step], said) for step, said in state.answers.items()
        )

    def step(self, state: GuideState) -> Step:
        """The present step."""
        return self._steps[state.guide][state.path[-1]]

    def forward(self, state: GuideState, said: str | None = None) -> GuideState:
        """After the present step is done, or answered with `said`: an option's label, a day, UNSURE."""
        step = self.step(state)
        choice = next((option for option in step.options if option.label == said), None)
        if choice and choice.guide:
            return self.begin(choice.guide)
        answers = state.answers if said is None else {**state.answers, step.id: said}
        target = self._next(state.guide, step, choice, answers)
        if target is None:
            return state.model_copy(update={"answers": answers, "unsure": 0, "is_done": True})
        if target in state.path:  # back to where one was
            return self.rewound(state, state.path.index(target) + 1)
        return GuideState(guide=state.guide, path=(*state.path, target), answers=answers)

    def back(self, state: GuideState) -> GuideState:
        """One step back; from the end to the last step, at the first step nowhere."""
        return self.rewound(state, len(state.path) - (0 if state.is_done else 1))

    def rewound(self, state: GuideState, number: int) -> GuideState:
        """At step `number` (from 1) of the path again, its answer and the later ones forgotten."""
        path = state.path[: max(number, 1)]
        answers = {step: said for step, said in state.answers.items() if step in path[:-1]}
        return GuideState(guide=state.guide, path=path, answers=answers)

    def _next(self, guide: str, step: Step, choice: Choice | None, answers: Mapping[str, str]) -> str | None:
        """The next step that applies, None at the end; a step that does not apply is passed over."""
        whole = self._guides[guide]
        target = whole.onward(step, choice)
        for _ in whole.steps:
            if target == END:
                return None
            found = self._steps[guide][target]
            if found.applies(answers):
                return target
            target = whole.following(found)
        return None

    @staticmethod
    def _is_answer(step: Step, said: str) -> bool:
        labels = {option.label for option in step.options}
        return said == UNSURE or not labels or said in labels
