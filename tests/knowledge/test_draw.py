from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest

from knowledge.answer import GuideState
from knowledge.cli import main
from knowledge.draw import draw, wrapped
from knowledge.entries import Guide
from knowledge.flow import Flow, Shape, Style, flow
from knowledge.guide_checks import leads_to
from knowledge.guides import END, UNSURE
from knowledge.loader import CONTENT, load
from knowledge.table import width
from knowledge.walk import Walk
from tests.content import REAL
from tests.knowledge.handmade import a_content, an_entry

GUIDES = sorted(path.stem for path in (CONTENT / "guides").glob("*.yml"))
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<b>&\"']]>"
LOOPS = """short: 犬
steps:
  - {id: first, ask: 犬を飼いますか。, choices: [{label: もう一度, go: first}, {label: 先へ}]}
  - {id: second, do: 登録します。, if: {first: 先へ}, next: last}
  - {id: third, ask: 戻りますか。, choices: [{label: もう一度, go: first}, {label: 他へ, guide: other}]}
  - {id: last, do: 終わります。}
"""
OTHER = "short: ねこ\nsteps: [{id: only, do: 飼います。}]\n"


@cache
def guides() -> dict[str, Guide]:
    return dict(REAL.guides)


def shorts() -> dict[str, str]:
    return {guide.id: guide.short for guide in guides().values()}


def a_guide(name: str = "dog", more: str = LOOPS) -> str:
    return an_entry("guide", name, more)


def made(root: Path, more: str) -> Guide:
    files = {"guides/dog.yml": a_guide(more=more), "guides/other.yml": a_guide("other", OTHER)}
    return load(a_content(root, dict(files))).guides["dog"]


def parsed(picture: str) -> ElementTree.Element:
    return ElementTree.fromstring(picture)  # noqa: S314 # our own drawing


def written(picture: str) -> str:
    """All that is to be read, without what only shows under the mouse; lines joined."""
    return "".join(text.text or "" for text in parsed(picture).iter(f"{SVG}text"))


def ways(drawn: Flow) -> Iterator[tuple[str, str, str]]:
    for way in drawn.ways:
        for answer in way.answers or ("",):
            yield way.source, answer, way.target


@pytest.mark.parametrize("name", GUIDES)
def test_every_guide_is_drawn_with_all_its_texts(name: str) -> None:
    guide = guides()[name]
    picture = draw(guide, shorts())
    seen = written(picture)
    texts = [guide.title, *(step.text for step in guide.steps), *(task.do for task in guide.checklist)]
    texts += [path for step in guide.steps for path in step.facts]
    texts += [option.label for step in guide.steps for option in step.options]
    texts += [task.by_words for task in guide.checklist if task.by_words]
    texts += [f"「{shorts()[o.guide]}」" for step in guide.steps for o in step.options if o.guide]
    assert [text for text in texts if text not in seen] == []
    under_the_mouse = "".join(title.text or "" for title in parsed(picture).iter(f"{SVG}title"))
    assert all((step.help or "") in under_the_mouse for step in guide.steps)


@pytest.mark.parametrize("name", GUIDES)
def test_arrows_lead_where_the_guide_leads(name: str) -> None:
    guide = guides()[name]
    walk, drawn = Walk(guides()), flow(guide, {})
    for step in guide.steps:
        found = {way.target for way in drawn.ways if way.source == step.id}
        steps = {target for target in found if target in {other.id for other in guide.steps}}
        assert steps == leads_to(guide, step) - {END}
    for source, answer, target in ways(drawn):
        step = next(step for step in guide.steps if step.id == source)
        if answer not in {UNSURE, *(option.label for option in step.options)}:
            continue
        state = walk.forward(GuideState(guide=guide.id, path=(source,)), answer)
        shape = drawn.boxes[target].shape
        if shape is Shape.GUIDE:
            assert target == f"guide {state.guide}"
        elif shape in {Shape.END, Shape.LIST}:
            assert state.is_done
        elif not any(style is Style.WHEN for style, _ in drawn.boxes[target].paragraphs):
            assert state.path[-1] == target


@pytest.mark.parametrize("name", GUIDES)
def test_a_picture_is_no_wider_than_a_large_screen(name: str) -> None:
    assert float(parsed(draw(guides()[name], shorts())).attrib["width"]) <= 1800


def test_conditions_and_deadlines_are_told_by_the_number_of_the_question() -> None:
    seen = written(draw(guides()["moving-to-ashibetsu"]))
    assert "2 child が「はい」のとき" in seen
    assert "1 moved の日から14日（次の日から数えて。休みなら次に開く日まで）" in seen
    assert "3 left の日から15日（次の日から数えて。休みなら前の開く日まで）" in seen


def test_ways_back_and_to_other_guides_are_boxes_that_name_them(tmp_path: Path) -> None:
    drawn = flow(made(tmp_path, LOOPS), {"other": "ねこ"})
    assert {
        text for box in drawn.boxes.values() if box.shape is Shape.BACK for _, text in box.paragraphs
    } == {"1 first に戻る"}
    told = [text for _, text in drawn.boxes["guide other"].paragraphs]
    assert told == ["ほかの案内「ねこ」へ", "other"]
    assert [text for _, text in flow(made(tmp_path, LOOPS), {}).boxes["guide other"].paragraphs] == [
        "ほかの案内へ",
        "other",
    ]


