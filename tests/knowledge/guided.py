"""Guides written in the test that needs them, and a resident who is led by one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pydantic import TypeAdapter
from ruamel.yaml import YAML

from knowledge.answer import Answer, GuideState
from knowledge.canned import CannedReplies
from knowledge.city import City
from knowledge.desks import Desks
from knowledge.entries import AnyEntry, Guide
from knowledge.guides import Step
from knowledge.guiding import Guiding, Reply
from knowledge.loader import ENTRY, Content
from knowledge.phrases import Phrases
from tests.knowledge.handmade import CANNED, DESKS, OFFICE, an_entry, city, phrases

TODAY = date(2026, 11, 23)
"""A Monday, and a holiday."""


def of_yaml(text: str) -> object:
    return YAML(typ="safe").load(text)


PHRASES = TypeAdapter(Phrases).validate_python(of_yaml(phrases()))
WORDS = PHRASES.guide
_CITY = TypeAdapter(City).validate_python(of_yaml(city()))
_DESKS = TypeAdapter(Desks).validate_python(of_yaml(DESKS))
_CANNED = TypeAdapter(CannedReplies).validate_python(of_yaml(CANNED))


def a_guide_file(steps: str, more: str = "", name: str = "guide-a", short: str = "案内") -> str:
    """The YAML of a guide; `steps` begin on line 9."""
    kept = an_entry("guide", name, f"short: {short}\n").replace("questions: [駐車場を借りたい]\n", "")
    return f"{kept}steps:\n{steps}{more}"


def a_guide(steps: str, more: str = "", name: str = "guide-a", short: str = "案内") -> Guide:
    guide = an(a_guide_file(steps, more, name, short))
    assert isinstance(guide, Guide)
    return guide


def an(file: str) -> AnyEntry:
    """The entry in the text of a file."""
    return ENTRY.validate_python(of_yaml(file))


def a_step(yaml: str) -> Step:
    return Step.model_validate(of_yaml(yaml))


def contents(*entries: AnyEntry) -> Content:
    """These entries, an office and the real phrases."""
    known = {entry.id: entry for entry in (an(OFFICE), *entries)}
    return Content(known, PHRASES, _CITY, _DESKS, _CANNED, {})


def says(label: str, number: int, short: str = "案内") -> str:
    """What a button of a guide says for who presses it."""
    return WORDS.says.format(label=label, short=short, number=number)


def labels(answer: Answer) -> list[str]:
    return [choice.label for choice in answer.choices]


def buttons(answer: Answer) -> Iterator[str]:
    """What the buttons of guides say."""
    return (choice.says for choice in answer.choices if "手順" in choice.says)


class Resident:
    """Somebody who talks to guides; remembers where they are as `channels` would."""

    def __init__(self, content: Content, today: date = TODAY) -> None:
        self.guiding = Guiding(content, today)
        self.state: GuideState | None = None

    def say(self, text: str, *, is_away: bool = False, meant: str | None = None) -> Answer | None:
        answer = self.guiding.take(Reply(text, self.state, is_away, meant))
        if answer and answer.guide:
            self.state = answer.guide
        return answer

    def told(self, text: str, *, is_away: bool = False, meant: str | None = None) -> Answer:
        """What a guide answers; it must."""
        answer = self.say(text, is_away=is_away, meant=meant)
        assert answer is not None, text
        return answer

    def press(self, label: str, number: int, short: str = "案内") -> Answer:
        return self.told(says(label, number, short))

    @property
    def here(self) -> str:
        """The id of the present step."""
        return self.at.path[-1]

    @property
    def at(self) -> GuideState:
        assert self.state is not None
        return self.state
