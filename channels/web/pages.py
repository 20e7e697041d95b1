"""Pages that the server fills in: `templates/` with Jinja, everything escaped, never kept by a browser."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import segno
from fastapi import Request, status
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from knowledge.answer import AnswerFact

_READ = re.compile(r"((?:\d+(?=[日人]))?[一-龠々〆ヶ]+)（([ぁ-んー]+)）")
"""A word with its reading behind it, as `knowledge.furigana` writes them; as in static/answer.js."""


def readable(text: str) -> Markup:
    """Text as HTML: 市役所（しやくしょ） becomes kanji with their reading above."""
    ruby = r"<ruby>\1<rp>（</rp><rt>\2</rt><rp>）</rp></ruby>"
    return Markup(_READ.sub(ruby, str(escape(text))))  # noqa: S704  # escaped before


def telephone(label: str, url: str) -> str:
    """What stands on the button of a telephone link: the number itself is to be read, too."""
    number = url.removeprefix("tel:")
    number = re.sub(r"^\+81-?", "0", number)
    digits = re.sub(r"\D", "", label)
    return label if re.sub(r"\D", "", number) in digits else f"{label} {number}"


def grouped(facts: Sequence[AnswerFact]) -> list[list[AnswerFact]]:
    """Facts in a row with the same label and standing, which share one heading."""
    return [list(group) for _, group in groupby(facts, key=lambda fact: (fact.label, fact.status))]


def environment(*folders: Path) -> Environment:
    """Templates of folders, the first before the others: all is escaped, a missing name is an error."""
    result = Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    result.filters |= {"readable": readable, "grouped": grouped}
    result.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
    result.globals |= {"telephone": telephone}
    return result


WEB_TEMPLATES = Path(__file__).parent / "templates"
_TEMPLATES = environment(WEB_TEMPLATES)


def page(
    request: Request, template: str, status_code: int = status.HTTP_200_OK, **what: object
) -> HTMLResponse:
    """The page of a template; its scripts get the nonce that lets them run."""
    html = _TEMPLATES.get_template(template).render(nonce=request.state.nonce, **what)
    return HTMLResponse(html, status_code, {"Cache-Control": "no-store"})


def qr_code(address: str) -> Markup | None:
    """A QR code as SVG; None for an address longer than one can hold."""
    try:
        code = segno.make_qr(address, error="L")
    except segno.DataOverflowError:
        return None
    return Markup(code.svg_inline(svgclass=None, lineclass=None, omitsize=True))  # noqa: S704
