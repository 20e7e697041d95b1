"""Saving while residents ask: atomic, incremental, bounded. Real files, a real git, a real watcher."""

from __future__ import annotations

import resource
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from knowledge.errors import ContentError
from knowledge.loader import Loader
from knowledge.service import Knowledge
from tests.knowledge.handmade import OFFICE, a_content, an_entry

NOW = datetime.fromisoformat("2026-11-23T10:00")
ENTRY = "procedures/parking.yml"
MANY = 200


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return a_content(tmp_path, {ENTRY: an_entry()})


@pytest.fixture
def watched(folder: Path) -> Iterator[Knowledge]:
    yield from watching(folder)


def watching(folder: Path) -> Iterator[Knowledge]:
    result = Knowledge(folder, now=lambda: NOW)
    result.watch()
    time.sleep(0.3)  # the watcher looks at what is there before it sees changes
    yield result
    result.close()


def wait_for(done: Callable[[], bool], seconds: float = 5) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if done():
            return True
        time.sleep(0.02)
    return False


def says(word: str) -> str:
    return an_entry().replace("駐車場を借ります。", f"駐車場を{word}。")


def summary(knowledge: Knowledge) -> str:
    return knowledge.content.entries["parking"].summary[0].value


def test_a_saved_file_is_answered_within_two_seconds(watched: Knowledge, folder: Path) -> None:
    saved = time.monotonic()
    a_content(folder, {ENTRY: says("返します")})
    assert wait_for(lambda: watched.answer("駐車場の手続き").text == "駐車場を返します。")
    assert time.monotonic() - saved <= 2.0


def test_the_watcher_survives_a_broken_save(watched: Knowledge, folder: Path) -> None:
    a_content(folder, {ENTRY: an_entry(more="valid_from: 2026-13-45\n")})
    assert wait_for(lambda: watched.problems != ())
    a_content(folder, {ENTRY: an_entry(), "departments/city-hall.yml": OFFICE})
    assert wait_for(lambda: watched.problems == ())


def test_an_editor_that_renames_a_new_file_into_place_is_noticed(watched: Knowledge, folder: Path) -> None:
    new = folder / "procedures" / ".parking.yml.swp"
    new.write_text(says("返します"), encoding="utf-8")
    new.replace(folder / ENTRY)
    assert wait_for(lambda: summary(watched) == "駐車場を返します。")


def test_a_file_written_in_halves_is_never_live_half(watched: Knowledge, folder: Path) -> None:
    text = says("返します")
    seen = set()
    with (folder / ENTRY).open("w", encoding="utf-8") as file:
        for half in (text[:60], text[60:]):
            file.write(half)
            file.flush()
            for _ in range(25):  # longer than the watcher waits
                seen.add(summary(watched))
                time.sleep(0.02)
    assert wait_for(lambda: summary(watched) == "駐車場を返します。")
    assert seen <= {"駐車場を借ります。", "駐車場を返します。"}


def test_a_deleted_and_a_moved_file_are_noticed(watched: Knowledge, folder: Path) -> None:
    (folder / "moved").mkdir()
    (folder / ENTRY).rename(folder / "moved" / "parking.yml")
    assert wait_for(lambda: watched.content.files["parking"] == "moved/parking.yml")
    (folder / "moved" / "parking.yml").unlink()
    assert wait_for(lambda: "parking" not in watched.content.entries)


def test_a_draft_is_not_live_until_it_is_renamed(watched: Knowledge, folder: Path) -> None:
    draft = folder / "procedures" / "cars.draft.yml"
    draft.write_text(an_entry(name="cars").replace("駐車場", "車庫"), encoding="utf-8")
    a_content(folder, {ENTRY: says("返します")})
    assert wait_for(lambda: summary(watched) == "駐車場を返します。")
    assert "cars" not in watched.content.entries
    assert watched.problems == ()
    draft.rename(folder / "procedures" / "cars.yml")
    assert wait_for(lambda: "cars" in watched.content.entries)


def git(folder: Path, *arguments: str) -> None:
    command = ["git", "-C", str(folder), "-c", "user.name=t", "-c", "user.email=t@example.jp", *arguments]
    subprocess.run(command, check=True, capture_output=True)


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_a_checkout_of_200_files_is_one_step(tmp_path: Path) -> None:
    def write(version: str) -> None:
        files: dict[str, str | bytes] = {
            f"faq/e{n}.yml": an_entry("faq", f"e{n}").replace("駐車場を借ります。", version)
            for n in range(MANY)
        }
        a_content(tmp_path / "content", files)

    write("古い。")
    git(tmp_path, "init", "--initial-branch=old")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "old")
    git(tmp_path, "checkout", "-b", "new")
    write("新しい。")
    git(tmp_path, "commit", "-am", "new")
    knowledge = Knowledge(tmp_path / "content", now=lambda: NOW)
    knowledge.watch()
    time.sleep(0.3)
    seen: list[frozenset[str]] = []
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            entries = knowledge.content.entries
            seen.append(frozenset(entries[f"e{n}"].summary[0].value for n in range(MANY)))

    looking = threading.Thread(target=look)
    looking.start()
    for branch, words in (("old", "古い。"), ("new", "新しい。"), ("old", "古い。")):
        git(tmp_path, "checkout", branch)
        assert wait_for(lambda words=words: seen[-1] == {words}, 20)  # type: ignore[misc]
    stop.set()
    looking.join()
    knowledge.close()
    assert {len(versions) for versions in seen} == {1}


def test_a_folder_that_never_stands_still_is_not_taken(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    knowledge = Knowledge(folder, now=lambda: NOW)
    monkeypatch.setattr("knowledge.loader._PAUSE", 0.0)
    begun, stop = threading.Event(), threading.Event()

    def write() -> None:
        n = 0
        while not stop.is_set():
            n += 1
            (folder / ENTRY).write_text(says(f"{n}回返します"), encoding="utf-8")
            begun.set()

    writing = threading.Thread(target=write)
    writing.start()
    begun.wait()
    knowledge.reload()
    stop.set()
    writing.join()
    read = summary(knowledge) != "駐車場を借ります。"
    assert read or [problem.path for problem in knowledge.problems] in (["."], [ENTRY])


def test_only_the_changed_file_is_read_again(folder: Path) -> None:
    loader = Loader(folder)
    before = loader.load()
    a_content(folder, {"faq/bus.yml": an_entry("faq", "bus").replace("駐車場", "バス")})
    (folder / "departments" / "city-hall.yml").touch()
    after = loader.load()
    assert after.entries["parking"] is before.entries["parking"]
    assert after.entries["city-hall"] is not before.entries["city-hall"]
    assert "bus" in after.entries


def test_a_mistake_is_told_on_every_load_until_it_is_mended(folder: Path) -> None:
    loader = Loader(folder)
    a_content(folder, {ENTRY: an_entry(more="brng: 印鑑\n")})
    for _ in range(2):
        with pytest.raises(ContentError):
            loader.load()
    a_content(folder, {ENTRY: an_entry()})
    assert "parking" in loader.load().entries


def test_memory_is_bounded_after_1000_reloads(folder: Path) -> None:
    knowledge = Knowledge(folder, now=lambda: NOW)

    def reload(times: int) -> None:
        for n in range(times):
            (folder / ENTRY).write_text(says(f"{n}回返します"), encoding="utf-8")
            knowledge.reload()

    reload(300)  # caches fill
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    reload(1000)
    assert knowledge.problems == ()
    assert summary(knowledge) == "駐車場を999回返します。"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000  # kB
