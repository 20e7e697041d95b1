"""What a Japanese text is made of, for search: its words, its letters, how it is read.

Words are SudachiPy's, as normalised forms, content words only; a compound counts as itself and
as its parts (児童手当, 児童, 手当), so that both an exact name and half of it find the entry.
Pairs of letters catch typos and endings; pairs of the reading catch kana (じどうてあて) and
romaji (jidou teate).
"""

from __future__ import annotations

import re
import threading
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import jaconv
from sudachipy import Dictionary, Morpheme, MorphemeList, SplitMode

_CONTENT = frozenset({"名詞", "動詞", "形容詞", "形状詞", "接頭辞", "接尾辞"})
_WEIGHT = {"名詞": 1.0, "動詞": 0.6, "形容詞": 0.6, "形状詞": 0.6, "接頭辞": 0.3, "接尾辞": 0.3}
MAX_CHARS = 1000
"""Longer questions are cut here: Sudachi refuses input over 49,149 bytes."""

STOP = frozenset(
    word
    for line in (Path(__file__).parent / "stopwords.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
    for word in line.split()
)

_MARKUP = re.compile(r"<[^<>]*>")
_SYMBOLS = frozenset({"補助記号", "記号", "空白"})
_ROMAJI = re.compile(r"[a-z]{3,}")
_LATIN = re.compile(r"[a-z]+")
_SENTENCE = 14
"""Letters from which katakana alone are no word (マイナンバーカード) but a way of writing."""
_KATAKANA_ONLY = re.compile(r"[^一-龠ぁ-ゖ]*[ァ-ヴ][^一-龠ぁ-ゖ]*")
_KANA = re.compile(r"(?!.*っ(っ|$))[ぁ-ゖー]+")
_dictionary = Dictionary(dict="core")
_local = threading.local()


@dataclass(frozen=True)
class Word:
    """A content word of a text: its normalised form and how much it matters (0 to 1)."""

    form: str
    weight: float


def normalise(text: str) -> str:
    """NFKC, lower case, without markup, unseen characters or broken surrogates, at most MAX_CHARS long."""
    readable = text[: 2 * MAX_CHARS].encode("utf-8", errors="replace").decode("utf-8")
    seen = "".join(letter for letter in readable if unicodedata.category(letter) != "Cf")
    plain = _MARKUP.sub(" ", unicodedata.normalize("NFKC", seen))
    return plain.lower().strip()[:MAX_CHARS]


def squeeze(text: str) -> str:
    """`normalise`, without any space: for texts that are compared letter by letter."""
    return "".join(normalise(text).split())


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[Word, ...]:
    """The content words of `text`, compounds with their parts, without the words of STOP."""
    found: list[Word] = []
    for morpheme in morphemes(normalise(text), SplitMode.C):
        if not _matters(morpheme):
            continue
        parts = [part for part in morpheme.split(SplitMode.A) if _matters(part)]
        forms = {morpheme.normalized_form(), *(part.normalized_form() for part in parts)}
        weight = _WEIGHT[morpheme.part_of_speech()[0]]
        found.extend(Word(form, weight) for form in sorted(forms - STOP))
    return tuple(found)


def forms(text: str) -> list[str]:
    """The normalised forms of `words(text)`."""
    return [word.form for word in words(text)]


def as_written(text: str) -> str:
    """`normalise`, with romaji (jidou teate) and pure katakana as hiragana: how residents would write it."""
    plain = from_romaji(text)
    if len(plain) >= _SENTENCE and _KATAKANA_ONLY.fullmatch(plain):
        return str(jaconv.kata2hira(plain))
    return plain


def from_romaji(text: str) -> str:
    """`normalise`, and in hiragana what is written in romaji for the most part."""
    plain = normalise(text)
    words = _LATIN.findall(plain)
    if len(words) > 1 and len("".join(words)) * 2 > len(plain):
        kana = {word: str(jaconv.alphabet2kana(word)) for word in words}
        if sum(bool(_KANA.fullmatch(spelt)) for spelt in kana.values()) * 3 >= 2 * len(kana):
            return _LATIN.sub(lambda match: kana[match[0]], plain)
    return plain


@lru_cache(maxsize=65_536)
def pairs(text: str) -> tuple[str, ...]:
    """Neighbouring letters of `text`, katakana as hiragana, without spaces and symbols."""
    return _pairs(jaconv.kata2hira(squeeze(text)))


@lru_cache(maxsize=65_536)
def reading_pairs(text: str) -> tuple[str, ...]:
    """Neighbouring letters of how `text` is read, in hiragana."""
    return _pairs("".join(map(_reading, morphemes(squeeze(text), SplitMode.C))))


def _pairs(letters: str) -> tuple[str, ...]:
    return tuple(a + b for a, b in pairwise(filter(str.isalnum, letters)))


def _reading(morpheme: Morpheme) -> str:
    surface = morpheme.surface()
    if _ROMAJI.fullmatch(surface) and _KANA.fullmatch(kana := str(jaconv.alphabet2kana(surface))):
        return kana
    is_read = morpheme.part_of_speech()[0] not in _SYMBOLS and morpheme.reading_form() != "キゴウ"
    return str(jaconv.kata2hira((is_read and morpheme.reading_form()) or surface))


def _matters(morpheme: Morpheme) -> bool:
    part_of_speech = morpheme.part_of_speech()
    if part_of_speech[0] not in _CONTENT or part_of_speech[1] == "非自立可能" == part_of_speech[2]:
        return False
    return not (part_of_speech[1] == "数詞" or morpheme.normalized_form() in STOP)


def morphemes(text: str, mode: SplitMode) -> MorphemeList:
    """Sudachi's morphemes of `text`, from this thread's tokenizer: one may not be shared between threads."""
    if not hasattr(_local, "tokenizer"):
        _local.tokenizer = _dictionary.tokenizer()
    found: MorphemeList = _local.tokenizer.tokenize(text, mode)
    return found
