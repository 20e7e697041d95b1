from __future__ import annotations

import json
from pathlib import Path

import pytest

from knowledge.beir import evaluate, read_folder, trec_lines
from knowledge.errors import ContentError

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
    scores = evaluate(read_folder(a_folder(tmp_path)))
    assert set(scores.run) == {"q1", "q2"}
    assert scores.measures["Hit@1（最良）"] == 1
    assert scores.measures["MRR@10"] == 1
    assert len(scores.query_times) == 2
    assert scores.memory > 0


def test_a_grade_counts_two_to_its_power_less_one(tmp_path: Path) -> None:
    folder = read_folder(a_folder(tmp_path, qrels__dev_tsv="q2\td2\t1\nq2\td1\t2\n"))
    [found] = evaluate(folder).run.values()
    assert list(found) == ["d2"]  # the document of grade 1 alone: (2^1 - 1) of (2^2 - 1) + 1 / log2(3)
    assert evaluate(folder).measures["nDCG@10"] == pytest.approx(1 / (3 + 0.6309), abs=1e-3)


def test_the_run_is_written_as_trec_reads_it(tmp_path: Path) -> None:
    scores = evaluate(read_folder(a_folder(tmp_path)))
    first = next(trec_lines(scores.run)).split()
    assert first[:4] == ["q1", "Q0", "d1", "1"]
    assert float(first[4]) > 0


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    evaluate(read_folder(a_folder(tmp_path)), lambda done, total: told.append((done, total)))
    assert told == [(1, 2), (2, 2)]


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
