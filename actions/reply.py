"""What every turn has in common: a guide under way goes first, and words are made easy on request."""

from __future__ import annotations

from collections.abc import Callable

from actions.position import pressed
from actions.turn import Turn
from knowledge.answer import Answer, AnswerChoice, AnswerKind
from knowledge.easy import wishes_easy
from knowledge.guides import NO, YES
from knowledge.guiding import Reply
from knowledge.replies import Move, read_move
from knowledge.service import Knowledge

_MEANS = {"affirm": YES, "deny": NO}
"""Intents that answer a yes/no question of a guide."""
_CALM = frozenset({"thank", "feedback_good"})
"""Intents of who is helped."""
_TELLS = frozenset({AnswerKind.ANSWER, AnswerKind.CHOICES})


def replies(knowledge: Knowledge, turn: Turn, answer: Callable[[Turn], Answer]) -> list[Answer]:
    """All that is said in one turn; `answer` is asked when the turn is about neither guide nor words."""
    said = _said(knowledge, pressed(turn) if turn.intent == "choose" else turn, answer)
    wish = next((part.easy for part in said if part.easy is not None), turn.is_easy)
    return [knowledge.easy(part) for part in said] if wish else said


def _said(knowledge: Knowledge, turn: Turn, answer: Callable[[Turn], Answer]) -> list[Answer]:
    if thanks := knowledge.feedback(turn.text):
        return [thanks]
    reply = Reply(turn.text, turn.guide, turn.is_away, _MEANS.get(turn.intent))
    is_unsure = read_move(turn.text) is Move.UNSURE
    wish = wishes_easy(turn.text)
    if wish is None and (step := knowledge.guide(reply)):
        gets_easy = is_unsure and turn.guide is not None and turn.guide.unsure > 0
        return [step.model_copy(update={"easy": True})] if gets_easy else [step]
    if is_unsure and knowledge.phrases.easy.button in turn.offered:
        wish = True
    if wish is not None:
        first = _turned(knowledge, turn, easy=wish)
    elif is_unsure:
        first = [*_danger(knowledge, turn), _offer(knowledge)]
    else:
        first = _safe(knowledge, turn, knowledge.asking(answer(turn)))
    step = None if any(part.guide for part in first) else knowledge.after(reply)
    return [*first, step] if step else first


def _safe(knowledge: Knowledge, turn: Turn, said: Answer) -> list[Answer]:
    """`said`; but who was told of a danger is told again before whom to call, and instead of small talk."""
    if said.kind in _TELLS or said.entry or turn.intent in _CALM:
        return [said]
    danger = _danger(knowledge, turn)
    return danger if danger and said.kind is AnswerKind.TALK else [*danger, said]


def _danger(knowledge: Knowledge, turn: Turn) -> list[Answer]:
    """What was said of the danger that the talk is about; nothing when it is about none."""
    danger = knowledge.danger(turn.entry)
    return [knowledge.asking(danger)] if danger else []


def _turned(knowledge: Knowledge, turn: Turn, *, easy: bool) -> list[Answer]:
    """The change, and what was answered last, said again."""
    phrases = knowledge.phrases.easy
    change = Answer(kind=AnswerKind.TALK, text=phrases.on if easy else phrases.off, easy=easy)
    if turn.entry is None or turn.entry not in knowledge.content.entries or turn.guide_goes_on:
        return [change]
    return [change, knowledge.again(turn.entry, turn.asked)]


def _offer(knowledge: Knowledge) -> Answer:
    """To write in easier words, or to reach a person."""
    labels = (knowledge.phrases.easy.button, knowledge.phrases.labels.person)
    choices = tuple(AnswerChoice(label=label, says=label) for label in labels)
    return Answer(kind=AnswerKind.TALK, text=knowledge.phrases.easy.offer, choices=choices)
