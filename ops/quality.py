"""`make eval`: what residents get from the whole house, asked through the web channel.

Labelled questions of `tests/questions/`: alone, two in one message, and whole conversations.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from ruamel.yaml import YAML

from knowledge.answer import Answer, AnswerKind
from knowledge.aspects import Aspect
from knowledge.loader import load
from knowledge.table import table
from ops.errors import OpsError
from ops.model import ROOT, ensure_model
from ops.resident import PATIENCE, Resident
from ops.run import say
from ops.stack import Ports, Stack
from ops.vectors import ensure_vectors

QUESTIONS = ROOT / "tests" / "questions"
SETS = ("tuned", "blind")
type Row = Mapping[str, Any]
"""One labelled row of a YAML file."""

_AT_ONCE = 6
"""Conversations that go on at the same time."""


@dataclass(frozen=True)
class Label:
    """What is right: one of some entries, none of them when refusing is; the aspect asked."""

    entries: tuple[str, ...]
    aspect: str

    @classmethod
    def of(cls, row: Row) -> Label:
        """From a mapping with `entries` and `aspect`."""
        return cls(tuple(row["entries"]), row["aspect"])


@dataclass(frozen=True)
class Turn:
    """One labelled turn and what came of it."""

    says: str
    label: Label
    replies: tuple[Answer, ...]
    titles: Mapping[str, str]

    @property
    def is_answered(self) -> bool:
        return any(reply.kind is AnswerKind.ANSWER for reply in self.replies)

    @property
    def is_right(self) -> bool:
        return any(
            reply.entry in self.label.entries for reply in self.replies if reply.kind is AnswerKind.ANSWER
        )

    @property
    def offered(self) -> set[str]:
        labels = {c.label for r in self.replies if r.kind is AnswerKind.CHOICES for c in r.choices}
        return {self.titles[label] for label in labels if label in self.titles}

    @property
    def pressed(self) -> str | None:
        """The button that a resident presses to go on: the first that is right."""
        choices = [c for r in self.replies if r.kind is AnswerKind.CHOICES for c in r.choices]
        return next((c.says for c in choices if self.titles.get(c.label) in self.label.entries), None)

    @property
    def is_helped(self) -> bool:
        return self.is_right or not self.offered.isdisjoint(self.label.entries)

    @property
    def is_refused(self) -> bool:
        return not self.is_answered and not self.offered

    @property
    def has_aspect(self) -> bool:
        """Whether the right entry was answered from the side that was asked first of all."""
        return any((reply.aspect or "hours") == self.label.aspect for reply in self._right)

    def shows(self, sides: Mapping[Aspect, str]) -> bool:
        """Whether the right entry's answer has what was asked; `sides` are the labels of facts by aspect."""
        if self.has_aspect or self.label.aspect not in Aspect:
            return self.has_aspect
        label = sides[Aspect(self.label.aspect)]
        return any(fact.label == label for reply in self._right for fact in reply.facts)

    @property
    def _right(self) -> list[Answer]:
        answers = (reply for reply in self.replies if reply.kind is AnswerKind.ANSWER)
        return [answer for answer in answers if answer.entry in self.label.entries]


def main() -> int:
    """Start a house of its own, ask everything, print the tables; returns 1 when it can't be started."""
    folder = Path(tempfile.mkdtemp(prefix="madoguchi-quality-"))
    ensure_vectors(say)
    stack = Stack(folder / "run", Ports.free(), ensure_model(say))
    try:
        stack.start(say)
        asyncio.run(_ask_everything(stack.url, "--wrong" in sys.argv))
    except OpsError as error:
        print(f"✖ {error}", file=sys.stderr)
        return 1
    finally:
        stack.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return 0


async def _ask_everything(url: str, tell_wrong: bool) -> None:
    content = load()
    titles = {entry.title: entry.id for entry in content.entries.values()}
    sides = content.phrases.labels.aspects
    limits = httpx.Limits(max_connections=4 * _AT_ONCE)
    async with httpx.AsyncClient(base_url=url, timeout=PATIENCE, limits=limits) as client:
        for name in SETS:
            say(f"{name}.yml を聞いています。")
            alone = [[row] for row in _rows(f"{name}.yml")]
            _tell(f"{name}.yml", await _talk(client, alone, titles), sides, tell_wrong and name == "tuned")
            say(f"turns_{name}.yml を聞いています。")
            talks = [talk["turns"] for talk in _rows(f"turns_{name}.yml")]
            _tell(
                f"turns_{name}.yml", await _talk(client, talks, titles), sides, tell_wrong and name == "tuned"
            )
        _tell_parts(await _both(client, titles))


