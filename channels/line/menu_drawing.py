"""Pictures of the menus, from the same words as their actions. Calm, high in contrast, large in type."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image, ImageDraw

from channels.line.menu import Area, Kind, Menu, Menus, Wide
from channels.line.menu_icons import draw_icon
from channels.line.menu_label import Label
from channels.line.menu_layout import Place, layout
from channels.line.menu_limits import HEIGHT, WIDTH
from channels.line.menu_type import set_in_type

INK = "#15201D"
PAPER = "#FFFFFF"
CONTENT_TYPE = "image/png"
_COLOURS = 64
"""Of the palette: a few flat ones and the shades of their edges. A picture is then some 100 kB."""
_LARGEST = 152
"""Pixels of the largest letters: 23 points on a phone."""
_GAP = 26
"""Pixels between two buttons, and around all."""
_PADDING = 28
_ICON = 0.46
"""Height of a pictogram, of its button: the same in the whole menu, so that the words lie in rows."""


@dataclass(frozen=True)
class Theme:
    """A menu's colour for tabs and pictograms, a pale one behind the buttons, one for their discs."""

    strong: str
    pale: str
    disc: str


THEMES = {
    Kind.NORMAL: Theme("#0B5345", "#DCEBE5", "#E6F2ED"),
    Kind.EASY: Theme("#174A86", "#DCE7F3", "#E7EFF8"),
    Kind.DISASTER: Theme("#9B1B1B", "#F6E0DD", "#FBEBE9"),
}


def draw_menu(menus: Menus, kind: Kind) -> bytes:
    """The picture as PNG; raises NoRoomError for a label that its button cannot hold."""
    menu, theme = menus.of(kind), THEMES[kind]
    image = Image.new("RGB", (WIDTH, HEIGHT), theme.pale)
    places = layout(menu)
    for target, place in zip(Kind, places.tabs, strict=True):
        _draw_tab(image, place, menus.of(target), THEMES[target], is_open=target is kind)
    for area, place in zip(menu.areas, places.areas, strict=True):
        _draw_area(image, _inner(place), area, theme)
    if menu.wide and places.wide:
        _draw_wide(image, _inner(places.wide), menu.wide, theme)
    raw = io.BytesIO()
    image.quantize(_COLOURS, dither=Image.Dither.NONE).save(raw, "PNG", optimize=True)
    return raw.getvalue()


def _draw_tab(image: Image.Image, place: Place, menu: Menu, theme: Theme, *, is_open: bool) -> None:
    """The open tab is one with the page under it; the others stand in their own colours."""
    draw = ImageDraw.Draw(image)
    room = Place(place.x + _GAP // 2, place.y + _GAP, place.width - _GAP, place.height - _GAP)
    draw.rectangle(_corners(place), PAPER)
    draw.rounded_rectangle(
        _corners(room), 40, theme.pale if is_open else theme.strong, corners=(True, True, False, False)
    )
    if is_open:
        draw.rounded_rectangle((room.x + 40, room.y, room.x + room.width - 40, room.y + 16), 8, theme.strong)
    _write(draw, menu.tab, room, theme.strong if is_open else PAPER, 128)


def _draw_area(image: Image.Image, place: Place, area: Area, theme: Theme) -> None:
    """The pictogram above the words."""
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle(_corners(place), 44, PAPER)
    size = round(place.height * _ICON)
    icon = draw_icon(area.icon, size, theme.strong, theme.disc)
    image.paste(icon, (place.x + (place.width - size) // 2, place.y + _PADDING), icon)
    rest = _PADDING + size
    _write(
        draw,
        area.label,
        Place(place.x, place.y + rest, place.width, place.height - rest),
        INK,
        _LARGEST,
    )


def _draw_wide(image: Image.Image, place: Place, wide: Wide, theme: Theme) -> None:
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle(_corners(place), 44, theme.strong)
    _write(draw, wide.label, place, PAPER, 132)


def _write(draw: ImageDraw.ImageDraw, label: str, place: Place, colour: str, largest: int) -> None:
    """In the middle of the place."""
    words = set_in_type(Label.parse(label), place.width - 2 * _PADDING, place.height - _GAP, largest)
    words.draw(draw, place.x + place.width / 2, place.y + (place.height - words.height) / 2, colour)


def _inner(place: Place) -> Place:
    """The button that is seen: half a gap smaller on each side than what can be tapped."""
    half = _GAP // 2
    return Place(place.x + half, place.y + half, place.width - _GAP, place.height - _GAP)


def _corners(place: Place) -> tuple[int, int, int, int]:
    return place.x, place.y, place.x + place.width - 1, place.y + place.height - 1
