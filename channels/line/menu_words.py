"""Whether the bot has something to tell who taps a button, before residents tap it.

The same knowledge that answers is asked, without Rasa: it hears what kind of question it is, not of what.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from channels.line.menu import Kind, Menus, Wide
from knowledge.answer import Answer, AnswerKind
from knowledge.easy import wishes_easy
from knowledge.errors import Problem
from knowledge.reading import line_in
from knowledge.service import Knowledge

_TELLS = frozenset({AnswerKind.ANSWER, AnswerKind.CHOICES, AnswerKind.HANDOFF})
_HOURS = re.compile(r"時間|何時|開い|休み")
"""What Rasa hears a question about opening hours by."""
_MOST = 3
"""Choices named."""


def unanswered(menus: Menus, path: Path, knowledge: Knowledge) -> list[Problem]:
    """The taps of the file at `path` that the bot has no answer for."""
    return [
        Problem(
            path.name,
            line_in(path, (*place, "says")),
            f"「{button.says}」に、まどぐちは答えられません。"
            "項目の名前か聞き方に変えてください（uv run knowledge search で確かめられます）",
        )
        for _, place, button in buttons(menus)
        if reply_to(button.says, knowledge) is None
    ]


def buttons(menus: Menus) -> Iterator[tuple[Kind, tuple[str | int, ...], Wide]]:
    """Every button with its menu and its place in the file."""
    for kind in Kind:
        menu = menus.of(kind)
        for number, area in enumerate(menu.areas):
            yield kind, (kind.value, "areas", number), area
        if menu.wide:
            yield kind, (kind.value, "wide"), menu.wide


def reply_to(says: str, knowledge: Knowledge) -> str | None:
    """What is told of when, in few words; None when the bot has nothing to tell."""
    if wishes_easy(says) is not None:
        return knowledge.phrases.easy.button
    answers = [knowledge.urgent(says), knowledge.choose(says)]
    if _HOURS.search(says):
        answers.append(knowledge.hours(says))
    told = (answer for answer in answers if answer and answer.kind in _TELLS)
    return next((_in_short(answer, knowledge) for answer in told), None)


def _in_short(answer: Answer, knowledge: Knowledge) -> str:
    if answer.kind is AnswerKind.HANDOFF:
        return knowledge.phrases.labels.person
    if answer.entry:
        return knowledge.entry(answer.entry).title
    return "？ " + "・".join(choice.label for choice in answer.choices[:_MOST])
