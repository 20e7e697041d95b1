"""Guides as residents use them: what they say moves them on, back, out and in again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from knowledge.answer import Answer, GuideState
from knowledge.compose_guide import GuideComposer
from knowledge.entries import Guide
from knowledge.errors import NoSuchDayError
from knowledge.guides import UNSURE
from knowledge.loader import Content
from knowledge.replies import Move, Press, read_answer, read_move, read_press
from knowledge.walk import Walk

_SURELY_UNSURE = 2
"""How often one says 「わからない」 to a question until it is taken for the answer."""


@dataclass(frozen=True)
class Reply:
    """What a resident said to a guide.

    `state` is where they are in one, None when they are in none; with `is_away` that was long ago, and only
    its buttons go on with it. `meant` is what Rasa made of the words, an answer in other words.
    """

    text: str
    state: GuideState | None = None
    is_away: bool = False
    meant: str | None = None


class Guiding:
    """The guides of `content` on `today`."""

    def __init__(self, content: Content, today: date) -> None:
        self._guides = content.guides
        self._called = content.guide_called
        self._phrases = content.phrases.guide
        self._walk = Walk(content.guides)
        self._say = GuideComposer(content, today)
        self._today = today

    def take(self, reply: Reply) -> Answer | None:
        """The next step, None when what was said is nothing to a guide."""
        if press := read_press(reply.text, self._phrases):
            return self._pressed(press, reply.state)
        state = reply.state
        if state is None or state.guide not in self._guides:
            return None
        move = read_move(reply.text)
        if reply.is_away or not state.is_under_way:
            return self._taken_up(move, state)
        if not self._walk.holds(state):
            return None
        return self._told(reply, move, state)

    def goes_on(self, state: GuideState) -> Answer | None:
        """The present step again, after something else was answered; None when the guide is over."""
        guide = self._guides.get(state.guide)
        if guide is None or not state.is_under_way:
            return None
        if not self._walk.holds(state):
            return self._begin(guide, self._phrases.changed)
        return self._show(state, self._phrases.goes_on)

    def offered(self, state: GuideState) -> Answer | None:
        """That an unfinished guide can be taken up again; None when that was said or it is over."""
        guide = self._guides.get(state.guide)
        if guide is None or not state.is_under_way:
            return None
        return self._say.left(guide, state, self._phrases.paused)

    def _pressed(self, press: Press, state: GuideState | None) -> Answer | None:
        guide = self._called.get(press.short)
        if guide is None:
            return None
        if state is None or state.guide != guide.id:
            if press.number > 1 and (present := state and self.goes_on(state)):
                return present
            state = self._walk.begin(guide.id)
            if press.number > 1:
                return self._show(state, self._phrases.changed)
        if not self._walk.holds(state):
            return self._begin(guide, self._phrases.changed)
        state = state.model_copy(update={"is_offered": False})
        move = next((move for move in Move if getattr(self._phrases, move) == press.label), None)
        if move is Move.START:
            return self._begin(guide) if state.is_done else self._show(state)
        last, here = len(state.path), len(state.path) + state.is_done
        if press.number > here or (press.number < here and move in _OF_A_STEP):
            return self._show(state, self._phrases.stale)
        at = self._walk.rewound(state, min(press.number, last)) if press.number < here else state
        if any(option.label == press.label for option in self._walk.step(at).options):
            return self._show(self._walk.forward(at, press.label))
        return self._move(move, state) if move else self._show(state, self._phrases.stale)

    def _told(self, reply: Reply, move: Move | None, state: GuideState) -> Answer | None:
        step = self._walk.step(state)
        try:
            said = read_answer(reply.text, step, self._today)
        except NoSuchDayError:
            return self._show(state, self._phrases.no_such_day)
        if said is None and reply.meant in {option.label for option in step.options}:
            said = reply.meant
        if said and step.ask:
            before = ""
            if step.asks_day:
                before = self._phrases.day_read.format(day=self._say.day(date.fromisoformat(said)))
            return self._show(self._walk.forward(state, said), before)
        return self._move(move, state) if move else None

    def _taken_up(self, move: Move | None, state: GuideState) -> Answer | None:
        """Of a guide that was left only 「続きから」 speaks; 「戻る」, 「初めから」 of one that is over."""
        if move is Move.RESUME or (move in {Move.BACK, Move.RESTART} and state.is_done):
            if not self._walk.holds(state):
                return self._begin(self._guides[state.guide], self._phrases.changed)
            return self._move(move, state.model_copy(update={"is_offered": False}))
        return None

    def _move(self, move: Move, state: GuideState) -> Answer:
        guide, step = self._guides[state.guide], self._walk.step(state)
        match move:
            case Move.NEXT if step.do and not state.is_done:
                return self._show(self._walk.forward(state))
            case Move.BACK:
                return self._show(self._walk.back(state))
            case Move.RESTART:
                return self._begin(guide)
            case Move.STOP:
                return self._say.left(guide, state, self._phrases.stopped)
            case Move.UNSURE if not state.is_done:
                return self._unsure(guide, state)
            case _:
                return self._show(state)

    def _unsure(self, guide: Guide, state: GuideState) -> Answer:
        step = self._walk.step(state)
        again = state.model_copy(update={"unsure": state.unsure + 1})
        if step.ask and again.unsure >= _SURELY_UNSURE:
            return self._show(self._walk.forward(again, UNSURE), self._phrases.taken_as_unsure)
        return self._say.help(guide, step, again)

    def _begin(self, guide: Guide, before: str = "") -> Answer:
        return self._show(self._walk.begin(guide.id), before)

    def _show(self, state: GuideState, before: str = "") -> Answer:
        guide = self._guides[state.guide]
        if state.is_done:
            return self._say.done(guide, state)
        return self._say.step(guide, self._walk.step(state), state, before)


_OF_A_STEP = frozenset({Move.NEXT, Move.BACK, Move.UNSURE})
"""Moves that mean the step their button belongs to, and nothing at a later one."""
