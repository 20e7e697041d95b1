"""Pictograms for the buttons, drawn from lines and circles on a square of 100 by 100."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum

from PIL import Image, ImageDraw

_FINER = 4
"""How much larger it is drawn than shown, so that its edges are smooth."""
_STROKE = 7.0

type Point = tuple[float, float]


class Icon(StrEnum):
    """Every pictogram there is."""

    ALARM = "alarm"
    BIN = "bin"
    CARD = "card"
    CLOCK = "clock"
    DOCUMENT = "document"
    DROP = "drop"
    PHONE = "phone"
    PLUG = "plug"
    SHELTER = "shelter"
    TALK = "talk"
    WARNING = "warning"


def draw_icon(icon: Icon, size: int, colour: str, paper: str) -> Image.Image:
    """A square of `size` pixels: the pictogram in `colour` on a disc of `paper`, clear around it."""
    large = size * _FINER
    image = Image.new("RGBA", (large, large))
    draw = ImageDraw.Draw(image)
    draw.ellipse((0, 0, large - 1, large - 1), paper)
    # The pictogram's square lies within the disc.
    _DRAWN[icon](_Pen(draw, colour, paper, origin=large * 0.19, scale=large * 0.62 / 100))
    return image.resize((size, size), Image.Resampling.LANCZOS)


class _Pen:
    """Draws on the square of 100; lines have round ends."""

    def __init__(
        self, draw: ImageDraw.ImageDraw, colour: str, paper: str, origin: float, scale: float
    ) -> None:
        self._draw = draw
        self.colour = colour
        self.paper = paper
        self._origin = origin
        self._scale = scale

    def line(self, *points: Point, colour: str = "", stroke: float = _STROKE) -> None:
        placed = self._placed(points)
        self._draw.line(placed, colour or self.colour, round(stroke * self._scale), "curve")
        for x, y in (placed[0], placed[-1]):
            r = stroke * self._scale / 2
            self._draw.ellipse((x - r, y - r, x + r, y + r), colour or self.colour)

    def outline(self, *points: Point) -> None:
        """A closed line with round corners."""
        self.line(*points, points[0], points[1])

    def area(self, *points: Point, colour: str = "") -> None:
        self._draw.polygon(self._placed(points), colour or self.colour)

    def disc(self, x: float, y: float, radius: float, colour: str = "") -> None:
        box = self._placed(((x - radius, y - radius), (x + radius, y + radius)))
        self._draw.ellipse([*box[0], *box[1]], colour or self.colour)

    def ring(self, x: float, y: float, radius: float) -> None:
        """`radius` is that of its middle."""
        self.disc(x, y, radius + _STROKE / 2)
        self.disc(x, y, radius - _STROKE / 2, self.paper)

    def arc(self, x: float, y: float, radius: float, start: float, end: float) -> None:
        """Degrees run clockwise from three o'clock."""
        r = radius + _STROKE / 2
        box = self._placed(((x - r, y - r), (x + r, y + r)))
        self._draw.arc([*box[0], *box[1]], start, end, self.colour, round(_STROKE * self._scale))

    def box(self, left: float, top: float, right: float, bottom: float, round_by: float = 8) -> None:
        """An empty box, its line inside."""
        for inset, colour in ((0.0, self.colour), (_STROKE, self.paper)):
            corners = self._placed(((left + inset, top + inset), (right - inset, bottom - inset)))
            radius = max(round_by - inset, 1) * self._scale
            self._draw.rounded_rectangle([*corners[0], *corners[1]], radius, colour)

    def _placed(self, points: Sequence[Point]) -> list[Point]:
        return [(self._origin + x * self._scale, self._origin + y * self._scale) for x, y in points]


def _alarm(pen: _Pen) -> None:
    """A loudspeaker."""
    pen.area((8, 38), (34, 38), (70, 12), (70, 84), (34, 60), (8, 60))
    pen.line((8, 38), (34, 38), (70, 12), (70, 84), (34, 60), (8, 60), (8, 38))
    pen.line((24, 62), (30, 88), stroke=12)
    pen.line((84, 34), (96, 26))
    pen.line((86, 49), (100, 49))
    pen.line((84, 64), (96, 72))


