"""Encoders for tests: one that is quick and remembers, and ones that fail."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Sequence

import numpy as np

from knowledge.encoder import Encoder, Kind, Vectors, load_encoder

SIZE = 16


class HashEncoder:
    """Another vector for every text, of no meaning at all; remembers what it was given."""

    def __init__(self, name: str = "hash", pause: float = 0.0) -> None:
        self.name = name
        self.encoded: list[tuple[str, Kind]] = []
        self._pause = pause
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str], kind: Kind) -> Vectors:
        time.sleep(self._pause)
        with self._lock:
            self.encoded += [(text, kind) for text in texts]
        return np.stack([self._vector(f"{self.name} {kind} {text}") for text in texts])

    def _vector(self, text: str) -> Vectors:
        seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])
        vector = np.random.default_rng(seed).normal(size=SIZE).astype(np.float32)
        unit: Vectors = vector / np.linalg.norm(vector)
        return unit


class FailingEncoder(HashEncoder):
    """Fails for texts of one kind, naming the text as foreign code may."""

    def __init__(self, kind: Kind, *, only: str | None = None) -> None:
        super().__init__("failing")
        self._kind, self._only = kind, only

    def encode(self, texts: Sequence[str], kind: Kind) -> Vectors:
        if kind is self._kind and (self._only is None or self._only in texts):
            raise RuntimeError(f"cannot encode {texts[0]}")
        return super().encode(texts, kind)


def real_encoder() -> Encoder:
    """The encoder that comes along."""
    encoder = load_encoder()
    assert encoder is not None
    return encoder
