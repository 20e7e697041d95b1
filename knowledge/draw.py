"""`knowledge guide draw`: a guide as one SVG picture for clerks, with no font or library of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from xml.etree import ElementTree

from knowledge.entries import Guide
from knowledge.flow import Box, Shape, Style, flow
from knowledge.layers import Arrow, Place, Size, Stop, layout
from knowledge.table import width

_FONTS = (
    "'Noto Sans JP', 'Noto Sans CJK JP', 'Hiragino Sans', 'BIZ UDPGothic', 'Yu Gothic', Meiryo, sans-serif"
)
_INK, _LINE, _PAPER = "#1a1a1a", "#444444", "#ffffff"
_MARGIN = 32
_NARROWEST = 700
_PAD_X, _PAD_Y = 22, 12
_LABEL_COLUMNS = 22
_LABEL_SIZE = 13
_LEADING = 1.45
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WIDE = re.compile("[A-Zmw@%&]")
"""Latin letters about as wide as a Japanese one."""
_WORDS = re.compile(r"[「『（]?(?:[A-Za-z0-9-]+\.?|.)|\n")
"""What is kept in one line: ids up to a point, and single letters, with what opens before them."""
_HANGS = "。、」』）／・？！ー"
"""What does not begin a line."""


@dataclass(frozen=True)
class _Look:
    fill: str
    edge: str
    columns: int = 30
    dashes: str = ""


_LOOKS = {
    Shape.ASK: _Look("#e3effc", "#0b4a8f"),
    Shape.DO: _Look("#ffffff", "#222222"),
    Shape.END: _Look("#d9d9d9", "#222222"),
    Shape.LIST: _Look("#e6f4e6", "#17631a", columns=64),
    Shape.GUIDE: _Look("#f3e8fb", "#5b1f8a", dashes="7 4"),
    Shape.BACK: _Look("#f2f2f2", "#555555", dashes="3 3"),
}
_TYPES = {
    Style.HEAD: (12, "700", "#333333"),
    Style.TEXT: (14, "400", _INK),
    Style.WHEN: (12, "700", "#8a3b00"),
    Style.NOTE: (12, "400", "#444444"),
}
_LEGEND = (
    (Shape.ASK, "聞くこと"),
    (Shape.DO, "すること"),
    (Shape.LIST, "やることの一覧"),
    (Shape.END, "終わり"),
    (Shape.GUIDE, "ほかの案内へ"),
)
_NOTES = (
    "「…のとき」の箱は、前の質問にそう答えた人と、「わからない」と答えた人に出ます。",
    "ほかの人は、その箱をとばして、次の番号に進みます。",
    "箱にマウスを置くと、「わからない」のときの説明（help）とやさしい日本語（easy）が出ます。",
)


@dataclass(frozen=True)
class _Text:
    """A line of a box: its distance from the top to the baseline."""

    text: str
    style: Style
    baseline: float


def draw(guide: Guide, shorts: Mapping[str, str] | None = None) -> str:
    """The picture as SVG; `shorts` are the short names, by id, of the guides that `guide` may lead to."""
    drawn = flow(guide, shorts or {})
    texts = {name: _lines(box) for name, box in drawn.boxes.items()}
    labels = [_label_lines(way.answers) for way in drawn.ways]
    plan = layout(
        {name: _size(box, texts[name]) for name, box in drawn.boxes.items()},
        [
            Arrow(way.source, way.target, _label_size(label))
            for way, label in zip(drawn.ways, labels, strict=True)
        ],
    )
    wide = max(plan.width, _NARROWEST)
    head, top = _head(guide, wide)
    canvas = ElementTree.Element(
        "g", transform=f"translate({_MARGIN + (wide - plan.width) / 2:.1f} {top:.1f})"
    )
    for stops in plan.ways:
        _arrow(canvas, stops)
    for place, label in zip(plan.labels, labels, strict=True):
        if place:
            _label(canvas, place, label)
    for name, box in drawn.boxes.items():
        _box(canvas, plan.boxes[name], box, texts[name])
    return _picture(guide.title, wide + 2 * _MARGIN, top + plan.height + _MARGIN, [head, canvas])


def wrapped(text: str, columns: int) -> list[str]:
    """`text` in lines of at most `columns`, where a Japanese letter takes two; 「。」 may hang over."""
    lines, taken = [""], 0
    for word in _WORDS.findall(_NO_XML.sub("", text)):
        for part in [word] if _columns(word) <= columns else word:
            hangs = part in _HANGS and taken <= columns
            if part == "\n" or (taken + _columns(part) > columns and not hangs):
                lines, taken = [*lines, ""], 0
            if part != "\n":
                lines[-1] += part
                taken += _columns(part)
    return lines


def _columns(text: str) -> int:
    return sum(2 if _WIDE.match(letter) else width(letter) for letter in text)


def _label_lines(answers: Sequence[str]) -> list[str]:
    """All answers in a line, or each in one of its own."""
    line = "／".join(answers)
    if _columns(line) <= _LABEL_COLUMNS:
        return [line] if line else []
    return [line for answer in answers for line in wrapped(answer, _LABEL_COLUMNS)]


def _lines(box: Box) -> list[_Text]:
    found: list[_Text] = []
    y = float(_PAD_Y)
    for style, paragraph in box.paragraphs:
        size = _TYPES[style][0]
        y += 6 if box.shape is Shape.LIST and style is Style.TEXT else 0
        for line in wrapped(paragraph, _LOOKS[box.shape].columns * 14 // size):
            y += size * _LEADING
            found.append(_Text(line, style, y - size * (_LEADING - 1)))
    return found


def _size(box: Box, lines: Sequence[_Text]) -> Size:
    columns = _LOOKS[box.shape].columns
    if box.shape not in {Shape.ASK, Shape.DO, Shape.LIST}:
        columns = min(columns, max(_columns(line.text) for line in lines))
    return Size(columns * 7 + 2 * _PAD_X, lines[-1].baseline + _PAD_Y + 2)


def _label_size(lines: Sequence[str]) -> Size | None:
    if not lines:
        return None
    columns = max(_columns(line) for line in lines)
    return Size(columns * _LABEL_SIZE / 2 + 18, len(lines) * _LABEL_SIZE * _LEADING + 8)


def _head(guide: Guide, wide: float) -> tuple[ElementTree.Element, float]:
    """Title and legend, and where the picture itself begins."""
    head = ElementTree.Element("g")
    y = float(_MARGIN)
    for line in wrapped(f"{guide.title}（{guide.id}）", int(wide // 11)):
        y += 22
        _write(head, line, _MARGIN, y, size=20, weight="700")
    y += 14
    x = float(_MARGIN)
    for shape, name in _LEGEND:
        _outline(head, shape, x, y, Size(26, 18))
        _write(head, name, x + 34, y + 14, size=13)
        x += 34 + width(name) * 6.5 + 24
    y += 24
    for note in _NOTES:
        y += 19
        _write(head, note, _MARGIN, y, size=13)
    return head, y + 30


def _box(canvas: ElementTree.Element, place: Place, box: Box, lines: Sequence[_Text]) -> None:
    size = _size(box, lines)
    group = ElementTree.SubElement(canvas, "g")
    if box.hover:
        ElementTree.SubElement(group, "title").text = _NO_XML.sub("", box.hover)
    left = place.x - size.width / 2
    _outline(group, box.shape, left, place.y, size)
    for line in lines:
        points, weight, colour = _TYPES[line.style]
        _write(group, line.text, left + _PAD_X, place.y + line.baseline, points, weight, colour)


def _outline(parent: ElementTree.Element, shape: Shape, left: float, top: float, size: Size) -> None:
    look = _LOOKS[shape]
    right, bottom = left + size.width, top + size.height
    cut = min(12, size.height / 2)
    corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    if shape is Shape.ASK:
        corners = [(left + cut, top), (right - cut, top), (right, top + cut), (right, bottom - cut)]
        corners += [(right - cut, bottom), (left + cut, bottom), (left, bottom - cut), (left, top + cut)]
    elif shape is Shape.GUIDE:
        corners[1:3] = [(right - cut, top), (right, (top + bottom) / 2), (right - cut, bottom)]
    elif shape is Shape.END:
        _rounded(parent, left, top, size, size.height / 2, {"fill": look.fill, "stroke": look.edge})
        return
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
    paint = {"fill": look.fill, "stroke": look.edge, "stroke-width": "2", "stroke-dasharray": look.dashes}
    ElementTree.SubElement(parent, "polygon", {"points": points, **paint})


def _rounded(
    parent: ElementTree.Element, left: float, top: float, size: Size, radius: float, paint: dict[str, str]
) -> None:
    place = {"x": left, "y": top, "width": size.width, "height": size.height, "rx": radius}
    shown = {name: f"{value:.1f}" for name, value in place.items()}
    ElementTree.SubElement(parent, "rect", {**shown, "stroke-width": "2", **paint})


def _arrow(canvas: ElementTree.Element, stops: Sequence[Stop]) -> None:
    """A line straight through rows and bent between them, with its head at the end."""
    way = [f"M{stops[0].x:.1f} {stops[0].top:.1f}V{stops[0].bottom:.1f}"]
    for before, after in pairwise(stops):
        half = (before.bottom + after.top) / 2
        way.append(f"C{before.x:.1f} {half:.1f} {after.x:.1f} {half:.1f} {after.x:.1f} {after.top:.1f}")
        if after.bottom > after.top:
            way.append(f"V{after.bottom:.1f}")
    line = {"fill": "none", "stroke": _LINE, "stroke-width": "2", "marker-end": "url(#head)"}
    ElementTree.SubElement(canvas, "path", {"d": "".join(way), **line})


def _label(canvas: ElementTree.Element, place: Place, lines: Sequence[str]) -> None:
    size = _label_size(lines)
    if size is None:
        return
    paint = {"fill": _PAPER, "stroke": _LINE, "stroke-width": "1"}
    _rounded(canvas, place.x - size.width / 2, place.y, size, 6, paint)
    for number, line in enumerate(lines):
        y = place.y + 4 + (number + 1) * _LABEL_SIZE * _LEADING - _LABEL_SIZE * (_LEADING - 1)
        _write(canvas, line, place.x - size.width / 2 + 9, y, _LABEL_SIZE)


def _write(
    parent: ElementTree.Element,
    text: str,
    x: float,
    y: float,
    size: int,
    weight: str = "400",
    colour: str = _INK,
) -> None:
    look = {"font-size": str(size), "font-weight": weight, "fill": colour}
    ElementTree.SubElement(parent, "text", {"x": f"{x:.1f}", "y": f"{y:.1f}", **look}).text = text


def _picture(title: str, wide: float, high: float, parts: Sequence[ElementTree.Element]) -> str:
    size = {"width": f"{wide:.0f}", "height": f"{high:.0f}", "viewBox": f"0 0 {wide:.0f} {high:.0f}"}
    names = {"xmlns": "http://www.w3.org/2000/svg", "role": "img", "font-family": _FONTS, "lang": "ja"}
    picture = ElementTree.Element("svg", {**names, **size})
    ElementTree.SubElement(picture, "title").text = _NO_XML.sub("", title)
    head = {"viewBox": "0 0 10 10", "refX": "10", "refY": "5", "markerWidth": "6", "markerHeight": "6"}
    defined = ElementTree.SubElement(picture, "defs")
    marker = ElementTree.SubElement(defined, "marker", {"id": "head", "orient": "auto", **head})
    ElementTree.SubElement(marker, "path", d="M0 0L10 5L0 10z", fill=_LINE)
    ElementTree.SubElement(picture, "rect", width="100%", height="100%", fill=_PAPER)
    picture.extend(parts)
    ElementTree.indent(picture)
    return ElementTree.tostring(picture, encoding="unicode") + "\n"
