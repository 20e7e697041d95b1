"""Pages that the server fills in: `templates/` with Jinja, everything escaped."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

NO_STORE = {"Cache-Control": "no-store"}
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(template: str, **what: object) -> str:
    """The HTML of a template."""
    return _TEMPLATES.get_template(template).render(**what)
