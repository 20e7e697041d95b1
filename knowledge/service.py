"""The knowledge base as its users see it: one object that answers questions and stays fresh.

A `Knowledge` holds the last good snapshot of `content/`. When a file changes it is read
again; a broken file keeps the last good snapshot and `problems` says why.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog
import watchfiles

from knowledge import tokens
from knowledge.answer import Answer, AnswerChoice, AnswerKind
from knowledge.aspects import Aspect
from knowledge.compose import Composer
from knowledge.entries import AnyEntry, Department, Faq, Place
from knowledge.errors import ContentError, NoSuchDayError, Problem, UnknownEntryError
from knowledge.loader import CONTENT, Content, Loader
from knowledge.phrases import Phrases
from knowledge.search import TORN, Hit, SearchIndex, decide
from knowledge.when import Asked, read_when, without_when

log = structlog.get_logger(__name__)

_QUIET = 150
"""Milliseconds without a change before the folder is read: an editor saves in several steps."""
_RUSH = 1000
"""Milliseconds after which it is read though changes go on."""
ASHIBETSU = ZoneInfo("Asia/Tokyo")


def local_now() -> datetime:
    """The time in 芦別市, without a zone: content speaks of local days."""
    return datetime.now(ASHIBETSU).replace(tzinfo=None)


@dataclass(frozen=True)
class _Snapshot:
    content: Content
    index: SearchIndex
    urgent: tuple[tuple[str, Faq], ...]

    @classmethod
    def read(cls, loader: Loader, previous: _Snapshot | None = None) -> _Snapshot:
        content = loader.load()
        entries = list(content.entries.values())
        urgent = [
            (tokens.normalise(words), entry)
            for entry in entries
            if isinstance(entry, Faq)
            for words in entry.urgent
        ]
        urgent.sort(key=lambda pair: -len(pair[0]))
        return cls(content, SearchIndex(entries, previous.index if previous else None), tuple(urgent))


class Knowledge:
    """Answers from `root`. Methods read one snapshot each and may be called from any thread."""

    def __init__(self, root: Path = CONTENT, now: Callable[[], datetime] = local_now) -> None:
        """Raises ContentError when there is no good snapshot to begin with."""
        self._root = root
        self._now = now
        self._loader = Loader(root)
        self._snapshot = _Snapshot.read(self._loader)
        self.problems: tuple[Problem, ...] = ()
        self._stop = threading.Event()

    @property
    def phrases(self) -> Phrases:
        return self._snapshot.content.phrases

    @property
    def content(self) -> Content:
        return self._snapshot.content

    def reload(self) -> None:
        """Read `root` again; on a mistake keep the last good snapshot and say why."""
        try:
            self._snapshot = _Snapshot.read(self._loader, self._snapshot)
        except ContentError as error:
            self.problems = error.problems
            for problem in error.problems:
                log.error("knowledge_broken", file=problem.path, line=problem.line, why=problem.message)
        else:
            self.problems = ()
            log.info("knowledge_reloaded", entries=len(self._snapshot.content.entries))

    def watch(self) -> None:
        """Reload on every change below `root`, in a background thread, until `close`."""
        threading.Thread(target=self._watch, name="knowledge-watch", daemon=True).start()

    def close(self) -> None:
        """Stop watching."""
        self._stop.set()

    def _watch(self) -> None:
        for _ in watchfiles.watch(self._root, stop_event=self._stop, debounce=_RUSH, step=_QUIET):
            try:
                self.reload()
            except Exception as error:  # a bug must not end the watch: the next save may be read well
                log.exception("knowledge_reload_failed", why=type(error).__name__)

    def urgent(self, text: str) -> Answer | None:
        """The answer that goes before anything else (design rule 7), None when life is not at risk."""
        snapshot, question = self._snapshot, tokens.squeeze(text)
        for words, entry in snapshot.urgent:
            if words in question:
                return self._composer(snapshot).about(entry, Aspect.ABOUT, 1.0)
        return None

    def is_urgent(self, text: str) -> bool:
        """Whether a life may be at risk."""
        return self.urgent(text) is not None

    def answer(
        self,
        text: str,
        aspect: Aspect = Aspect.ABOUT,
        *,
        last: str | None = None,
        topic: str = "",
        names: Sequence[str] = (),
    ) -> Answer:
        """Answer a question about `aspect`; `last` is the entry answered before, for follow-ups.

        A question that names no topic of its own is about `last`; `topic` is what it is known to
        be about, whatever its words. `names` are the procedures and places heard in it: they
        decide among what was found, when a long story leaves the search torn.
        """
        snapshot = self._snapshot
        composer, hits = self._composer(snapshot), snapshot.index.search(text, topic=topic)
        if decided := decide(hits):
            return composer.about(decided.entry, aspect, decided.confidence)
        named = decide(snapshot.index.search(" ".join(names))) if names else None
        if named and named.named and named.entry.id in {hit.entry.id for hit in hits}:
            return composer.about(named.entry, aspect, named.confidence)
        previous = snapshot.content.entries.get(last or "")
        if previous and not tokens.words(text):
            return composer.about(previous, aspect, 1.0)
        return self._undecided(composer, text, hits)

    def sure(self, text: str) -> Answer | None:
        """The overview of the one entry that `text` is surely about, None when there is none."""
        snapshot = self._snapshot
        decided = decide(snapshot.index.search(text)) if tokens.words(text) else None
        return (
            self._composer(snapshot).about(decided.entry, Aspect.ABOUT, decided.confidence)
            if decided
            else None
        )

    def named(self, text: str) -> Answer | None:
        """The overview of the one entry that `text` calls by its name, None when it names none."""
        snapshot = self._snapshot
        decided = decide(snapshot.index.search(text))
        if decided is None or not decided.named:
            return None
        return self._composer(snapshot).about(decided.entry, Aspect.ABOUT, decided.confidence)

    def hours(self, text: str, *, last: str | None = None) -> Answer:
        """Answer whether a place is open when `text` says, today when it names no time."""
        snapshot, now = self._snapshot, self._now()
        composer = self._composer(snapshot)
        try:
            asked = read_when(text, now.date()) or Asked((now.date(),))
        except NoSuchDayError:
            return composer.talk(self.phrases.hours.no_such_day)
        place = without_when(text)
        hits = snapshot.index.search(place, accept=_has_hours)
        decided = decide(hits)
        if decided and isinstance(decided.entry, Place | Department):
            return composer.hours(decided.entry, asked, now, decided.confidence)
        previous = snapshot.content.entries.get(last or "")
        if previous and not tokens.words(place):
            if not isinstance(previous, Place | Department):
                previous = snapshot.content.department(previous.department)
            return composer.hours(previous, asked, now, 1.0)
        if other := self.sure(place):  # 「消費生活センターは？」 is no place of ours, but we know who answers
            return other
        if hits and hits[0].confidence >= TORN:
            return composer.choices([hit.entry for hit in hits], hits[0].confidence)
        if tokens.words(place):
            return self.answer(text, last=last)
        return composer.talk(self.phrases.hours.which)

    def choose(self, says: str, *, last: str | None = None) -> Answer:
        """Answer a choice by what it says, as if its button had been pressed; `last` as in `answer`."""
        labels, question = self.phrases.labels, self.phrases.question_about
        if says == labels.person:
            return self.handoff()
        entry = self.content.entries.get(last or "")
        asked = (
            {question.format(title=entry.title, label=labels.aspects[a]): a for a in Aspect} if entry else {}
        )
        return self.answer(says, asked.get(says, Aspect.ABOUT), last=last)

    def offer(self, says: Sequence[str]) -> Answer:
        """Ask again which of some choices is meant."""
        choices = tuple(AnswerChoice(label=choice, says=choice) for choice in says)
        return Answer(kind=AnswerKind.CHOICES, text=self.phrases.choose, choices=choices)

    def handoff(self) -> Answer:
        """How to reach a person."""
        return self._composer(self._snapshot).refer(self.phrases.handoff, AnswerKind.HANDOFF)

    def refer(self, phrase: str, kind: AnswerKind = AnswerKind.TALK) -> Answer:
        """A phrase with the city's phone number."""
        return self._composer(self._snapshot).refer(phrase, kind)

    def talk(self, phrase: str) -> Answer:
        """A phrase with what one can ask."""
        return self._composer(self._snapshot).talk(phrase)

    def notice(self, phrase: str) -> Answer:
        """A bare phrase."""
        return Answer(kind=AnswerKind.NOTICE, text=phrase)

    def search(self, text: str, limit: int = 5) -> list[Hit]:
        """The entries found for `text`, best first."""
        return self._snapshot.index.search(text, limit)

    def entry(self, entry_id: str) -> AnyEntry:
        """The entry called `entry_id`; raises UnknownEntryError."""
        try:
            return self._snapshot.content.entries[entry_id]
        except KeyError:
            raise UnknownEntryError(entry_id) from None

    def _composer(self, snapshot: _Snapshot) -> Composer:
        return Composer(snapshot.content, self._now().date())

    def _undecided(self, composer: Composer, text: str, hits: list[Hit]) -> Answer:
        if hits and hits[0].confidence >= TORN:
            near = [hit.entry for hit in hits if hit.score >= hits[0].score / 2]
            return composer.choices(near, hits[0].confidence)
        if not tokens.words(text):
            return composer.talk(self.phrases.which_topic)
        confidence = hits[0].confidence if hits else 0.0
        return composer.refer(self.phrases.unknown, AnswerKind.UNKNOWN, confidence)


def _has_hours(entry: AnyEntry) -> bool:
    return isinstance(entry, Place | Department)
