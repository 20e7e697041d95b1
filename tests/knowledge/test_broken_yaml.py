"""Whatever is done to a content folder: file, line and what to do, in Japanese, and the old answers go on."""

from __future__ import annotations

import errno
import os
import re
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from knowledge.entries import KINDS
from knowledge.errors import ContentError, Problem
from knowledge.loader import Loader, load
from knowledge.reading import MAX_BYTES, MOST_TOLD, read_file
from knowledge.service import Knowledge
from tests.knowledge import breakages, breakages_of_desks, breakages_of_values
from tests.knowledge.breakages import ENTRY, GOOD, HARMLESS, HOURS, Broken
from tests.knowledge.handmade import a_content, an_entry, phrases, problems_of

BROKEN = [
    case
    for module in (breakages, breakages_of_values, breakages_of_desks)
    for table in vars(module).values()
    if isinstance(table, list)
    for case in table
]
QUESTION, ANSWER = "駐車場の手続き", "駐車場を借ります。"

_QUOTED = re.compile(r"「[^」]*」|: [a-z ]+$")
ENGLISH = re.compile(
    r"\b[a-z]+ [a-z]+\b|\b(should|must|input|expected|valid|field|object|none|error|required)\b",
    re.IGNORECASE,
)
WHAT_TO_DO = re.compile(r"ください(（[^）]*）|: .*)?$")


def assert_helpful(problem: Problem) -> None:
    assert re.search(r"[ぁ-ん]", problem.message), problem
    assert WHAT_TO_DO.search(problem.message), problem
    assert not ENGLISH.search(_QUOTED.sub("", problem.message)), problem
    assert len(str(problem).splitlines()) == 1, problem
    assert len(problem.message) < 600, problem
    assert problem.line >= 1, problem
    str(problem).encode()


class House:
    """The good folder, those who answer from it, and a second reader who has no good snapshot."""

    def __init__(self, root: Path) -> None:
        self.root = a_content(root, dict(GOOD))
        self.knowledge = Knowledge(root)
        self.reader = Loader(root)
        self._touched: set[str] = set()

    def put(self, name: str, content: str | bytes) -> None:
        """As careful editors do: a new file renamed into place."""
        self._touched.add(name)
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(".new")
        new.write_bytes(content.encode() if isinstance(content, str) else content)
        new.replace(path)

    def mend(self) -> None:
        for name in tuple(self._touched):
            if name in GOOD:
                self.put(name, GOOD[name])
            else:
                (self.root / name).unlink()
        self._touched.clear()
        self.knowledge.reload()
        assert self.knowledge.problems == ()

    def problems(self) -> tuple[Problem, ...]:
        """What a reader without a snapshot has to say, which may be ContentError and nothing else."""
        try:
            self.reader.load()
        except ContentError as error:
            return error.problems
        return ()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> House:
    return House(tmp_path_factory.mktemp("content"))


@pytest.fixture
def house(built: House) -> Iterator[House]:
    yield built
    built.mend()


@pytest.mark.parametrize("case", BROKEN, ids=[case.name for case in BROKEN])
def test_a_broken_save_is_told_with_its_line_and_changes_no_answer(house: House, case: Broken) -> None:
    before = house.knowledge.content
    for name, content in case.files.items():
        house.put(name, content)
    house.knowledge.reload()
    problems, told = house.problems(), house.knowledge.problems
    assert house.knowledge.content is before
    assert house.knowledge.answer(QUESTION).text == ANSWER
    assert told == problems
    assert [(problem.path, problem.line) for problem in problems] == [(case.path, n) for n in case.lines], (
        told
    )
    assert any(case.words in problem.message for problem in problems), problems
    for problem in problems:
        assert_helpful(problem)


@pytest.mark.parametrize("name", HARMLESS)
def test_what_only_looks_broken_is_read_well(house: House, name: str) -> None:
    house.put(ENTRY, HARMLESS[name])
    assert house.problems() == ()
    entry = house.reader.load().entries["parking"]
    assert (entry.title, entry.summary[0].value) == ("駐車場の手続き", ANSWER)


