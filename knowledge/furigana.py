"""How kanji are read, written behind them: 市役所（しやくしょ）. Channels that can draw it as ruby."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import jaconv
from sudachipy import SplitMode

from knowledge.tokens import morphemes

_KANJI = re.compile(r"[一-龠々〆ヶ]+")
_TWICE = re.compile(r"(（[ぁ-んー]+）)（[ぁ-んァ-ヶー]+（?[ぁ-んァ-ヶー]*）?）")
"""A reading that stood in the text already."""
_KANA = re.compile(r"[ぁ-んー]+")
_DAYS = {
    "2日": "ふつか",
    "3日": "みっか",
    "4日": "よっか",
    "5日": "いつか",
    "6日": "むいか",
    "7日": "なのか",
    "8日": "ようか",
    "9日": "ここのか",
    "10日": "とおか",
    "14日": "じゅうよっか",
    "20日": "はつか",
    "24日": "にじゅうよっか",
}
"""Days that are not read as their number and にち."""
_DAY = re.compile(r"(?<![0-9])(?:" + "|".join(_DAYS) + ")")


def with_readings(text: str, own: Mapping[str, str]) -> str:
    """`text` with the reading of every kanji word; `own` readings go before the dictionary's.

    An own reading of one letter is meant for the word of that letter, not for what holds it (方, 方法).
    Words that carry their reading already are left alone.
    """
    known = {**_DAYS, **own}
    long = sorted((word for word in own if len(word) > 1), key=len, reverse=True)
    names = [_DAY.pattern, *map(re.escape, long)]
    parts = re.split(f"({'|'.join(names)})", text)
    written = (f"{part}（{known[part]}）" if part in known else "".join(_read(part, own)) for part in parts)
    return _TWICE.sub(r"\1", "".join(written))


def _read(text: str, own: Mapping[str, str]) -> Iterator[str]:
    for morpheme in morphemes(text, SplitMode.C):
        surface = morpheme.surface()
        reading = own.get(surface) or str(jaconv.kata2hira(morpheme.reading_form()))
        is_read = _KANJI.search(surface) and _KANA.fullmatch(reading)
        yield _aligned(surface, reading) if is_read else surface


def _aligned(surface: str, reading: str) -> str:
    """Readings behind each run of kanji, kana left bare: 引（ひ）っ越（こ）し."""
    runs = re.split(f"({_KANJI.pattern})", surface)
    pattern = "".join("(.+?)" if _KANJI.fullmatch(run) else re.escape(jaconv.kata2hira(run)) for run in runs)
    found = re.fullmatch(pattern, reading)
    if not found:
        return f"{surface}（{reading}）"
    readings = iter(found.groups())
    return "".join(f"{run}（{next(readings)}）" if _KANJI.fullmatch(run) else run for run in runs)
