"""Make the vectors that search by meaning needs before the house starts, so that it starts with them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from knowledge.encoder import load_encoder
from knowledge.errors import ContentError
from knowledge.loader import CONTENT, load
from knowledge.search import texts_to_encode
from knowledge.vectors import CACHE, VectorStore
from ops.model import SAY_EVERY


def ensure_vectors(say: Callable[[str], None]) -> None:
    """The vectors of the present content, made now if they are not there.

    Broken content, or no encoder, is for the action server to tell: it goes on with what there is.
    """
    encoder = load_encoder()
    if encoder is None:
        return
    try:
        texts = texts_to_encode(load(Path(os.environ.get("MADOGUCHI_CONTENT", CONTENT))).searched)
    except ContentError:
        return
    vectors = VectorStore(encoder, CACHE)
    if vectors.has(texts):
        return
    say("意味で探すための索引を作ります。初めてはふつう2〜3分、次からは変わった所だけです。")
    said = time.monotonic()

    def tick(done: int, total: int) -> None:
        nonlocal said
        if time.monotonic() - said > SAY_EVERY:
            said = time.monotonic()
            say(f"  索引を作っています（{done}/{total}）")

    try:
        vectors.of(texts, tick)
    except Exception as error:  # an encoder is foreign code, and the house runs without it
        say(f"意味の索引を作れませんでした（{type(error).__name__}）。文字だけで探します。")
