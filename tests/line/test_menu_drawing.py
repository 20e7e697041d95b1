"""The file of the menus, and the pictures: legible, within their places, no larger than LINE takes."""

from __future__ import annotations

import io
import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw

from channels.line import menu_limits
from channels.line.menu import AREAS, LABEL, MENUS, Kind, read_menus
from channels.line.menu_drawing import INK, PAPER, THEMES, Theme, draw_menu
from channels.line.menu_icons import Icon, draw_icon
from channels.line.menu_label import Label
from channels.line.menu_layout import layout, request
from channels.line.menu_make import make
from channels.line.menu_type import NoRoomError, set_in_type
from channels.line.menu_words import buttons, reply_to, unanswered
from knowledge.errors import ContentError
from knowledge.service import Knowledge
from ops.lineplatform.description import problems
from tests.content import real_knowledge

SHIPPED = read_menus(MENUS)
TEXT = MENUS.read_text(encoding="utf-8")
ENOUGH = 4.5
"""Contrast of text (WCAG 2.2, 1.4.3)."""


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, contrast ratio."""

    def luminance(colour: str) -> float:
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_measured_as_the_guidelines_say() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES.values(), ids=[kind.value for kind in THEMES])
def test_all_text_and_pictograms_stand_out(theme: Theme) -> None:
    assert contrast(INK, PAPER) >= ENOUGH
    for paper in (PAPER, theme.pale, theme.disc):
        assert contrast(theme.strong, paper) >= ENOUGH


@pytest.mark.parametrize("kind", Kind)
def test_a_picture_is_what_line_takes(kind: Kind) -> None:
    raw = draw_menu(SHIPPED, kind)
    image = Image.open(io.BytesIO(raw))
    assert (image.format, image.size) == ("PNG", (menu_limits.WIDTH, menu_limits.HEIGHT))
    assert len(raw) <= menu_limits.IMAGE_BYTES


@pytest.mark.parametrize("kind", Kind)
def test_text_on_the_drawn_picture_stands_out_after_the_palette(kind: Kind) -> None:
    image = Image.open(io.BytesIO(draw_menu(SHIPPED, kind))).convert("RGB")
    for place in layout(SHIPPED.of(kind)).areas:
        middle = image.crop(
            (
                place.x + 60,
                place.y + place.height * 2 // 3,
                place.x + place.width - 60,
                place.y + place.height - 40,
            )
        )
        darkest, lightest = (f"#{r:02x}{g:02x}{b:02x}" for r, g, b in _ends(middle))
        assert contrast(darkest, lightest) >= ENOUGH


def _ends(image: Image.Image) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The darkest and the lightest colour."""
    pixels = {tuple(pixel) for pixel in np.asarray(image).reshape(-1, 3).tolist()}
    return min(pixels, key=sum), max(pixels, key=sum)


@pytest.mark.parametrize("kind", Kind)
def test_places_fill_the_picture_and_never_overlap(kind: Kind) -> None:
    wanted = request(SHIPPED, kind, "name")
    assert problems("messaging-api", "RichMenuRequest", wanted.to_dict()) == []
    places = layout(SHIPPED.of(kind))
    boxes = [*places.tabs, *places.areas, *([places.wide] if places.wide else [])]
    assert sum(box.width * box.height for box in boxes) == menu_limits.WIDTH * menu_limits.HEIGHT
    for one, other in itertools.combinations(boxes, 2):
        is_beside = one.x + one.width <= other.x or other.x + other.width <= one.x
        is_below = one.y + one.height <= other.y or other.y + other.height <= one.y
        assert is_beside or is_below


@pytest.mark.parametrize("kind", Kind)
def test_a_tab_leads_to_each_other_menu_and_takes_no_button_away(kind: Kind) -> None:
    actions = [area.action.to_dict() for area in request(SHIPPED, kind, "name").areas]
    targets = [action["richMenuAliasId"] for action in actions if action["type"] == "richmenuswitch"]
    said = [action["text"] for action in actions if action["type"] == "message"]
    assert targets == [other.alias for other in Kind if other is not kind]
    assert said == [button.says for button in SHIPPED.of(kind).buttons]
    assert len(SHIPPED.of(kind).areas) == AREAS


@pytest.mark.parametrize("icon", Icon)
def test_a_pictogram_lies_within_its_disc(icon: Icon) -> None:
    size = 300
    drawn = draw_icon(icon, size, "#000000", "#FFFFFF")
    disc = Image.new("L", (size, size))
    ImageDraw.Draw(disc).ellipse((2, 2, size - 3, size - 3), 255)
    ink = drawn.convert("L").point(lambda level: 255 if level < 128 else 0)
    black = ImageChops.multiply(ink, drawn.getchannel("A"))
    assert ImageChops.subtract(black, disc).getbbox() is None
    assert black.getbbox() is not None


LETTERS = st.sampled_from("手続開時間あいうきっゃマイナンーバカード・、（）1A 警報避難")
WRITTEN = st.lists(
    st.one_of(LETTERS, st.sampled_from(["避難所《ひなんじょ》", "番《ばん》", "救《きゅう》"])),
    min_size=1,
    max_size=LABEL,
).map("".join)


