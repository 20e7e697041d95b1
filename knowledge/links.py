"""`knowledge check --links`: are the pages we send people to still there?"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import httpx
from pydantic import BaseModel

from knowledge.errors import Problem
from knowledge.loader import CITY, Content
from knowledge.progress import Tick, silently
from knowledge.reading import line_in

TIMEOUT = 15.0
AT_ONCE = 8
_GONE = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
_AGENT = {"User-Agent": "madoguchi-link-check"}
type Place = tuple[int | str, ...]


class NoNetworkError(Exception):
    """Not one page could be reached: it is the network, not the pages."""


@dataclass(frozen=True)
class _Link:
    file: str
    place: Place
    url: str


def dead_links(content: Content, root: Path, tick: Tick = silently) -> list[Problem]:
    """Links that lead nowhere, one problem a place; raises NoNetworkError when none could be tried.

    `tick` is told how many of how many pages have been tried.
    """
    models: list[tuple[str, BaseModel]] = [(CITY, content.city)]
    models += [(content.files[entry.id], entry) for entry in content.entries.values()]
    links = [_Link(file, place, url) for file, model in models for place, url in _urls(model, ())]
    whys = asyncio.run(_try_all(sorted({link.url for link in links}), tick))
    return [
        Problem(link.file, line_in(root / link.file, link.place), f"{why}: {link.url}")
        for link in links
        if (why := whys[link.url])
    ]


_UNREACHABLE = "つながりません。URLを確かめてください"


async def _try_all(urls: Sequence[str], tick: Tick) -> Mapping[str, str | None]:
    whys: dict[str, str | None] = {}
    async with httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=True, headers=_AGENT) as client:
        for first in range(0, len(urls), AT_ONCE):
            some = urls[first : first + AT_ONCE]
            whys.update(
                zip(some, await asyncio.gather(*(_why_dead(client, url) for url in some)), strict=True)
            )
            if all(why == _UNREACHABLE for why in whys.values()):
                raise NoNetworkError
            tick(len(whys), len(urls))
    return whys


async def _why_dead(client: httpx.AsyncClient, url: str) -> str | None:
    """What is wrong with a link; a page that refuses robots or is busy still lives."""
    try:
        answer = await client.head(url)
        if answer.is_error:  # many servers answer HEAD wrongly
            answer = await client.get(url)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, ExceptionGroup):
        return _UNREACHABLE  # the last two: a host that is no name, a port above 65535
    if answer.status_code in _GONE:
        return f"ページがありません（{answer.status_code}）。新しいURLに直すか、消してください"
    return None


def _urls(model: BaseModel, place: Place) -> Iterator[tuple[Place, str]]:
    for name in type(model).model_fields:
        value = getattr(model, name)
        if isinstance(value, str) and value.startswith(("https://", "http://")):
            yield (*place, name), value
        elif isinstance(value, BaseModel):
            yield from _urls(value, (*place, name))
        elif isinstance(value, tuple):
            for n, item in enumerate(value):
                if isinstance(item, BaseModel):
                    yield from _urls(item, (*place, name, n))
