"""Hide personal numbers before anything is written (design rule 4).

Digits are read in every writing: full-width, circled, kanji, with anything but letters between
them. A run of 12 digits is hidden whether or not its check digit fits. Public short numbers
(119, #7119), dates, times, deadlines and amounts stay.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

_HIDDEN = "［"
"""Stands in the readable text for each hidden character. No reading yields it: a typed ［ reads [."""

_LABELS = "メールアドレス|暗証番号|電話番号|個人番号|カード番号|番号|住所"
_PIECE = re.compile(rf"［(?:{_LABELS})］|.", re.DOTALL)
_KANJI = str.maketrans("〇零一二三四五六七八九", "00123456789")

_BETWEEN = rf"(?:[^\w:∶〜~{_HIDDEN}]|[_ー\u115f\u1160])"
"""What people put between the digits of one number; the signs of times and ranges divide."""
_GAP = _BETWEEN + "{0,4}"
_SEP = _BETWEEN + "{1,4}"
_UP_TO = rf"[^\d\n{_HIDDEN}]{{0,8}}?"
"""From the word that names a number to the number."""

_DATE = r"(?:19|20)\d\d[-./]\d{1,2}[-./]\d{1,2}"
_AMOUNT = r"\d{1,3}(?:,\d{3}){1,2}"
_HARMLESS = re.compile(
    rf"(?:(?:\d\d{_SEP})?{_DATE}(?:{_SEP}{_DATE})*(?:{_SEP}\d{{1,2}})?"  # minutes before, hour after
    rf"|(?:{_DATE}{_SEP})?{_AMOUNT}(?:(?!,\d){_SEP}{_AMOUNT})*(?=\s?円))(?!{_GAP}\d)"
)

_MAIL = re.compile(r"(?<![\w.+-])(?P<secret>[\w.+-]++@[\w-]++(?:\.[\w-]+)+)")
_PIN = re.compile(
    rf"(?:暗証番号|パスワード|パスコード|ぱすわーど|password|(?<![a-z])pin){_UP_TO}"
    r"(?P<secret>(?=[!-~]{0,31}\d)(?=[!-~]{0,31}[a-z])[a-z0-9][!-~]{2,}[a-z0-9]"
    rf"|\d(?:{_GAP}\d){{3,}})",
    re.IGNORECASE,
)
_RUN = re.compile(rf"(?P<secret>\d(?:{_GAP}\d)*)")
_PHONE = re.compile(rf"電話番号{_UP_TO}(?P<secret>\d(?:{_GAP}\d){{4,}})")
_NAMED = re.compile(rf"(?:番号|口座){_UP_TO}(?P<secret>\d(?:{_GAP}\d){{4,}})")

_DASH = "[-‐‒–—―−ーのノ]"
_LOT = rf"(?:\s?(?:{_DASH}|番地?の?|丁目)\s?\d{{1,4}}){{1,3}}(?!\d|\s?[:時月日年人名歳円])"
_ADDRESS = re.compile(
    rf"(?P<secret>〒{_GAP}\d(?:{_GAP}\d){{2,6}}"
    rf"|(?:[東西南北]?\d{{1,3}}条)?[東西南北]?\d{{1,3}}丁目\s*\d+(?:番地?|号|{_DASH}|\d)*"
    r"|\d{1,5}番地(?:の?\d+)?(?:号)?"
    r"|\d{1,5}番\d{1,5}号"
    rf"|[東西南北]?\d{{1,3}}条[東西南北]\d{{1,3}}{_LOT}"
    rf"|(?:(?<=[町村区])|(?<=[町村区]\s))\d{{1,4}}{_LOT})"
)

_KINDS = (
    (_MAIL, "［メールアドレス］"),
    (_PIN, "［暗証番号］"),
    (_RUN, None),
    (_PHONE, "［電話番号］"),
    (_NAMED, "［番号］"),
    (_ADDRESS, "［住所］"),
)
"""What to hide, the more telling kind first. The secret ends the match; None: its digits tell."""


@dataclass(frozen=True)
class Masked:
    """The text without its personal parts; `hidden` holds the words that replaced them."""

    text: str
    hidden: tuple[str, ...] = ()


def mask(text: str) -> Masked:
    """Hide My Numbers, card and phone numbers, PINs, mail and house addresses in `text`.

    The characters around what is hidden are unchanged, and masking again changes nothing.
    """
    spans: list[tuple[int, int, str]] = []
    readable = _PIECE.sub(lambda piece: _readable(piece.group()), text)
    before = -1
    while before < len(spans):  # what is hidden may bare another number
        before = len(spans)
        for pattern, label in _KINDS:
            readable = _hide(readable, pattern, label, spans)
    parts, position = [], 0
    for start, end, label in sorted(spans):
        parts += [text[position:start], label]
        position = end
    hidden = tuple(dict.fromkeys(label for _, _, label in sorted(spans)))
    return Masked("".join([*parts, text[position:]]), hidden)


def without_labels(text: str, hidden: Iterable[str]) -> str:
    """`text` without the words that stand for what was hidden: they are no part of the question."""
    for label in hidden:
        text = text.replace(label, " ")
    return text.strip()


def _hide(
    readable: str, pattern: re.Pattern[str], label: str | None, spans: list[tuple[int, int, str]]
) -> str:
    """`readable` with what `pattern` finds struck out; `spans` gains where it was."""

    def strike(match: re.Match[str]) -> str:
        start, end = match.span("secret")
        found = label or _number_label(match["secret"])
        if found is None or (pattern not in (_MAIL, _PIN) and _HARMLESS.match(readable, start)):
            return match.group()
        spans.append((start, end, found))
        return readable[match.start() : start] + _HIDDEN * (end - start)

    return pattern.sub(strike, readable)


def _number_label(run: str) -> str | None:
    digits = [character for character in run if character.isdigit()]
    if len(digits) < 10 and not (digits[0] == "0" and len(digits) == 9):
        return None
    if len(digits) in (9, 10, 11) and digits[0] == "0":
        return "［電話番号］"
    if len(digits) == 12:
        return "［個人番号］"
    return "［カード番号］" if 13 <= len(digits) <= 19 else "［番号］"


def _readable(piece: str) -> str:
    """One character with digits of every script as 0–9, a label struck out, so that offsets hold."""
    if len(piece) > 1:
        return _HIDDEN * len(piece)
    plain = unicodedata.normalize("NFKC", piece).translate(_KANJI)
    digit = unicodedata.digit(plain if len(plain) == 1 else piece, None)
    if digit is not None:
        return str(digit)
    return plain if len(plain) == 1 else piece
