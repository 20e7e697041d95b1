"""The versions of our menus that an account holds. All that is known of them stands in the menus' names.

A release is one menu of each kind, made from the same file. Its number counts deploys; its mark tells
whether it is the same as another. Menus with other names are somebody else's and left alone.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from linebot.v3.messaging import RichMenuRequest

from channels.line.menu import Kind

_KINDS = "|".join(Kind)
_NAME = re.compile(rf"madoguchi (?P<kind>{_KINDS}) (?P<number>[0-9]{{1,6}}) (?P<mark>[0-9a-f]{{12}})")


@dataclass(frozen=True)
class Release:
    """The menus of one deploy by kind; some are missing when it was broken off."""

    number: int
    mark: str
    menus: Mapping[Kind, str]


@dataclass(frozen=True)
class Made:
    """A menu and its picture, ready for LINE."""

    request: RichMenuRequest
    image: bytes


def name_of(kind: Kind, number: int, mark: str) -> str:
    """How LINE is told what a menu is."""
    return f"madoguchi {kind.value} {number} {mark}"


def mark_of(made: Mapping[Kind, Made]) -> str:
    """Twelve hexadecimal digits that change with any word, place, colour or letter; names don't matter."""
    digest = hashlib.sha256()
    for kind in Kind:
        described = made[kind].request.to_dict() | {"name": ""}
        digest.update(json.dumps(described, sort_keys=True).encode())
        digest.update(hashlib.sha256(made[kind].image).digest())
    return digest.hexdigest()[:12]


def releases_in(menus: Mapping[str, str]) -> list[Release]:
    """Our releases among all menus, names by id, oldest first."""
    found = sorted(
        (int(match["number"]), match["mark"], match["kind"], menu_id)
        for menu_id, name in menus.items()
        if (match := _NAME.fullmatch(name))
    )
    return [
        Release(number, mark, {Kind(kind): menu_id for _, _, kind, menu_id in group})
        for (number, mark), group in groupby(found, key=lambda item: item[:2])
    ]


def ours(menus: Mapping[str, str]) -> set[str]:
    """The ids of all menus that are ours, twins included, which two deploys at once may leave."""
    return {menu_id for menu_id, name in menus.items() if _NAME.fullmatch(name)}


def holding(releases: Iterable[Release], menu_id: str | None) -> tuple[Release, Kind] | None:
    """The release and the kind of a menu, None when it is not ours."""
    return next(
        (
            (release, kind)
            for release in releases
            for kind, held in release.menus.items()
            if held == menu_id is not None
        ),
        None,
    )
