"""The sentences that belong to no entry: `content/phrases.yml`, typed so none can be missing.

Placeholders are checked when the file is read: a clerk who drops `{title}` is told so.
"""

from __future__ import annotations

import string
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from knowledge.aspects import Aspect


def _placeholders(text: str) -> set[str]:
    try:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError as error:
        raise ValueError("波かっこ { } の数が合いません") from error


def _needs(*names: str) -> AfterValidator:
    def check(text: str) -> str:
        found, wanted = _placeholders(text), set(names)
        if missing := wanted - found:
            raise ValueError("次の差し込みが必要です: " + " ".join(f"{{{n}}}" for n in sorted(missing)))
        if extra := found - wanted:
            raise ValueError("使えない差し込みです: " + " ".join(f"{{{n}}}" for n in sorted(extra)))
        return text

    return AfterValidator(check)


Text = Annotated[str, Field(min_length=1, max_length=600)]
Plain = Annotated[Text, _needs()]
WithTitle = Annotated[Text, _needs("title")]
WithTitleLabel = Annotated[Text, _needs("title", "label")]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TalkPhrases(_Model):
    """What the bot says when the turn is not about the city's knowledge."""

    greet: Plain
    thank: Plain
    goodbye: Plain
    feedback_good: Plain
    feedback_bad: Plain
    complain: Plain
    out_of_scope: Plain
    bot_help: Plain
    affirm: Plain
    deny: Plain


class HoursPhrases(_Model):
    """Opening hours on one day."""

    open: Annotated[Text, _needs("title", "day", "spans")]
    closed: Annotated[Text, _needs("title", "day")]
    closed_next: Annotated[Text, _needs("title", "day", "next")]
    open_now: Annotated[Text, _needs("title", "spans")]
    closed_now: Annotated[Text, _needs("title", "spans")]
    unknown_day: Annotated[Text, _needs("title", "day")]
    unknown: WithTitle
    which: Plain


class Labels(_Model):
    """Short labels on facts and buttons."""

    aspects: dict[Aspect, Plain]
    hours: Plain
    address: Plain
    phone: Plain
    notes: Plain
    steps: Plain
    window: Plain
    post: Plain
    online: Plain
    handled_by: Plain
    call: Annotated[Text, _needs("name", "number")]
    form: Annotated[Text, _needs("service")]
    form_unconfirmed: Annotated[Text, _needs("service")]
    page: Plain
    person: Plain
    weekdays: Annotated[str, Field(min_length=7, max_length=7)]
    day: Annotated[Text, _needs("month", "day", "weekday")]
    day_holiday: Annotated[Text, _needs("month", "day", "weekday", "holiday")]
    closing_midnight: Plain


class LinePhrases(_Model):
    """How facts and sources read in a plain LINE message."""

    label: Annotated[Text, _needs("label")]
    unconfirmed: Plain
    source: Annotated[Text, _needs("title", "year", "month")]


class WebPhrases(_Model):
    """What the web channel says when it can't take a request."""

    not_found: Plain
    invalid: Plain
    too_large: Plain
    unavailable: Plain


class Phrases(_Model):
    """All of `phrases.yml`."""

    about_unconfirmed: Annotated[Text, _needs("summary")]
    aspect: dict[Aspect, WithTitle]
    aspect_missing: WithTitleLabel
    aspect_unconfirmed: WithTitleLabel
    expired: WithTitle
    choose: Plain
    unknown: Plain
    unknown_topic: Plain
    which_topic: Plain
    mynumber_topic: Plain
    handoff: Plain
    masked: Plain
    too_long: Plain
    empty: Plain
    not_text: Plain
    trouble: Plain
    trouble_answer: Plain
    question_about: Annotated[Text, _needs("title", "label")]
    suggestions: tuple[Plain, ...] = Field(min_length=1, max_length=4)
    office: Annotated[str, Field(pattern=r"^[a-z0-9-]+$", description="代表の窓口（department の id）")]
    labels: Labels
    hours: HoursPhrases
    line: LinePhrases
    talk: TalkPhrases
    web: WebPhrases
