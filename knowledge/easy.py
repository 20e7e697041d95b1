"""やさしい日本語: answers in the easy words of their entries, with readings behind the kanji."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from knowledge.answer import Answer, AnswerFact
from knowledge.entries import AnyEntry
from knowledge.furigana import with_readings
from knowledge.guides import Step, Task
from knowledge.loader import Content
from knowledge.tokens import normalise

_ON = re.compile(
    r"(?:もっと)?(?:や[さす]しい?(?:く|日本語|にほんご|言葉|ことば)|簡単な?(?:に|言葉)|かんたんに|ふりがな|フリガナ|振り?仮名|ルビ)"
    r"(?:で|に|を|も)?(?:して|書いて|かいて|お?願い|おねがい|教えて|おしえて|説明|せつめい|つけて|付けて|話して)?\S{0,6}"
    r"|漢字が?(?:読め|よめ)\S{0,6}|easy japanese|plain japanese"
)
_OFF = re.compile(
    r"(?:ふつう|普通)の?(?:日本語|言葉|ことば)?(?:で|に)\S{0,8}|(?:ふりがな|やさしい日本語)(?:は|を)?(?:いらない|いりません|やめ|消)\S{0,6}"
)


def wishes_easy(text: str) -> bool | None:
    """Whether `text` asks for easy Japanese (True) or for the usual (False); None when for neither."""
    said = normalise(text).rstrip("。!！")
    if _OFF.fullmatch(said):
        return False
    return True if _ON.fullmatch(said) else None


def with_furigana(answer: Answer, content: Content) -> Answer:
    """The same Answer with readings behind all kanji that are shown; what buttons say stays as it is."""

    def read(text: str) -> str:
        return with_readings(text, content.city.readings)

    return answer.model_copy(
        update={
            "text": read(answer.text),
            "facts": tuple(
                fact.model_copy(update={"label": read(fact.label), "value": read(fact.value)})
                for fact in answer.facts
            ),
            "links": tuple(link.model_copy(update={"label": read(link.label)}) for link in answer.links),
            "choices": tuple(
                choice.model_copy(update={"label": read(choice.label)}) for choice in answer.choices
            ),
        }
    )


class EasyWords:
    """Rewrites Answers of `content` as of `today`; nothing but words changes."""

    def __init__(self, content: Content, today: date) -> None:
        self._content = content
        self._today = today

    def of(self, answer: Answer) -> Answer:
        """The same Answer in easy words where staff have written some, read aloud everywhere."""
        easier = dict(self._easier(answer))
        facts = [
            AnswerFact(label=fact.label, value=self._said(fact.value, easier), status=fact.status)
            for fact in answer.facts
        ]
        return answer.model_copy(update={"text": self._said(answer.text, easier), "facts": tuple(facts)})

    def _easier(self, answer: Answer) -> Iterator[tuple[str, str]]:
        """Texts that the answer may hold, with what stands for them."""
        entry = self._content.entries.get(answer.entry or "")
        if entry and (summary := entry.summary_on(self._today)) and (easy := self._easy_text(entry)):
            yield summary, easy
        guide = self._content.guides.get(answer.guide.guide) if answer.guide else None
        things: list[Step | Task] = [*guide.steps, *guide.checklist] if guide else []
        for thing in things:
            if thing.easy:
                yield thing.text, thing.easy

    def _easy_text(self, entry: AnyEntry) -> str | None:
        return next((text.value for text in entry.easy if text.holds_on(self._today)), None)

    def _said(self, text: str, easier: dict[str, str]) -> str:
        for usual, easy in easier.items():
            text = text.replace(usual, easy)
        return with_readings(text, self._content.city.readings)
