"""What `make soak-handoff` counts in the database and in what residents saw; every count is to be 0."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from ops.handoff_people import ANSWER, QUESTION, Claim, Resident

_TAKES = "claimed"
_LEAVES = frozenset({"released", "transferred", "given_back", "closed"})


@dataclass(frozen=True)
class Event:
    """One row of `event`."""

    sequence: int
    author: str
    body: Mapping[str, Any]

    @property
    def state(self) -> str | None:
        """Where the handoff stands from here on, in an event that tells."""
        told: str | None = self.body.get("handoff", {}).get("state")
        return told

    @property
    def text(self) -> str:
        """What was said."""
        return str(self.body.get("text") or "")


@dataclass(frozen=True)
class Deed:
    """One row of `audit` about a conversation; the moves of a talk stand there in their order."""

    account: str
    action: str


@dataclass(frozen=True)
class Found:
    """All of a house's talks: events and deeds by conversation, handoffs as rows."""

    events: Mapping[str, Sequence[Event]]
    deeds: Mapping[str, Sequence[Deed]]
    handoffs: Sequence[Mapping[str, Any]]

    @classmethod
    def of(cls, database_url: str) -> Found:
        """What the database of a house holds."""
        events, deeds = defaultdict(list), defaultdict(list)
        with psycopg.connect(database_url) as connection:
            for conversation, *row in connection.execute(
                "select conversation::text, sequence, author, body from event order by conversation, sequence"
            ):
                events[conversation].append(Event(*row))
            for conversation, *row in connection.execute(
                "select conversation::text, account::text, action from audit"
                " where conversation is not null and action <> 'seen' order by id"
            ):
                deeds[conversation].append(Deed(*row))
            handoffs = [
                {"id": str(row[0]), "conversation": str(row[1]), "state": row[2], "heard": row[3]}
                for row in connection.execute("select id, conversation, state, heard_sequence from handoff")
            ]
        return cls(events, deeds, handoffs)


def counts(found: Found, residents: Iterable[Resident]) -> list[tuple[str, int]]:
    """What went wrong, and how often; in words for the table."""
    told = [(resident, found.events.get(resident.conversation, ())) for resident in residents]
    return [
        ("失われた住民の発言", sum(_lost(resident, events) for resident, events in told)),
        (
            "住民に届かなかった、または重なった出来事",
            sum(_unseen(resident, events) for resident, events in told),
        ),
        ("順番の違う発言", sum(_swapped(resident, events) for resident, events in told)),
        ("終わらなかった相談", sum(not resident.is_done for resident, _ in told) + _open(found)),
        ("2人が同時に持った相談", sum(map(doubly_owned, found.deeds.values()))),
        ("職員が対応する間の、まどぐちの言葉", sum(map(bot_words, found.events.values()))),
        ("職員が読まずに終えた発言", sum(_unheard(handoff, found) for handoff in found.handoffs)),
        ("職員が答えなかった質問、2回答えた質問", sum(map(misanswered, found.events.values()))),
    ]


def waits(found: Found, residents: Iterable[Resident], claims: Iterable[Claim]) -> list[float]:
    """Seconds from the call of a claim to its word on the resident's page, of claims made with one call."""
    conversation_of = {handoff["id"]: handoff["conversation"] for handoff in found.handoffs}
    granted: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        granted[conversation_of.get(claim.handoff, "")].append(claim)
    result = []
    for resident in residents:
        visible = [one.at for one in resident.seen if one.body.get("handoff", {}).get("state") == "claimed"]
        made = sorted(granted[resident.conversation], key=lambda claim: claim.started)
        pairs = zip(made, visible, strict=False)
        result += [at - claim.started for claim, at in pairs if claim.is_first]
    return result


def doubly_owned(deeds: Sequence[Deed]) -> int:
    """How often somebody acted in a talk, or took it, that another clerk had."""
    owner, wrong = None, 0
    for deed in deeds:
        if deed.action == _TAKES:
            wrong += owner not in {None, deed.account}
            owner = deed.account
        else:
            wrong += owner != deed.account
            owner = None if deed.action in _LEAVES else owner
    return wrong


def bot_words(events: Sequence[Event]) -> int:
    """How often the bot spoke while a clerk had the talk."""
    state, wrong = None, 0
    for event in events:
        state = event.state or state
        wrong += event.author == "bot" and state == "claimed"
    return wrong


def misanswered(events: Sequence[Event]) -> int:
    """Questions to a clerk that were answered not just once."""
    asked = [event.text for event in events if event.author == "resident" and event.text.startswith(QUESTION)]
    answers = [event.text for event in events if event.author == "staff"]
    return sum(answers.count(ANSWER + text) != 1 for text in asked)


def _lost(resident: Resident, events: Sequence[Event]) -> int:
    kept = [event.text for event in events if event.author == "resident"]
    return abs(len(resident.accepted) - len(kept)) + sum(text not in kept for text in resident.accepted)


def _unseen(resident: Resident, events: Sequence[Event]) -> int:
    seen = [one.sequence for one in resident.seen]
    there = [event.sequence for event in events]
    return len(set(there) ^ set(seen)) + len(seen) - len(set(seen))


def _swapped(resident: Resident, events: Sequence[Event]) -> int:
    """What came to the page, or stands in the database, in another order than it was said in."""
    seen = [one.sequence for one in resident.seen]
    kept = [event.text for event in events if event.author == "resident"]
    answers = [event.text.removeprefix(ANSWER) for event in events if event.author == "staff"]
    return (seen != sorted(seen)) + (kept != resident.accepted) + (answers != sorted(answers))


def _open(found: Found) -> int:
    return sum(handoff["state"] != "closed" for handoff in found.handoffs)


def _unheard(handoff: Mapping[str, Any], found: Found) -> int:
    """The resident's words before the end of a talk that no clerk's page had shown."""
    if handoff["state"] != "closed":
        return 0
    events = found.events.get(handoff["conversation"], ())
    end = max((event.sequence for event in events if event.state == "closed"), default=0)
    return sum(handoff["heard"] < event.sequence < end for event in events if event.author == "resident")
