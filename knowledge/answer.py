"""The Answer: what an action returns, what every channel renders.

It crosses two process borders (action server → Rasa → channels) as JSON, so it is a
pydantic model validated on both sides; `docs/schemas/answer.schema.json` is generated from it.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class AnswerKind(StrEnum):
    """What sort of reply this is; channels choose the look by it."""

    ANSWER = "answer"
    CHOICES = "choices"
    STEP = "step"
    HANDOFF = "handoff"
    UNKNOWN = "unknown"
    NOTICE = "notice"
    TALK = "talk"


class Status(StrEnum):
    """How sure the city is of a fact (design rule 2)."""

    CONFIRMED = "confirmed"
    NATIONAL = "national"
    UNCONFIRMED = "unconfirmed"


class LinkRole(StrEnum):
    """What following a link does."""

    FORM = "form"
    PAGE = "page"
    MAP = "map"
    TEL = "tel"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AnswerFact(_Part):
    """One labelled fact, e.g. 期限: 15日以内."""

    label: str
    value: str
    status: Status


class AnswerLink(_Part):
    """A button. `url` is http(s), or `tel:` for the role tel."""

    label: str
    url: str = Field(pattern=r"^(https?://|tel:)\S+$")
    role: LinkRole


class AnswerChoice(_Part):
    """A quick reply: the button's `label`, and what choosing it `says` for the resident."""

    label: str
    says: str


class AnswerSource(_Part):
    """Where a fact comes from, and the day somebody last read it there."""

    title: str
    url: str | None = None
    checked_on: date


class GuideState(_Part):
    """Where a resident is in a guide: `path` are the steps shown, the last is the present one.

    `answers` hold what was answered at them (an option's label, a day as 2026-11-20); `unsure` counts
    「わからない」 at the present step. `is_offered` means that an old guide was offered to be taken up.
    """

    guide: str
    path: tuple[str, ...] = Field(min_length=1)
    answers: dict[str, str] = Field(default={})
    unsure: int = Field(default=0, ge=0)
    is_done: bool = False
    is_offered: bool = False

    @property
    def is_under_way(self) -> bool:
        """Whether it goes on by itself: neither over, nor left and offered to be taken up."""
        return not (self.is_done or self.is_offered)


class Verdict(StrEnum):
    """What a resident says of an answer; the last four are why it did not help."""

    SOLVED = "solved"
    UNSOLVED = "unsolved"
    WRONG = "wrong"
    HARD = "hard"
    MISSING = "missing"
    OTHER = "other"


class Feedback(_Part):
    """A verdict on an entry. Nothing in it tells who gave it."""

    entry: str
    verdict: Verdict


class Answer(_Part):
    """A whole reply. `confidence` is 0 to 1; `entry` and `aspect`: what was answered.

    `easy` says that from here on answers are in easy Japanese, or no more; None leaves it as it is.
    `feedback` is what the resident has just said of an earlier answer.
    """

    kind: AnswerKind
    text: str = Field(min_length=1)
    facts: tuple[AnswerFact, ...] = ()
    links: tuple[AnswerLink, ...] = ()
    choices: tuple[AnswerChoice, ...] = ()
    sources: tuple[AnswerSource, ...] = ()
    entry: str | None = None
    aspect: str | None = None
    confidence: float = Field(default=1.0, ge=0.0, le=1.0)
    guide: GuideState | None = None
    easy: bool | None = None
    feedback: Feedback | None = None
