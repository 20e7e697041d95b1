"""Which message tells of an emergency: words of `urgent` that stand near each other, however they are spelt.

A miss may cost a life and a false alarm costs a line, so a word in hiragana is looked for in how the
message is read too: 「かじだ」 finds 火事だ, カジダ and the slip 家事だ. What calms must follow
(ガス漏れ検査): somebody may well fall ill at a drill.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import jaconv
from sudachipy import SplitMode

from knowledge import tokens

NEAR = 20
"""Letters between words that belong together."""
CALMS = 15
"""Letters after an urgent word within which a word calms it."""
SHORT = 3
"""Letters of a word in hiragana up to which it must begin where a word begins (くま is not in 近くまで), as
a single kanji must."""
STOP = "。"
"""Where a sentence begins or ends, in lines and in messages."""

_ENDS = re.compile(r"[。.!?…\n]+")
_UNHEARD = re.compile(r"[^\w。]|[ー_]")
_LARGE = str.maketrans("ぁぃぅぇぉっゃゅょゎぢづ", "あいうえおつやゆよわじず")
_KANA = re.compile(r"[ぁ-ゖ。]+")
_SHAPE = re.compile(r"[^|+]+(\|[^|+]+)*( \+ [^|+]+(\|[^|+]+)*)*( - [^|+]+(\|[^|+]+)*)?")
_PLUS, _UNLESS, _OR = " + ", " - ", "|"

_GROUP = re.compile(r"【([^【】]*)】")

type Span = tuple[int, int]
type Groups = Mapping[str, Sequence[str]]
"""Words that mean much the same by the name that lines call them."""


@dataclass(frozen=True)
class Line:
    """One line of `urgent`: a word of each of `parts` near each other, and none of `unless` near them."""

    parts: tuple[tuple[str, ...], ...]
    unless: tuple[str, ...]

    @classmethod
    def of(cls, text: str, groups: Groups) -> Line:
        """`【夫】 + なぐ|殴 - 書き` as a line; raises ValueError with a sentence for staff."""
        if unknown := [name for name in _GROUP.findall(text) if name not in groups]:
            raise ValueError(f"「【{unknown[0]}】」が urgent_words にありません。書き足すか、直してください")
        text = _GROUP.sub(lambda match: _OR.join(groups[match[1]]), text)
        if not _SHAPE.fullmatch(text):
            raise ValueError(
                f"「{text}」を「【夫】 + なぐ|殴 - 書き」のように直してください。"
                "「|」は「または」、「 + 」は「と」、「 - 」は「がないとき」で、"
                "「 + 」と「 - 」の前後は半角の空白です"
            )
        together, _, unless = text.partition(_UNLESS)
        parts = tuple(_words(part) for part in together.split(_PLUS))
        return cls(parts, _words(unless) if unless else ())

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


@dataclass(frozen=True)
class _Reading:
    """A message in hiragana; `begins` tells the written letter of each of its letters, and the end.

    `heads` begin a word; `kana` are written as they are read.
    """

    letters: str
    begins: tuple[int, ...]
    heads: frozenset[int]
    kana: frozenset[int]

    @cached_property
    def words(self) -> frozenset[int]:
        """The written letters with which words begin."""
        return frozenset(self.begins[head] for head in self.heads)

    def spans(self, word: str) -> Iterator[Span]:
        """Where `word` is heard, though not from the middle of a kanji, nor a short one of any word."""
        for begin in _places(word, self.letters):
            if begin in self.heads or (len(word) > SHORT and begin in self.kana):
                last = begin + len(word) - 1
                yield self.begins[begin], max(self.begins[last] + 1, self.begins[last + 1])


class Message:
    """A message as it is written and as it is read; every position is one of the written letters."""

    def __init__(self, text: str) -> None:
        ended = _ENDS.sub(STOP, tokens.as_written(text))
        letters = STOP + _UNHEARD.sub("", ended) + STOP
        self._written = _folded(letters)
        self._letters = letters
        self._found: dict[tuple[str, ...], tuple[Span, ...]] = {}

    @cached_property
    def _read(self) -> _Reading:
        letters, begins, heads, kana = "", [0], set[int](), set[int]()
        for morpheme in tokens.morphemes(self._letters, SplitMode.A):
            surface, begin = morpheme.surface(), begins.pop()
            heard = _folded(surface if surface == STOP else morpheme.reading_form() or surface)
            places = range(len(letters), len(letters) + len(heard))
            is_kana = heard == _folded(surface)
            heads.add(len(letters))
            kana.update(places if is_kana else ())
            begins += range(begin, begin + len(heard)) if is_kana else [begin] * len(heard)
            begins.append(begin + len(surface))
            letters += heard
        return _Reading(letters, tuple(begins), frozenset(heads), frozenset(kana))

    def spans(self, words: tuple[str, ...]) -> tuple[Span, ...]:
        """Where any of `words` stands, in the order written."""
        if words not in self._found:
            written, read = self._written, self._read.letters
            there = [word for word in words if word in read or word in written]
            self._found[words] = tuple(sorted({span for word in there for span in self._spans(word)}))
        return self._found[words]

    def _spans(self, word: str) -> Iterator[Span]:
        if _KANA.fullmatch(word):
            yield from self._read.spans(word)
            return
        for begin in _places(word, self._written):
            if len(word) > 1 or begin in self._read.words:
                yield begin, begin + len(word)

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
    def of(
        cls, entry: str, lines: Iterable[str], groups: Groups, calming: Iterable[str], *, is_first: bool
    ) -> Emergency:
        """Of an entry's own words; raises ValueError with a sentence for staff."""
        read = tuple(Line.of(line, groups) for line in lines)
        return cls(entry, read, tuple(_cleaned(word) for word in calming), is_first)


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
    cleaned = _folded(_UNHEARD.sub("", tokens.normalise(word)))
    if not cleaned:
        raise ValueError(f"「{word}」は記号だけです。文字で書いてください")
    return cleaned


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