def test_what_looks_like_something_else_is_the_text_that_was_written(house: House) -> None:
    written = ["yes", "off", "2026-02-30", "25:00", "8:45", "1-2", "<<", "0124-22-2111"]
    house.put(ENTRY, an_entry(more=f"aliases: [{', '.join(written)}]\n"))
    assert list(house.reader.load().entries["parking"].aliases) == written


# Files that can't be read, or are no files.


def _in_place(root: Path) -> Path:
    (root / ENTRY).unlink()
    return root / ENTRY


def _a_folder(root: Path) -> None:
    _in_place(root).mkdir()


def _a_fifo(root: Path) -> None:
    os.mkfifo(_in_place(root))


def _a_socket(root: Path) -> None:
    os.mknod(_in_place(root), stat.S_IFSOCK | 0o600)


def _a_link_out(root: Path) -> None:
    (root.parent / "parking.yml").write_text(an_entry(), encoding="utf-8")
    _in_place(root).symlink_to(root.parent / "parking.yml")


def _a_relative_link_out(root: Path) -> None:
    _in_place(root).symlink_to("../../parking.yml")


def _a_link_to_a_device(root: Path) -> None:
    _in_place(root).symlink_to("/dev/zero")


def _a_link_to_itself(root: Path) -> None:
    _in_place(root).symlink_to("parking.yml")


def _a_circle_of_links(root: Path) -> None:
    _in_place(root).symlink_to("other")
    (root / ENTRY).with_name("other").symlink_to("parking.yml")


def _a_link_to_nothing(root: Path) -> None:
    _in_place(root).symlink_to("nothing")


def _a_link_within(root: Path) -> None:
    (root / ENTRY).with_name("twin.yml").symlink_to("parking.yml")


def _a_linked_folder(root: Path) -> None:
    (root.parent / "more").mkdir()
    (root / "more").symlink_to(root.parent / "more")


def _a_huge_file(root: Path) -> None:
    os.truncate(root / ENTRY, 50_000_000)


def _one_byte_too_many(root: Path) -> None:
    (root / ENTRY).write_text(
        an_entry().ljust(MAX_BYTES - 1 - len(an_entry().encode()), "#"), encoding="utf-8"
    )
    with (root / ENTRY).open("ab") as file:
        file.write(b"#" * (MAX_BYTES + 1 - file.tell()))


def _a_name_in_another_encoding(root: Path) -> None:
    name = root / "faq" / os.fsdecode("駐車.yml".encode("cp932"))
    name.parent.mkdir()
    name.write_text(an_entry("faq", "cars"), encoding="utf-8")


def _a_folder_in_another_encoding(root: Path) -> None:
    name = root / os.fsdecode(b"\xbc\xea\xc2") / "cars.yml"
    name.parent.mkdir()
    name.write_text(an_entry("faq", "cars", "related: [no-such]\n"), encoding="utf-8")


def _no_city(root: Path) -> None:
    (root / "city.yml").unlink()


def _no_phrases(root: Path) -> None:
    (root / "phrases.yml").unlink()


def _phrases_that_are_a_folder(root: Path) -> None:
    _no_phrases(root)
    (root / "phrases.yml").mkdir()


def _a_city_called_yaml(root: Path) -> None:
    (root / "city.yml").rename(root / "city.yaml")


