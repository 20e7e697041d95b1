"""Build Answers from an entry and an aspect, in the words of `phrases.yml`.

Here the second rule of the house is kept: an unconfirmed or expired fact is never
asserted; the answer says so and gives the phone number of who knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
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
from knowledge.aspects import Aspect, aspects_known, facts_of, fields_of
from knowledge.entries import AnyEntry, Department, Entry, Faq, Outside, Place, Procedure, run_out
from knowledge.facts import Fact, HoursFact, PhoneFact, Source
from knowledge.loader import Content
from knowledge.opening import OpeningWords
from knowledge.tokens import normalise
from knowledge.when import Asked

MAX_SOURCES = 3
MAX_CHOICES = 4
_OVERVIEW_FACTS = 8
_NOTES = 2
_REFERRED = frozenset({Aspect.STATUS, Aspect.PHONE})
"""Asked of people, whatever facts there are: how far a case is, whom to call."""
_OF_PROCEDURES = frozenset({Aspect.HOW, Aspect.STATUS, Aspect.TAKES})
"""Sides that a Faq does not have: nobody applies for it, and its overview says what to do."""
_MAP = "https://www.google.com/maps/search/?api=1&query="
"""Opens a map of a place in whatever map a resident has (Google, Maps URLs)."""
_TIMED = (Aspect.WHERE, Aspect.DEADLINE, Aspect.HOW)
"""Sides of a procedure that may tell its own times (a polling place, a machine in a shop)."""
_CLOCK = re.compile(r"\d(?:時(?!間)|:\d\d)")
_WAYS = ("window", "post", "online", "steps", "address")


class Composer:
    """Says what `content` knows on `today`; makes no choice of entry."""

    def __init__(self, content: Content, today: date) -> None:
        self._content = content
        self._phrases = content.phrases
        self._labels = content.phrases.labels
        self._today = today

    def about(self, entry: AnyEntry, aspect: Aspect, confidence: float) -> Answer:
        """Answer one aspect of one entry; of what is outside, whatever is asked, that it is."""
        if isinstance(entry, Outside):
            overview = self._overview(entry, confidence)
            return overview.model_copy(update={"kind": AnswerKind.UNKNOWN, "choices": (self._person(),)})
        if not entry.holds_on(self._today):
            return self._outside(entry, self._today, confidence)
        is_told_whole = isinstance(entry, Faq) and (entry.danger or aspect in _OF_PROCEDURES)
        if aspect is Aspect.ABOUT or is_told_whole:
            return self._overview(entry, confidence)
        known = facts_of(entry, aspect)
        current = [(name, fact) for name, fact in known if fact.holds_on(self._today)]
        label = self._labels.aspects[aspect]
        coming = [(name, fact) for name, fact in known if fact.begins_after(self._today)]
        if aspect in _REFERRED:
            text = self._ask(entry, self._phrases.aspect[aspect])
        elif not current and not coming:
            return self._missing(entry, aspect, confidence)
        elif not current:
            text = self._ask(entry, self._phrases.aspect_not_yet, label=label)
        elif all(_status(entry, fact) is Status.UNCONFIRMED for _, fact in current):
            text = self._ask(entry, self._phrases.aspect_unconfirmed, label=label, facts=current)
        else:
            text = self._phrases.aspect[aspect].format(title=entry.title)
        ended = [dated for _, dated in run_out(entry, self._today)]
        if current and any(fact is dated for dated in ended for _, fact in known):
            text = f"{text}\n{self._ask(entry, self._phrases.aspect_partly_expired)}"
        facts = [(self._fact_label(name, label), fact) for name, fact in current]
        facts += [(self._from_day(self._fact_label(name, label), fact), fact) for name, fact in coming]
        if aspect is Aspect.ONLINE:
            facts += self._form_needs(entry)
        return self._answer(entry, aspect, text, facts, confidence)

    def beside(self, answer: Answer, entry: AnyEntry, aspect: Aspect) -> Answer:
        """`answer` about `entry`, with what holds today of a second side that was perhaps meant."""
        known = [(name, fact) for name, fact in facts_of(entry, aspect) if fact.holds_on(self._today)]
        if not known or not entry.holds_on(self._today) or answer.kind is not AnswerKind.ANSWER:
            return answer
        label = self._labels.aspects[aspect]
        shown = (
            AnswerFact(label=self._fact_label(name, label), value=fact.value, status=_status(entry, fact))
            for name, fact in known
        )
        sources = (*answer.sources, *_sources(entry, [fact for _, fact in known]))
        asks = self._question(entry, aspect)
        return answer.model_copy(
            update={
                "facts": tuple(dict.fromkeys((*answer.facts, *shown))),
                "sources": tuple(dict.fromkeys(sources))[:MAX_SOURCES],
                "choices": tuple(choice for choice in answer.choices if choice.says != asks),
            }
        )

    def _missing(self, entry: AnyEntry, aspect: Aspect, confidence: float) -> Answer:
        """What is not known, or known no more, is said first; then what is.

        A Faq may have it in its overview (「ごみの日いつ」), which then goes first.
        """
        overview = self._overview(entry, confidence, said=aspect)
        label = self._labels.aspects[aspect]
        if no_more := self._no_more(entry, aspect):
            text = f"{no_more}\n{overview.text}"
        elif isinstance(entry, Faq):
            text = f"{overview.text}\n{self._ask(entry, self._phrases.aspect_beyond, label=label)}"
        else:
            text = f"{self._ask(entry, self._phrases.aspect_missing, label=label)}\n{overview.text}"
        return overview.model_copy(update={"text": text, "aspect": aspect})

    def _no_more(self, entry: AnyEntry, aspect: Aspect) -> str | None:
        """That all of an aspect has expired, and since when; None when it has not."""
        facts = facts_of(entry, aspect)
        ends = [fact.valid_until for _, fact in facts if fact.valid_until]
        if not facts or not all(fact.ended_before(self._today) for _, fact in facts):
            return None
        label = self._labels.aspects[aspect]
        return self._ask(entry, self._phrases.aspect_expired, label=label, day=max(ends))

    def _outside(self, entry: AnyEntry, day: date, confidence: float) -> Answer:
        """An entry that is not valid on `day`: since or until when, and nothing else of it."""
        if entry.valid_from and entry.begins_after(day):
            text = self._ask(entry, self._phrases.not_yet, day=entry.valid_from)
        else:
            text = self._ask(entry, self._phrases.expired)
        answer = self._answer(entry, None, text, (), confidence)
        facts = tuple(fact for fact in answer.facts if fact.label == self._labels.phone)
        return answer.model_copy(update={"facts": facts, "choices": ()})

    def _ask(
        self,
        entry: AnyEntry,
        phrase: str,
        *,
        label: str = "",
        day: date | None = None,
        facts: Sequence[tuple[str, Fact]] = (),
    ) -> str:
        """A phrase that sends people to the phone, with the counter to ask for there."""
        text = phrase.format(title=entry.title, label=label, day=self._long_day(day) if day else "")
        who = self._who_knows(entry, [fact for _, fact in facts])
        if who is self._content.office or self._current(getattr(entry, "phone", ())):
            return text
        return f"{text}\n{self._phrases.ask_for.format(department=who.title)}"

    def _who_knows(self, entry: AnyEntry, facts: Sequence[Fact]) -> Department:
        """The department of the first fact that names one, else the entry's, else the city's office."""
        named = next((fact.department for fact in facts if fact.department), None)
        return self._content.department(named or entry.department)

    def _long_day(self, day: date) -> str:
        return self._labels.long_day.format(year=day.year, month=day.month, day=day.day)

    def _from_day(self, label: str, fact: Fact) -> str:
        return self._labels.from_day.format(label=label, day=self._long_day(fact.valid_from or self._today))

    def hours(self, entry: Place | Department, asked: Asked, now: datetime, confidence: float) -> Answer:
        """Say whether `entry` is open when it is asked about."""
        if not any(entry.holds_on(day) for day in asked.days):
            return self._outside(entry, asked.days[0], confidence)
        words = OpeningWords(self._phrases, entry, now)
        hours = entry.hours_on(asked.days[0])
        facts = [(self._labels.hours, _as_text(hours))] if hours else []
        notes = self._current(getattr(entry, "notes", ()))
        facts += [(self._labels.notes, fact) for fact in notes[:_NOTES]]
        answer = self._answer(entry, None, words.text(asked), facts, confidence)
        special = [day for day in entry.special_days if any(day.covers(d) for d in asked.days)]
        sources = (*_as_answered(s for day in special for s in day.sources), *answer.sources)
        shown = (*words.rows(asked), *answer.facts)
        return answer.model_copy(update={"facts": shown, "sources": sources[:MAX_SOURCES]})

    def own_hours(self, entry: Procedure, confidence: float) -> Answer | None:
        """The times of day that the facts of `entry` name, None when they name none today."""
        facts = {
            fact: (self._fact_label(name, self._labels.hours), fact)
            for aspect in _TIMED
            for name, fact in facts_of(entry, aspect)
            if fact.holds_on(self._today) and _CLOCK.search(normalise(fact.value))
        }
        told = tuple(facts.values())
        if not told or not entry.holds_on(self._today):
            return None
        if all(_status(entry, fact) is Status.UNCONFIRMED for _, fact in told):
            text = self._ask(entry, self._phrases.aspect_unconfirmed, label=self._labels.hours, facts=told)
        else:
            text = self._phrases.hours.own.format(title=entry.title)
        return self._answer(entry, None, text, told, confidence)

    def choices(
        self, entries: Sequence[AnyEntry], confidence: float, aspect: Aspect = Aspect.ABOUT
    ) -> Answer:
        """Ask of which entry `aspect` is wanted, a person being the way out."""
        near = (
            AnswerChoice(label=e.title, says=self._question(e, aspect)) for e in entries[: MAX_CHOICES - 1]
        )
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

    def _overview(self, entry: AnyEntry, confidence: float, said: Aspect | None = None) -> Answer:
        """The short answer and what is asked most; of the aspect `said` the caller has told the end."""
        text = entry.summary_on(self._today)
        if text is None:
            text = self._ask(entry, self._phrases.about_expired)
        elif entry.status is Status.UNCONFIRMED:
            text = self._phrases.about_unconfirmed.format(summary=text)
        facts: list[tuple[str, Fact]] = []
        if isinstance(entry, Place | Department):
            facts += [(self._labels.hours, _as_text(hours)) for hours in self._current(entry.hours)]
            facts += [(self._labels.address, fact) for fact in self._current(entry.address)]
        for aspect in (Aspect.DEADLINE, Aspect.FEE):
            label = self._labels.aspects[aspect]
            if aspect is not said and (no_more := self._no_more(entry, aspect)):
                text = f"{text}\n{no_more}"
            facts += [(label, fact) for fact in self._current(f for _, f in facts_of(entry, aspect))]
        facts = facts[:_OVERVIEW_FACTS]
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
        phones = self._phones(entry, [fact for _, fact in facts])
        shown += [
            AnswerFact(label=self._labels.phone, value=f"{name} {phone.value}", status=Status.UNCONFIRMED)
            for name, phone, status in phones
            if status is Status.UNCONFIRMED
        ]
        if entry.handled_by:
            shown.append(
                AnswerFact(label=self._labels.handled_by, value=entry.handled_by, status=entry.status)
            )
        return Answer(
            kind=AnswerKind.ANSWER,
            text=text,
            facts=tuple(shown),
            links=(*self._page_links(entry), *self._map_links(entry), *self._phone_links(phones)),
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

    def form_links(self, entry: AnyEntry) -> Iterator[AnswerLink]:
        """The button to the entry's online form, while both are valid."""
        form = entry.form if isinstance(entry, Procedure) else None
        if form and form.holds_on(self._today) and entry.holds_on(self._today):
            doubtful = (form.status or entry.status) is Status.UNCONFIRMED
            label = self._labels.form_unconfirmed if doubtful else self._labels.form
            yield AnswerLink(label=label.format(service=form.service), url=form.url, role=LinkRole.FORM)

    def phone_links(self, entry: AnyEntry) -> Iterable[AnswerLink]:
        """Whom to call about `entry`."""
        return self._phone_links(self._phones(entry, ()))

    def _page_links(self, entry: AnyEntry) -> Iterator[AnswerLink]:
        yield from self.form_links(entry)
        for page in self._current(entry.page):
            doubtful = page.status is Status.UNCONFIRMED
            label = self._labels.page_unconfirmed if doubtful else self._labels.page
            yield AnswerLink(label=label, url=page.value, role=LinkRole.PAGE)

    def _map_links(self, entry: AnyEntry) -> Iterator[AnswerLink]:
        """A map of where a place or counter is: found by its name where the address is not sure."""
        addresses = self._current(entry.address) if isinstance(entry, Place | Department) else []
        if addresses:
            is_sure = _status(entry, addresses[0]) is Status.CONFIRMED
            where = addresses[0].value if is_sure else self._content.city.name
            url = f"{_MAP}{quote(f'{entry.title} {where}')}"
            yield AnswerLink(label=self._labels.map, url=url, role=LinkRole.MAP)

    def _phones(self, entry: AnyEntry, facts: Sequence[Fact]) -> list[tuple[str, PhoneFact, Status]]:
        """The entry's own numbers, else those of the department that knows, else the city's."""
        for owner in (entry, self._who_knows(entry, facts), self._content.office):
            if own := self._current(getattr(owner, "phone", ())):
                return [(owner.title, phone, _status(owner, phone)) for phone in own]
        return []

    def _phone_links(self, phones: Sequence[tuple[str, PhoneFact, Status]]) -> Iterable[AnswerLink]:
        for name, phone, _ in phones:
            label = self._labels.call.format(name=name, number=phone.value)
            yield AnswerLink(label=label, url=f"tel:{quote(phone.value)}", role=LinkRole.TEL)

    def _next_questions(self, entry: AnyEntry, answered: Aspect | None) -> tuple[AnswerChoice, ...]:
        aspects = [aspect for aspect in aspects_known(entry) if aspect is not answered]
        return tuple(
            AnswerChoice(label=self._labels.aspects[aspect], says=self._question(entry, aspect))
            for aspect in aspects[:MAX_CHOICES]
        )

    def _question(self, entry: AnyEntry, aspect: Aspect) -> str:
        """What asks for `aspect` of `entry` and nothing else."""
        if aspect is Aspect.ABOUT:
            return entry.title
        return self._phrases.question_about.format(title=entry.title, label=self._labels.aspects[aspect])

    def label_of(self, field: str) -> str:
        """How a field of facts is called (`fee`, `how.post`)."""
        name = field.rpartition(".")[2]
        aspect = next((a for a in Aspect if a is not Aspect.ABOUT and field in fields_of(a)), None)
        default = self._labels.aspects[aspect] if aspect else str(getattr(self._labels, name, ""))
        return self._fact_label(name, default or self._labels.notes)

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
    return tuple(_as_answered(list(unique.values())[:MAX_SOURCES]))


def _as_answered(sources: Iterable[Source]) -> Iterable[AnswerSource]:
    return (AnswerSource(title=s.title, url=s.url, checked_on=s.checked_on) for s in sources)
