"""Build Answers from an entry and an aspect, in the words of `phrases.yml`.

Here the second rule of the house is kept: an unconfirmed or expired fact is never
asserted; the answer says so and gives the phone number of who knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from urllib.parse import quote

from knowledge.answer import (
    Answer,
    AnswerChoice,
    AnswerFact,
    AnswerKind,
    AnswerLink,
    AnswerSource,
    LinkRole,
    Status,
)
from knowledge.aspects import Aspect, aspects_known, facts_of
from knowledge.dates import Asked
from knowledge.entries import (
    AnyEntry,
    Department,
    Entry,
    Fact,
    Guide,
    HoursFact,
    PhoneFact,
    Place,
    Procedure,
)
from knowledge.hours import Day, DayState, holiday_name, next_open_day, on_day
from knowledge.loader import Content

MAX_SOURCES = 3
MAX_CHOICES = 4
_OVERVIEW_FACTS = 4
_NOTES = 2
_WAYS = ("window", "post", "online", "steps", "address")


class Composer:
    """Says what `content` knows on `today`; makes no choice of entry."""

    def __init__(self, content: Content, today: date) -> None:
        self._content = content
        self._phrases = content.phrases
        self._labels = content.phrases.labels
        self._today = today

    def about(self, entry: AnyEntry, aspect: Aspect, confidence: float) -> Answer:
        """Answer one aspect of one entry."""
        if not entry.holds_on(self._today):
            return self._answer(
                entry, aspect, self._phrases.expired.format(title=entry.title), (), confidence
            )
        if aspect is Aspect.ABOUT:
            return self._overview(entry, confidence)
        found = [(name, fact) for name, fact in facts_of(entry, aspect) if fact.holds_on(self._today)]
        label = self._labels.aspects[aspect]
        if not found:
            return self._missing(entry, aspect, confidence)
        if all(_status(entry, fact) is Status.UNCONFIRMED for _, fact in found):
            text = self._phrases.aspect_unconfirmed.format(title=entry.title, label=label)
        else:
            text = self._phrases.aspect[aspect].format(title=entry.title)
        facts = [(self._fact_label(name, label), fact) for name, fact in found]
        if aspect is Aspect.ONLINE:
            facts += self._form_needs(entry)
        return self._answer(entry, aspect, text, facts, confidence)

    def _missing(self, entry: AnyEntry, aspect: Aspect, confidence: float) -> Answer:
        """What is not known is said first; then what is."""
        label = self._labels.aspects[aspect]
        overview = self._overview(entry, confidence)
        missing = self._phrases.aspect_missing.format(title=entry.title, label=label)
        return overview.model_copy(update={"text": f"{missing}\n{overview.text}", "aspect": aspect})

    def hours(self, entry: Place | Department, asked: Asked, now: datetime, confidence: float) -> Answer:
        """Say whether `entry` is open on the day asked about."""
        phrases = self._phrases.hours
        if not entry.holds_on(asked.day):
            return self._answer(entry, None, self._phrases.expired.format(title=entry.title), (), confidence)
        current = next((h for h in entry.hours if h.holds_on(asked.day)), None)
        if current is None or _status(entry, current) is Status.UNCONFIRMED:
            text = phrases.unknown.format(title=entry.title)
        else:
            text = self._hours_text(entry, current, asked, now.time())
        facts = [(self._labels.hours, _as_text(current))] if current else []
        notes = self._current(getattr(entry, "notes", ()))
        facts += [(self._labels.notes, fact) for fact in notes[:_NOTES]]
        return self._answer(entry, None, text, facts, confidence)

    def choices(self, entries: Sequence[AnyEntry], confidence: float) -> Answer:
        """Ask which of some entries is meant, a person being the way out."""
        near = (AnswerChoice(label=e.title, says=e.title) for e in entries[: MAX_CHOICES - 1])
        return Answer(
            kind=AnswerKind.CHOICES,
            text=self._phrases.choose,
            choices=(*near, self._person()),
            confidence=confidence,
        )

    def talk(self, text: str, kind: AnswerKind = AnswerKind.TALK) -> Answer:
        """Say a phrase, and what one can ask."""
        suggestions = tuple(AnswerChoice(label=s, says=s) for s in self._phrases.suggestions)
        return Answer(kind=kind, text=text, choices=suggestions)

    def refer(self, text: str, kind: AnswerKind, confidence: float = 1.0) -> Answer:
        """Say a phrase and how to reach the city: by phone, at the counter, or through a person."""
        office = self._content.office
        address = [(self._labels.address, fact) for fact in self._current(office.address)]
        answer = self._answer(office, None, text, address, confidence)
        return answer.model_copy(
            update={
                "kind": kind,
                "entry": None,
                "choices": () if kind is AnswerKind.HANDOFF else (self._person(),),
            }
        )

    def _person(self) -> AnswerChoice:
        return AnswerChoice(label=self._labels.person, says=self._labels.person)

    def _overview(self, entry: AnyEntry, confidence: float) -> Answer:
        text = entry.summary
        if entry.status is Status.UNCONFIRMED:
            text = self._phrases.about_unconfirmed.format(summary=text)
        facts: list[tuple[str, Fact]] = []
        if isinstance(entry, Place | Department):
            facts += [(self._labels.hours, _as_text(hours)) for hours in self._current(entry.hours)]
            facts += [(self._labels.address, fact) for fact in self._current(entry.address)]
        for aspect in (Aspect.DEADLINE, Aspect.FEE):
            label = self._labels.aspects[aspect]
            facts += [(label, fact) for fact in self._current(f for _, f in facts_of(entry, aspect))]
        facts = facts[:_OVERVIEW_FACTS]
        if isinstance(entry, Guide):
            facts += [(self._labels.steps, fact) for fact in self._current(entry.steps)]
        return self._answer(entry, Aspect.ABOUT, text, facts, confidence)

    def _answer(
        self,
        entry: AnyEntry,
        aspect: Aspect | None,
        text: str,
        facts: Sequence[tuple[str, Fact]],
        confidence: float,
    ) -> Answer:
        shown = [
            AnswerFact(label=label, value=fact.value, status=_status(entry, fact)) for label, fact in facts
        ]
        phones = self._phones(entry)
        shown += [
            AnswerFact(label=self._labels.phone, value=f"{name} {phone.value}", status=Status.UNCONFIRMED)
            for name, phone, status in phones
            if status is Status.UNCONFIRMED
        ]
        if entry.handled_by != Entry.model_fields["handled_by"].default:
            shown.append(
                AnswerFact(label=self._labels.handled_by, value=entry.handled_by, status=entry.status)
            )
        return Answer(
            kind=AnswerKind.ANSWER,
            text=text,
            facts=tuple(shown),
            links=(*self._page_links(entry), *self._phone_links(phones)),
            choices=self._next_questions(entry, aspect),
            sources=_sources(entry, [fact for _, fact in facts]),
            entry=entry.id,
            aspect=aspect,
            confidence=confidence,
        )

    def _form_needs(self, entry: AnyEntry) -> list[tuple[str, Fact]]:
        if not isinstance(entry, Procedure) or not entry.form or not entry.form.holds_on(self._today):
            return []
        label = self._labels.aspects[Aspect.BRING]
        return [(label, Fact(value=need, status=entry.form.status)) for need in entry.form.needs]

    def _page_links(self, entry: AnyEntry) -> Iterable[AnswerLink]:
        form = entry.form if isinstance(entry, Procedure) else None
        if form and form.holds_on(self._today) and entry.holds_on(self._today):
            doubtful = (form.status or entry.status) is Status.UNCONFIRMED
            label = self._labels.form_unconfirmed if doubtful else self._labels.form
            yield AnswerLink(label=label.format(service=form.service), url=form.url, role=LinkRole.FORM)
        if entry.page:
            yield AnswerLink(label=self._labels.page, url=entry.page, role=LinkRole.PAGE)

    def _phones(self, entry: AnyEntry) -> list[tuple[str, PhoneFact, Status]]:
        """The entry's own numbers, else its department's, else the city's."""
        own = self._current(getattr(entry, "phone", ()))
        if own:
            return [(entry.title, phone, _status(entry, phone)) for phone in own]
        office = self._content.office_of(entry)
        return [(office.title, phone, _status(office, phone)) for phone in self._current(office.phone)]

    def _phone_links(self, phones: Sequence[tuple[str, PhoneFact, Status]]) -> Iterable[AnswerLink]:
        for name, phone, _ in phones:
            label = self._labels.call.format(name=name, number=phone.value)
            yield AnswerLink(label=label, url=f"tel:{quote(phone.value)}", role=LinkRole.TEL)

    def _next_questions(self, entry: AnyEntry, answered: Aspect | None) -> tuple[AnswerChoice, ...]:
        aspects = [aspect for aspect in aspects_known(entry) if aspect is not answered]
        return tuple(
            AnswerChoice(
                label=self._labels.aspects[aspect],
                says=self._phrases.question_about.format(
                    title=entry.title, label=self._labels.aspects[aspect]
                ),
            )
            for aspect in aspects[:MAX_CHOICES]
        )

    def _hours_text(self, entry: AnyEntry, hours: HoursFact, asked: Asked, now: time) -> str:
        phrases = self._phrases.hours
        day = on_day(hours.value, asked.day)
        names = {"title": entry.title, "day": self._day_name(asked.day)}
        if day.state is DayState.UNKNOWN:
            return phrases.unknown_day.format(**names)
        if day.state is DayState.OPEN:
            spans = self._spans(day)
            if not asked.now:
                return phrases.open.format(spans=spans, **names)
            phrase = phrases.open_now if day.open_at(now) else phrases.closed_now
            return phrase.format(title=entry.title, spans=spans)
        following = next_open_day(hours.value, asked.day)
        if following is None:
            return phrases.closed.format(**names)
        return phrases.closed_next.format(next=self._day_name(following.date), **names)

    def _day_name(self, day: date) -> str:
        names = {"month": day.month, "day": day.day, "weekday": self._labels.weekdays[day.weekday()]}
        if holiday := holiday_name(day):
            return self._labels.day_holiday.format(holiday=holiday, **names)
        return self._labels.day.format(**names)

    def _spans(self, day: Day) -> str:
        def clock(moment: time, *, end: bool = False) -> str:
            if end and moment == time():
                return self._labels.closing_midnight
            return f"{moment.hour}時{moment.minute:02d}分" if moment.minute else f"{moment.hour}時"

        return "、".join(f"{clock(start)}〜{clock(end, end=True)}" for start, end in day.spans)

    def _fact_label(self, name: str, default: str) -> str:
        return str(getattr(self._labels, name)) if name in _WAYS else default

    def _current[F: Fact](self, facts: Iterable[F]) -> list[F]:
        return [fact for fact in facts if fact.holds_on(self._today)]


def _status(entry: Entry, fact: Fact) -> Status:
    return fact.status or entry.status


def _as_text(hours: HoursFact) -> Fact:
    return Fact.model_construct(**{**hours.model_dump(), "value": hours.text, "sources": hours.sources})


def _sources(entry: Entry, facts: Sequence[Fact]) -> tuple[AnswerSource, ...]:
    """What the answer rests on: sources of what it asserts first, each once."""
    asserted = [f for f in facts if _status(entry, f) is not Status.UNCONFIRMED]
    doubtful = [f for f in facts if _status(entry, f) is Status.UNCONFIRMED]
    sources = [
        *(source for fact in asserted for source in fact.sources),
        *entry.sources,
        *(source for fact in doubtful for source in fact.sources),
    ]
    unique = {(s.title, s.url): s for s in sources}
    return tuple(
        AnswerSource(title=s.title, url=s.url, checked_on=s.checked_on)
        for s in list(unique.values())[:MAX_SOURCES]
    )
