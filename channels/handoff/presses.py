"""The buttons on the way to a person, read back from what pressing them says."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from knowledge.handoff_phrases import HandoffPhrases
from knowledge.opening import in_words
from knowledge.phrases import Labels


class Kind(StrEnum):
    """What a button is for."""

    STOP = "stop"
    MESSAGE = "message"
    SLOT = "slot"
    RATING = "rating"


@dataclass(frozen=True)
class Press:
    """A button that was pressed: a SLOT with its local time, a RATING with 5 for the best to 1."""

    kind: Kind
    due: datetime | None = None
    rating: int | None = None


def moment_in_words(moment: datetime, labels: Labels, now: datetime | None = None) -> str:
    """「12月1日（火）の9時」; on the day of `now` 「今日の9時」."""
    form = labels.clock_minutes if moment.minute else labels.clock
    clock = form.format(hour=moment.hour, minute=f"{moment.minute:02d}")
    if now and moment.date() == now.date():
        return labels.moment_today.format(clock=clock)
    return labels.moment.format(day=in_words(moment.date(), labels), clock=clock)


def read(text: str, phrases: HandoffPhrases, labels: Labels, now: datetime) -> Press | None:
    """The button that says `text`, None when none does; a slot's day is the next one with its name."""
    said = text.strip()
    if said in {phrases.stop, phrases.stop_callback}:
        return Press(Kind.STOP)
    if said == phrases.message:
        return Press(Kind.MESSAGE)
    for rating, label in zip(range(5, 0, -1), phrases.ratings, strict=True):
        if said == phrases.rating_says.format(label=label):
            return Press(Kind.RATING, rating=rating)
    due = _slot(said, phrases, labels, now)
    return Press(Kind.SLOT, due=due) if due else None


def _slot(said: str, phrases: HandoffPhrases, labels: Labels, now: datetime) -> datetime | None:
    found = re.fullmatch(_pattern(phrases.slot, "moment"), said)
    if found is None:
        return None
    numbers = [int(number) for number in re.findall(r"\d+", found["moment"])]
    if not 3 <= len(numbers) <= 4:
        return None
    month, day, hour, minute = [*numbers, 0][:4]
    for year in (now.year, now.year + 1):
        try:
            due = datetime(year, month, day, hour, minute)  # noqa: DTZ001  # local, as in all of knowledge/
        except ValueError:
            continue
        if due.date() >= now.date() and phrases.slot.format(moment=moment_in_words(due, labels)) == said:
            return due
    return None


def _pattern(phrase: str, field: str) -> str:
    """A regular expression for what a phrase with one placeholder says."""
    parts = [
        re.escape(before) + (f"(?P<{field}>.+)" if name else "")
        for before, name, _, _ in string.Formatter().parse(phrase)
    ]
    return "".join(parts)
