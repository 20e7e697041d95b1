"""What `Knowledge` answers from at one moment: content, its search index, and what buttons say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import structlog

from knowledge import tokens
from knowledge.aspects import Aspect
from knowledge.entries import AnyEntry, Faq
from knowledge.loader import Content
from knowledge.search import SearchIndex
from knowledge.urgent import Emergency
from knowledge.vectors import VectorStore

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Snapshot:
    """`buttons` are what buttons say, and names that only one entry has, all squeezed."""

    content: Content
    vectors: VectorStore | None
    urgent: tuple[Emergency, ...]
    buttons: Mapping[str, tuple[AnyEntry, Aspect | None]]

    @classmethod
    def of(cls, content: Content, vectors: VectorStore | None, previous: Snapshot | None = None) -> Snapshot:
        """A snapshot of `content`; where `previous` was searched, this one can be at once.

        What has not changed its index takes over from that of `previous`.
        """
        emergencies = [e.emergency() for e in content.entries.values() if isinstance(e, Faq) and e.urgent]
        snapshot = cls(content, vectors, tuple(emergencies), _buttons(content))
        if previous and "index" in vars(previous):
            vars(snapshot)["index"] = _index(content, vectors, previous.index)
        return snapshot

    @cached_property
    def index(self) -> SearchIndex:
        """Made by the first search: processes that never search start in half the time."""
        return _index(self.content, self.vectors, None)

    def pressed(self, text: str) -> tuple[AnyEntry, Aspect | None] | None:
        """The entry and aspect that `text` is a button of, None for no aspect: whatever is asked."""
        return self.buttons.get(tokens.squeeze(text))


def _index(content: Content, vectors: VectorStore | None, previous: SearchIndex | None) -> SearchIndex:
    """By meaning where that works, by the letter where it doesn't: an edit must go live."""
    entries = content.searched
    if vectors:
        try:
            return SearchIndex(entries, previous, vectors=vectors, home=content.city.home)
        except Exception as error:  # an encoder is foreign code
            log.exception("meaning_lost", why=type(error).__name__)
    return SearchIndex(entries, previous, home=content.city.home)


def _buttons(content: Content) -> dict[str, tuple[AnyEntry, Aspect | None]]:
    """Each button's words with the entry and aspect it stands for, None for whatever is asked."""
    labels, question = content.phrases.labels, content.phrases.question_about
    entries = content.entries.values()
    names = Counter(tokens.squeeze(name) for entry in entries for name in {entry.title, *entry.aliases})
    buttons: dict[str, tuple[AnyEntry, Aspect | None]] = {}
    for entry in entries:
        for name in (*entry.aliases, entry.title):
            if names[tokens.squeeze(name)] == 1 or name == entry.title:
                buttons[tokens.squeeze(name)] = entry, None
        for aspect, label in labels.aspects.items():
            buttons[tokens.squeeze(question.format(title=entry.title, label=label))] = entry, aspect
    return buttons
