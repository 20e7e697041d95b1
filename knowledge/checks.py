"""`knowledge check`: hints on content that is right by its schema but may serve residents badly.

Mistakes (`errors.ContentError`) keep content from going live; hints (注意) do not. Every check
is a function from the content to places and sentences; lines are looked up at the end.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import SequenceMatcher
from pathlib import Path

from knowledge import plain
from knowledge.answer import Status
from knowledge.desk_checks import hints_on_canned, hints_on_desks
from knowledge.entries import AnyEntry, Entry, Guide, Procedure, facts_in, run_out
from knowledge.errors import Problem
from knowledge.facts import PhoneFact
from knowledge.loader import CANNED, DESKS, DRAFT, ENTRY, Content, broken_references_of, drafts
from knowledge.progress import Tick, silently
from knowledge.reading import line_in, read_file, shown_name
from knowledge.search import SearchIndex
from knowledge.skeleton import BLANK
from knowledge.tokens import normalise, squeeze

QUESTIONS = 8
"""Ways to ask that an entry should know at least."""
_NEEDED = ("who", "when", "bring", "fee", "where", "how.window", "how.post", "how.online")
"""What a resident asks of any procedure; unknown is written as an unconfirmed fact, not left out."""
_FIGURE = re.compile(r"\d[\d,.]*\s*(?:万?円|万|日|時|分|%|％|割|か月|歳|通|回)")
_CUT_OFF = re.compile(r"^\s*(?P<kept>[^#\s](?:(?! #).)*?) +(?P<lost>#[^\s#]\S*)")
"""Text that goes on after the first # of its line; what follows a longer comment is part of that."""

_ALIKE = 0.6
"""Share of letters by which 「一般 200円」 and 「一般 250円」 are two versions of one fact."""
_SLIPS = (
    (re.compile(r"^(value|text)[ 　]*："), "半角のコロンと空白に直してください"),
    (
        re.compile(r"(valid_from|valid_until|status|checked_on): "),
        "「- value: 文」の形にして、行を分けてください",
    ),
    (re.compile(r"^[-－ー‐]|\s-\s?[^\s\d]"), "行の初めは半角の「- 」です。空白を1つ入れてください"),
    (re.compile(r"^000円"), "「,」で切れています。[ ] を使わず「- 」の行に分けてください"),
    (re.compile(r"^[0-9０-９,，]+$"), "「円」などの単位まで書いてください"),
)
"""What stands in a fact only by a slip, and what to do."""

type Place = tuple[int | str, ...]


@dataclass(frozen=True)
class Hint:
    """A sentence about one place of one entry."""

    entry: AnyEntry
    place: Place
    message: str


def hints(content: Content, root: Path, today: date, tick: Tick = silently) -> list[Problem]:
    """All hints, by file and line; `tick` is told how many of how many entries are done."""
    entries = list(content.entries.values())
    found = [
        *(hint for entry in entries for hint in _of_one(entry, today)),
        *_same_names(entries),
        *_same_questions(entries),
        *_lost_questions(content.searched, tick),
    ]
    problems = [
        Problem(
            content.files[hint.entry.id],
            line_in(root / content.files[hint.entry.id], hint.place),
            hint.message,
        )
        for hint in found
    ]
    return sorted(
        (
            *problems,
            *_of_desks(content, root, today),
            *_cut_off(root, (*content.files.values(), DESKS, CANNED)),
            *_drafts(content, root, today),
        ),
        key=lambda problem: (problem.path, problem.line),
    )


def _of_one(entry: AnyEntry, today: date) -> Iterator[Hint]:
    if BLANK in entry.model_dump_json():
        yield Hint(entry, (), f"「{BLANK}」が残っています。書きかえるか、消してください")
    is_searched = not isinstance(entry, Guide) or bool(entry.questions)
    if is_searched and len(entry.questions) < QUESTIONS:
        message = f"住民の聞き方が{len(entry.questions)}つです。{QUESTIONS}つ以上書いてください"
        yield Hint(entry, ("questions",), message)
    if is_searched and not entry.easy:
        yield Hint(entry, (), "「easy」（やさしい日本語）がありません。書き足してください")
    if isinstance(entry, Procedure):
        for path in _NEEDED:
            if not _value(entry, path):
                yield Hint(
                    entry,
                    tuple(path.split(".")),
                    f"手続きの「{path}」がありません。分からないときも unconfirmed で書いてください",
                )
    for place, dated in run_out(entry, today):
        message = f"{dated.valid_until} に期限が過ぎています。新しい内容を書くか、消してください"
        yield Hint(entry, place, message)
    for n, special in enumerate(getattr(entry, "special_days", ())):
        if (special.until or special.day) < today:
            yield Hint(entry, ("special_days", n), "日が過ぎています。年を確かめるか、消してください")
    yield from _slips(entry)
    yield from _uneven_versions(entry)
    yield from _said_too_firmly(entry)
    for place, text, tests in _texts(entry):
        yield from (Hint(entry, place, message) for test in tests for message in test(text))


def _of_desks(content: Content, root: Path, today: date) -> Iterator[Problem]:
    for name, found in (
        (DESKS, hints_on_desks(content.desks, today)),
        (CANNED, hints_on_canned(content.canned)),
    ):
        yield from (Problem(name, line_in(root / name, place), message) for place, message in found)


def _value(entry: Entry, path: str) -> object:
    value: object = entry
    for name in path.split("."):
        value = getattr(value, name)
    return value


