from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.tokenizer import SudachiTokenizer
from nlu.vectors import GinzaVectorFeaturizer

WIDTH = 300
TOKENIZER = SudachiTokenizer(SudachiTokenizer.get_default_config())
NONSENSE = "ぬぺぽるげ"


@pytest.fixture(scope="module")
def featurizer() -> GinzaVectorFeaturizer:
    return GinzaVectorFeaturizer(GinzaVectorFeaturizer.get_default_config(), "vectors")


def a_message(text: str) -> Message:
    message = Message(data={TEXT: text})
    message.set(TOKENS_NAMES[TEXT], TOKENIZER.tokenize(message, TEXT))
    return message


def features(message: Message) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    sequence, sentence = message.get_dense_features(TEXT, [])
    assert sequence is not None
    assert sentence is not None
    return sequence.features, sentence.features


def word(featurizer: GinzaVectorFeaturizer, text: str) -> npt.NDArray[np.float32]:
    sequence, _ = features(featurizer.process([a_message(text)])[0])
    assert len(sequence) == 1
    return sequence[0]


def likeness(one: npt.NDArray[np.float32], other: npt.NDArray[np.float32]) -> float:
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


def test_each_token_has_a_vector_and_the_sentence_their_mean(featurizer: GinzaVectorFeaturizer) -> None:
    message = a_message("犬の登録はいくらですか")
    sequence, sentence = features(featurizer.process([message])[0])
    assert sequence.shape == (len(message.get(TOKENS_NAMES[TEXT])), WIDTH)
    assert sentence.shape == (1, WIDTH)
    filled = sequence[np.any(sequence, axis=1)]
    np.testing.assert_allclose(sentence[0], filled.mean(axis=0), rtol=1e-4, atol=1e-6)


def test_words_of_like_meaning_are_near(featurizer: GinzaVectorFeaturizer) -> None:
    fee, charge, dog = (word(featurizer, text) for text in ("料金", "費用", "犬"))
    assert likeness(fee, charge) > likeness(fee, dog)


def test_an_unknown_spelling_borrows_the_vector_of_its_lemma(featurizer: GinzaVectorFeaturizer) -> None:
    assert np.any(word(featurizer, "引越し"))


def test_unknown_words_are_zeros(featurizer: GinzaVectorFeaturizer) -> None:
    sequence, sentence = features(featurizer.process([a_message("😀🦄")])[0])
    assert not np.any(sequence)
    assert not np.any(sentence)


def test_what_strangers_type_does_not_fill_the_memory(featurizer: GinzaVectorFeaturizer) -> None:
    before = len(featurizer._strings), featurizer._vectors.n_keys
    featurizer.process([a_message(f"{NONSENSE}{n}zqx{n}🦄") for n in range(200)])
    assert (len(featurizer._strings), featurizer._vectors.n_keys) == before


@pytest.mark.parametrize("text", ["", "　 \n"])
def test_an_empty_message_gets_no_features(featurizer: GinzaVectorFeaturizer, text: str) -> None:
    [message] = featurizer.process([a_message(text)])
    assert message.features == []


def test_a_message_without_tokens_is_left_alone(featurizer: GinzaVectorFeaturizer) -> None:
    [message] = featurizer.process([Message(data={TEXT: "児童手当"})])
    assert message.features == []


def test_training_examples_are_featurized_too(featurizer: GinzaVectorFeaturizer) -> None:
    data = featurizer.process_training_data(TrainingData([a_message("児童手当"), a_message("犬")]))
    assert all(example.features for example in data.training_examples)