@pytest.mark.parametrize(
    ("damage", "told", "words"),
    [
        (_a_folder, [(ENTRY, 1)], "読めるファイルではありません"),
        (_a_fifo, [(ENTRY, 1)], "読めるファイルではありません"),
        (_a_socket, [(ENTRY, 1)], "読めるファイルではありません"),
        (_a_link_out, [(ENTRY, 1)], "ほかの場所を指すリンク"),
        (_a_relative_link_out, [(ENTRY, 1)], "ほかの場所を指すリンク"),
        (_a_link_to_a_device, [(ENTRY, 1)], "ほかの場所を指すリンク"),
        (_a_link_to_itself, [(ENTRY, 1)], "リンクが自分を"),
        (_a_circle_of_links, [(ENTRY, 1)], "リンクが自分を"),
        (_a_link_to_nothing, [(ENTRY, 1)], "リンクの先がありません"),
        (_a_link_within, [("procedures/twin.yml", 2), ("procedures/twin.yml", 2)], "同じにしてください"),
        (_a_linked_folder, [("more", 1)], "ほかの場所を指すリンク"),
        (_a_huge_file, [(ENTRY, 1)], "大きすぎます"),
        (_one_byte_too_many, [(ENTRY, 1)], "大きすぎます"),
        (_a_name_in_another_encoding, [("faq/????.yml", 1)], "半角の英数字"),
        (_a_folder_in_another_encoding, [("???/cars.yml", 1)], "半角の英数字"),
        (_no_city, [("city.yml", 1)], "ファイルがありません"),
        (_no_phrases, [("phrases.yml", 1)], "ファイルがありません"),
        (_phrases_that_are_a_folder, [("phrases.yml", 1)], "読めるファイルではありません"),
        (_a_city_called_yaml, [("city.yaml", 2), ("city.yml", 1)], "kind に使えるのは"),
    ],
)
def test_a_file_that_is_none_is_told_and_changes_no_answer(
    tmp_path: Path, damage: Callable[[Path], None], told: list[tuple[str, int]], words: str
) -> None:
    root = a_content(tmp_path / "content", dict(GOOD))
    knowledge, before = Knowledge(root), time.monotonic()
    damage(root)
    knowledge.reload()
    assert time.monotonic() - before < 5
    assert knowledge.answer(QUESTION).text == ANSWER
    assert [(problem.path, problem.line) for problem in knowledge.problems] == told, knowledge.problems
    assert any(words in problem.message for problem in knowledge.problems), knowledge.problems
    assert problems_of(root) == knowledge.problems
    for problem in knowledge.problems:
        assert_helpful(problem)


@pytest.mark.parametrize(
    ("function", "closed"), [("os.open", ENTRY), ("os.open", "phrases.yml"), ("os.scandir", "procedures")]
)
def test_what_nobody_may_read_is_told_and_not_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, function: str, closed: str
) -> None:
    """The permissions themselves do not keep root out, who runs the tests in a container."""
    root = a_content(tmp_path, dict(GOOD))
    knowledge, real = Knowledge(root), getattr(os, function.removeprefix("os."))

    def refuse(path: str | Path, *rest: object, **more: object) -> object:
        if Path(path) == root / closed:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return real(path, *rest, **more)

    (root / closed).touch()
    monkeypatch.setattr(function, refuse)
    knowledge.reload()
    monkeypatch.undo()
    [problem] = knowledge.problems
    assert (problem.path, problem.line) == (closed, 1)
    assert "権限" in problem.message
    assert_helpful(problem)
    assert knowledge.answer(QUESTION).text == ANSWER


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("left", ["nothing", "nonsense", "a FIFO"])
@pytest.mark.parametrize("more", ["", "related: [no-such]\n"])
def test_a_file_that_goes_while_it_is_read_is_read_as_it_is_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str, left: str, more: str
) -> None:
    root = a_content(tmp_path, {ENTRY: an_entry(more=more)})

    def vanish() -> None:
        (root / ENTRY).unlink(missing_ok=True)
        if left == "nonsense":
            (root / ENTRY).write_bytes(b"\xff[")
        elif left == "a FIFO":
            os.mkfifo(root / ENTRY)

    def read[T](path: Path, root: Path, adapter: TypeAdapter[T], problems: list[Problem]) -> T | None:
        if path != root / ENTRY:
            return read_file(path, root, adapter, problems)
        if when == "before":
            vanish()
        result = read_file(path, root, adapter, problems)
        if when == "after":
            vanish()
        return result

    monkeypatch.setattr("knowledge.loader.read_file", read)
    if left == "nothing":
        assert [*load(root).entries] == ["city-hall"]
        return
    if left == "a FIFO":
        monkeypatch.setattr("knowledge.loader._TRIES", 2)  # a new one each time
    for problem in problems_of(root):
        assert problem.path in (ENTRY, ".")
        assert_helpful(problem)


