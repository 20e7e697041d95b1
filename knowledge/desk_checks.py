"""What is wrong with desks and canned replies beyond their schemas: who refers to whom."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date

from knowledge import plain
from knowledge.canned import CannedReplies
from knowledge.desks import Desk, Desks

type Mistake = tuple[Sequence[int | str], str]
"""A place in the file, and a sentence."""

_SPELLING = "。つづりを確かめるか、直してください"


def mistakes_in_desks(desks: Desks, departments: Collection[str]) -> Iterator[Mistake]:
    """All of them; `departments` are the ids that exist, or may exist in files that can't be read yet."""
    ids = [desk.id for desk in desks.desks]
    if desks.default not in ids:
        yield ("default",), f"default「{desks.default}」という窓口はありません{_SPELLING}"
    for number, desk in enumerate(desks.desks):
        place = ("desks", number)
        if desk.id in ids[:number]:
            yield (*place, "id"), f"id「{desk.id}」の窓口が2つあります。別の名前にしてください"
        if desk.substitute and desk.substitute not in ids:
            yield (
                (*place, "substitute"),
                f"substitute「{desk.substitute}」という窓口はありません{_SPELLING}",
            )
        for row, shift in enumerate(desk.roster):
            for n, login in enumerate(shift.members):
                if login not in desk.members:
                    yield (
                        (*place, "roster", row, "members", n),
                        f"当番の「{login}」は members にいません。書き足すか、つづりを確かめてください",
                    )
    yield from _departments(desks.desks, departments)
    yield from _circles(desks.desks)


def mistakes_in_canned(canned: CannedReplies, desks: Desks | None) -> Iterator[Mistake]:
    """All of them; `desks` is None while their own file can't be read."""
    ids = [reply.id for reply in canned.replies]
    for number, reply in enumerate(canned.replies):
        if reply.id in ids[:number]:
            yield ("replies", number, "id"), f"id「{reply.id}」の返信が2つあります。別の名前にしてください"
        if reply.desk and desks and reply.desk not in {desk.id for desk in desks.desks}:
            yield (
                ("replies", number, "desk"),
                f"desk「{reply.desk}」という窓口は desks.yml にありません{_SPELLING}",
            )


def hints_on_desks(desks: Desks, today: date) -> Iterator[Mistake]:
    """What is right, but has passed by `today`."""
    for number, desk in enumerate(desks.desks):
        place = ("desks", number)
        if all(hours.ended_before(today) for hours in desk.hours):
            yield (*place, "hours"), "時間の期限が過ぎていて、窓口が開きません。次の時間を書いてください"
        for n, special in enumerate(desk.special_days):
            if (special.until or special.day) < today:
                message = "日が過ぎています。年を確かめるか、消してください"
                yield (*place, "special_days", n), message
        for n, shift in enumerate(desk.roster):
            if shift.ended_before(today):
                yield (*place, "roster", n), "当番の期間が過ぎています。年を確かめるか、消してください"


def hints_on_canned(canned: CannedReplies) -> Iterator[Mistake]:
    """Words that residents may not understand."""
    for number, reply in enumerate(canned.replies):
        yield from ((("replies", number, "text"), message) for message in plain.in_any_text(reply.text))


def _departments(desks: Sequence[Desk], known: Collection[str]) -> Iterator[Mistake]:
    owners: dict[str, str] = {}
    for number, desk in enumerate(desks):
        for n, department in enumerate(desk.departments):
            place = ("desks", number, "departments", n)
            if department not in known:
                yield place, f"departments の「{department}」という担当課はありません{_SPELLING}"
            if department in owners:
                yield (
                    place,
                    f"担当課「{department}」は、窓口「{owners[department]}」にもあります。どちらか1つだけに書いてください",
                )
            owners.setdefault(department, desk.id)


def _circles(desks: Sequence[Desk]) -> Iterator[Mistake]:
    """Substitutes that come back to where they began: each circle once, at the first of its desks."""
    following = {desk.id: desk.substitute for desk in desks}
    told: set[str] = set()
    for number, desk in enumerate(desks):
        circle = [desk.id]
        while (after := following.get(circle[-1])) and after not in circle:
            circle.append(after)
        if after == desk.id and desk.id not in told:
            told.update(circle)
            way = " → ".join((*circle, desk.id))
            yield (
                ("desks", number, "substitute"),
                f"substitute が「{way}」と回って、終わりがありません。どれか1つを消してください",
            )
