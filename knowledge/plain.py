"""Plain Japanese: words that say nothing, words that rot, terms nobody explained, long sentences.

The words are data (`plain_words.yml`), each with what to write instead. These are hints for
the writer, never reasons to hold back a fact.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter
from ruamel.yaml import YAML

LONGEST = 70
"""Letters in a sentence of a summary; the guideline for plain Japanese asks for short sentences."""
LONGEST_EASY = 50
_SENTENCE = re.compile(r"[^。\n]+")
_ERA = re.compile(r"(昭和|平成|大正|明治)(\d{1,3})年")
_LAST_YEAR = {"明治": 45, "大正": 15, "昭和": 64, "平成": 31}


@cache
def _words() -> dict[str, dict[str, str]]:
    path = Path(__file__).parent / "plain_words.yml"
    return TypeAdapter(dict[str, dict[str, str]]).validate_python(YAML(typ="safe").load(path))


def in_any_text(text: str) -> Iterator[str]:
    """Hints for a text of any length: vague words, words that rot, years that never were."""
    for kind, why in (("vague", "人によって受け取り方が変わります"), ("rots", "時がたつと意味が変わります")):
        found = {word: instead for word, instead in _words()[kind].items() if word in text}
        for word, instead in found.items():
            if not any(word in longer for longer in found if longer != word):  # 今年 in 今年度
                yield f"「{word}」は{why}。{instead}ようにしてください"
    for era, year in _ERA.findall(text):
        if not 1 <= int(year) <= _LAST_YEAR[era]:
            yield f"「{era}{year}年」という年はありません。年を確かめてください"


def in_first_text(text: str) -> Iterator[str]:
    """Hints for a summary, which is read first: long sentences, terms without an explanation."""
    yield from _long_sentences(text, LONGEST)
    for term, meaning in _words()["terms"].items():
        if re.search(rf"{term}(?!証|番号|[^、。]*（)", text):
            yield f"「{term}」は分かりにくい言葉です。「{meaning}」と言いかえるか、（ ）で説明してください"


def in_easy_text(text: str) -> Iterator[str]:
    """Hints for やさしい日本語: shorter sentences yet."""
    yield from _long_sentences(text, LONGEST_EASY)


def _long_sentences(text: str, longest: int) -> Iterator[str]:
    for sentence in _SENTENCE.findall(text):
        if len("".join(sentence.split())) > longest:
            yield f"文が長すぎます（{longest}文字まで）。2つに分けてください: {sentence[:20]}…"