def test_a_fifo_that_takes_a_file_s_place_keeps_nobody_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = a_content(tmp_path, {})
    (root / "faq").mkdir()
    os.mkfifo(root / "faq" / "cars.yml")
    monkeypatch.setattr("knowledge.reading._not_to_be_read", lambda *_: None)
    [problem] = problems_of(root)
    assert problem.path == "faq/cars.yml"
    assert_helpful(problem)


def test_what_editors_and_file_systems_leave_behind_is_no_content(tmp_path: Path) -> None:
    root = a_content(tmp_path, dict(GOOD))
    (root / "faq").mkdir()
    (root / ".#parking.yml").symlink_to("clerk@city-hall.4711:1700000000")  # Emacs while it edits
    for name in (
        ".parking.yml.swp",
        "parking.yml~",
        "._parking.yml",
        ".trash/a.yml",
        "README.md",
        "a.draft.yml",
    ):
        path = root / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"\x00\xff")
    assert problems_of(root) == ()


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    problems = problems_of(tmp_path / "nowhere")
    single = ("canned.yml", "city.yml", "desks.yml", "phrases.yml")
    assert [(problem.path, problem.line) for problem in problems] == [(name, 1) for name in single]
    for problem in problems:
        assert_helpful(problem)


# Every field, and every phrase.

WRONG = [
    "5",
    "1.5",
    ".nan",
    "true",
    "0x1F",
    "[[あ]]",
    "{あ: い}",
    "[{あ: い}]",
    "[5]",
    "!!binary 44GC",
    "&a あ",
]
REQUIRED = {"guide": "short: 案内\nsteps: [{id: a, do: あ}]\n"}


@pytest.mark.parametrize("kind", KINDS)
def test_no_field_takes_what_is_no_text_of_its_form(house: House, kind: str) -> None:
    good = an_entry(kind, "other", REQUIRED.get(kind, "")).replace("駐車場", "別")
    house.put("other.yml", good)
    assert house.problems() == ()
    for field, its in KINDS[kind].model_fields.items():
        lines = [line for line in good.splitlines() if not line.startswith(f"{field}:")]
        for wrong in WRONG:
            if (wrong, its.annotation) == ("true", bool):
                continue
            house.put("other.yml", "\n".join([*lines, f"{field}: {wrong}"]) + "\n")
            problems = house.problems()
            assert problems, (field, wrong)
            assert {problem.path for problem in problems} == {"other.yml"}
            assert {problem.line for problem in problems} == {len(lines) + 1}, (field, wrong, problems)
            for problem in problems:
                assert_helpful(problem)


def test_no_phrase_may_be_nothing(house: House) -> None:
    lines = phrases().splitlines()
    written = [n for n, line in enumerate(lines) if re.match(r" *[a-z_]+: [^|>]", line)]
    assert len(written) > 40
    for n in written:
        key = lines[n].partition(":")[0]
        house.put("phrases.yml", "\n".join([*lines[:n], f"{key}:", *lines[n + 1 :]]))
        [problem] = house.problems()
        assert (problem.path, problem.line) == ("phrases.yml", n + 1)
        assert key.strip() in problem.message
        assert_helpful(problem)


def test_a_file_full_of_mistakes_is_told_quickly_and_not_without_end(house: House) -> None:
    for content in (
        an_entry() + "".join(f"k{n}: あ\n" for n in range(15_000)),
        an_entry() + "fee:\n" + "  - 1\n" * 30_000,
        "\0\n" * 90_000,
        an_entry() + "<<: あ\n" * 15_000,
    ):
        house.put(ENTRY, content)
        began = time.monotonic()
        problems = house.problems()
        assert time.monotonic() - began < 30
        assert len(problems) == MOST_TOLD
        assert {problem.path for problem in problems} == {ENTRY}


# What nobody thought of.

ANY_NUMBER = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
SIGNS = [
    *"\n\r\t :-[]{}&*!|>'\"#%@`,?\\~=<\0\x85\u2028\ufeff\ud7ff０：　あ👨",
    "\n  ",
    "- ",
    ": ",
    "---\n",
    "<<: ",
    "\\x",
]
WHOLE = an_entry(
    more="fee:\n  - value: 無料\n    valid_from: 2026-04-01\nhow: {post: 郵送, window: [窓口]}\n"
)


