"""Which message tells of an emergency: words of `urgent` that stand near each other, however they are spelt.

A miss may cost a life and a false alarm costs a line, so a word in hiragana is looked for in how the
message is read too: 「かじだ」 finds 火事だ, カジダ and the slip 家事だ. What calms must follow
(ガス漏れ検査): somebody may well fall ill at a drill.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import jaconv
from sudachipy import SplitMode

from knowledge import tokens

NEAR = 20
"""Letters between words that belong together."""
CALMS = 15
"""Letters after an urgent word within which a word calms it."""
STOP = "。"
"""Where a sentence begins or ends, in lines and in messages."""

_ENDS = re.compile(r"[。.!?…\n]+")
_UNHEARD = re.compile(r"[^\w。]|[ー_]")
_LARGE = str.maketrans("ぁぃぅぇぉっゃゅょゎぢづ", "あいうえおつやゆよわじず")
_KANA = re.compile(r"[ぁ-ゖ。]+")
_SHAPE = re.compile(r"[^|+]+(\|[^|+]+)*( \+ [^|+]+(\|[^|+]+)*)*( - [^|+]+(\|[^|+]+)*)?")
_PLUS, _UNLESS, _OR = " + ", " - ", "|"

type Span = tuple[int, int]


@dataclass(frozen=True)
class Line:
    """One line of `urgent`: a word of each of `parts` near each other, and none of `unless` near them."""

    parts: tuple[tuple[str, ...], ...]
    unless: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Line:
        """`夫|妻 + なぐ - 書き` as a line; raises ValueError with a sentence for staff."""
        if not _SHAPE.fullmatch(text):
            raise ValueError(
                "「夫|妻 + なぐ - 書き」のように書いてください。「|」は「または」、「 + 」は「と」、"
                "「 - 」は「がないとき」で、「 + 」と「 - 」の前後は半角の空白です"
            )
        together, _, unless = text.partition(_UNLESS)
        parts = tuple(_words(part) for part in together.split(_PLUS))
        others = _words(unless) if unless else ()
        if "" in {*others, *chain.from_iterable(parts)}:
            raise ValueError("記号だけの言葉があります。文字で書いてください")
        return cls(parts, others)

    def found_in(self, message: Message) -> Iterator[tuple[Span, int]]:
        """Where `message` says it, and how many of its letters are not of these words."""
        first, *others = self.parts
        for span in message.spans(first):
            near = [message.nearest(words, span) for words in others]
            if all(near):
                spans = [span, *(other for other in near if other)]
                whole = min(begin for begin, _ in spans), max(end for _, end in spans)
                if not message.has_near(self.unless, whole):
                    yield whole, whole[1] - whole[0] - sum(end - begin for begin, end in spans)


class Message:
    """A message as it is written and as it is read; every position is one of the written letters."""

    def __init__(self, text: str) -> None:
        ended = _ENDS.sub(STOP, tokens.as_written(text))
        letters = STOP + _UNHEARD.sub("", ended) + STOP
        self._written = _folded(letters)
        self._letters = letters
        self._found: dict[tuple[str, ...], tuple[Span, ...]] = {}

    @cached_property
    def _read(self) -> tuple[str, tuple[int, ...]]:
        """The reading, and the written letter at which each letter of it begins; one more for its end."""
        reading, begins = "", [0]
        for morpheme in tokens.morphemes(self._letters, SplitMode.C):
            surface, begin = morpheme.surface(), begins.pop()
            heard = _folded(surface if surface == STOP else morpheme.reading_form() or surface)
            is_even = len(heard) == len(surface)
            begins += [begin + number if is_even else begin for number in range(len(heard))]
            begins.append(begin + len(surface))
            reading += heard
        return reading, tuple(begins)

    def spans(self, words: tuple[str, ...]) -> tuple[Span, ...]:
        """Where any of `words` stands, in the order written."""
        if words not in self._found:
            self._found[words] = tuple(sorted({span for word in words for span in self._spans(word)}))
        return self._found[words]

    def _spans(self, word: str) -> Iterator[Span]:
        for begin in _places(word, self._written):
            yield begin, begin + len(word)
        if _KANA.fullmatch(word):
            reading, begins = self._read
            for begin in _places(word, reading):
                last = begin + len(word) - 1
                yield begins[begin], max(begins[last] + 1, begins[last + 1])

    def nearest(self, words: tuple[str, ...], span: Span) -> Span | None:
        """The place of `words` with the fewest letters between it and `span`, None for none near."""
        near = [other for other in self.spans(words) if _between(span, other) <= NEAR]
        return min(near, key=lambda other: _between(span, other), default=None)

    def has_near(self, words: tuple[str, ...], span: Span) -> bool:
        """Whether any of `words` stands near `span` in its sentence."""
        begin, end = self._sentence(span)
        return any(
            begin <= other[0] and other[1] <= end and _between(span, other) <= NEAR
            for other in self.spans(words)
        )

    def is_calm_after(self, words: tuple[str, ...], span: Span) -> bool:
        """Whether any of `words` ends soon after `span`, in its sentence."""
        end = min(self._sentence(span)[1], span[1] + CALMS)
        return any(span[0] < begin and span[1] < last <= end for begin, last in self.spans(words))

    def _sentence(self, span: Span) -> Span:
        end = self._written.find(STOP, max(span[1] - 1, span[0]))
        return self._written.rfind(STOP, 0, span[0] + 1), len(self._written) if end < 0 else end + 1


@dataclass(frozen=True)
class Emergency:
    """What an entry takes for an emergency, in which the `first` go before others."""

    entry: str
    lines: tuple[Line, ...]
    calming: tuple[str, ...]
    is_first: bool

    @classmethod
    def of(cls, entry: str, lines: Iterable[str], calming: Iterable[str], *, is_first: bool) -> Emergency:
        """Of an entry's own words."""
        calm = tuple(_cleaned(word) for word in calming)
        return cls(entry, tuple(map(Line.of, lines)), calm, is_first)


def urgent(text: str, emergencies: Sequence[Emergency]) -> str | None:
    """The entry for the emergency that `text` tells of: the one whose words say most, nearest together."""
    message = Message(text)
    found = [
        (not emergency.is_first, -len(line.parts), apart, span[0] - span[1], number)
        for number, emergency in enumerate(emergencies)
        for line in emergency.lines
        for span, apart in line.found_in(message)
        if not message.is_calm_after(emergency.calming, span)
    ]
    return emergencies[min(found)[-1]].entry if found else None


def _words(part: str) -> tuple[str, ...]:
    return tuple(_cleaned(word) for word in part.split(_OR))


def _cleaned(word: str) -> str:
    return _folded(_UNHEARD.sub("", tokens.normalise(word)))


def _folded(letters: str) -> str:
    """As many letters, katakana as hiragana, small ones large: きゆうきゆうしや is common."""
    return str(jaconv.kata2hira(letters)).translate(_LARGE)


def _places(word: str, text: str) -> Iterator[int]:
    begin = text.find(word)
    while begin >= 0:
        yield begin
        begin = text.find(word, begin + 1)


def _between(one: Span, other: Span) -> int:
    return max(one[0] - other[1], other[0] - one[1], 0)
