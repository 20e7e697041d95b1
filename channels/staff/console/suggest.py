"""What may help a clerk with the last question: entries of the knowledge, and canned replies.

`web` has no index of its own, and a second one by the letter would find less than residents are answered
from: the action server is asked, which has the only one by meaning. Down, it leaves the search empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import httpx
import structlog

from channels.handoff.duty import DutyBook
from channels.handoff.words import Words
from knowledge.answer import Status
from knowledge.aspects import Aspect, aspects_known
from knowledge.canned import Gap
from knowledge.entries import AnyEntry
from knowledge.service import Knowledge

log = structlog.get_logger(__name__)

MOST_ASKED = 1_000
"""Characters of a question that are searched for; a message of a resident has no more."""
_PATIENCE = 2.0
"""Seconds that a page may wait for a search."""


class Finder(Protocol):
    """Finds entries."""

    async def find(self, text: str) -> Sequence[str] | None:
        """The ids of what may answer `text`, the best first; None when nobody can search now."""


class ActionSearch:
    """Asks the action server (actions/search.py)."""

    def __init__(self, client: httpx.AsyncClient, actions_url: str) -> None:
        self._client = client
        self._url = f"{actions_url}/search"

    async def find(self, text: str) -> Sequence[str] | None:
        try:
            answer = await self._client.post(self._url, json={"text": text[:MOST_ASKED]}, timeout=_PATIENCE)
            found = answer.raise_for_status().json()["entries"]
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            log.warning("search_failed", why=type(error).__name__)
            return None
        return [str(entry) for entry in found]


@dataclass(frozen=True)
class Suggested:
    """An entry that a card can be sent of; `aspects` are its sides, a value and a label each."""

    entry: str
    title: str
    summary: str
    aspects: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Suggestions:
    """What was found for a question; `problem` says why nothing could be looked for."""

    question: str
    entries: tuple[Suggested, ...]
    problem: str = ""


@dataclass(frozen=True)
class Canned:
    """A reply with its gaps filled in."""

    id: str
    title: str
    text: str


async def suggestions_for(question: str, finder: Finder, knowledge: Knowledge, now: datetime) -> Suggestions:
    """Entries for what a resident has asked, or a clerk looks for."""
    asked = question.strip()
    if not asked:
        return Suggestions("", ())
    found = await finder.find(asked)
    if found is None:
        problem = "いまは知識を探せません。少したってから、もう一度押してください。"
        return Suggestions(asked, (), problem)
    entries = knowledge.content.entries
    return Suggestions(
        asked, tuple(_suggested(entries[entry], knowledge, now) for entry in found if entry in entries)
    )


def canned_for(
    desk: str, clerk: str, book: DutyBook, words: Words, knowledge: Knowledge, now: datetime
) -> list[Canned]:
    """The replies that a clerk of a desk may send; one whose gaps nobody can fill for sure is left out."""
    values = {Gap.DESK: book.title(desk), Gap.CLERK: clerk}
    if opens := book.next_opening(desk, now):
        values[Gap.OPENS] = words.moment(opens, now)
    office = knowledge.content.office
    known = [phone for phone in office.phone if (phone.status or office.status) is not Status.UNCONFIRMED]
    if known:
        values[Gap.PHONE] = known[0].value
    return [
        Canned(reply.id, reply.title, reply.filled(values))
        for reply in knowledge.content.canned.replies
        if reply.desk in {None, desk} and reply.gaps <= values.keys()
    ]


def _suggested(entry: AnyEntry, knowledge: Knowledge, now: datetime) -> Suggested:
    labels = knowledge.phrases.labels.aspects
    sides = (Aspect.ABOUT, *aspects_known(entry))
    summary = entry.summary_on(now.date()) or ""
    return Suggested(entry.id, entry.title, summary, tuple((side.value, labels[side]) for side in sides))
