from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.intents import SoftmaxIntentClassifier
from nlu.tokenizer import SudachiTokenizer

TOKENIZER = SudachiTokenizer(SudachiTokenizer.get_default_config())
TAUGHT = {
    "ask_fee": ["登録はいくら", "手数料はいくらですか", "住民票はなんぼ", "料金はいくら"],
    "ask_where": ["窓口はどこ", "登録はどこでしますか", "どこで取れますか", "会場はどこ"],
    "greet": ["こんにちは", "こんばんは", "おはよう", "おはようございます"],
}
CONTEXT = ExecutionContext(GraphSchema({}), node_name="intents")
RESOURCE = Resource("intents")


def a_message(text: str, intent: str | None = None, meaning: list[float] | None = None) -> Message:
    message = Message(data={TEXT: text, **({INTENT: intent} if intent else {})})
    message.set(TOKENS_NAMES[TEXT], TOKENIZER.tokenize(message, TEXT))
    if meaning:
        vector = np.array([meaning], dtype=np.float32)
        message.add_features(Features(vector, FEATURE_TYPE_SENTENCE, TEXT, "meaning"))
    return message


def lessons(meaning: list[float] | None = None) -> TrainingData:
    examples = [a_message(text, intent, meaning) for intent, texts in TAUGHT.items() for text in texts]
    return TrainingData(examples)


def a_classifier(folder: Path) -> SoftmaxIntentClassifier:
    config = SoftmaxIntentClassifier.get_default_config()
    return SoftmaxIntentClassifier.create(config, LocalModelStorage(folder), RESOURCE, CONTEXT)


def restored(folder: Path) -> SoftmaxIntentClassifier:
    config = SoftmaxIntentClassifier.get_default_config()
    return SoftmaxIntentClassifier.load(config, LocalModelStorage(folder), RESOURCE, CONTEXT)


def heard(classifier: SoftmaxIntentClassifier, message: Message) -> str | None:
    [message] = classifier.process([message])
    name: str | None = message.get(INTENT)["name"]
    return name


@pytest.mark.parametrize(
    ("text", "intent"),
    [("犬の登録はなんぼ", "ask_fee"), ("犬の登録はどこ", "ask_where"), ("おはよ", "greet")],
)
def test_a_new_question_is_understood_and_so_after_a_restart(text: str, intent: str, tmp_path: Path) -> None:
    classifier = a_classifier(tmp_path)
    classifier.train(lessons())
    assert heard(classifier, a_message(text)) == intent
    assert heard(restored(tmp_path), a_message(text)) == intent


def test_the_ranking_begins_with_the_intent_and_falls(tmp_path: Path) -> None:
    classifier = a_classifier(tmp_path)
    classifier.train(lessons())
    [message] = classifier.process([a_message("登録はいくら")])
    chances = [intent["confidence"] for intent in message.get(INTENT_RANKING_KEY)]
    assert message.get(INTENT_RANKING_KEY)[0] == message.get(INTENT)
    assert chances == sorted(chances, reverse=True)
    assert sum(chances) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("text", ["", " ", "\n"])
def test_an_empty_message_has_no_intent(text: str, tmp_path: Path) -> None:
    classifier = a_classifier(tmp_path)
    classifier.train(lessons())
    assert heard(classifier, a_message(text)) is None


def test_without_examples_nothing_is_heard_nor_kept(tmp_path: Path) -> None:
    classifier = a_classifier(tmp_path)
    classifier.train(TrainingData())
    assert heard(classifier, a_message("登録はいくら")) is None
    assert heard(restored(tmp_path), a_message("登録はいくら")) is None


@pytest.mark.parametrize("meaning", [None, [0.0, 0.0]])
def test_a_message_without_a_vector_is_understood_by_its_words(
    meaning: list[float] | None, tmp_path: Path
) -> None:
    classifier = a_classifier(tmp_path)
    classifier.train(lessons([3.0, 4.0]))
    assert heard(classifier, a_message("犬の登録はなんぼ", meaning=meaning)) == "ask_fee"
