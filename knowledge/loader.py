"""Read `content/`: every file, every problem, in Japanese, with the line a clerk must fix.

A file is parsed with the fast safe loader; only a file with a mistake is parsed again with
the round-trip loader, which knows line numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

from knowledge.entries import AnyEntry
from knowledge.errors import ContentError, Problem
from knowledge.phrases import Phrases

CONTENT = Path(__file__).parent / "content"
PHRASES = "phrases.yml"
MAX_BYTES = 200_000
"""A larger file is a mistake, or an attack; the longest entry is under 10 kB."""

_ENTRY: TypeAdapter[AnyEntry] = TypeAdapter(AnyEntry)
_PHRASES = TypeAdapter(Phrases)


@dataclass(frozen=True)
class Content:
    """Everything in `content/`, checked. `files` names each entry's file, relative to it."""

    entries: Mapping[str, AnyEntry]
    phrases: Phrases
    files: Mapping[str, str]


def load(root: Path = CONTENT) -> Content:
    """Read and check all of `root`; raises ContentError with every problem found."""
    problems: list[Problem] = []
    entries: dict[str, AnyEntry] = {}
    files: dict[str, str] = {}
    phrases: Phrases | None = None
    for path in sorted([*root.rglob("*.yml"), *root.rglob("*.yaml")]):
        name = path.relative_to(root).as_posix()
        if name == PHRASES:
            phrases = _read(path, name, _PHRASES, problems)
            continue
        entry = _read(path, name, _ENTRY, problems)
        if entry is None:
            continue
        problems.extend(_name_problems(entry, name, path, files))
        entries[entry.id] = entry
        files[entry.id] = name
    if phrases is None and not any(problem.path == PHRASES for problem in problems):
        problems.append(Problem(PHRASES, 1, "ファイルがありません。まどぐちの言葉を書いたこのファイルが必要です"))
    if not problems:
        problems.extend(_broken_references(root, entries, files, phrases))
    if problems or phrases is None:
        raise ContentError(tuple(problems))
    return Content(entries, phrases, files)


def _read[T](path: Path, name: str, adapter: TypeAdapter[T], problems: list[Problem]) -> T | None:
    try:
        raw = path.read_bytes()
    except OSError as error:
        problems.append(Problem(name, 1, f"ファイルを開けません（{error.strerror}）。権限と名前を確かめてください"))
        return None
    if len(raw) > MAX_BYTES:
        problems.append(Problem(name, 1, f"ファイルが大きすぎます（上限 {MAX_BYTES // 1000} kB）。分けてください"))
        return None
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        problems.append(Problem(name, line, "UTF-8 の文字ではありません。UTF-8 で保存し直してください"))
        return None
    try:
        data = YAML(typ="safe").load(text)
    except YAMLError as error:
        problems.append(_syntax_problem(name, text, error))
        return None
    try:
        return adapter.validate_python(data)
    except ValidationError as error:
        problems.extend(_validation_problems(name, text, error))
        return None


def _syntax_problem(name: str, text: str, error: YAMLError) -> Problem:
    line = 1
    if isinstance(error, MarkedYAMLError) and error.problem_mark:
        line = error.problem_mark.line + 1
    elif isinstance(error, ReaderError):
        line = text[: error.position].count("\n") + 1
    for number, content in enumerate(text.splitlines(), start=1):
        if "\t" in content[: len(content) - len(content.lstrip())]:
            return Problem(name, number, "行の先頭にタブがあります。半角の空白に直してください")
    if "duplicate key" in str(error):
        return Problem(name, line, "同じ項目が2回書かれています。1つにまとめてください")
    return Problem(
        name, line, "YAML として読めません。字下げ、コロンの後の空白、かぎかっこの閉じ忘れを確かめてください"
    )


def _validation_problems(name: str, text: str, error: ValidationError) -> Iterable[Problem]:
    tree = YAML(typ="rt").load(text)
    for detail in error.errors(include_url=False):
        yield Problem(name, _line_of(tree, detail["loc"]), _in_japanese(detail))