def test_a_step_that_is_passed_over_has_a_way_of_its_own(tmp_path: Path) -> None:
    found = set(ways(flow(made(tmp_path, LOOPS), {})))
    assert {("second", "", "last"), ("second", "あてはまらないとき", "third")} <= found
    assert ("third", "わからない", "last") in found


def test_hostile_texts_stay_text(tmp_path: Path) -> None:
    plain = made(tmp_path, LOOPS)
    nasty = f"{HOSTILE}\x00\x1b\ud800 {'！' * 60}{'W' * 60}"
    step = plain.steps[0].model_copy(update={"ask": nasty, "help": nasty})
    choice = step.choices[0].model_copy(update={"label": nasty})
    step = step.model_copy(update={"choices": (choice, *step.choices[1:])})
    guide = plain.model_copy(update={"title": nasty, "steps": (step, *plain.steps[1:])})
    picture = draw(guide, {"other": nasty})
    assert written(picture).count(HOSTILE) >= 4
    assert not {element.tag.removeprefix(SVG) for element in parsed(picture).iter()} & {"b", "script"}


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("転入届を出します。", ["転入届を出", "します。"]),
        ("はがきを待つ。次", ["はがきを待", "つ。次"]),
        ("住みますか。次", ["住みますか。", "次"]),
        ("ああああ「い」", ["ああああ", "「い」"]),
        ("id: a-b.fee", ["id: a-b.", "fee"]),
        ("abcdefghijklm", ["abcdefghij", "klm"]),
        ("一行\n二行", ["一行", "二行"]),
    ],
)
def test_lines_break_where_japanese_does(text: str, lines: list[str]) -> None:
    assert wrapped(text, 10) == lines


def test_no_line_is_longer_than_one_hanging_mark_allows() -> None:
    for letters in ("！" * 50, "あ" * 50, "a-" * 50, "W" * 50, "、「" * 50):
        assert max(width(line) for line in wrapped(letters, 30)) <= 32


class Clerk:
    """Runs `knowledge guide` in an empty folder, on a content folder with two guides."""

    def __init__(
        self, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self._content = a_content(
            root / "content",
            {"guides/dog.yml": a_guide(), "guides/other.yml": a_guide("other", OTHER)},
        )
        self.folder = root / "here"
        self.folder.mkdir()
        monkeypatch.chdir(self.folder)
        self._monkeypatch, self._capsys = monkeypatch, capsys

    def runs(self, *arguments: str) -> tuple[int, str, str]:
        argv = ["knowledge", "--content", str(self._content), "guide", *arguments]
        self._monkeypatch.setattr(sys, "argv", argv)
        with pytest.raises(SystemExit) as left:
            sys.exit(main())
        assert isinstance(left.value.code, int)
        return left.value.code, *self._capsys.readouterr()


@pytest.fixture
def clerk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Clerk:
    return Clerk(tmp_path, monkeypatch, capsys)


def test_draw_writes_a_file_named_like_the_guide_and_says_so(clerk: Clerk) -> None:
    code, out, err = clerk.runs("draw", "dog")
    assert (code, err) == (0, "")
    assert "dog.svg" in out
    assert "犬を飼いますか。" in written((clerk.folder / "dog.svg").read_text(encoding="utf-8"))


def test_draw_writes_where_it_is_told(clerk: Clerk) -> None:
    code, out, _ = clerk.runs("draw", "dog", "--out", "picture.svg")
    assert (code, [path.name for path in clerk.folder.iterdir()]) == (0, ["picture.svg"])
    assert "picture.svg" in out


def test_draw_prints_the_picture_alone(clerk: Clerk) -> None:
    code, out, err = clerk.runs("draw", "dog", "--out", "-")
    assert (code, err, list(clerk.folder.iterdir())) == (0, "", [])
    assert "「ねこ」" in written(out)


@pytest.mark.parametrize(("said", "near"), [("dogg", "dog"), ("ねこ", "other"), ("DOG", "list"), ("", "dog")])
def test_draw_tells_near_ids_of_an_unknown_one(clerk: Clerk, said: str, near: str) -> None:
    code, out, err = clerk.runs("draw", said)
    assert (code, out, list(clerk.folder.iterdir())) == (2, "", [])
    assert f"「{said}」という案内（guide）はありません" in err
    assert near in err


def test_draw_says_when_it_cannot_write(clerk: Clerk) -> None:
    code, out, err = clerk.runs("draw", "dog", "--out", "nowhere/dog.svg")
    assert (code, out) == (2, "")
    assert "nowhere/dog.svg に書けません" in err


def test_list_tells_how_long_guides_are(clerk: Clerk) -> None:
    code, out, err = clerk.runs("list")
    assert (code, err) == (0, "")
    assert [line.split() for line in out.splitlines()][2:] == [
        ["dog", "犬", "4", "0"],
        ["other", "ねこ", "1", "0"],
        ["計", "2", "件"],
    ]


@pytest.mark.parametrize("arguments", [(), ("draw",), ("paint", "dog")])
def test_a_wrong_command_is_told_in_japanese(clerk: Clerk, arguments: tuple[str, ...]) -> None:
    code, out, err = clerk.runs(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("命令の書き方が違います。")
