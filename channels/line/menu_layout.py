"""Where each tab and button of a menu lies, and the menu as LINE takes it.

Places touch: there is no spot of the picture that does nothing but the tab that is open.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from linebot.v3.messaging import (
    Action,
    MessageAction,
    RichMenuArea,
    RichMenuBounds,
    RichMenuRequest,
    RichMenuSize,
    RichMenuSwitchAction,
)

from channels.line.measure import cut
from channels.line.menu import Kind, Menu, Menus
from channels.line.menu_label import Label
from channels.line.menu_limits import HEIGHT, LABEL, WIDTH

TABS = 260
"""Pixels of the row of tabs: 39 points on a phone, enough for a finger."""
WIDE = 220
_COLUMNS = 3


@dataclass(frozen=True)
class Place:
    """A rectangle in pixels from the top left."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Layout:
    """The places of one menu; `tabs` in the order of Kind, `areas` in that of the file."""

    tabs: tuple[Place, ...]
    areas: tuple[Place, ...]
    wide: Place | None


def layout(menu: Menu) -> Layout:
    """Tabs above, two rows of three buttons, and below them the wide one if there is one."""
    bottom = HEIGHT - (WIDE if menu.wide else 0)
    middle = TABS + (bottom - TABS) // 2
    rows = (_row(TABS, middle), _row(middle, bottom))
    wide = Place(0, bottom, WIDTH, HEIGHT - bottom) if menu.wide else None
    return Layout(_row(0, TABS), (*rows[0], *rows[1]), wide)


def request(menus: Menus, kind: Kind, name: str) -> RichMenuRequest:
    """The menu for LINE, under a `name` that only staff see. It opens by itself."""
    menu = menus.of(kind)
    places = layout(menu)
    tabs = [
        _area(place, _switch(menus, target))
        for target, place in zip(Kind, places.tabs, strict=True)
        if target is not kind
    ]
    said = zip((*places.areas, places.wide), menu.buttons, strict=False)
    buttons = [
        _area(place, MessageAction(label=Label.parse(button.label).plain, text=button.says))
        for place, button in said
        if place
    ]
    return RichMenuRequest(
        size=RichMenuSize(width=WIDTH, height=HEIGHT),
        selected=True,
        name=name,
        chatBarText=menus.bar,
        areas=[*tabs, *buttons],
    )


def _switch(menus: Menus, target: Kind) -> Action:
    """Read aloud it is not to be taken for a button of the same name."""
    label = f"{Label.parse(menus.of(target).tab).plain}のメニュー"
    return RichMenuSwitchAction(
        label=cut(label, LABEL), richMenuAliasId=target.alias, data=f"menu={target.value}"
    )


def _area(place: Place, action: Action) -> RichMenuArea:
    bounds = RichMenuBounds(x=place.x, y=place.y, width=place.width, height=place.height)
    return RichMenuArea(bounds=bounds, action=action)


def _row(top: int, bottom: int) -> tuple[Place, ...]:
    edges = [round(WIDTH * column / _COLUMNS) for column in range(_COLUMNS + 1)]
    return tuple(Place(left, top, right - left, bottom - top) for left, right in pairwise(edges))
