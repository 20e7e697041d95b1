"""What a question is about, given what was said before it.

Residents name their topic once: 「孫が生まれたよ」「いつまで？」. A question that alone leaves a doubt is
searched once more together with what was said before, and is about what was answered before when both agree.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from knowledge import tokens
from knowledge.aspects import Aspect
from knowledge.confidence import OFFERED
from knowledge.entries import AnyEntry, Outside
from knowledge.search import Ranking

_ELLIPTIC = 9
"""Letters up to which a question may leave out its topic though it calls an entry by name: 「火葬は？」."""

_HAS_TOPIC = 0.9
"""How probably something must be found for a question alone to be one with a topic of its own."""


@dataclass(frozen=True)
class Before:
    """What was said before a question: the entry last answered, and the resident's words since then.

    `choices` are what the last reply gave to choose from, unless that was `entry` alone.
    """

    entry: AnyEntry | None = None
    said: Sequence[str] = ()
    choices: tuple[AnyEntry, ...] = ()

    @property
    def topics(self) -> Sequence[str]:
        """What the talk is about, in the resident's words where there are any."""
        return self.said or ([self.entry.title] if self.entry else ())


@dataclass(frozen=True)
class Meant:
    """The `entry` that is meant, else what to choose from; how probably it is right, or one of them is."""

    entry: AnyEntry | None
    confidence: float
    choices: tuple[AnyEntry, ...] = ()


def meant(
    text: str, aspect: Aspect, alone: Ranking, before: Before, search: Callable[[str], Ranking]
) -> Meant:
    """What `text`, which asks for `aspect` and for which `alone` was found, is about."""
    if before.choices:
        return _after_choices(text, aspect, alone, before, search)
    previous, sure = before.entry, alone.sure
    if previous and not tokens.words(text):
        return Meant(previous, 1.0)
    if not (before.said or has_topic(text, alone)):
        return Meant(None, 0.0)
    if isinstance(previous, Outside):
        return _alone(alone)
    if not (previous or before.said) or (sure and sure.named and len(text) > _ELLIPTIC):
        return _alone(alone)
    together = search(" ".join((*before.topics, text)))
    first = together.hits[0].entry if together.hits else None
    if previous is None:
        return _alone(alone if sure or not together.offered else together)
    is_near = any(hit.entry is previous for hit in alone.hits)
    is_outside = bool(alone.hits) and isinstance(alone.hits[0].entry, Outside)
    if sure:
        is_plain = sure.named or is_outside
        is_doubted = first is previous and is_near if is_plain else first is not sure.entry
        return _choice(alone.right, sure.entry, previous) if is_doubted else _alone(alone)
    is_open = aspect is not Aspect.ABOUT and alone.among < _HAS_TOPIC
    if first is previous and (is_near or is_open):
        return Meant(previous, together.right)
    goes_on = bool(together.offered) or aspect is not Aspect.ABOUT
    if not (alone.offered or goes_on):
        return _alone(alone)
    beside = (hit.entry for hit in search(f"{previous.title} {text}").hits)
    other = next((entry for entry in beside if entry is not previous), None)
    return _choice(together.among, previous, first, other, *alone.offered)


def has_topic(text: str, found: Ranking) -> bool:
    """Whether `text`, for which `found` was found, says what it is about.

    It has a word of its own, or is letter for letter a question that an entry was written for: 「つかれた」.
    """
    return bool(tokens.words(text)) or _is_its_own(text, found)


def _is_its_own(text: str, found: Ranking) -> bool:
    """Whether `text` is letter for letter a question of the entry that it surely is about."""
    return found.sure is not None and tokens.squeeze(text) in map(tokens.squeeze, found.sure.entry.questions)


def _after_choices(
    text: str, aspect: Aspect, alone: Ranking, before: Before, search: Callable[[str], Ranking]
) -> Meant:
    """The entry answered before is over: what names no topic of its own is asked of the choices."""
    sure, again = alone.sure, Meant(None, 1.0, before.choices)
    if not tokens.words(text):
        return again
    together = search(" ".join((*before.said, text)))
    first = together.hits[0].entry if together.hits else None
    is_plain = sure and (sure.named or isinstance(sure.entry, Outside) or first is sure.entry)
    if is_plain or _is_its_own(text, alone):
        return _alone(alone)
    if together.sure and first in before.choices and first is not before.entry:
        return Meant(first, together.right)
    if sure is None and aspect is not Aspect.ABOUT and alone.among < _HAS_TOPIC:
        return again
    if not (alone.offered or together.offered):
        return _alone(alone)
    doubted = sure.entry if sure else None
    return _choice(together.among, doubted, first, *before.choices[:1], *alone.offered)


def _alone(ranking: Ranking) -> Meant:
    if sure := ranking.sure:
        return Meant(sure.entry, ranking.right)
    return Meant(None, ranking.among, tuple(ranking.offered))


def _choice(confidence: float, *entries: AnyEntry | None) -> Meant:
    inside = {entry.id: entry for entry in entries if entry and not isinstance(entry, Outside)}
    return Meant(None, confidence, tuple(inside.values())[:OFFERED])
