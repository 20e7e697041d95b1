"""Hide personal numbers before anything is written (design rule 4).

Digits are read in every writing: full-width, circled, kanji, with spaces, hyphens or dots
between them. A run of 12 digits is hidden whether or not its check digit fits. Public short
numbers (119, #7119), dates, deadlines and amounts stay.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_KANJI = str.maketrans("〇零一二三四五六七八九", "00123456789")
_GAP = r"[\s\-‐‑‒–—―−ー－・._()（）]{0,3}"
"""What people put between the digits of one number."""

_RUN = re.compile(rf"\d(?:{_GAP}\d)*")
_DATE = re.compile(r"(19|20)\d\d[-.]\d{1,2}[-.]\d{1,2}")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PIN = re.compile(
    rf"(?:暗証番号|パスワード|ぱすわーど|pin)[^\d\n]{{0,8}}?(?P<secret>\d(?:{_GAP}\d){{3,15}})",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"(?:[東西南北]?\d+条)?[東西南北]?\d+丁目\s*\d+(?:番地?|号|[-−－‐の]|\d)*"
    r"|\d+番地(?:の?\d+)?(?:号)?"
    r"|\d+番\d+号"
)


@dataclass(frozen=True)
class Masked:
    """The text without its personal parts; `hidden` holds the words that replaced them."""

    text: str
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Span:
    start: int
    end: int
    label: str


def mask(text: str) -> Masked:
    """Hide My Numbers, card and phone numbers, PINs, mail and house addresses in `text`.

    The characters around what is hidden are unchanged.
    """
    readable = "".join(_readable(character) for character in text)
    spans: list[_Span] = []
    for span in _personal(readable):
        if all(span.end <= other.start or other.end <= span.start for other in spans):
            spans.append(span)
    spans.sort(key=lambda span: span.start)
    parts, position = [], 0
    for span in spans:
        parts += [text[position : span.start], span.label]
        position = span.end
    hidden = tuple(dict.fromkeys(span.label for span in spans))
    return Masked("".join([*parts, text[position:]]), hidden)


def without_labels(text: str, hidden: Iterable[str]) -> str:
    """`text` without the words that stand for what was hidden: they are no part of the question."""
    for label in hidden:
        text = text.replace(label, " ")
    return text.strip()


def _personal(readable: str) -> Iterator[_Span]:
    """What to hide, the more telling kind first."""
    for match in _MAIL.finditer(readable):
        yield _Span(*match.span(), "［メールアドレス］")
    for match in _PIN.finditer(readable):
        yield _Span(*match.span("secret"), "［暗証番号］")
    for match in _RUN.finditer(readable):
        if label := _number_label(match.group()):
            yield _Span(*match.span(), label)
    for match in _ADDRESS.finditer(readable):
        yield _Span(*match.span(), "［住所］")


def _number_label(run: str) -> str | None:
    digits = [character for character in run if character.isdigit()]
    if len(digits) < 10 and not (digits[0] == "0" and len(digits) == 9):
        return None
    if len(digits) < 12 and _DATE.match(run):
        return None
    if len(digits) in (9, 10, 11) and digits[0] == "0":
        return "［電話番号］"
    if len(digits) == 12:
        return "［個人番号］"
    return "［カード番号］" if 13 <= len(digits) <= 19 else "［番号］"


def _readable(character: str) -> str:
    """One character with digits of every script as 0–9, so that offsets hold."""
    plain = unicodedata.normalize("NFKC", character).translate(_KANJI)
    if len(plain) != 1:
        return character
    return str(unicodedata.digit(plain)) if plain.isdigit() else plain
