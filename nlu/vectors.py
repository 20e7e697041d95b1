"""Word vectors of spaCy's `ja_ginza` as dense features, looked up, not computed.

The vectors let the classifier see that 料金 and 手数料 are near before any example says so.
Only the vocabulary is loaded: the neural pipes of ja_ginza would cost more than a whole turn.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import spacy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from spacy.vocab import Vocab

from nlu.featurizer import MessageFeaturizer

MODEL = "ja_ginza"


def load_vocab() -> Vocab:
    """The vocabulary of `ja_ginza` with its static vectors, without any pipe."""
    pipes = spacy.info(MODEL, silent=True)["pipeline"]
    return spacy.load(MODEL, exclude=pipes).vocab


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class GinzaVectorFeaturizer(MessageFeaturizer):
    """Give each token its static vector (surface first, then lemma), zeros when unknown."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Tokens must be there first."""
        return [Tokenizer]

    @staticmethod
    def required_packages() -> list[str]:
        """What must be installed for this component."""
        return ["spacy", MODEL]

    @staticmethod
    def supported_languages() -> list[str] | None:
        """Japanese alone."""
        return ["ja"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Rasa's featurizer settings."""
        return {**DenseFeaturizer.get_default_config(), "pooling": "mean"}

    def __init__(self, config: dict[str, Any], name: str) -> None:
        """Load the vectors once a component."""
        super().__init__(config, name)
        vocab = load_vocab()
        self._strings, self._vectors = vocab.strings, vocab.vectors
        self._unknown = np.zeros(vocab.vectors_length, dtype=np.float32)
        self._pooling = config["pooling"]

    def featurize(self, message: Message) -> None:
        """Add the vector of each token and of them all."""
        tokens = message.get(TOKENS_NAMES[TEXT])
        if not tokens:
            return
        sequence = np.stack([self._vector(token.text, token.lemma) for token in tokens])
        sentence = self.aggregate_sequence_features(sequence, self._pooling)
        self.add_features_to_message(sequence, sentence, TEXT, message)

    def _vector(self, surface: str, lemma: str) -> npt.NDArray[np.float32]:
        for text in (surface, lemma):
            # Ask by hash: indexing the vocabulary would store every word a stranger types.
            row = self._vectors.find(key=self._strings[text])
            if row >= 0:
                found: npt.NDArray[np.float32] = self._vectors.data[row]
                return found
        return self._unknown