@st.composite
def mutations(draw: st.DrawFn) -> str:
    """A good entry with a few letters or lines taken out, put in or changed."""
    text = WHOLE if draw(st.booleans()) else an_entry("place", "parking", HOURS)
    for _ in range(draw(st.integers(1, 4))):
        new = draw(st.sampled_from(SIGNS) | st.characters(exclude_categories=["Cs"]))
        if draw(st.booleans()):
            at = draw(st.integers(0, len(text)))
            text = text[:at] + draw(st.sampled_from(["", new])) + text[at + draw(st.integers(0, 3)) :]
        else:
            lines = text.split("\n")
            at = draw(st.integers(0, len(lines)))
            lines[at : at + draw(st.integers(0, 1))] = draw(
                st.sampled_from(
                    [[], [new], [*lines[at : at + 1]] * 2, [f"  {line}" for line in lines[at : at + 1]]]
                )
            )
            text = "\n".join(lines)
    return text


def assert_told_within(house: House, content: bytes) -> None:
    house.put(ENTRY, content)
    lines = len(re.split(rb"\r\n|\r|\n", content))
    for problem in house.problems():
        assert problem.path == ENTRY
        assert 1 <= problem.line <= lines + 1, problem
        assert_helpful(problem)


@settings(ANY_NUMBER, max_examples=400)
@given(mutations())
def test_any_slip_of_the_keyboard_is_told_within_the_file(house: House, text: str) -> None:
    assert_told_within(house, text.encode())


@settings(ANY_NUMBER, max_examples=200)
@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_are_told_within_the_file(house: House, content: bytes) -> None:
    assert_told_within(house, content)


@settings(ANY_NUMBER, max_examples=200)
@given(st.data())
def test_any_changed_bytes_are_told_within_the_file(house: House, data: st.DataObject) -> None:
    content = bytearray(WHOLE.encode())
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    assert_told_within(house, bytes(content))


@settings(ANY_NUMBER, max_examples=200)
@given(st.lists(st.sampled_from([*SIGNS, "a", "b: c\n", "!!int", "&a", "*a", "%YAML 1.3\n"]), max_size=25))
def test_any_heap_of_yaml_signs_is_told_within_the_file(house: House, signs: list[str]) -> None:
    assert_told_within(house, "".join(signs).encode())


@pytest.mark.parametrize("arguments", [["check"], ["search", QUESTION], ["list"]], ids=lambda words: words[0])
def test_a_command_over_a_broken_folder_tells_all_and_prints_no_traceback(
    tmp_path: Path, arguments: list[str]
) -> None:
    files = {f"faq/b{n}.yml": content for n, case in enumerate(BROKEN) for content in case.files.values()}
    root = a_content(tmp_path / "content", {**files, **GOOD})
    for damage in (_a_fifo, _a_linked_folder, _a_folder_in_another_encoding):
        damage(root)
    command = [sys.executable, "-m", "knowledge", "--content", str(root), *arguments]
    done = subprocess.run(command, capture_output=True, timeout=120, check=False)
    out, told = done.stdout.decode(), done.stderr.decode()
    assert done.returncode == 1, told
    assert out == ""
    *problems, total = told.splitlines()
    assert total.startswith(f"{len(problems)} 件")
    assert {line.split(":")[0] for line in problems} >= {*files, ENTRY, "more"}
    for line in problems:
        path, number, message = line.split(":", 2)
        assert_helpful(Problem(path, int(number), message))


def test_a_command_tells_of_broken_drafts_without_a_traceback(tmp_path: Path) -> None:
    drafts = {f"faq/b{n}.draft.yml": c for n, case in enumerate(BROKEN) for c in case.files.values()}
    root = a_content(tmp_path, {**GOOD, **drafts})
    os.mkfifo(root / "faq" / "fifo.draft.yml")
    command = [sys.executable, "-m", "knowledge", "--content", str(root), "check"]
    done = subprocess.run(command, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0
    assert b"Traceback" not in done.stdout + done.stderr
    assert b"faq/fifo.draft.yml:1:" in done.stdout
