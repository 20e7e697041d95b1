"""Drafts made from a talk: one more way to ask for an entry, or a new entry of kind faq."""

from __future__ import annotations

import io
import secrets
from datetime import date

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

from knowledge.skeleton import BLANK, skeleton

_MOST_TITLE = 60


def question_draft(title: str, file: str, question: str) -> str:
    """YAML to add to the file of an entry: how a resident has asked for it."""
    head = f"# {file}（{title}）の questions に、次の行を足してください。\n"
    return head + _dumped({"questions": [_line(question)]})


def new_id(today: date) -> str:
    """A name for a new entry, for an editor to change."""
    return f"talk-{today:%m%d}-{secrets.token_hex(2)}"


def faq_draft(entry_id: str, question: str, answer: str, today: date) -> str:
    """A draft as `knowledge new faq` makes it, with a resident's question and a clerk's answer in it."""
    form = skeleton("faq", entry_id, today)
    if form is None:
        raise ValueError("no id for an entry")
    yaml = _yaml()
    draft = yaml.load(form)
    asked = _line(question)
    draft["title"] = asked[:_MOST_TITLE] or BLANK
    draft["questions"][0] = asked or BLANK
    draft["summary"] = answer.strip() or BLANK
    return _dumped(draft)


def _line(text: str) -> str:
    return " ".join(text.split())


def _dumped(value: CommentedMap | dict[str, list[str]]) -> str:
    out = io.StringIO()
    _yaml().dump(value, out)
    return out.getvalue()


def _yaml() -> YAML:
    yaml = YAML()
    yaml.width = 10_000  # a sentence stays on its line
    yaml.allow_unicode = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml
