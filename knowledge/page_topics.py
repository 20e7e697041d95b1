"""What a page of the city's website is about: the entries that name it."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlsplit

from knowledge.loader import Content


def topics_of_page(content: Content, url: str, today: date, limit: int = 4) -> list[str]:
    """Titles of the entries that have `url` as their page, else as a source; none for a front page."""
    wanted = _place(url)
    if wanted is None:
        return []
    valid = [entry for entry in content.searched if entry.holds_on(today)]
    for addresses in (
        {entry.title: [fact.value for fact in entry.page if fact.holds_on(today)] for entry in valid},
        {entry.title: [source.url for source in entry.sources if source.url] for entry in valid},
    ):
        named = [title for title, urls in addresses.items() if wanted in map(_place, urls)]
        if named:
            return named[:limit]
    return []


def _place(url: str) -> tuple[str, str] | None:
    """Host and path: http and https, with and without a last slash, are one page."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    path = parts.path.rstrip("/").removesuffix("/index.html")
    return (parts.netloc.lower(), path) if parts.netloc and path else None
