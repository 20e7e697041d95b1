"""What is wrong with a guide beyond its schema: references, conditions, steps that lead nowhere."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence

from knowledge.aspects import facts_at
from knowledge.entries import AnyEntry, Guide, Procedure
from knowledge.guides import END, Step, Task

type Mistake = tuple[Sequence[int | str], str]
"""A place in the file, and a sentence."""

_SPELLING = "。つづりを確かめてください"


def mistakes_of(guide: Guide, entries: Mapping[str, AnyEntry], broken: Container[str]) -> Iterator[Mistake]:
    """All of them; `broken` are entries whose own files can't be read yet."""
    yield from _names(guide, entries, broken)
    for number, step in enumerate(guide.steps):
        yield from _references(guide, ("steps", number), step, entries, broken)
        yield from _conditions(guide.steps[:number], ("steps", number), step)
    for number, task in enumerate(guide.checklist):
        yield from _conditions(guide.steps, ("checklist", number), task)
        yield from _task(guide, ("checklist", number), task, entries, broken)
    yield from _dead_ends(guide)


def leads_to(guide: Guide, step: Step) -> set[str]:
    """The steps that may follow `step`; END when the guide may end there, or goes on in another one."""
    targets = {guide.onward(step)}
    targets |= {END if option.guide else guide.onward(step, option) for option in step.options}
    return targets | ({guide.following(step)} if step.conditions else set())


def _names(guide: Guide, entries: Mapping[str, AnyEntry], broken: Container[str]) -> Iterator[Mistake]:
    for number, target in enumerate(guide.starts_from):
        if target not in entries and target not in broken:
            yield ("starts_from", number), f"starts_from の「{target}」という項目はありません{_SPELLING}"
    for other in entries.values():
        if (
            isinstance(other, Guide)
            and other is not guide
            and other.short == guide.short
            and other.id < guide.id
        ):
            yield (
                ("short",),
                f"short「{guide.short}」は {other.id} でも使われています。別の呼び名にしてください",
            )
    seen: set[str] = set()
    for number, step in enumerate(guide.steps):
        if step.id in seen or step.id == END:
            yield (
                ("steps", number, "id"),
                f"steps の id「{step.id}」は使えません。ほかと違う名前にしてください",
            )
        seen.add(step.id)
    if guide.steps[0].conditions:
        yield ("steps", 0), "最初の手順に if は書けません。消してください"


def _references(
    guide: Guide,
    place: tuple[int | str, ...],
    step: Step,
    entries: Mapping[str, AnyEntry],
    broken: Container[str],
) -> Iterator[Mistake]:
    ids = {other.id for other in guide.steps} | {END}
    targets = [((*place, "next"), step.next)]
    targets += [((*place, "choices", n, "go"), option.go) for n, option in enumerate(step.choices)]
    for where, target in targets:
        if target and target not in ids:
            yield where, f"「{target}」という手順はありません{_SPELLING}"
    for n, option in enumerate(step.choices):
        if option.guide and option.guide not in broken and not isinstance(entries.get(option.guide), Guide):
            yield (*place, "choices", n, "guide"), f"「{option.guide}」という guide はありません{_SPELLING}"
    for n, path in enumerate(step.facts):
        entry_id, _, field = path.partition(".")
        if entry_id in broken:
            continue
        entry = entries.get(entry_id)
        has_form = field == "form" and isinstance(entry, Procedure) and entry.form
        if entry is None:
            yield (*place, "facts", n), f"facts の「{entry_id}」という項目はありません{_SPELLING}"
        elif not has_form and not facts_at(entry, field):
            yield (*place, "facts", n), f"「{path}」には事実がありません。欄の名前を確かめてください"


def _conditions(
    before: Sequence[Step], place: tuple[int | str, ...], thing: Step | Task
) -> Iterator[Mistake]:
    """What `thing` depends on must have been asked before it."""
    asked = {step.id: {option.label for option in step.options} for step in before if step.ask}
    for step, meant in thing.conditions.items():
        if step not in asked:
            yield (*place, "if"), f"if の「{step}」という質問は、これより前にありません{_SPELLING}"
            continue
        for label in meant:
            if label not in asked[step]:
                known = "、".join(sorted(asked[step])) or "（日付）"
                yield (*place, "if"), f"「{step}」に「{label}」という答えはありません。答え: {known}"


def _task(
    guide: Guide,
    place: tuple[int | str, ...],
    task: Task,
    entries: Mapping[str, AnyEntry],
    broken: Container[str],
) -> Iterator[Mistake]:
    if task.entry and task.entry not in entries and task.entry not in broken:
        yield (*place, "entry"), f"entry「{task.entry}」という項目はありません{_SPELLING}"
    dates = {step.id for step in guide.steps if step.asks_day}
    if task.by and task.by.after not in dates:
        yield (
            (*place, "by", "after"),
            f"「{task.by.after}」は、日付を聞く質問（answer: date）ではありません{_SPELLING}",
        )


def _dead_ends(guide: Guide) -> Iterator[Mistake]:
    """Steps nobody reaches, and loops without a way out."""
    steps = {step.id: step for step in guide.steps}
    onward = {step.id: leads_to(guide, step) & {*steps, END} for step in guide.steps}
    reached, waiting = set[str](), [guide.steps[0].id]
    while waiting:
        here = waiting.pop()
        if here not in reached and here != END:
            reached.add(here)
            waiting += onward[here]
    ending = {END}
    while more := {step for step in reached if onward[step] & ending} - ending:
        ending |= more
    for number, step in enumerate(guide.steps):
        if step.id not in reached:
            yield (
                ("steps", number),
                f"手順「{step.id}」には、どこからも進めません。go か next を確かめてください",
            )
        elif step.id not in ending:
            yield ("steps", number), f"手順「{step.id}」から終わりに進めません。go か next を確かめてください"