async def _talk(
    client: httpx.AsyncClient, talks: Sequence[Sequence[Row]], titles: Mapping[str, str]
) -> list[Turn]:
    async def one(talk: Sequence[Row]) -> list[Turn]:
        resident = await Resident.arrive(client)
        turns = []
        for row in talk:
            says = row.get("say") or row["text"]
            replies = tuple(map(Answer.model_validate, await resident.ask_all(says)))
            turn = Turn(says, Label.of(row), replies, titles)
            turns.append(turn)
            if not turn.is_answered and turn.pressed:
                await resident.ask_all(turn.pressed)
        await resident.leave()
        return turns

    return [turn for turns in await _few_at_once(one, talks) for turn in turns]


async def _both(client: httpx.AsyncClient, titles: Mapping[str, str]) -> list[tuple[bool, str, list[Turn]]]:
    """Of each message: blind or not, its kind, and a Turn for each labelled part."""

    async def one(row: Row) -> tuple[bool, str, list[Turn]]:
        resident = await Resident.arrive(client)
        replies = tuple(map(Answer.model_validate, await resident.ask_all(str(row["text"]))))
        await resident.leave()
        labels = [Label.of(part) for part in row["parts"]]
        turns = [Turn(str(row["text"]), label, replies, titles) for label in labels]
        return bool(row["blind"]), str(row["kind"]), turns

    return await _few_at_once(one, _rows("two_in_one.yml"))


async def _few_at_once[A, B](work: Callable[[A], Awaitable[B]], items: Iterable[A]) -> list[B]:
    free = asyncio.Semaphore(_AT_ONCE)

    async def one(item: A) -> B:
        async with free:
            return await work(item)

    return await asyncio.gather(*map(one, items))


def _tell(name: str, turns: Sequence[Turn], sides: Mapping[Aspect, str], tell_wrong: bool) -> None:
    inside = [turn for turn in turns if turn.label.entries]
    outside = [turn for turn in turns if not turn.label.entries]
    answered = [turn for turn in turns if turn.is_answered]
    right = [turn for turn in answered if turn.is_right]
    if tell_wrong:
        for turn in answered:
            if not turn.is_right:
                print(f"誤答  {turn.says}  正: {turn.label.entries}  答: {[r.entry for r in turn.replies]}")
    rows = [
        ("答えのある質問", str(len(inside))),
        ("すぐに答えた", _share(inside, [t for t in inside if t.is_answered])),
        ("すぐに答えたうち正しい", _share(answered, right)),
        ("そのうち、聞かれた面を先に答えた", _share(right, [t for t in right if t.has_aspect])),
        ("そのうち、聞かれた面が返答にある", _share(right, [t for t in right if t.shows(sides)])),
        ("答えたか、選択肢に正解がある", _share(inside, [t for t in inside if t.is_helped])),
        ("答えのない質問", str(len(outside))),
        ("「分からない」と言えた", _share(outside, [t for t in outside if t.is_refused])),
    ]
    print(table(("測ったもの（全体を通して）", name), rows))


def _tell_parts(messages: Sequence[tuple[bool, str, list[Turn]]]) -> None:
    kinds = sorted({kind for _, kind, _ in messages})
    rows = []
    for kind in kinds:
        cells = []
        for blind in (False, True):
            some = [turns for is_blind, its, turns in messages if its == kind and is_blind is blind]
            cells.append(_share(some, [turns for turns in some if all(turn.is_helped for turn in turns)]))
        rows.append((kind, *cells))
    print(table(("2つの質問に、どちらも答えたか正解を出した", "tuned", "blind"), rows))


def _share(whole: Sequence[object], part: Sequence[object]) -> str:
    return f"{len(part) / len(whole):.1%}" if whole else "—"


def _rows(name: str) -> list[Row]:
    rows: list[Row] = YAML(typ="safe").load(QUESTIONS / name)
    return rows


if __name__ == "__main__":
    sys.exit(main())
