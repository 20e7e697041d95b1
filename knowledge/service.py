"""The knowledge base as its users see it: one object that answers questions and stays fresh.

A `Knowledge` holds the last good snapshot of `content/`. When a file changes it is read
again; a broken file keeps the last good snapshot and `problems` says why. Vectors are made when
there are none yet, in the background; until then, and without an encoder, search goes by the letter.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import structlog
import watchfiles
from numpy.typing import NDArray

from knowledge import tokens
from knowledge.answer import Answer, AnswerChoice, AnswerKind
from knowledge.aspects import Aspect
from knowledge.compose import Composer
from knowledge.compose_guide import GuideComposer
from knowledge.context import Before, Meant, has_topic, meant
from knowledge.easy import EasyWords
from knowledge.entries import AnyEntry, Department, Faq, Place, Procedure
from knowledge.errors import ContentError, NoSuchDayError, Problem, UnknownEntryError
from knowledge.feedback import FeedbackWords
from knowledge.guiding import Guiding, Reply
from knowledge.loader import CONTENT, Content, Loader
from knowledge.phrases import Phrases
from knowledge.places import is_of_another_town
from knowledge.replies import read_press
from knowledge.retrace import retraced
from knowledge.search import Ranking, SearchIndex, texts_to_encode
from knowledge.snapshot import Snapshot
from knowledge.urgent import urgent
from knowledge.vectors import VectorStore
from knowledge.when import Asked, read_when, without_when

log = structlog.get_logger(__name__)

_QUIET = 150
"""Milliseconds without a change before the folder is read: an editor saves in several steps."""
_RUSH = 1000
"""Milliseconds after which it is read though changes go on."""
_GUIDED = frozenset({Aspect.ABOUT, Aspect.HOW})
"""What is asked by who may want to be led through it."""
_MOST_CHOICES = 8
ASHIBETSU = ZoneInfo("Asia/Tokyo")


def local_now() -> datetime:
    """The time in 芦別市, without a zone: content speaks of local days."""
    return datetime.now(ASHIBETSU).replace(tzinfo=None)


class Knowledge:
    """Answers from `root`. Methods read one snapshot each and may be called from any thread."""

    def __init__(
        self,
        root: Path = CONTENT,
        now: Callable[[], datetime] = local_now,
        vectors: VectorStore | None = None,
    ) -> None:
        """Searches by meaning with `vectors`. Raises ContentError without a good snapshot to begin with."""
        self._root = root
        self._now = now
        self._loader = Loader(root)
        self._vectors = vectors
        content = self._loader.load()
        self._is_behind = vectors is not None and not vectors.has(texts_to_encode(content.searched))
        self._snapshot = Snapshot.of(content, None if self._is_behind else vectors)
        self.problems: tuple[Problem, ...] = ()
        self._stop = threading.Event()
        self._reloading = threading.Lock()

    @property
    def phrases(self) -> Phrases:
        return self._snapshot.content.phrases

    @property
    def content(self) -> Content:
        return self._snapshot.content

    def reload(self) -> None:
        """Read `root` again; on a mistake keep the last good snapshot and say why."""
        with self._reloading:
            try:
                self._snapshot = Snapshot.of(self._loader.load(), self._vectors, self._snapshot)
            except ContentError as error:
                self.problems = error.problems
                for problem in error.problems:
                    log.error("knowledge_broken", file=problem.path, line=problem.line, why=problem.message)
            else:
                self.problems = ()
                log.info("knowledge_reloaded", entries=len(self._snapshot.content.entries))

    def watch(self) -> None:
        """Make vectors that are missing, then reload on every change below `root`, until `close`.

        In background threads.
        """
        threading.Thread(target=self._watch, name="knowledge-watch", daemon=True).start()
        if self._is_behind:
            threading.Thread(target=self._reload_safely, name="knowledge-vectors", daemon=True).start()

    def close(self) -> None:
        """Stop watching."""
        self._stop.set()

    def _watch(self) -> None:
        for _ in watchfiles.watch(self._root, stop_event=self._stop, debounce=_RUSH, step=_QUIET):
            self._reload_safely()

    def _reload_safely(self) -> None:
        try:
            self.reload()
        except Exception as error:  # a bug must not end the watch: the next save may be read well
            log.exception("knowledge_reload_failed", why=type(error).__name__)

    def hear(self, text: str, encoder: str, vector: NDArray[np.floating]) -> None:
        """Take a question's vector from Rasa, which has encoded it for its own use."""
        if self._vectors:
            self._vectors.hear(text, encoder, vector)

    def urgent(self, text: str) -> Answer | None:
        """The answer that goes before anything else (design rule 7), None when life is not at risk.

        A button of ours is no cry for help, whatever is written on it.
        """
        snapshot = self._snapshot
        entry = urgent(text, snapshot.urgent)
        if entry is None or self._is_button(snapshot.content, text):
            return None
        return self._composer(snapshot).about(snapshot.content.entries[entry], Aspect.ABOUT, 1.0)

    @staticmethod
    def _is_button(content: Content, text: str) -> bool:
        press = read_press(text, content.phrases.guide)
        is_step = press is not None and press.short in content.guide_called
        return is_step or FeedbackWords(content).pressed(text) is not None

    def is_urgent(self, text: str) -> bool:
        """Whether a life may be at risk."""
        return self.urgent(text) is not None

    def answer(
        self,
        text: str,
        aspect: Aspect = Aspect.ABOUT,
        *,
        besides: Aspect | None = None,
        last: str | None = None,
        said: Sequence[str] = (),
        among: Sequence[str] = (),
        denied: str | None = None,
    ) -> Answer:
        """Answer a question about `aspect`, and of `besides`, which is perhaps meant, what is known.

        `last` is the entry answered before and `said` what the resident has said since asking for it;
        `among` are the buttons of the last reply when it asked to choose. `denied` is the entry that is not
        meant, unless the question calls it by name.
        """
        snapshot = self._snapshot
        composer = self._composer(snapshot)
        if pressed := snapshot.pressed(text):
            entry, its = pressed
            return self._about(snapshot, entry, its or aspect, 1.0)
        ranking = _search(snapshot.index, text, denied)
        if elsewhere := _of_another_town(text, snapshot.content, ranking):
            return composer.about(elsewhere, aspect, 1.0)
        found = meant(text, aspect, ranking, self._before(snapshot, last, said, among), snapshot.index.search)
        if found.entry:
            return self._about(snapshot, found.entry, aspect, found.confidence, besides)
        return self._undecided(composer, text, aspect, found)

    def sure(self, text: str, *, named: bool = False) -> Answer | None:
        """The overview of the one entry that `text` is surely about.

        If `named` must be, the text calls it by name, or it is one of danger: who is in danger names nothing.
        """
        snapshot = self._snapshot
        ranking = snapshot.index.search(text)
        if not has_topic(text, ranking) or not (sure := ranking.sure):
            return None
        if named and not (sure.named or _is_danger(sure.entry)):
            return None
        return self._about(snapshot, sure.entry, Aspect.ABOUT, ranking.right)

    def hours(self, text: str, *, last: str | None = None, among: Sequence[str] = ()) -> Answer:
        """Answer whether a place is open when `text` says, today when it names no time.

        `last` and `among` as in `answer`.
        """
        snapshot, now = self._snapshot, self._now()
        composer = self._composer(snapshot)
        try:
            asked = read_when(text, now.date()) or Asked((now.date(),))
        except NoSuchDayError:
            return composer.talk(self.phrases.hours.no_such_day)
        place = without_when(text)
        ranking = snapshot.index.search(place, accept=_has_hours)
        if (sure := ranking.sure) and isinstance(sure.entry, Place | Department):
            return composer.hours(sure.entry, asked, now, ranking.right)
        before = self._before(snapshot, last, (), among)
        if before.choices and not tokens.words(place):
            return composer.choices(before.choices, 1.0)
        if before.entry and not tokens.words(place):
            return self._hours_of(composer, before.entry, asked, now, 1.0)
        if not tokens.words(place):
            return composer.talk(self.phrases.hours.which)
        anything = snapshot.index.search(place)
        if sure := anything.sure:
            return self._hours_of(composer, sure.entry, asked, now, anything.right)
        if ranking.offered:
            return composer.choices(ranking.offered, ranking.among)
        return self.answer(text, last=last, among=among)

    def _hours_of(
        self, composer: Composer, entry: AnyEntry, asked: Asked, now: datetime, confidence: float
    ) -> Answer:
        """When a place is open; a procedure's own times, else its counter's; of the rest, what is known."""
        if isinstance(entry, Place | Department):
            return composer.hours(entry, asked, now, confidence)
        if isinstance(entry, Procedure) and (own := composer.own_hours(entry, confidence)):
            return own
        if not isinstance(entry, Procedure) or entry.handled_by:
            return composer.about(entry, Aspect.ABOUT, confidence)
        counter = self.content.department(entry.department)
        return composer.hours(counter, asked, now, confidence).model_copy(update={"entry": entry.id})

    def counter(self) -> Answer:
        """Where the nearest counter is and whether it is open: 芦別市 has its counters in one house."""
        content, now = self.content, self._now()
        hours = self._composer(self._snapshot).hours(content.office, Asked((now.date(),)), now, 1.0)
        nearest = content.phrases.hours.nearest.format(title=content.office.title)
        return hours.model_copy(update={"text": f"{nearest}\n{hours.text}"})

    def choose(self, says: str, *, last: str | None = None) -> Answer:
        """Answer a choice by what it says, as if its button had been pressed; `last` as in `answer`."""
        if says == self.phrases.labels.person:
            return self.handoff()
        return self.answer(says, last=last)

    def offer(self, says: Sequence[str]) -> Answer:
        """Ask again which of some choices is meant."""
        choices = tuple(AnswerChoice(label=choice, says=choice) for choice in says)
        return Answer(kind=AnswerKind.CHOICES, text=self.phrases.choose, choices=choices)

    def handoff(self) -> Answer:
        """How to reach a person by phone and at the counter; channels/ say more where there are desks."""
        return self._composer(self._snapshot).refer(self.phrases.handoff.unstaffed, AnswerKind.HANDOFF)

    def refer(self, phrase: str, kind: AnswerKind = AnswerKind.TALK) -> Answer:
        """A phrase with the city's phone number."""
        return self._composer(self._snapshot).refer(phrase, kind)

    def talk(self, phrase: str) -> Answer:
        """A phrase with what one can ask."""
        return self._composer(self._snapshot).talk(phrase)

    def notice(self, phrase: str) -> Answer:
        """A bare phrase."""
        return Answer(kind=AnswerKind.NOTICE, text=phrase)

    def guide(self, reply: Reply) -> Answer | None:
        """The next step of a guide, None when what was said is nothing to a guide."""
        return self._guiding().take(reply)

    def after(self, reply: Reply) -> Answer | None:
        """What to say of a guide under way after something else was answered, None for nothing."""
        if reply.state is None:
            return None
        guiding = self._guiding()
        return guiding.offered(reply.state) if reply.is_away else guiding.goes_on(reply.state)

    def checklist(self, guide_id: str, answers: Mapping[str, str]) -> Answer | None:
        """The checklist of a guide for `answers` by step, None where there is no such checklist."""
        content = self._snapshot.content
        guide = content.guides.get(guide_id)
        if guide is None or not guide.checklist:
            return None
        return GuideComposer(content, self._now().date()).done(guide, retraced(guide, answers))

    def _guiding(self) -> Guiding:
        return Guiding(self._snapshot.content, self._now().date())

    def again(self, entry_id: str, aspect: Aspect) -> Answer:
        """What was answered of an entry; raises UnknownEntryError."""
        return self._about(self._snapshot, self.entry(entry_id), aspect, 1.0)

    def card(self, entry_id: str, aspect: Aspect) -> Answer:
        """What is known of an entry, for a person to send: nothing to press; raises UnknownEntryError."""
        told = self._composer(self._snapshot).about(self.entry(entry_id), aspect, 1.0)
        return told.model_copy(update={"choices": ()})

    def danger(self, last: str | None) -> Answer | None:
        """What was said of the danger that the talk is about; None when `last` is no entry of danger."""
        entry = self.content.entries.get(last or "")
        return self.again(entry.id, Aspect.ABOUT) if entry and _is_danger(entry) else None

    def feedback(self, text: str) -> Answer | None:
        """What to say to a verdict on an answer, None when `text` is none."""
        return FeedbackWords(self._snapshot.content).reply(text, self.refer)

    def asking(self, answer: Answer) -> Answer:
        """The same Answer, with buttons to say whether it helped."""
        return FeedbackWords(self._snapshot.content).asking(answer)

    def easy(self, answer: Answer) -> Answer:
        """The same Answer in やさしい日本語."""
        return EasyWords(self._snapshot.content, self._now().date()).of(answer)

    def search(self, text: str, limit: int = 5) -> Ranking:
        """The entries found for `text`, best first."""
        return self._snapshot.index.search(text, limit)

    def entry(self, entry_id: str) -> AnyEntry:
        """The entry called `entry_id`; raises UnknownEntryError."""
        try:
            return self._snapshot.content.entries[entry_id]
        except KeyError:
            raise UnknownEntryError(entry_id) from None

    def _composer(self, snapshot: Snapshot) -> Composer:
        return Composer(snapshot.content, self._now().date())

    def _about(
        self,
        snapshot: Snapshot,
        entry: AnyEntry,
        aspect: Aspect,
        confidence: float,
        besides: Aspect | None = None,
    ) -> Answer:
        """What is known of `entry`, and the way into its guide."""
        composer = self._composer(snapshot)
        answer = composer.about(entry, aspect, confidence)
        if besides:
            answer = composer.beside(answer, entry, besides)
        guide = snapshot.content.guide_from.get(entry.id)
        if guide is None or aspect not in _GUIDED or answer.kind is not AnswerKind.ANSWER:
            return answer
        asked, buttons = GuideComposer(snapshot.content, self._now().date()).start(guide)
        text = f"{answer.text}\n{asked}" if asked else answer.text
        choices = (*buttons, *answer.choices)[:_MOST_CHOICES]
        return answer.model_copy(update={"text": text, "choices": choices})

    def _before(
        self, snapshot: Snapshot, last: str | None, said: Sequence[str], among: Sequence[str]
    ) -> Before:
        """What was said before, in entries; of one choice, the entry answered before, nothing is open."""
        entry = snapshot.content.entries.get(last or "")
        pressed = filter(None, map(snapshot.pressed, among))
        choices = tuple({its.id: its for its, _ in pressed}.values())
        is_open = choices != (entry,)
        return Before(entry, tuple(self._topics(snapshot, said)), choices if is_open else ())

    def _topics(self, snapshot: Snapshot, said: Iterable[str]) -> Iterator[str]:
        """What was said of any topic: of a button the title of its entry; a guide's buttons are left out."""
        for text in said:
            if pressed := snapshot.pressed(text):
                yield pressed[0].title
            elif not self._is_button(snapshot.content, text):
                yield text

    def _undecided(self, composer: Composer, text: str, aspect: Aspect, found: Meant) -> Answer:
        if found.choices:
            return composer.choices(found.choices, found.confidence, aspect)
        if not tokens.words(text):
            return composer.talk(self.phrases.which_topic)
        return composer.refer(self.phrases.unknown, AnswerKind.UNKNOWN, found.confidence)


def _search(index: SearchIndex, text: str, denied: str | None) -> Ranking:
    """What is found for `text`, without the entry `denied` where it is not called by name."""
    ranking = index.search(text)
    if not any(hit.entry.id == denied and not hit.named for hit in ranking.hits):
        return ranking
    return index.search(text, accept=lambda entry: entry.id != denied)


def _of_another_town(text: str, content: Content, ranking: Ranking) -> AnyEntry | None:
    """What to say of another town's services; the tax office in 滝川 is ours too, though not the city's."""
    is_ours_too = bool(ranking.hits) and ranking.hits[0].entry.handled_by is not None
    if is_ours_too or not is_of_another_town(text, content.city.home):
        return None
    return content.entries.get(content.city.other_towns or "")


def _is_danger(entry: AnyEntry) -> bool:
    return isinstance(entry, Faq) and entry.danger


def _has_hours(entry: AnyEntry) -> bool:
    return isinstance(entry, Place | Department)
