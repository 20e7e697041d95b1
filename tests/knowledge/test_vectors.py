"""Vectors kept in a file: whatever happens to it costs time, and no vector."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from structlog.testing import capture_logs

from knowledge.encoder import Kind, Vectors
from knowledge.vectors import VectorStore
from tests.knowledge.encoders import SIZE, HashEncoder

ROOT = Path(__file__).parents[2]
TEXTS = [(f"犬の登録{n}", Kind.QUESTION) for n in range(40)] + [("犬を飼い始めたら", Kind.PASSAGE)]
SECRET = "病気の父のことを知られたくない"

ENCODES = """
import sys
from pathlib import Path
from knowledge.encoder import Kind, Vectors
from knowledge.vectors import VectorStore
from tests.knowledge.encoders import HashEncoder

file, pause, *words = sys.argv[1:]
texts = [(f"{word}{n}", Kind.QUESTION) for word in words for n in range(60)]
VectorStore(HashEncoder(pause=float(pause)), Path(file)).of(texts)
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "models" / "vectors.sqlite"


def expected(texts: list[tuple[str, Kind]], name: str = "hash") -> Vectors:
    """What the encoder says of `texts`, as exactly as the file keeps it."""
    encoder = HashEncoder(name)
    rows = [encoder.encode([text], kind)[0] for text, kind in texts]
    return np.stack(rows).astype(np.float16).astype(np.float32)


def filled(file: Path) -> Path:
    VectorStore(HashEncoder(), file).of(TEXTS)
    return file


def test_vectors_are_the_encoder_s_in_the_order_asked(file: Path) -> None:
    for store in (VectorStore(HashEncoder()), VectorStore(HashEncoder(), file)):
        np.testing.assert_array_equal(store.of(TEXTS[::-1]), expected(TEXTS[::-1]))
        np.testing.assert_array_equal(store.of([TEXTS[3], TEXTS[3]]), expected([TEXTS[3], TEXTS[3]]))


def test_a_text_is_encoded_once_however_often_it_is_asked() -> None:
    encoder = HashEncoder()
    store = VectorStore(encoder)
    store.of([*TEXTS, *TEXTS])
    store.of(TEXTS[:3])
    assert sorted(encoder.encoded) == sorted(TEXTS)


def test_the_next_store_reads_the_file_and_encodes_nothing(file: Path) -> None:
    filled(file)
    encoder = HashEncoder()
    np.testing.assert_array_equal(VectorStore(encoder, file).of(TEXTS), expected(TEXTS))
    assert encoder.encoded == []


def test_of_many_texts_every_one_is_read(file: Path) -> None:
    many = [(str(n), Kind.PASSAGE) for n in range(1300)]
    VectorStore(HashEncoder(), file).of(many)
    encoder = HashEncoder()
    np.testing.assert_array_equal(VectorStore(encoder, file).of(many), expected(many))
    assert encoder.encoded == []


def test_a_changed_text_is_encoded_alone(file: Path) -> None:
    filled(file)
    encoder = HashEncoder()
    changed = ("犬の登録は要りますか", Kind.QUESTION)
    VectorStore(encoder, file).of([changed, *TEXTS[1:]])
    assert encoder.encoded == [changed]


def test_a_question_and_a_passage_of_the_same_words_are_two() -> None:
    both = [("犬", Kind.QUESTION), ("犬", Kind.PASSAGE)]
    np.testing.assert_array_equal(VectorStore(HashEncoder()).of(both), expected(both))


def test_another_encoder_has_vectors_of_its_own(file: Path) -> None:
    filled(file)
    store = VectorStore(HashEncoder("another"), file)
    assert not store.has(TEXTS[:1])
    np.testing.assert_array_equal(store.of(TEXTS), expected(TEXTS, "another"))
    assert VectorStore(HashEncoder(), file).has(TEXTS)


def test_it_has_what_it_has_encoded_or_what_the_file_has(file: Path) -> None:
    store = VectorStore(HashEncoder(), file)
    assert not store.has(TEXTS)
    assert not file.exists()
    store.of(TEXTS)
    assert store.has(TEXTS)
    assert VectorStore(HashEncoder(), file).has(TEXTS)
    assert not store.has([*TEXTS, ("新しい", Kind.PASSAGE)])


def test_progress_is_told_until_all_are_done() -> None:
    told: list[tuple[int, int]] = []
    store = VectorStore(HashEncoder())
    store.of(TEXTS, lambda done, total: told.append((done, total)))
    assert [done for done, _ in told] == sorted({done for done, _ in told})
    assert len(told) >= 3
    assert told[-1] == (len(TEXTS), len(TEXTS))
    told.clear()
    store.of(TEXTS, lambda done, total: told.append((done, total)))
    assert told == []


def test_what_residents_ask_is_never_written_down(file: Path) -> None:
    encoder = HashEncoder()
    store = VectorStore(encoder, file)
    asked = store.question(SECRET)
    assert not file.exists()
    store.of(TEXTS)
    size = sorted((path.name, path.stat().st_size) for path in file.parent.iterdir())
    np.testing.assert_array_equal(store.question(SECRET), asked)
    assert encoder.encoded.count((SECRET, Kind.QUESTION)) == 1
    assert sorted((path.name, path.stat().st_size) for path in file.parent.iterdir()) == size
    assert not VectorStore(HashEncoder(), file).has([(SECRET, Kind.QUESTION)])


