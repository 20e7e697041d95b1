"""`knowledge eval --beir`: the product's own search over any folder in the BEIR layout.

A document's title stands for the question of an entry, its text for the answer. Measures come
from ir-measures; a grade g counts 2^g - 1 in nDCG.
"""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import ir_measures
from ir_measures import RR, R, Success, nDCG

from knowledge.answer import Status
from knowledge.encoder import Encoder
from knowledge.entries import Faq
from knowledge.errors import ContentError, Problem
from knowledge.facts import Text
from knowledge.progress import Tick, silently
from knowledge.search import SearchIndex
from knowledge.vectors import VectorStore

DEPTH = 100
"""Documents kept of each query."""
_RUN_NAME = "madoguchi"

type Qrels = dict[str, dict[str, int]]
type Run = dict[str, dict[str, float]]


@dataclass(frozen=True)
class Folder:
    """A corpus as entries, queries by id, and grades of documents by query."""

    documents: Sequence[Faq]
    queries: Mapping[str, str]
    qrels: Qrels


@dataclass(frozen=True)
class Scores:
    """What was measured, by name; times in seconds, memory in bytes (the most this process held)."""

    measures: Mapping[str, float]
    run: Run
    index_time: float
    query_times: Sequence[float]
    memory: int


def read_folder(folder: Path) -> Folder:
    """Read `corpus.jsonl`, `queries.jsonl` and `qrels/*.tsv`; raises ContentError with file and line."""
    documents = [
        _as_entry(str(row["_id"]), str(row.get("title", "")), str(row["text"]))
        for row in _rows(folder / "corpus.jsonl")
    ]
    queries = {str(row["_id"]): str(row["text"]) for row in _rows(folder / "queries.jsonl")}
    qrels: Qrels = {}
    for path in sorted((folder / "qrels").glob("*.tsv")):
        for query, document, grade in _grades(path):
            qrels.setdefault(query, {})[document] = grade
    if not qrels:
        raise ContentError((Problem("qrels", 1, "qrels/*.tsv がありません。正解の表を置いてください"),))
    return Folder(documents, {query: queries[query] for query in qrels if query in queries}, qrels)


def evaluate(
    folder: Folder, encoder: Encoder | None, indexing: Tick = silently, asking: Tick = silently
) -> Scores:
    """Index the folder with nothing prepared, ask every query that has a grade, and measure."""
    began = time.perf_counter()
    index = SearchIndex(folder.documents, vectors=VectorStore(encoder) if encoder else None, tick=indexing)
    index_time = time.perf_counter() - began
    run: Run = {}
    times = []
    for done, (query, text) in enumerate(folder.queries.items(), start=1):
        began = time.perf_counter()
        hits = index.search(text, limit=DEPTH).hits
        times.append(time.perf_counter() - began)
        run[query] = {hit.entry.id: hit.score for hit in hits}
        asking(done, len(folder.queries))
    return Scores(_measured(folder.qrels, run), run, index_time, sorted(times), _peak_memory())


def trec_lines(run: Run) -> Iterator[str]:
    """The run in TREC's format: query Q0 document rank score name."""
    for query, scores in run.items():
        ranked = sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
        for rank, (document, score) in enumerate(ranked, start=1):
            yield f"{query} Q0 {document} {rank} {score:.6f} {_RUN_NAME}"


def _measured(qrels: Qrels, run: Run) -> dict[str, float]:
    top = max(grade for grades in qrels.values() for grade in grades.values())
    gains = {grade: 2**grade - 1 for grade in range(top + 1)}
    asked = {
        "nDCG@10": nDCG(gains=gains) @ 10,
        "Recall@10": R @ 10,
        "MRR@10": RR @ 10,
        **{f"Hit@{k}": Success @ k for k in (1, 3, 10)},
        **{f"Hit@{k}（最良）": Success(rel=top) @ k for k in (1, 3, 10)},
    }
    found = ir_measures.calc_aggregate(list(asked.values()), qrels, run)
    return {name: float(found[measure]) for name, measure in asked.items()}


def _as_entry(document: str, title: str, text: str) -> Faq:
    """A document as an entry; built without checks, since it is nobody's content."""
    return Faq.model_construct(
        kind="faq",
        id=document,
        title=title,
        aliases=(),
        questions=(),
        summary=(Text.model_construct(value=text),),
        status=Status.NATIONAL,
        sources=(),
    )


def _rows(path: Path) -> Iterator[dict[str, object]]:
    for number, line in enumerate(_lines(path), start=1):
        try:
            row = json.loads(line)
            yield {"_id": row["_id"], "title": row.get("title", ""), "text": row["text"]}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            message = '{"_id": …, "text": …} の形ではありません。BEIR の形に直してください'
            raise ContentError((Problem(path.name, number, message),)) from error


def _grades(path: Path) -> Iterator[tuple[str, str, int]]:
    for number, line in enumerate(_lines(path), start=1):
        if number == 1 and line.startswith("query-id"):
            continue
        try:
            query, document, grade = line.split("\t")
            yield query, document, int(grade)
        except ValueError as error:
            message = "「質問の番号、文書の番号、点」をタブで区切った行ではありません。直してください"
            raise ContentError((Problem(path.name, number, message),)) from error


def _lines(path: Path) -> list[str]:
    try:
        return [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        message = "ファイルを UTF-8 で読めません。場所と名前を確かめてください"
        raise ContentError((Problem(path.name, 1, message),)) from error


def _peak_memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
