"""Numbers below 100 as residents write them: 12, 十二, 二十五."""

from __future__ import annotations

NUMBER = r"(\d{1,2}|[〇一二三四五六七八九十]{1,3})"
"""One group: 1–2 Arabic digits (after NFKC) or a kanji number."""
_DIGITS = {digit: value for value, digit in enumerate("〇一二三四五六七八九")}


def number(text: str) -> int:
    """Read what NUMBER matched; 0 when it is not a number."""
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _DIGITS.get(text, 0)
    return (_DIGITS.get(tens, 0) if tens else 1) * 10 + (_DIGITS.get(ones, 0) if ones else 0)
