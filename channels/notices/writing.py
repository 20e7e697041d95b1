"""From notices to letters: who is told, and in which words. Nothing that a resident said comes near it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from channels.handoff.machine import State
from channels.handoff.rows import Notice
from channels.notices.letters import Letter, Target, Way
from channels.notices.words import StaffWords
from knowledge.desks import Desk

URGENCY = (Notice.ALARM_ALL, Notice.ALARM_OFFICE, Notice.CALLBACK_SOON, Notice.NEW, Notice.MESSAGE)
"""The order in which a letter tells of notices."""
MOST = 20
"""Notices that a letter tells of one by one."""


@dataclass(frozen=True)
class Told:
    """One notice; times are local. `since` is when the wait began, None when nobody waits in the chat."""

    kind: Notice
    desk: str
    title: str
    handoff: UUID
    state: State
    since: datetime | None
    due: datetime | None


type Moment = Callable[[datetime], str]
"""A local moment in words."""


def targets_of(desk: Desk) -> Iterator[Target]:
    """Where the notices of a desk go."""
    for address in desk.notify:
        yield Target(Way.MAIL, address)
    if desk.webhook:
        yield Target(Way.WEBHOOK, desk.webhook)


def letters(
    notices: Iterable[Told],
    targets: Callable[[Told], Iterable[Target]],
    write: Callable[[Target, Sequence[Told]], Letter],
) -> list[Letter]:
    """One letter a target, however many notices there are for it; each stands in it once."""
    by_target: dict[Target, list[Told]] = {}
    for notice in notices:
        for target in dict.fromkeys(targets(notice)):
            by_target.setdefault(target, []).append(notice)
    return [write(target, told) for target, told in by_target.items()]


class Writer:
    """Writes letters at the local time `now`; `public_url` is where the console is, None for no links."""

    def __init__(self, words: StaffWords, moment: Moment, public_url: str | None, now: datetime) -> None:
        self._words = words
        self._moment = moment
        self._url = public_url.rstrip("/") if public_url else None
        self._now = now

    def letter(self, target: Target, notices: Sequence[Told]) -> Letter:
        """All that a target is to be told at once, the most urgent first."""
        words = self._words.notice
        told = sorted(notices, key=lambda notice: URGENCY.index(notice.kind))
        subject = words.subject.format(desk=told[0].title, what=self._what(told[0]))
        if len(told) > 1:
            subject += words.more.format(count=len(told) - 1)
        parts = ["\n".join(self._lines(notice)) for notice in told[:MOST]]
        if len(told) > MOST:
            parts.append(words.others.format(count=len(told) - MOST))
        text = "\n\n".join([*parts, self._words.foot]) + "\n"
        return Letter(target, subject, text, {"notices": [self._about(notice) for notice in told]})

    def _what(self, notice: Told) -> str:
        is_promised = notice.kind is Notice.NEW and notice.state is State.CALLBACK
        return self._words.notice.promised if is_promised else self._words.notice.kinds[notice.kind]

    def _lines(self, notice: Told) -> Iterator[str]:
        words = self._words.notice
        yield words.line.format(desk=notice.title, what=self._what(notice))
        if notice.since:
            yield words.waiting.format(moment=self._moment(notice.since), minutes=self._minutes(notice.since))
        if notice.due:
            yield words.due.format(moment=self._moment(notice.due))
        if notice.state is State.CLAIMED:
            yield words.claimed
        if notice.kind is Notice.ALARM_ALL:
            yield words.urgent
        if self._url:
            yield self._link(notice)

    def _about(self, notice: Told) -> Mapping[str, Any]:
        link = {"link": self._link(notice)} if self._url else {}
        return {
            "kind": notice.kind.value,
            "desk": notice.desk,
            "state": notice.state.value,
            "waiting_minutes": self._minutes(notice.since) if notice.since else None,
            **link,
        }

    def _minutes(self, since: datetime) -> int:
        return max(0, int((self._now - since).total_seconds() // 60))

    def _link(self, notice: Told) -> str:
        return f"{self._url}/staff/talks/{notice.handoff}"