def _texts(entry: AnyEntry) -> Iterator[tuple[Place, str, Sequence[Callable[[str], Iterable[str]]]]]:
    for n, text in enumerate(entry.summary):
        yield ("summary", n), text.value, (plain.in_any_text, plain.in_first_text)
    for n, text in enumerate(entry.easy):
        yield ("easy", n), text.value, (plain.in_any_text, plain.in_easy_text)
    for place, fact in facts_in(entry):
        yield place, fact.value, (plain.in_any_text,)


def _slips(entry: AnyEntry) -> Iterator[Hint]:
    """Texts that YAML reads, but not as their writer meant them."""
    for place, fact in facts_in(entry):
        for slip, advice in _SLIPS if not isinstance(fact, PhoneFact) else ():
            if slip.search(fact.value):
                yield Hint(entry, place, f"「{fact.value[:20]}」と読まれています。{advice}")


def _uneven_versions(entry: AnyEntry) -> Iterator[Hint]:
    """Two versions of one thing (their words are alike) with a gap or an overlap between their dates."""
    facts = list(facts_in(entry))
    for place, fact in facts:
        end = fact.valid_until
        if end is None:
            continue
        begins = sorted(
            other.valid_from
            for where, other in facts
            if where[:-1] == place[:-1] and other.valid_from and other is not fact
            if SequenceMatcher(None, fact.value, other.value).ratio() >= _ALIKE
        )
        later = [day for day in begins if fact.valid_from is None or day > fact.valid_from]
        if later and end + timedelta(days=1) not in later:
            what = "あいだがあいています" if later[0] > end else "重なっています"
            yield Hint(entry, place, f"次の内容の始まり（{later[0]}）と{what}。日付を確かめてください")


def _said_too_firmly(entry: AnyEntry) -> Iterator[Hint]:
    """A summary carries no mark, so it must not give figures that are unconfirmed or run out."""
    if entry.status is Status.UNCONFIRMED:
        return
    firm: set[str] = set()
    loose: set[str] = set()
    for _, fact in facts_in(entry):
        lasting = fact.status is not Status.UNCONFIRMED and not fact.has_dates
        (firm if lasting else loose).update(_FIGURE.findall(normalise(fact.value)))
    for field in ("summary", "easy"):
        for n, text in enumerate(getattr(entry, field)):
            if text.has_dates:
                continue
            for figure in sorted((loose - firm) & set(_FIGURE.findall(normalise(text.value)))):
                message = f"「{figure}」は確認待ちか期間のある事実です。消すか、期間をつけてください"
                yield Hint(entry, (field, n), message)


def _same_names(entries: Sequence[AnyEntry]) -> Iterator[Hint]:
    owners: dict[str, AnyEntry] = {}
    for entry in entries:
        names: list[tuple[Place, str]] = [(("title",), entry.title)]
        names += [(("aliases", n), alias) for n, alias in enumerate(entry.aliases)]
        for place, name in names:
            owner = owners.setdefault(_squeezed(name), entry)
            if owner is not entry:
                message = f"「{name}」は {owner.id} の名前でもあります。どちらか1つだけに書いてください"
                yield Hint(entry, place, message)


def _same_questions(entries: Sequence[AnyEntry]) -> Iterator[Hint]:
    owners: dict[str, list[tuple[AnyEntry, Place]]] = defaultdict(list)
    for entry in entries:
        for n, question in enumerate(entry.questions):
            owners[_squeezed(question)].append((entry, ("questions", n)))
    for (first, _), *others in owners.values():
        for entry, place in others:
            question = entry.questions[int(place[1])]
            message = f"「{question}」は {first.id} にもあります。どちらか1つだけに書いてください"
            yield Hint(entry, place, message)


def _lost_questions(entries: Sequence[AnyEntry], tick: Tick) -> Iterator[Hint]:
    """Questions that the search answers with another entry, though it knows them."""
    index = SearchIndex(entries)
    for done, entry in enumerate(entries, start=1):
        tick(done, len(entries))
        for n, question in enumerate(entry.questions):
            hits = index.search(question, limit=1).hits
            if hits and hits[0].entry is not entry:
                other = hits[0].entry.id
                message = f"「{question}」と聞くと {other} が見つかります。言い方を変えるか、消してください"
                yield Hint(entry, ("questions", n), message)


def _cut_off(root: Path, names: Iterable[str]) -> Iterator[Problem]:
    """「電話は #9110 です」 without quotes: YAML takes what follows for a comment and says nothing."""
    for name in names:
        for number, line in enumerate((root / name).read_text(encoding="utf-8-sig").splitlines(), start=1):
            cut = _CUT_OFF.search(line)
            if cut and cut["kept"].count('"') % 2 == cut["kept"].count("'") % 2 == 0:
                message = f'「{cut["lost"]}」から後ろは読まれません。文の全体を " " で囲んでください'
                yield Problem(name, number, message)


def _drafts(content: Content, root: Path, today: date) -> Iterator[Problem]:
    for path in drafts(root):
        name = shown_name(path, root)
        problems: list[Problem] = []
        entry = read_file(path, root, ENTRY, problems)
        if entry and entry.id != path.stem.removesuffix(DRAFT):
            message = f"id「{entry.id}」とファイル名「{path.name}」が違います。同じにしてください"
            problems.append(Problem(name, 1, message))
        if entry and not problems:
            problems += [Problem(name, line_in(path, h.place), h.message) for h in _of_one(entry, today)]
            problems += _cut_off(root, [name])
            broken = broken_references_of(entry, content.entries, content.city, frozenset({entry.id}))
            problems += [Problem(name, line_in(path, place), message) for place, message in broken]
            message = "下書きです。ファイル名の「.draft」を消すと、住民に見えるようになります"
            problems.append(Problem(name, 1, message))
        yield from problems


def _squeezed(text: str) -> str:
    return squeeze(text).rstrip("?。!")
