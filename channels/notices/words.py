"""What notices say: `words.yml`, checked when it is read."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated

from ruamel.yaml import YAML

from channels.handoff.rows import Notice
from knowledge.phrase_text import PhraseModel, Plain, Text, needs

WORDS = Path(__file__).parent / "words.yml"


class NoticeWords(PhraseModel):
    """Of notices at once."""

    subject: Annotated[Text, needs("desk", "what")]
    more: Annotated[Text, needs("count")]
    kinds: dict[Notice, Plain]
    promised: Plain
    line: Annotated[Text, needs("desk", "what")]
    waiting: Annotated[Text, needs("moment", "minutes")]
    due: Annotated[Text, needs("moment")]
    claimed: Plain
    urgent: Plain
    others: Annotated[Text, needs("count")]


class DigestWords(PhraseModel):
    """Of the mail once a day."""

    subject: Annotated[Text, needs("day")]
    period: Annotated[Text, needs("first", "last")]
    period_of_a_day: Annotated[Text, needs("first")]
    desk: Annotated[Text, needs("desk")]
    wishes: Annotated[Text, needs("wishes", "answered")]
    waits: Annotated[Text, needs("minutes")]
    open: Annotated[Text, needs("count", "messages")]
    callbacks: Annotated[Text, needs("count", "clocks")]
    no_callbacks: Plain
    unsolved: Plain
    unsolved_line: Annotated[Text, needs("title", "count")]
    expiring: Plain
    expiring_line: Annotated[Text, needs("title", "until")]


class StaffWords(PhraseModel):
    """All of `words.yml`."""

    notice: NoticeWords
    digest: DigestWords
    foot: Plain


@cache
def staff_words() -> StaffWords:
    """Read once."""
    return StaffWords.model_validate(YAML(typ="safe").load(WORDS.read_text(encoding="utf-8")))