def _bin(pen: _Pen) -> None:
    pen.line((10, 22), (90, 22))
    pen.line((36, 22), (36, 8), (64, 8), (64, 22))
    pen.outline((20, 24), (26, 94), (74, 94), (80, 24))
    for x in (39, 50, 61):
        pen.line((x, 40), (x, 78), stroke=5.5)


def _card(pen: _Pen) -> None:
    """A card with a face."""
    pen.box(0, 14, 100, 86)
    pen.disc(29, 40, 10)
    pen.area((12, 70), (14, 60), (22, 54), (36, 54), (44, 60), (46, 70))
    for y in (36, 52, 68):
        pen.line((60, y), (86, y), stroke=6)


def _clock(pen: _Pen) -> None:
    pen.ring(50, 50, 44)
    pen.line((50, 24), (50, 52), (70, 62), stroke=8)


def _document(pen: _Pen) -> None:
    """A form and a pen."""
    pen.box(12, 2, 78, 98)
    for y, right in ((24, 64), (42, 64), (60, 44)):
        pen.line((27, y), (right, y), stroke=6)
    pen.line((90, 50), (62, 80), colour=pen.paper, stroke=26)
    pen.line((91, 49), (64, 78), stroke=13)
    pen.area((54, 90), (57, 75), (69, 85))


def _drop(pen: _Pen) -> None:
    """No water: a drop, crossed out."""
    pen.area((50, 2), (74, 38), (26, 38))
    pen.disc(50, 62, 33)
    pen.area((50, 2), (80.5, 49), (19.5, 49))
    _crossed(pen)


def _phone(pen: _Pen) -> None:
    """A handset."""
    pen.line((22, 18), (24, 46), (52, 76), (82, 80), stroke=15)
    pen.line((20, 14), (32, 30), stroke=21)
    pen.line((68, 70), (86, 82), stroke=21)
    pen.arc(46, 52, 20, 275, 355)
    pen.arc(46, 52, 40, 275, 355)


def _plug(pen: _Pen) -> None:
    """No power: a flash, crossed out."""
    flash = (62, 0), (14, 58), (44, 58), (36, 100), (88, 38), (58, 38)
    pen.area(*flash)
    pen.outline(*flash)
    _crossed(pen)


def _shelter(pen: _Pen) -> None:
    """A house, and an arrow into it."""
    pen.line((4, 46), (50, 8), (96, 46))
    pen.line((17, 42), (17, 92), (83, 92), (83, 42))
    pen.line((50, 36), (50, 70), stroke=9)
    pen.line((34, 58), (50, 74), (66, 58), stroke=9)


def _talk(pen: _Pen) -> None:
    """Somebody, and what they say."""
    pen.disc(28, 44, 16)
    pen.area((0, 94), (2, 80), (12, 68), (44, 68), (54, 80), (56, 94))
    pen.box(48, 4, 100, 44, 10)
    pen.area((60, 38), (54, 56), (76, 40))
    for x in (62, 74, 86):
        pen.disc(x, 24, 4)


def _warning(pen: _Pen) -> None:
    pen.outline((50, 10), (95, 88), (5, 88))
    pen.line((50, 38), (50, 60), stroke=9)
    pen.disc(50, 74, 5.5)


def _crossed(pen: _Pen) -> None:
    pen.line((8, 8), (92, 92), colour=pen.paper, stroke=20)
    pen.line((8, 8), (92, 92), stroke=9)


_DRAWN: dict[Icon, Callable[[_Pen], None]] = {
    Icon.ALARM: _alarm,
    Icon.BIN: _bin,
    Icon.CARD: _card,
    Icon.CLOCK: _clock,
    Icon.DOCUMENT: _document,
    Icon.DROP: _drop,
    Icon.PHONE: _phone,
    Icon.PLUG: _plug,
    Icon.SHELTER: _shelter,
    Icon.TALK: _talk,
    Icon.WARNING: _warning,
}
