"""`uv run knowledge duty`: which desk is open, who is on duty there, and when call-backs are free."""

from __future__ import annotations

import argparse
import json
import re
from datetime import datetime

from knowledge.desks import Desk
from knowledge.duty import Duty
from knowledge.hours import holiday_name
from knowledge.loader import load
from knowledge.service import local_now
from knowledge.table import table

_MOMENT = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}")
_WEEKDAYS = "月火水木金土日"


def add_duty_commands[P: argparse.ArgumentParser](commands: argparse._SubParsersAction[P]) -> None:
    """Add the command to the parser of `knowledge`."""
    duty = commands.add_parser("duty", help="相談の窓口（desks.yml）が開いているか、だれが当番かを示す")
    duty.add_argument(
        "--at", type=_moment, metavar="日時", help='いつのことか（既定: 今）。例: "2026-12-01 10:00"'
    )
    duty.add_argument("--json", action="store_true", help="JSON で出す")
    duty.set_defaults(run=_duty)


def _moment(text: str) -> datetime:
    try:
        if not _MOMENT.fullmatch(text):
            raise ValueError
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            "日時は「2026-12-01 10:00」のように、ある日と時刻を半角で書いてください"
        ) from error


def _duty(arguments: argparse.Namespace) -> int:
    desks = load(arguments.content).desks
    duty, at = Duty(desks), arguments.at or local_now().replace(second=0, microsecond=0)
    if arguments.json:
        rows = [_as_json(duty, desk, at) for desk in desks.desks]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    holiday = f"・{name}" if (name := holiday_name(at.date())) else ""
    print(f"{at:%Y-%m-%d}（{_WEEKDAYS[at.weekday()]}{holiday}）{at:%H:%M} の窓口")
    head = ("窓口", "名前", "開いているか", "当番", "代わり", "次に空いている約束の時間")
    print(table(head, [_row(duty, desk, at) for desk in desks.desks]))
    print("使えるアカウントがあるかはここでは分からないので、members に書かれた全員を数えています。")
    return 0


def _row(duty: Duty, desk: Desk, at: datetime) -> tuple[str, ...]:
    answering = duty.answering(desk, at, _everybody(duty, desk))
    return (
        desk.id,
        desk.title,
        _state(duty, desk, at),
        " ".join(duty.on_duty(desk, at)) or ("いません" if desk.members else "職員がまだいません"),
        answering.id if answering and answering is not desk else "",
        "、".join(f"{slot:%m/%d %H:%M}" for slot in _slots(duty, desk, at)) or "ありません",
    )


def _state(duty: Duty, desk: Desk, at: datetime) -> str:
    if duty.is_open(desk, at):
        until = duty.closes_at(desk, at)
        return f"開（{_clock(until, at)} まで）" if until else "開"
    opening = duty.next_opening(desk, at)
    return f"閉（{_clock(opening, at)} から）" if opening else "閉"


def _clock(moment: datetime, at: datetime) -> str:
    return f"{moment:%H:%M}" if moment.date() == at.date() else f"{moment:%m/%d %H:%M}"


def _as_json(duty: Duty, desk: Desk, at: datetime) -> dict[str, object]:
    until, opening = duty.closes_at(desk, at), duty.next_opening(desk, at)
    answering = duty.answering(desk, at, _everybody(duty, desk))
    return {
        "desk": desk.id,
        "title": desk.title,
        "open": duty.is_open(desk, at),
        "until": until and until.isoformat(),
        "next_opening": opening and opening.isoformat(),
        "on_duty": list(duty.on_duty(desk, at)),
        "answering": answering and answering.id,
        "slots": [slot.isoformat() for slot in _slots(duty, desk, at)],
    }


def _slots(duty: Duty, desk: Desk, at: datetime) -> list[datetime]:
    return duty.callback_slots(desk, at, {}, desk.members)


def _everybody(duty: Duty, desk: Desk) -> frozenset[str]:
    """The members of a desk and of who stands in for it."""
    return frozenset(login for here in (desk, *duty.substitutes(desk)) for login in here.members)
