"""What kind of browser signs in, in a few words; the whole User-Agent is not kept."""

from __future__ import annotations

_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
_BROWSERS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
"""In this order: Edge says it is Chrome, and both say they are Safari."""
_UNKNOWN = "そのほかの端末"


def agent_label(agent: str) -> str:
    """For example Windows・Edge."""
    named = [next((name for mark, name in names if mark in agent), None) for names in (_SYSTEMS, _BROWSERS)]
    return "・".join(name for name in named if name) or _UNKNOWN
