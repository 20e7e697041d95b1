from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu import e5
from nlu.e5 import MEANING, WIDTH, E5Featurizer

SCALE = 5.0


@pytest.fixture(scope="module")
def featurizer() -> E5Featurizer:
    return E5Featurizer({**E5Featurizer.get_default_config(), "scale": SCALE}, "e5")


def vector(featurizer: E5Featurizer, text: str) -> npt.NDArray[np.float32]:
    [message] = featurizer.process([Message(data={TEXT: text})])
    sequence, sentence = message.get_dense_features(TEXT, [])
    assert sequence is None
    assert sentence is not None
    assert sentence.features.shape == (1, WIDTH)
    found: npt.NDArray[np.float32] = sentence.features[0]
    return found


def test_a_message_has_one_vector_as_long_as_its_scale(featurizer: E5Featurizer) -> None:
    assert np.linalg.norm(vector(featurizer, "犬の登録はいくらですか")) == pytest.approx(SCALE, rel=1e-3)


def test_messages_of_like_meaning_are_near(featurizer: E5Featurizer) -> None:
    dog, puppy, tax = (
        vector(featurizer, text) for text in ("犬をもらった", "子犬を飼い始めました", "税金の納付書")
    )
    assert dog @ puppy > dog @ tax


def test_the_same_text_has_the_same_vector(featurizer: E5Featurizer) -> None:
    np.testing.assert_array_equal(vector(featurizer, "転出届"), vector(featurizer, "転出届"))


@pytest.mark.parametrize("text", ["😀👨‍👩‍👧‍👦", "あ" * 20_000, "児童\0手当", "\ud800半分", "Hello"])
def test_any_text_has_a_finite_vector(featurizer: E5Featurizer, text: str) -> None:
    assert np.isfinite(vector(featurizer, text)).all()


@pytest.mark.parametrize("text", ["", " ", "　\n"])
def test_an_empty_message_gets_no_features(featurizer: E5Featurizer, text: str) -> None:
    [message] = featurizer.process([Message(data={TEXT: text})])
    assert message.features == []


def test_what_no_one_needs_the_meaning_of_is_not_encoded() -> None:
    spared = E5Featurizer({**E5Featurizer.get_default_config(), "skip": r"手順[0-9]+\)$"}, "e5")
    button, question = spared.process([Message(data={TEXT: text}) for text in ("はい（転入 手順2）", "転入")])
    assert not vector(spared, "はい（転入 手順2）").any()
    assert button.get(MEANING) is None
    assert question.get(MEANING)["text"] == "転入"


def test_training_examples_are_featurized_too(featurizer: E5Featurizer) -> None:
    data = featurizer.process_training_data(TrainingData([Message(data={TEXT: "児童手当"})]))
    assert all(example.features for example in data.training_examples)


@pytest.mark.parametrize("flags", ["flags : fpu sse2", None])
def test_without_avx2_the_features_are_zeros(
    flags: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    processor = tmp_path / "cpuinfo"
    if flags:
        processor.write_text(flags, encoding="utf-8")
    monkeypatch.setattr(e5, "PROCESSOR", processor)
    assert not np.any(vector(E5Featurizer(E5Featurizer.get_default_config(), "e5"), "犬の登録"))
    assert "e5_missing" in capsys.readouterr().out
