"""What a picture of a guide shows: a box for each step and end, an arrow for each answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from knowledge.answer import Status
from knowledge.entries import Guide
from knowledge.guide_checks import leads_to
from knowledge.guides import END, UNSURE, Deadline, Step, Task

OTHERWISE = "あてはまらないとき"
_DAY = "日付"


class Shape(StrEnum):
    """What a box is for."""

    ASK = "ask"
    DO = "do"
    END = "end"
    LIST = "list"
    GUIDE = "guide"
    BACK = "back"


class Style(StrEnum):
    """How a paragraph looks."""

    HEAD = "head"
    TEXT = "text"
    WHEN = "when"
    NOTE = "note"


type Paragraph = tuple[Style, str]


@dataclass(frozen=True)
class Box:
    """One box; `hover` is what a browser tells under the mouse."""

    shape: Shape
    paragraphs: tuple[Paragraph, ...]
    hover: str = ""


@dataclass(frozen=True)
class Way:
    """An arrow between boxes, by name, with the answers that lead along it."""

    source: str
    target: str
    answers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Flow:
    """All boxes by name, from the first on, and all arrows; none leads back."""

    boxes: Mapping[str, Box]
    ways: Sequence[Way]


def flow(guide: Guide, shorts: Mapping[str, str]) -> Flow:
    """The boxes and arrows of `guide`; `shorts` are the short names of the guides it may lead to."""
    numbers = {step.id: f"{n} {step.id}" for n, step in enumerate(guide.steps, 1)}
    boxes: dict[str, Box] = {}
    ways: list[Way] = []
    leading_back = _leading_back(guide)
    for step in guide.steps:
        boxes[step.id] = _step(step, numbers)
        for target, answers in _answers(guide, step):
            name = target
            if (step.id, target) in leading_back:
                name = f"{step.id} back {target}"
                boxes[name] = Box(Shape.BACK, ((Style.TEXT, f"{numbers[target]} に戻る"),))
            elif target == END:
                name = END if guide.checklist else f"{step.id} end"
                boxes[name] = _end(guide, numbers)
            ways.append(Way(step.id, name, answers))
        for option in step.options:
            if option.guide:
                name = f"guide {option.guide}"
                boxes[name] = _other(option.guide, shorts)
                ways.append(Way(step.id, name, (option.label,)))
    return Flow(boxes, _joined(ways))


def _answers(guide: Guide, step: Step) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each step that may follow and END, in the order of the file, with the answers that lead there."""
    ids = [*(other.id for other in guide.steps), END]
    following, usual = guide.following(step), guide.onward(step)
    targets = leads_to(guide, step)
    branches = len(targets) > 1 or any(option.guide for option in step.options)
    for target in sorted(targets, key=ids.index):
        labels = [o.label for o in step.options if not o.guide and guide.onward(step, o) == target]
        if step.asks_day and target == usual:
            labels.append(_DAY)
        if step.ask and branches and target == usual:
            labels.append(UNSURE)
        if step.conditions and target == following and target != usual and not labels:
            labels.append(OTHERWISE)
        if labels or target == usual:
            yield target, tuple(labels)


def _leading_back(guide: Guide) -> set[tuple[str, str]]:
    """The ways back to a step that one has come through: (from, to)."""
    steps = {step.id: step for step in guide.steps}
    back, seen = set[tuple[str, str]](), set[str]()

    def walk(here: str, path: tuple[str, ...]) -> None:
        seen.add(here)
        for target in sorted(leads_to(guide, steps[here]) & steps.keys(), key=list(steps).index):
            if target in (*path, here):
                back.add((here, target))
            elif target not in seen:
                walk(target, (*path, here))

    for step in guide.steps:
        if step.id not in seen:
            walk(step.id, ())
    return back


def _joined(ways: Sequence[Way]) -> list[Way]:
    """One arrow for all answers that lead from one box to the same."""
    answers: dict[tuple[str, str], tuple[str, ...]] = {}
    for way in ways:
        ends = (way.source, way.target)
        answers[ends] = (*answers.get(ends, ()), *way.answers)
    return [Way(source, target, said) for (source, target), said in answers.items()]


def _step(step: Step, numbers: Mapping[str, str]) -> Box:
    paragraphs = [
        (Style.HEAD, numbers[step.id]),
        *_when(step, numbers),
        (Style.TEXT, step.text),
        *((Style.NOTE, f"事実: {path}") for path in step.facts),
        *_status(step),
    ]
    hover = [
        f"わからないとき: {step.help}" if step.help else "",
        f"やさしい: {step.easy}" if step.easy else "",
    ]
    return Box(Shape.ASK if step.ask else Shape.DO, tuple(paragraphs), "\n".join(filter(None, hover)))


def _end(guide: Guide, numbers: Mapping[str, str]) -> Box:
    if not guide.checklist:
        return Box(Shape.END, ((Style.TEXT, "終わり"),))
    paragraphs: list[Paragraph] = [(Style.HEAD, f"やることの一覧（checklist。{len(guide.checklist)}つ）")]
    for number, task in enumerate(guide.checklist, 1):
        paragraphs += [(Style.TEXT, f"{number}. {task.do}"), *_when(task, numbers), *_about(task, numbers)]
    return Box(Shape.LIST, tuple(paragraphs))


def _about(task: Task, numbers: Mapping[str, str]) -> Iterator[Paragraph]:
    if task.by:
        yield Style.NOTE, f"期限: {_deadline(task.by, numbers)}"
    if task.by_words:
        yield Style.NOTE, f"期限の言葉: {task.by_words}"
    if task.entry:
        yield Style.NOTE, f"項目: {task.entry}"
    if task.at_home:
        yield Style.NOTE, "家でできる"
    yield from _status(task)


def _status(thing: Step | Task) -> Iterator[Paragraph]:
    if thing.status is Status.UNCONFIRMED:
        yield Style.NOTE, "確認待ち"


def _other(guide: str, shorts: Mapping[str, str]) -> Box:
    called = f"「{shorts[guide]}」" if guide in shorts else ""
    return Box(Shape.GUIDE, ((Style.TEXT, f"ほかの案内{called}へ"), (Style.NOTE, guide)))


def _when(thing: Step | Task, numbers: Mapping[str, str]) -> Iterator[Paragraph]:
    """「2 child が「はい」のとき」."""
    meant = []
    for step, labels in thing.conditions.items():
        meant.append(f"{numbers.get(step, step)} が{'か'.join(f'「{label}」' for label in labels)}")
    if meant:
        yield Style.WHEN, f"{'、'.join(meant)}のとき"


def _deadline(deadline: Deadline, numbers: Mapping[str, str]) -> str:
    length = f"{deadline.days}日" if deadline.days else f"{deadline.months}か月"
    first = "その日を1日目として" if deadline.first_day == "counts" else "次の日から数えて"
    closed = "次に開く日" if deadline.if_closed == "next" else "前の開く日"
    asked = numbers.get(deadline.after, deadline.after)
    return f"{asked} の日から{length}（{first}。休みなら{closed}まで）"
