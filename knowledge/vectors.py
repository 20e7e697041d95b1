"""Vectors of texts, kept in a file by what was encoded, so that an edit encodes one entry again."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import batched
from pathlib import Path

import numpy as np
import structlog
from numpy.typing import NDArray

from knowledge.encoder import Encoder, Kind, Vectors
from knowledge.progress import Tick, silently

log = structlog.get_logger(__name__)

CACHE = Path(__file__).parent.parent / "models" / "vectors.sqlite"
_BATCH = 16
_ASKED_AT_ONCE = 500
"""Keys in one query; SQLite takes at most 32,766."""
_KEPT_QUESTIONS = 512

_SCHEMA = "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID"

type _Text = tuple[str, Kind]


class VectorStore:
    """The vectors of one encoder: in memory, and in a file that may be lost at any time."""

    def __init__(self, encoder: Encoder, file: Path | None = None) -> None:
        """`file` is shared by processes; without one vectors live as long as the store."""
        self._encoder = encoder
        self._file = file
        self._known: dict[bytes, NDArray[np.float16]] = {}
        self._lock = threading.Lock()
        self._asking = threading.Lock()
        self._asked: OrderedDict[str, NDArray[np.float32]] = OrderedDict()

    def question(self, text: str) -> NDArray[np.float32]:
        """The vector of what a resident asks; nothing of it is written down."""
        vector = self._asked.get(text)
        if vector is None:
            vector = self._encoder.encode([text], Kind.QUESTION)[0]
            self.hear(text, self._encoder.name, vector)
        return vector

    def hear(self, text: str, encoder: str, vector: NDArray[np.floating]) -> None:
        """Take the vector of a question from who has it already, if it is of the same encoder."""
        if encoder != self._encoder.name:
            return
        with self._asking:
            self._asked[text] = vector.astype(np.float32)
            while len(self._asked) > _KEPT_QUESTIONS:
                self._asked.popitem(last=False)

    def has(self, texts: Iterable[_Text]) -> bool:
        """Whether all of `texts` are known, so that `of` would be quick."""
        return not self._missing(texts)

    def of(self, texts: Sequence[_Text], tick: Tick = silently) -> Vectors:
        """The vectors of `texts`, one row each; what is not known yet is encoded and kept."""
        with self._lock:
            if missing := self._missing(texts):
                self._encode(missing, tick)
        return np.stack([self._known[self._key(text)] for text in texts]).astype(np.float32)

    def _missing(self, texts: Iterable[_Text]) -> list[_Text]:
        wanted = {self._key(text): text for text in texts}
        unknown = [key for key in wanted if key not in self._known]
        if unknown and self._file and self._file.exists():
            self._read(unknown)
        return [wanted[key] for key in unknown if key not in self._known]

    def _encode(self, texts: Sequence[_Text], tick: Tick) -> None:
        """Encode on all cores, long texts together, so that no short one is padded."""
        jobs = [
            (kind, batch)
            for kind in Kind
            for batch in batched(sorted((t for t, k in texts if k is kind), key=len), _BATCH)
        ]
        done = 0
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for (kind, batch), vectors in zip(
                jobs, pool.map(lambda job: self._encoder.encode(job[1], job[0]), jobs), strict=True
            ):
                new = {
                    self._key((text, kind)): v.astype(np.float16)
                    for text, v in zip(batch, vectors, strict=True)
                }
                self._write(new)
                self._known |= new
                done += len(batch)
                tick(done, len(texts))

    def _key(self, text: _Text) -> bytes:
        return hashlib.sha256("\0".join((self._encoder.name, text[1], text[0])).encode()).digest()

    def _read(self, keys: Sequence[bytes]) -> None:
        try:
            with closing(self._open()) as database:
                for some in batched(keys, _ASKED_AT_ONCE):
                    marks = ",".join("?" * len(some))
                    query = f"SELECT key, vector FROM vectors WHERE key IN ({marks})"  # noqa: S608  # only marks
                    rows = database.execute(query, some)
                    self._known |= {key: np.frombuffer(vector, dtype=np.float16) for key, vector in rows}
        except sqlite3.Error as error:
            self._give_up_file(error)

    def _write(self, vectors: dict[bytes, NDArray[np.float16]]) -> None:
        if not self._file:
            return
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with closing(self._open()) as database, database:
                rows = [(key, vector.tobytes()) for key, vector in vectors.items()]
                database.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)
        except (OSError, sqlite3.Error) as error:
            self._give_up_file(error)

    def _open(self) -> sqlite3.Connection:
        """Not in WAL mode: to change to it fails at once, without waiting, while another process reads."""
        database = sqlite3.connect(self._file or ":memory:", timeout=30)
        database.execute("PRAGMA synchronous=OFF")  # what is lost with the power is encoded again
        database.execute(_SCHEMA)
        return database

    def _give_up_file(self, error: Exception) -> None:
        """A broken file costs time, no answers: begin a new one next time, go on in memory."""
        log.warning("vectors_file_lost", file=str(self._file), why=f"{type(error).__name__}: {error}")
        if (
            self._file
            and isinstance(error, sqlite3.DatabaseError)
            and not isinstance(error, sqlite3.OperationalError)
        ):
            self._file.unlink(missing_ok=True)
        self._file = None
