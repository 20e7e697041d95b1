"""The rich menus as staff describe them in `menus.yml`: words and pictograms, no colours, no places.

They are not part of the knowledge, which is live at its save: a menu is live when it is deployed.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, TypeAdapter

from channels.line import limits, menu_limits
from channels.line.measure import units
from channels.line.menu_icons import Icon
from channels.line.menu_label import Label
from channels.line.menu_type import undrawable
from knowledge.errors import ContentError, Problem
from knowledge.facts import Line, Model
from knowledge.reading import read_file

MENUS = Path(__file__).parent / "menus.yml"
AREAS = 6
LABEL = 16
"""Characters of a label: our own limit, LINE takes more, but not in letters for old eyes."""


class Kind(StrEnum):
    """Which menu; a resident switches between them by tabs."""

    NORMAL = "normal"
    EASY = "easy"
    DISASTER = "disaster"

    @property
    def alias(self) -> str:
        """LINE's name for the newest menu of this kind."""
        return f"madoguchi-{self.value}"

    @property
    def called(self) -> str:
        """What staff call it."""
        return {Kind.NORMAL: "ふつう", Kind.EASY: "やさしい", Kind.DISASTER: "災害"}[self]


def _short(limit: int) -> AfterValidator:
    def check(text: str) -> str:
        if units(text) > limit:
            raise ValueError(f"「{text}」は長すぎます（{limit}文字まで）。短くしてください")
        return text

    return AfterValidator(check)


def _drawable(text: str) -> str:
    label = Label.parse(text)
    if units(label.plain) > LABEL:
        raise ValueError(f"「{label.plain}」は長すぎます（{LABEL}文字まで）。短くしてください")
    if strange := undrawable(label.plain):
        raise ValueError(f"「{strange[0]}」は絵に描けません。別の文字にしてください")
    return text


Written = Annotated[Line, AfterValidator(_drawable)]
Said = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1), _short(limits.MESSAGE_ACTION_TEXT)
]


class Wide(Model):
    """A button across the whole menu."""

    label: Written
    says: Said


class Area(Wide):
    """A large button with a pictogram."""

    icon: Icon


class Menu(Model):
    """One menu: six large buttons in two rows, and perhaps one below them."""

    tab: Written
    areas: tuple[Area, ...] = Field(min_length=AREAS, max_length=AREAS)
    wide: Wide | None = None

    @property
    def buttons(self) -> tuple[Wide, ...]:
        """All that says something, from the top left."""
        return (*self.areas, *((self.wide,) if self.wide else ()))


class Menus(Model):
    """All the menus; `bar` is what LINE shows where they are folded away."""

    bar: Annotated[Line, _short(menu_limits.CHAT_BAR)]
    normal: Menu
    easy: Menu
    disaster: Menu

    def of(self, kind: Kind) -> Menu:
        """The menu of this kind."""
        menu: Menu = getattr(self, kind.value)
        return menu


_MENUS = TypeAdapter(Menus)


def read_menus(path: Path) -> Menus:
    """The menus of a file; raises ContentError with every problem found."""
    problems: list[Problem] = []
    menus = read_file(path, path.parent, _MENUS, problems)
    if menus is None:
        raise ContentError(tuple(problems))
    return menus
