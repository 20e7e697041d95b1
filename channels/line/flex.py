"""LINE's own forms: an Answer as a bubble, choices as a list of buttons.

A button is a box that can be tapped, not LINE's button: that one shows a single line of some fifteen
letters, and fewer where a resident has set large letters. Every text here wraps and grows with that setting.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import batched, groupby
from urllib.parse import quote, unquote

from linebot.v3.messaging import (
    Action,
    FlexBox,
    FlexBubble,
    FlexCarousel,
    FlexComponent,
    FlexContainer,
    FlexMessage,
    FlexText,
    MessageAction,
    URIAction,
)

from channels.line import limits
from channels.line.measure import cut, split
from knowledge.answer import Answer, AnswerChoice, AnswerFact, AnswerLink, LinkRole, Status
from knowledge.phrases import Phrases

_INK = "#1a1a1a"
_GREY = "#595959"
_BLUE = "#0017c1"
_WHITE = "#ffffff"

_SAFE = "/:?#@!$&'()*+,;=%"
_PATH = r"(?:[\w.~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*"
_WEB = re.compile(
    rf"https?://[A-Za-z0-9.-]+(?::\d{{1,5}})?(?:/{_PATH})?(?:\?{_PATH})?(?:#{_PATH})?", re.ASCII
)
_NUMBER = re.compile(r"\+?[0-9*#(). -]+")


@dataclass(frozen=True)
class _Look:
    ink: str
    paper: str | None = None
    border: str | None = None
    decoration: str | None = None


_FILLED = _Look(_WHITE, paper=_BLUE, border=_BLUE)
_FRAMED = _Look(_BLUE, paper=_WHITE, border=_BLUE)
_UNDERLINED = _Look(_BLUE, decoration="underline")


def answer_bubble(answer: Answer, phrases: Phrases) -> FlexMessage | None:
    """The answer, its facts, its source and a button for each link that `uri` takes.

    None when there is nothing to read in it, or more than LINE takes (limits.BUBBLE_BYTES).
    """
    alt_text = _alt_text(answer, phrases)
    groups = groupby(answer.facts, key=lambda fact: fact.label)
    body = [
        *_words(answer.text),
        *(box for label, facts in groups for box in _group(label, list(facts), phrases)),
        *_words(source_line(answer, phrases), size="sm", color=_GREY, margin="lg"),
    ]
    buttons = list(_link_buttons(answer.links))
    bubble = FlexBubble(body=_column(body), footer=_column(buttons) if buttons else None)
    if not (alt_text and _fits(bubble, limits.BUBBLE_BYTES)):
        return None
    return FlexMessage(alt_text=alt_text, contents=bubble)


def choice_list(choices: Sequence[AnswerChoice]) -> FlexMessage | None:
    """All choices with their whole labels to tap, in one bubble or several beside each other.

    None when they are more than LINE takes (limits.CAROUSEL_BUBBLES, limits.CAROUSEL_BYTES).
    """
    bubbles = [
        FlexBubble(body=_column([_choice_button(choice) for choice in batch]))
        for batch in batched(choices, _evenly(len(choices)))
    ]
    container = bubbles[0] if len(bubbles) == 1 else FlexCarousel(contents=bubbles)
    is_small = (
        len(bubbles) <= limits.CAROUSEL_BUBBLES
        and all(_fits(bubble, limits.BUBBLE_BYTES) for bubble in bubbles)
        and _fits(container, limits.CAROUSEL_BYTES)
    )
    alt_text = cut("\n".join(choice.label for choice in choices), limits.ALT_TEXT)
    return FlexMessage(alt_text=alt_text, contents=container) if is_small else None


def uri(link: AnswerLink) -> str | None:
    """The address as LINE takes it for an action, None if it takes it only as text.

    That is http, https and tel, percent-encoded, of at most limits.URI letters (Messaging API
    reference, URI action); a telephone number has digits only, so that it can be dialled.
    """
    if link.url.startswith("tel:"):
        number = spoken(link.url)
        if not (_NUMBER.fullmatch(number) and re.search(r"\d", number)):
            return None
        address = f"tel:{quote(re.sub(r'[(). ]', '', number), safe='+*-')}"
    else:
        address = quote(link.url, safe=_SAFE)
        if not _WEB.fullmatch(address):
            return None
    return address if len(address) <= limits.URI else None


def spoken(url: str) -> str:
    """An address as it is read: of a telephone link the number."""
    return unquote(url.removeprefix("tel:")) if url.startswith("tel:") else url


def told(fact: AnswerFact, phrases: Phrases) -> str:
    """A fact's value with the mark of what the city has not confirmed; empty when it has none."""
    doubt = phrases.line.unconfirmed if fact.status is Status.UNCONFIRMED else ""
    return f"{fact.value}{doubt}" if fact.value.strip() else ""


