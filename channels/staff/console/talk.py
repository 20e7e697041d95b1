"""A talk as the page shows it: every event as a message in words, the bot's with the entry it came from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from channels.core.events import Author, Event
from channels.handoff.presses import read
from channels.staff.console.times import clock
from knowledge.answer import Answer, AnswerKind
from knowledge.aspects import Aspect
from knowledge.loader import Content
from knowledge.phrases import Phrases

_WHO = {Author.RESIDENT: "住民", Author.BOT: "まどぐち（自動）", Author.SYSTEM: "お知らせ"}
_NOT_TEXT = "（文字でないもの：スタンプや写真など）"
_UNSENT = "（住民が取り消しました）"


@dataclass(frozen=True)
class Message:
    """One event. `source` names the entry that was answered, `choices` the buttons that were offered.

    `is_press`: the words came from one of the last buttons; `hidden` names what was masked.
    """

    sequence: int
    author: str
    who: str
    at: str
    text: str
    card: Answer | None
    source: str
    choices: tuple[str, ...]
    is_press: bool
    hidden: tuple[str, ...]


def messages_of(events: Iterable[Event], content: Content, now: datetime) -> tuple[Message, ...]:
    """The messages of a conversation, in order; `now` is the local time."""
    result = []
    offered: frozenset[str] = frozenset()
    for event in events:
        message = _message(event, content, now, offered)
        if event.author != Author.RESIDENT:
            offered = frozenset(_says(event))
        result.append(message)
    return tuple(result)


def last_question(messages: Sequence[Message], phrases: Phrases, now: datetime) -> str:
    """What the resident last asked in words of their own, not the wish for a person; empty for nothing."""
    asked = [
        message.text
        for message, reply in pairwise([*messages, None])
        if message
        and message.author == Author.RESIDENT
        and not (message.is_press or message.text in {_NOT_TEXT, _UNSENT, phrases.labels.person})
        and not (reply and reply.card and reply.card.kind is AnswerKind.HANDOFF)
        and read(message.text, phrases.handoff, phrases.labels, now) is None
    ]
    return asked[-1] if asked else ""


def last_words(messages: Sequence[Message]) -> str:
    """What a clerk last said; empty for nothing."""
    return next((each.text for each in reversed(messages) if each.author == Author.STAFF and each.text), "")


def _message(event: Event, content: Content, now: datetime, offered: frozenset[str]) -> Message:
    body, card = event.body, _card(event)
    said = str(body.get("text") or "") if event.author != Author.BOT else ""
    if event.author == Author.RESIDENT and not said:
        said = _UNSENT if "unsent" in body else _NOT_TEXT
    who = f"{body.get('name', '')}（{body.get('desk', '')}）" if event.author == Author.STAFF else ""
    return Message(
        sequence=event.sequence,
        author=str(event.author),
        who=who or _WHO[Author(event.author)],
        at=clock(event.created_at, now),
        text=said,
        card=card,
        source=_source(card, content) if card else "",
        choices=tuple(choice.label for choice in card.choices) if card else _labels(event),
        is_press=event.author == Author.RESIDENT and said in offered,
        hidden=tuple(body.get("hidden") or ()),
    )


def _card(event: Event) -> Answer | None:
    if event.author == Author.BOT:
        return Answer.model_validate(event.body)
    return Answer.model_validate(event.body["answer"]) if event.body.get("answer") else None


def _source(card: Answer, content: Content) -> str:
    """「転入届：持ち物」."""
    entry = content.entries.get(card.entry or "")
    if entry is None:
        return ""
    aspect = Aspect(card.aspect) if card.aspect and card.aspect in Aspect else Aspect.ABOUT
    return f"{entry.title}：{content.phrases.labels.aspects[aspect]}"


def _says(event: Event) -> list[str]:
    return [str(choice["says"]) for choice in event.body.get("choices") or ()]


def _labels(event: Event) -> tuple[str, ...]:
    return tuple(str(choice["label"]) for choice in event.body.get("choices") or ())