def test_the_file_tells_no_words(file: Path) -> None:
    filled(file)
    assert all("犬の登録".encode() not in path.read_bytes() for path in file.parent.iterdir())


def garbage(file: Path) -> None:
    file.write_bytes(b"no database at all, " * 500)


def cut_short(file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: len(content) * 2 // 3])


def holes(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    file.write_bytes(bytes(content))


@pytest.mark.parametrize("spoil", [garbage, cut_short, holes])
def test_a_broken_file_is_told_and_begun_anew(file: Path, spoil: Callable[[Path], None]) -> None:
    spoil(filled(file))
    with capture_logs() as logs:
        np.testing.assert_array_equal(VectorStore(HashEncoder(), file).of(TEXTS), expected(TEXTS))
    assert [line["event"] for line in logs] == ["vectors_file_lost"]
    filled(file)
    encoder = HashEncoder()
    np.testing.assert_array_equal(VectorStore(encoder, file).of(TEXTS), expected(TEXTS))
    assert encoder.encoded == []


def test_a_broken_file_takes_what_a_killed_process_left_beside_it_along(file: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(filled(file))) as database:
        database.execute("UPDATE vectors SET vector = x'00'")
        left = Path(shutil.copytree(file.parent, tmp_path / "killed")) / file.name
    assert len(list(left.parent.iterdir())) == 2  # with SQLite's journal
    garbage(left)
    VectorStore(HashEncoder(), left).of(TEXTS)
    with capture_logs() as logs:
        VectorStore(HashEncoder(), left).of(TEXTS)
        assert VectorStore(HashEncoder(), left).has(TEXTS)
    assert logs == []


def test_an_empty_file_is_filled(file: Path) -> None:
    filled(file).write_bytes(b"")
    with capture_logs() as logs:
        VectorStore(HashEncoder(), file).of(TEXTS)
    assert logs == []
    assert VectorStore(HashEncoder(), file).has(TEXTS)


def test_what_cannot_be_opened_is_left_alone(file: Path) -> None:
    file.mkdir(parents=True)
    with capture_logs() as logs:
        np.testing.assert_array_equal(VectorStore(HashEncoder(), file).of(TEXTS), expected(TEXTS))
    assert [line["event"] for line in logs] == ["vectors_file_lost"]
    assert file.is_dir()


def test_without_a_folder_to_write_to_vectors_live_in_memory(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("no folder", encoding="utf-8")
    encoder = HashEncoder()
    store = VectorStore(encoder, tmp_path / "models" / "vectors.sqlite")
    with capture_logs() as logs:
        np.testing.assert_array_equal(store.of(TEXTS), expected(TEXTS))
        store.of([("もう一つ", Kind.PASSAGE)])
        store.of(TEXTS)
    assert [line["event"] for line in logs] == ["vectors_file_lost"]
    assert len(encoder.encoded) == len(TEXTS) + 1


def encodes(file: Path, pause: float, *words: str) -> subprocess.Popen[bytes]:
    """A process that encodes 60 texts for each of `words`."""
    command = [sys.executable, "-c", ENCODES, str(file), str(pause), *words]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def numbered(*words: str) -> list[tuple[str, Kind]]:
    return [(f"{word}{n}", Kind.QUESTION) for word in words for n in range(60)]


def test_processes_write_the_same_file_at_once(file: Path) -> None:
    processes = [encodes(file, 0.01, "犬", word) for word in ("猫", "鳥", "魚")]
    for process in processes:
        said, _ = process.communicate(timeout=60)
        assert (process.returncode, said) == (0, b"")
    encoder = HashEncoder()
    every = numbered("犬", "猫", "鳥", "魚")
    np.testing.assert_array_equal(VectorStore(encoder, file).of(every), expected(every))
    assert encoder.encoded == []


@pytest.fixture
def slow(file: Path) -> Iterator[subprocess.Popen[bytes]]:
    process = encodes(file, 0.5, "犬", "猫")
    yield process
    process.kill()
    process.communicate()


def test_who_is_killed_half_way_leaves_what_was_done(file: Path, slow: subprocess.Popen[bytes]) -> None:
    texts = numbered("犬", "猫")
    while not any(VectorStore(HashEncoder(), file).has([text]) for text in texts):
        assert slow.poll() is None
        time.sleep(0.05)
    slow.kill()
    slow.wait()
    encoder = HashEncoder()
    np.testing.assert_array_equal(VectorStore(encoder, file).of(texts), expected(texts))
    assert 0 < len(encoder.encoded) < len(texts)


def test_threads_that_want_the_same_encode_it_once(file: Path) -> None:
    encoder = HashEncoder(pause=0.05)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(VectorStore(encoder, file).of, [TEXTS] * 8))
    assert len(encoder.encoded) == len(TEXTS)
    assert all(rows.shape == (len(TEXTS), SIZE) for rows in found)
