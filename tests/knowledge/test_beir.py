from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from knowledge.beir import evaluate, read_folder, trec_lines
from knowledge.errors import ContentError
from knowledge.vectors import VectorStore
from tests.knowledge.encoders import HashEncoder, real_encoder

DOCUMENTS = {
    "d1": ("児童手当はいくらですか", "月に1万円です。"),
    "d2": ("図書館は何時までですか", "17時までです。"),
}
QUERIES = {"q1": "児童手当の額", "q2": "図書館の時間", "q3": "誰も点をつけていない質問"}
GRADES = "query-id\tcorpus-id\tscore\nq1\td1\t2\nq2\td2\t2\nq2\td1\t1\n"


def a_folder(root: Path, **files: str) -> Path:
    whole = {
        "corpus.jsonl": "".join(
            json.dumps({"_id": name, "title": title, "text": text}) + "\n"
            for name, (title, text) in DOCUMENTS.items()
        ),
        "queries.jsonl": "".join(
            json.dumps({"_id": name, "text": text}) + "\n" for name, text in QUERIES.items()
        ),
        "qrels/dev.tsv": GRADES,
        **{name.replace("__", "/").replace("_", "."): text for name, text in files.items()},
    }
    for name, text in whole.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


def test_each_query_with_a_grade_is_asked_and_measured(tmp_path: Path) -> None:
    scores = evaluate(read_folder(a_folder(tmp_path)), None)
    assert set(scores.run) == {"q1", "q2"}
    assert scores.measures["Hit@1（最良）"] == 1
    assert scores.measures["MRR@10"] == 1
    assert len(scores.query_times) == 2
    assert scores.memory > 0


def test_a_grade_counts_two_to_its_power_less_one(tmp_path: Path) -> None:
    folder = read_folder(a_folder(tmp_path, qrels__dev_tsv="q2\td2\t1\nq2\td1\t2\n"))
    [found] = evaluate(folder, None).run.values()
    assert list(found) == ["d2", "d1"]
    best, second = 2**2 - 1, 2**1 - 1
    gained, possible = second + best / math.log2(3), best + second / math.log2(3)
    assert evaluate(folder, None).measures["nDCG@10"] == pytest.approx(gained / possible, abs=1e-3)


def test_the_run_is_written_as_trec_reads_it(tmp_path: Path) -> None:
    scores = evaluate(read_folder(a_folder(tmp_path)), None)
    first = next(trec_lines(scores.run)).split()
    assert first[:4] == ["q1", "Q0", "d1", "1"]
    assert float(first[4]) == pytest.approx(scores.run["q1"]["d1"], abs=1e-5)


def test_progress_is_told_of_indexing_and_of_asking(tmp_path: Path) -> None:
    indexed: list[tuple[int, int]] = []
    asked: list[tuple[int, int]] = []
    evaluate(
        read_folder(a_folder(tmp_path)),
        HashEncoder(),
        lambda done, total: indexed.append((done, total)),
        lambda done, total: asked.append((done, total)),
    )
    assert indexed[-1] == (4, 4)  # a title and a text of each document
    assert asked == [(1, 2), (2, 2)]


def test_with_an_encoder_a_query_without_a_word_of_its_document_finds_it(
    tmp_path: Path, vectors: VectorStore
) -> None:
    queries = '{"_id": "q1", "text": "キッズのための給付金"}\n{"_id": "q2", "text": "ライブラリーの営業"}\n'
    folder = read_folder(a_folder(tmp_path, queries_jsonl=queries))
    scores = evaluate(folder, real_encoder())
    assert [max(run, key=run.__getitem__) for run in scores.run.values()] == ["d1", "d2"]


def test_a_query_without_letters_finds_nothing(tmp_path: Path) -> None:
    queries = '{"_id": "q1", "text": "？"}\n{"_id": "q2", "text": "図書館"}\n'
    scores = evaluate(read_folder(a_folder(tmp_path, queries_jsonl=queries)), None)
    assert scores.run["q1"] == {}
    assert scores.measures["Hit@1"] == 0.5


@pytest.mark.parametrize(
    ("files", "place"),
    [
        ({"corpus_jsonl": "{broken\n"}, "corpus.jsonl:1: "),
        ({"corpus_jsonl": '{"_id": "d1"}\n'}, "corpus.jsonl:1: "),
        ({"queries_jsonl": '{"_id": "q1", "text": "あ"}\n[]\n'}, "queries.jsonl:2: "),
        ({"qrels__dev_tsv": GRADES + "q1\td1\n"}, "dev.tsv:5: "),
        ({"qrels__dev_tsv": "q1\td1\t多い\n"}, "dev.tsv:1: "),
    ],
)
def test_a_broken_line_is_told_with_its_place(tmp_path: Path, files: dict[str, str], place: str) -> None:
    with pytest.raises(ContentError, match=f"^{place}.*ください"):
        read_folder(a_folder(tmp_path, **files))


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"corpus\.jsonl:1: ファイルを UTF-8 で読めません"):
        read_folder(tmp_path / "nowhere")


def test_a_folder_without_grades_is_told(tmp_path: Path) -> None:
    root = a_folder(tmp_path)
    (root / "qrels" / "dev.tsv").unlink()
    with pytest.raises(ContentError, match="qrels"):
        read_folder(root)