def _line_of(tree: Any, loc: Sequence[int | str]) -> int:
    """The line of the deepest part of `loc` that is in the file, from 1."""
    line = tree.lc.line + 1 if hasattr(tree, "lc") else 1
    node = tree
    for step in loc:
        if isinstance(node, Mapping) and step in node:
            line = node.lc.key(step)[0] + 1  # type: ignore[attr-defined]  # CommentedMap
            node = node[step]
        elif isinstance(node, list) and isinstance(step, int) and step < len(node):
            line = node.lc.item(step)[0] + 1  # type: ignore[attr-defined]  # CommentedSeq
            node = node[step]
    return line


_MESSAGES = {
    "missing": "項目「{field}」がありません。追加してください",
    "extra_forbidden": "「{field}」という項目はありません。つづりを確かめるか、消してください",
    "string_type": "「{field}」は文字で書いてください（数字だけのときは \" \" で囲みます）",
    "string_too_short": "「{field}」が空です。書くか、項目ごと消してください",
    "string_too_long": "「{field}」が長すぎます（{max_length}文字まで）。短くしてください",
    "too_short": "「{field}」は1つ以上必要です",
    "enum": "「{field}」に使えるのは {expected} です",
    "literal_error": "「{field}」に使えるのは {expected} です",
    "date_type": "「{field}」は 2026-11-23 のような日付で書いてください",
    "date_from_datetime_parsing": "「{field}」は 2026-11-23 のような日付で書いてください",
    "date_parsing": "「{field}」は 2026-11-23 のような日付で書いてください",
    "tuple_type": "「{field}」は「- 」で始まる行の並びで書いてください",
    "model_type": "「{field}」の形が違います。「項目: 値」の形で書いてください",
    "model_attributes_type": "ファイルの形が違います。「kind: procedure」のように「項目: 値」で書いてください",
    "union_tag_invalid": "kind に使えるのは {expected_tags} です",
    "union_tag_not_found": "kind がありません。procedure, place, guide, faq, department, notice のどれかを書いてください",
}
_PATTERNS = {
    "url": "「{field}」は https:// で始まるURLを書いてください。分からないときは項目ごと消してください",
    "value": "「{field}」の電話番号は半角の数字とハイフンで書いてください（例: 0124-22-2111）",
}
_PATTERN_DEFAULT = "「{field}」の形が違います。id は半角の小文字・数字・ハイフンで書いてください"


def _in_japanese(detail: ErrorDetails) -> str:
    names = [str(step) for step in detail["loc"] if isinstance(step, str)]
    field = names[-1] if names else "kind"
    context = {"field": field, **detail.get("ctx", {})}
    if detail["type"] == "value_error":
        return str(context["error"])
    if detail["type"] == "string_pattern_mismatch":
        return _PATTERNS.get(field, _PATTERN_DEFAULT).format(**context)
    template = _MESSAGES.get(detail["type"])
    if template is None:
        return f"「{field}」の書き方が違います（{detail['msg']}）"
    return template.format(**context)


def _name_problems(
    entry: AnyEntry, name: str, path: Path, files: Mapping[str, str]
) -> Iterable[Problem]:
    if entry.id in files:
        yield Problem(name, 1, f"id「{entry.id}」は {files[entry.id]} でも使われています。別の名前にしてください")
    if entry.id != path.stem:
        yield Problem(name, 1, f"id「{entry.id}」とファイル名「{path.name}」が違います。同じにしてください")


def _broken_references(
    root: Path, entries: Mapping[str, AnyEntry], files: Mapping[str, str], phrases: Phrases | None
) -> Iterable[Problem]:
    def line(name: str, target: str) -> int:
        lines = (root / name).read_text(encoding="utf-8").splitlines()
        return next((n for n, text in enumerate(lines, start=1) if target in text), 1)

    for entry in entries.values():
        for target in entry.related:
            if target not in entries:
                name = files[entry.id]
                yield Problem(name, line(name, target), f"related の「{target}」という項目はありません")
        if entry.department and _kind(entries, entry.department) != "department":
            name = files[entry.id]
            yield Problem(
                name, line(name, entry.department), f"department「{entry.department}」という担当課はありません"
            )
    if phrases and _kind(entries, phrases.office) != "department":
        yield Problem(PHRASES, line(PHRASES, "office:"), f"office「{phrases.office}」という担当課はありません")


def _kind(entries: Mapping[str, AnyEntry], entry_id: str) -> str | None:
    entry = entries.get(entry_id)
    return entry.kind if entry else None
