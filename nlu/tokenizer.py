"""SudachiPy as a Rasa tokenizer: whole words, normalised forms, true offsets."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message
from sudachipy import Dictionary, SplitMode

MAX_BYTES = 49_149
"""Sudachi refuses longer input, counted in UTF-8 (sudachi.rs, `InputTooLong`)."""

_MODES = {"A": SplitMode.A, "B": SplitMode.B, "C": SplitMode.C}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class SudachiTokenizer(Tokenizer):
    """Split on Sudachi morphemes.

    A token's text and offsets are the resident's own characters, so entities come back as
    written; its lemma is Sudachi's normalised form (引越し → 引っ越し), which the featurizers
    count. `split_mode` is A (short units), B or C (named entities whole).
    """

    @staticmethod
    def required_packages() -> list[str]:
        """What must be installed for this component."""
        return ["sudachipy", "sudachidict_core"]

    @staticmethod
    def supported_languages() -> list[str] | None:
        """Japanese alone."""
        return ["ja"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Rasa's tokenizer settings and our `split_mode`."""
        return {
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
            "prefix_separator_symbol": None,
            "split_mode": "A",
        }

    def __init__(self, config: dict[str, Any]) -> None:
        """Raises ValueError when `split_mode` is not A, B or C."""
        super().__init__(config)
        if config["split_mode"] not in _MODES:
            raise ValueError(f"split_mode must be A, B or C, not {config['split_mode']!r}")
        self._sudachi = Dictionary(dict="core").create(_MODES[config["split_mode"]])

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SudachiTokenizer:
        """Make the component, as Rasa's graph asks for it."""
        return cls(config)

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """The morphemes of `attribute`, white space left out; text past MAX_BYTES is not read."""
        text = message.get(attribute)
        readable = text.encode("utf-8")[:MAX_BYTES].decode("utf-8", errors="ignore")
        tokens = []
        for morpheme in self._sudachi.tokenize(readable):
            surface = text[morpheme.begin() : morpheme.end()]
            if not surface.strip():
                continue
            tokens.append(Token(surface, morpheme.begin(), morpheme.end(), lemma=morpheme.normalized_form()))
        return self._apply_token_pattern(tokens)
