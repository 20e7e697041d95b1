"""Say where one is in a guide: a step with its buttons, the end, the checklist."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from knowledge.answer import (
    Answer,
    AnswerChoice,
    AnswerFact,
    AnswerKind,
    AnswerLink,
    GuideState,
    LinkRole,
    Status,
)
from knowledge.aspects import Aspect, facts_at, facts_of
from knowledge.compose import Composer
from knowledge.deadline import last_day
from knowledge.entries import AnyEntry, Guide, Procedure
from knowledge.errors import NoSuchDayError
from knowledge.facts import Fact
from knowledge.guides import UNSURE, Step, Task
from knowledge.loader import Content
from knowledge.opening import in_words
from knowledge.replies import Move

_BUTTONS = (Move.BACK, Move.UNSURE, Move.STOP)
_FORM = "form"


@dataclass(frozen=True)
class Due:
    """A task that applies, with the last day that could be counted."""

    task: Task
    entry: AnyEntry | None
    day: date | None


class GuideComposer:
    """Says what guides know on `today`."""

    def __init__(self, content: Content, today: date) -> None:
        self._content = content
        self._phrases = content.phrases.guide
        self._labels = content.phrases.labels
        self._composer = Composer(content, today)
        self._today = today

    def step(self, guide: Guide, step: Step, state: GuideState, before: str = "") -> Answer:
        """The present step; `before` is said first."""
        number = len(state.path)
        text = self._phrases.step.format(short=guide.short, number=number, text=step.text)
        if step.asks_day:
            text = f"{text}\n{self._phrases.which_day}"
        if step.status is Status.UNCONFIRMED:
            text = f"{text}\n{self._phrases.unconfirmed}"
        about = self._content.entries.get(guide.starts_from[0]) if guide.starts_from else guide
        return Answer(
            kind=AnswerKind.STEP,
            text=f"{before}\n{text}" if before else text,
            facts=tuple(self._facts(step)),
            links=tuple(self._links(step)),
            choices=tuple(self._buttons(guide, step, number)),
            entry=about.id if about else guide.id,
            aspect=Aspect.HOW,
            guide=state,
        )

    def help(self, guide: Guide, step: Step, state: GuideState) -> Answer:
        """What to do when one does not know; the second time with whom to ask."""
        answer = self.step(guide, step, state, step.help or self._phrases.no_help)
        if step.help and state.unsure < 2:
            return answer
        return self._referred(answer)

    def _referred(self, answer: Answer) -> Answer:
        """The same Answer, with whom to ask."""
        referred = self._composer.refer(answer.text, AnswerKind.STEP)
        return answer.model_copy(
            update={
                "facts": tuple(dict.fromkeys((*answer.facts, *referred.facts))),
                "links": tuple({link.url: link for link in (*referred.links, *answer.links)}.values()),
                "choices": (*answer.choices, *referred.choices),
            }
        )

    def start(self, guide: Guide) -> tuple[str, tuple[AnswerChoice, ...]]:
        """What is asked first, and the buttons that begin a guide: its first answers where it has any."""
        step = guide.steps[0]
        if step.choices:
            options = (option.label for option in step.options)
            return step.text, tuple(self._button(guide, label, 1) for label in options)
        return "", (self._button(guide, self._phrases.start, 1),)

    def left(self, guide: Guide, state: GuideState, phrase: str) -> Answer:
        """`phrase` of a guide that can be taken up again; said once."""
        offered = state.model_copy(update={"is_offered": True})
        button = self._button(guide, self._label(Move.RESUME), len(state.path))
        text = phrase.format(title=guide.title)
        return Answer(kind=AnswerKind.STEP, text=text, choices=(button,), guide=offered)

    def done(self, guide: Guide, state: GuideState) -> Answer:
        """The end: the checklist where there is one."""
        end = len(state.path) + 1
        buttons = (
            self._button(guide, self._label(Move.BACK), end),
            self._button(guide, self._label(Move.RESTART), end),
        )
        if not guide.checklist:
            text = self._phrases.done.format(title=guide.title)
            return Answer(kind=AnswerKind.STEP, text=text, choices=buttons, guide=state)
        dues = self.dues(guide, state)
        if not dues:
            text = self._phrases.checklist_empty.format(title=guide.title)
            answer = self._composer.refer(text, AnswerKind.STEP)
            return answer.model_copy(update={"choices": (*buttons, *answer.choices), "guide": state})
        overview = self._composer.about(guide, Aspect.ABOUT, 1.0)
        return Answer(
            kind=AnswerKind.STEP,
            text=self._phrases.checklist.format(title=guide.title, count=len(dues)),
            facts=(*self._tasks(dues, state), *self._together(dues), *self._bring(dues)),
            links=(*self._forms(dues), *(link for link in overview.links if link.role is LinkRole.TEL)),
            choices=buttons,
            sources=overview.sources,
            guide=state,
        )

    def dues(self, guide: Guide, state: GuideState) -> list[Due]:
        """The tasks that apply, those with a day first, by day."""
        found = [
            Due(task, self._content.entries.get(task.entry or ""), self._last_day(task, state))
            for task in guide.checklist
            if task.applies(state.answers)
        ]
        return sorted(found, key=lambda due: (due.day is None, due.day or date.max))

    def _last_day(self, task: Task, state: GuideState) -> date | None:
        given = state.answers.get(task.by.after) if task.by else None
        if task.by is None or given in (None, UNSURE):
            return None
        try:
            return last_day(task.by, date.fromisoformat(given or ""))
        except (NoSuchDayError, ValueError):
            return None

    def _tasks(self, dues: Sequence[Due], state: GuideState) -> Iterator[AnswerFact]:
        for due in dues:
            task = due.task
            said = task.do
            if any(state.answers.get(step) == UNSURE for step in task.conditions):
                said = f"{said}{self._phrases.unsure_note}"
            where = self._phrases.at_home if task.at_home else self._where(due.entry)
            value = self._phrases.task.format(do=said, where=where) if where else said
            status = task.status or (due.entry.status if due.entry else Status.NATIONAL)
            yield AnswerFact(label=self._when(due), value=value, status=status)

    def _when(self, due: Due) -> str:
        if due.day is None:
            return due.task.by_words or self._phrases.to_do
        phrase = self._phrases.overdue if due.day < self._today else self._phrases.until
        return phrase.format(day=self.day(due.day))

    def day(self, day: date) -> str:
        """「11月20日（金）」, with the year when it is not this one."""
        words = in_words(day, self._labels)
        return (
            words
            if day.year == self._today.year
            else self._phrases.with_year.format(year=day.year, day=words)
        )

    def _where(self, entry: AnyEntry | None) -> str:
        if entry is None:
            return ""
        return entry.handled_by or self._content.department(entry.department).title

    def _together(self, dues: Sequence[Due]) -> Iterator[AnswerFact]:
        """Counters at which several things can be done in one visit."""
        by_counter: dict[str, list[str]] = defaultdict(list)
        for due in dues:
            if due.entry and not due.entry.handled_by and not due.task.at_home:
                by_counter[self._where(due.entry)].append(due.task.do)
        for where, tasks in by_counter.items():
            if len(tasks) > 1:
                value = self._phrases.together_at.format(where=where, tasks="／".join(tasks))
                yield AnswerFact(label=self._phrases.together, value=value, status=Status.NATIONAL)

    def _bring(self, dues: Sequence[Due]) -> Iterator[AnswerFact]:
        """What to bring, each thing once; what is not known yet is told by the phone number below."""
        seen: set[str] = set()
        for due in dues:
            if not isinstance(due.entry, Procedure) or due.task.at_home:
                continue
            for _, fact in facts_of(due.entry, Aspect.BRING):
                is_known = (fact.status or due.entry.status) is not Status.UNCONFIRMED
                if is_known and fact.holds_on(self._today) and fact.value not in seen:
                    seen.add(fact.value)
                    yield self._fact(self._labels.aspects[Aspect.BRING], due.entry, fact)

    def _forms(self, dues: Sequence[Due]) -> Iterator[AnswerLink]:
        seen: set[str] = set()
        for due in dues:
            for link in self._composer.form_links(due.entry) if due.entry else ():
                if link.url not in seen:
                    seen.add(link.url)
                    yield link

    def _facts(self, step: Step) -> Iterator[AnswerFact]:
        for path in step.facts:
            entry_id, _, field = path.partition(".")
            entry = self._content.entries[entry_id]
            for fact in facts_at(entry, field) if entry.holds_on(self._today) else ():
                if fact.holds_on(self._today):
                    yield self._fact(self._composer.label_of(field), entry, fact)

    def _links(self, step: Step) -> Iterator[AnswerLink]:
        for path in step.facts:
            entry_id, _, field = path.partition(".")
            entry = self._content.entries[entry_id]
            if field == _FORM:
                yield from self._composer.form_links(entry)
            elif field == "phone":
                yield from self._composer.phone_links(entry)

    def _fact(self, label: str, entry: AnyEntry, fact: Fact) -> AnswerFact:
        return AnswerFact(label=label, value=fact.value, status=fact.status or entry.status)

    def _buttons(self, guide: Guide, step: Step, number: int) -> Iterator[AnswerChoice]:
        labels = [option.label for option in step.options]
        if step.do:
            labels.append(self._label(Move.NEXT))
        labels += [self._label(move) for move in _BUTTONS if number > 1 or move is not Move.BACK]
        yield from (self._button(guide, label, number) for label in labels)

    def _button(self, guide: Guide, label: str, number: int) -> AnswerChoice:
        says = self._phrases.says.format(label=label, short=guide.short, number=number)
        return AnswerChoice(label=label, says=says)

    def _label(self, move: Move) -> str:
        return str(getattr(self._phrases, move))