def source_line(answer: Answer, phrases: Phrases) -> str:
    """Where the answer comes from; empty when it names no source."""
    return "\n".join(
        phrases.line.source.format(title=s.title, year=s.checked_on.year, month=s.checked_on.month)
        for s in answer.sources[:1]
    )


def _alt_text(answer: Answer, phrases: Phrases) -> str:
    """What a notification shows and reads aloud: the text, then as many facts as there is room for."""
    lines = [answer.text.strip()]
    for label, facts in groupby(answer.facts, key=lambda fact: fact.label):
        values = [value for fact in facts if (value := told(fact, phrases))]
        lines += [phrases.line.fact.format(label=label, value=value) for value in values[:1]] + values[1:]
    return cut("\n".join(line for line in lines if line), limits.ALT_TEXT)


def _group(label: str, facts: Sequence[AnswerFact], phrases: Phrases) -> Iterator[FlexBox]:
    """The facts of one label, which stands above them once."""
    values = [value for fact in facts if (value := told(fact, phrases))]
    dot = "・" if len(values) > 1 else ""
    if values:
        texts = [text for value in values for text in _words(f"{dot}{value}")]
        yield _column([*_words(label, size="sm", weight="bold"), *texts], margin="lg", spacing="xs")


def _words(text: str, **look: str | None) -> Iterator[FlexText]:
    """The components of a text: none if it is blank, which LINE refuses, several if it is long."""
    for piece in split(text.strip(), limits.FLEX_TEXT_UNITS):
        if piece.strip():
            yield FlexText(text=piece, wrap=True, scaling=True, **({"size": "md", "color": _INK} | look))


def _link_buttons(links: Sequence[AnswerLink]) -> Iterator[FlexBox]:
    """Online forms first, then the telephone, then pages and maps."""
    for link in sorted(links, key=_rank):
        address = uri(link)
        if address:
            label = _name(link)
            look = (_FILLED, _FRAMED, _UNDERLINED)[_rank(link)]
            yield _button(label, URIAction(label=cut(label, limits.ACTION_LABEL), uri=address), look)


def _rank(link: AnswerLink) -> int:
    if link.url.startswith("tel:"):
        return 1
    return 0 if link.role is LinkRole.FORM else 2


def _name(link: AnswerLink) -> str:
    """The label; with the number of a telephone, which nobody can read off a button on a PC."""
    number = spoken(link.url)
    is_read = not link.url.startswith("tel:") or _digits(number) in _digits(link.label)
    return link.label if link.label.strip() and is_read else f"{link.label} {number}".strip()


def _digits(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKC", text) if letter.isdecimal())


def _choice_button(choice: AnswerChoice) -> FlexBox:
    action = MessageAction(
        label=cut(choice.label, limits.ACTION_LABEL), text=cut(choice.says, limits.MESSAGE_ACTION_TEXT)
    )
    return _button(choice.label, action, _FRAMED)


def _button(label: str, action: Action, look: _Look) -> FlexBox:
    return FlexBox(
        layout="vertical",
        action=action,
        padding_all="lg",
        corner_radius="md",
        background_color=look.paper,
        border_color=look.border,
        border_width="normal" if look.border else None,
        contents=list(
            _words(label, color=look.ink, weight="bold", align="center", decoration=look.decoration)
        ),
    )


def _column(contents: Iterable[FlexComponent], margin: str | None = None, spacing: str = "md") -> FlexBox:
    return FlexBox(layout="vertical", contents=list(contents), margin=margin, spacing=spacing)


def _evenly(choices: int) -> int:
    """How many of them to a bubble, none much emptier than the others: LINE draws all equally high."""
    return math.ceil(choices / math.ceil(choices / limits.CHOICES_IN_BUBBLE))


def _fits(container: FlexContainer, most: int) -> bool:
    """Measured as the SDK sends it, six bytes for あ, since LINE does not say how it measures."""
    return len(json.dumps(container.to_dict())) <= most
