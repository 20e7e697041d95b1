"""From the file that staff edit to menus and pictures for LINE."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from channels.line.menu import Kind, Menus, read_menus
from channels.line.menu_drawing import draw_menu
from channels.line.menu_label import Label
from channels.line.menu_layout import request
from channels.line.menu_limits import IMAGE_BYTES
from channels.line.menu_releases import Made
from channels.line.menu_type import NoRoomError
from channels.line.menu_words import buttons
from knowledge.errors import ContentError, Problem
from knowledge.progress import Tick, silently
from knowledge.reading import line_in


def make(path: Path, tick: Tick = silently) -> Mapping[Kind, Made]:
    """Each menu and its picture; raises ContentError for what is wrong with the file."""
    menus = read_menus(path)
    made, problems = {}, []
    for done, kind in enumerate(Kind, start=1):
        try:
            image = draw_menu(menus, kind)
        except NoRoomError as error:
            place = next(place for place, label in _labels(menus) if label == str(error))
            why = f"「{error}」はボタンに入りません。短くするか、/ やふりがなを減らしてください"
            problems.append(Problem(path.name, line_in(path, place), why))
            continue
        if len(image) > IMAGE_BYTES:
            raise AssertionError(f"{kind.value}: {len(image)} bytes")  # flat colours: a bug, not a mistake
        made[kind] = Made(request(menus, kind, kind.value), image)
        tick(done, len(Kind))
    if problems:
        raise ContentError(tuple(problems))
    return made


def _labels(menus: Menus) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """All that is drawn, as plain words, with its place in the file."""
    for kind in Kind:
        yield (kind.value, "tab"), Label.parse(menus.of(kind).tab).plain
    for _, place, button in buttons(menus):
        yield (*place, "label"), Label.parse(button.label).plain