@settings(max_examples=150, deadline=None)
@given(WRITTEN, st.integers(300, 800), st.integers(120, 400))
def test_a_label_is_never_drawn_beyond_its_room(text: str, width: int, height: int) -> None:
    if not text.strip():
        return
    label = Label.parse(text)
    try:
        words = set_in_type(label, width, height, 152)
    except NoRoomError:
        return
    image = Image.new("L", (width + 400, height + 400))
    words.draw(ImageDraw.Draw(image), width / 2 + 200, 200, "white")
    box = image.getbbox()
    assert "".join(piece.text for line in words.lines for piece in line) == label.plain
    if box:
        assert box[0] >= 198
        assert box[1] >= 196
        assert box[2] <= 202 + width
        assert box[3] <= 204 + height


@pytest.mark.parametrize("has_wide", [False, True])
@pytest.mark.parametrize("letter", ["あ", "警", "W"])
def test_the_longest_label_is_drawn(tmp_path: Path, letter: str, has_wide: bool) -> None:
    text = TEXT.replace("label: 手続き,", f"label: {letter * LABEL},").replace(
        "tab: ふつう", f"tab: {letter * LABEL}"
    )
    if has_wide:
        text = text.replace("\neasy:", f"  wide: {{label: {letter * LABEL}, says: ごみ}}\n\neasy:")
    assert make(_file(tmp_path, text))


def test_lines_break_where_words_end_and_never_before_a_small_letter() -> None:
    def lines(text: str, width: int) -> list[str]:
        return [
            "".join(p.text for p in line).strip()
            for line in set_in_type(Label.parse(text), width, 400, 152).lines
        ]

    assert lines("ごみ・くらし", 500) == ["ごみ・", "くらし"]
    assert lines("マイナンバー/カード", 900) == ["マイナンバー", "カード"]
    assert lines("あいている 時間《じかん》", 560) == ["あいている", "時間"]
    assert not any(line[0] in "ゃっー・）" for line in lines("しゃっくりーしょっちゅう）", 320))


def _file(folder: Path, text: str) -> Path:
    path = folder / "menus.yml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ("label: 手続き,", "label: 😀手続き,", "label: 😀", "「😀」は絵に描けません"),
        ("label: 手続き,", f"label: {'あ' * 17},", "label: ああ", "長すぎます（16文字まで）"),
        ("label: 手続き,", "label: 手続《》き,", "label: 手続《", "《 》の使い方"),
        ("label: 手続き,", "label: き《き》,", "label: き《", "《 》の使い方"),
        ("label: 手続き,", "label: 手続き/,", "label: 手続き/", "/ の前か後ろ"),
        ("label: 手続き,", f"label: {'警《けいほうけい》' * 9},", "label: 警《", "ボタンに入りません"),
        ("icon: document,", "icon: cat,", "icon: cat", "「icon」に使えるのは"),
        ("says: ごみ}", f"says: {'あ' * 301}}}", "says: ああ", "300文字まで"),
        ("bar: メニューを開く・閉じる", "bar: メニューを開いたり閉じたりする", "bar:", "14文字まで"),
        ("  tab: ふつう\n", "", "normal:", "「tab」がありません"),
        ("    - {label: 災害, icon: warning, says: 災害と避難}\n", "", "  areas:", "6つ以上必要です"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, old: str, new: str, line: str, told: str) -> None:
    assert old in TEXT
    text = TEXT.replace(old, new, 1)
    number = next(
        n for n, shown in enumerate(text.splitlines(), start=1) if line in shown and shown[0] != "#"
    )
    with pytest.raises(ContentError) as caught:
        make(_file(tmp_path, text))
    assert [(p.path, p.line) for p in caught.value.problems] == [("menus.yml", number)]
    assert told in str(caught.value)


def test_every_tap_gets_an_answer(by_meaning: Knowledge) -> None:
    assert unanswered(SHIPPED, MENUS, by_meaning) == []


def test_every_tap_gets_an_answer_by_the_letter_too() -> None:
    assert unanswered(SHIPPED, MENUS, real_knowledge()) == []


def test_a_tap_that_gets_none_is_found_with_its_line(tmp_path: Path, by_meaning: Knowledge) -> None:
    path = _file(tmp_path, TEXT.replace("says: 停電", "says: ぬるぽ"))
    found = unanswered(read_menus(path), path, by_meaning)
    number = next(n for n, line in enumerate(path.read_text().splitlines(), start=1) if "ぬるぽ" in line)
    assert [(problem.path, problem.line) for problem in found] == [("menus.yml", number)]
    assert "「ぬるぽ」に、まどぐちは答えられません" in found[0].message


def test_taps_say_what_the_bot_knows_by_these_words(by_meaning: Knowledge) -> None:
    phrases = by_meaning.phrases
    for kind in Kind:
        talk = next(area for area in SHIPPED.of(kind).areas if area.icon is Icon.TALK)
        assert talk.says == phrases.labels.person
    assert SHIPPED.easy.wide is not None
    assert SHIPPED.easy.wide.says == phrases.easy.button
    said = {button.says: reply_to(button.says, by_meaning) for kind, _, button in buttons(SHIPPED)}
    assert said["119番"] == by_meaning.entry("emergency-fire-ambulance").title
    assert said["断水"] == by_meaning.entry("water-outage").title
    assert said["停電"] == by_meaning.entry("power-outage").title
