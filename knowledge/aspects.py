"""What can be asked of an entry, and which of its fields say so."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from knowledge.entries import Entry, How, Procedure
from knowledge.facts import Fact


class Aspect(StrEnum):
    """One side of a procedure; intents `ask_<aspect>` carry the same names."""

    ABOUT = "about"
    HOW = "how"
    BRING = "bring"
    FEE = "fee"
    DEADLINE = "deadline"
    WHERE = "where"
    WHO = "who"
    ONLINE = "online"
    TAKES = "takes"
    PROXY = "proxy"
    POST = "post"
    STATUS = "status"
    PHONE = "phone"


_FIELDS: Mapping[Aspect, tuple[str, ...]] = {
    Aspect.ABOUT: (),
    Aspect.HOW: ("steps", "how.window", "how.post", "how.online"),
    Aspect.BRING: ("bring",),
    Aspect.FEE: ("fee",),
    Aspect.DEADLINE: ("when",),
    Aspect.WHERE: ("where", "address", "how.window"),
    Aspect.WHO: ("who",),
    Aspect.ONLINE: ("how.online",),
    Aspect.TAKES: ("takes",),
    Aspect.PROXY: ("proxy",),
    Aspect.POST: ("how.post",),
    Aspect.STATUS: ("takes",),
    Aspect.PHONE: (),
}


def fields_of(aspect: Aspect) -> tuple[str, ...]:
    """The fields whose facts answer `aspect`."""
    return _FIELDS[aspect]


def facts_of(entry: Entry, aspect: Aspect) -> tuple[tuple[str, Fact], ...]:
    """The facts that answer `aspect`, each with the name of its field (`steps`, `post` …)."""
    return tuple(
        (path.rpartition(".")[2], fact) for path in _FIELDS[aspect] for fact in facts_at(entry, path)
    )


def facts_at(entry: Entry, path: str) -> tuple[Fact, ...]:
    """The facts in one field of `entry` (`fee`, `how.post`); none where there is no such field of facts."""
    outer, _, inner = path.partition(".")
    value = getattr(entry, outer, ())
    if isinstance(value, How):
        value = getattr(value, inner, ())
    if not isinstance(value, tuple):
        return ()
    return tuple(fact for fact in value if isinstance(fact, Fact))


def aspects_known(entry: Entry) -> tuple[Aspect, ...]:
    """The aspects `entry` has any fact for, in the order residents ask."""
    if not isinstance(entry, Procedure):
        return ()
    asked = (
        *(Aspect.BRING, Aspect.DEADLINE, Aspect.FEE, Aspect.HOW),
        *(Aspect.ONLINE, Aspect.WHO, Aspect.PROXY, Aspect.POST),
    )
    return tuple(aspect for aspect in asked if facts_of(entry, aspect))
