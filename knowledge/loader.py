"""Read `content/`: every file, every problem, in Japanese, with the line a clerk must fix.

A file is parsed with the fast safe loader; only a file with a mistake is parsed again with
the round-trip loader, which knows line numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.constructor import RoundTripConstructor, SafeConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

from knowledge.entries import AnyEntry, Department
from knowledge.errors import ContentError, Problem
from knowledge.phrases import Phrases

CONTENT = Path(__file__).parent / "content"
PHRASES = "phrases.yml"
MAX_BYTES = 200_000
"""A larger file is a mistake, or an attack; the longest entry is under 10 kB."""

_TIMESTAMP = "tag:yaml.org,2002:timestamp"


class _SafeConstructor(SafeConstructor):
    """Leaves dates as text: ruamel raises a bare ValueError on 2026-02-30, pydantic knows the place."""


class _RoundTripConstructor(RoundTripConstructor):
    """The same, with line numbers."""


_SafeConstructor.add_constructor(_TIMESTAMP, SafeConstructor.construct_yaml_str)
_RoundTripConstructor.add_constructor(_TIMESTAMP, RoundTripConstructor.construct_yaml_str)

_ENTRY: TypeAdapter[AnyEntry] = TypeAdapter(AnyEntry)
_PHRASES = TypeAdapter(Phrases)


@dataclass(frozen=True)
class Content:
    """Everything in `content/`, checked. `files` names each entry's file, relative to it."""

    entries: Mapping[str, AnyEntry]
    phrases: Phrases
    files: Mapping[str, str]

    @property
    def office(self) -> Department:
        """The city's own office."""
        return self._department(self.phrases.office)

    def office_of(self, entry: AnyEntry) -> Department:
        """The department that handles `entry`, else the city's own office."""
        return self._department(entry.department or self.phrases.office)

    def _department(self, entry_id: str) -> Department:
        office = self.entries[entry_id]
        if not isinstance(office, Department):
            raise TypeError(f"{office.id} is no department")  # the loader has refused such content
        return office


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
        problems.append(
            Problem(PHRASES, 1, "ファイルがありません。まどぐちの言葉を書いたこのファイルが必要です")
        )
    broken = frozenset(Path(problem.path).stem for problem in problems)
    problems.extend(_broken_references(root, entries, files, phrases, broken))
    if problems or phrases is None:
        raise ContentError(tuple(problems))
    return Content(entries, phrases, files)


def _read[T](path: Path, name: str, adapter: TypeAdapter[T], problems: list[Problem]) -> T | None:
    try:
        raw = path.read_bytes()
    except OSError as error:
        problems.append(
            Problem(name, 1, f"ファイルを開けません（{error.strerror}）。権限と名前を確かめてください")
        )
        return None
    if len(raw) > MAX_BYTES:
        problems.append(
            Problem(name, 1, f"ファイルが大きすぎます（上限 {MAX_BYTES // 1000} kB）。分けてください")
        )
        return None
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        problems.append(Problem(name, line, "UTF-8 の文字ではありません。UTF-8 で保存し直してください"))
        return None
    try:
        data = _parse(text)
    except YAMLError as error:
        problems.append(_syntax_problem(name, text, error))
        return None
    except RecursionError:
        problems.append(Problem(name, 1, "かぎかっこの重なりが深すぎます。かっこを減らしてください"))
        return None
    try:
        return adapter.validate_python(data)
    except ValidationError as error:
        problems.extend(_validation_problems(name, text, error))
        return None


def _parse(text: str) -> object:
    yaml = YAML(typ="safe")
    yaml.Constructor = _SafeConstructor
    return yaml.load(text)


def _parse_with_lines(text: str) -> object:
    yaml = YAML(typ="rt")
    yaml.Constructor = _RoundTripConstructor
    return yaml.load(text)


def _syntax_problem(name: str, text: str, error: YAMLError) -> Problem:
    line = 1
    if isinstance(error, MarkedYAMLError) and error.problem_mark:
        at_end = error.problem_mark.line >= len(text.splitlines())
        mark = error.context_mark if at_end and error.context_mark else error.problem_mark
        line = mark.line + 1
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
    tree = _parse_with_lines(text)
    details = error.errors(include_url=False)
    for detail in details:
        loc = detail["loc"]
        if detail["type"] == "too_short" and any(d["loc"][: len(loc)] == loc != d["loc"] for d in details):
            continue  # too few only because the others are wrong, and that is said already
        yield Problem(name, _line_of(tree, detail["loc"]), _in_japanese(detail))


def _line_of(tree: object, loc: Sequence[int | str]) -> int:
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
    "string_type": '「{field}」は文字で書いてください（数字だけのときは " " で囲みます）',
    "string_too_short": "「{field}」は{min_length}文字以上で書いてください。なければ項目ごと消してください",
    "string_too_long": "「{field}」が長すぎます（{max_length}文字まで）。短くしてください",
    "too_short": "「{field}」は{min_length}つ以上必要です。書き足してください",
    "too_long": "「{field}」は{max_length}つまでです。減らしてください",
    "enum": "「{field}」に使えるのは {expected} です",
    "literal_error": "「{field}」に使えるのは {expected} です",
    "date_from_datetime_inexact": "「{field}」は 2026-11-23 のような日付で書いてください",
    "date_type": "「{field}」は 2026-11-23 のような日付で書いてください",
    "date_from_datetime_parsing": "「{field}」は 2026-11-23 のような日付で書いてください",
    "date_parsing": "「{field}」は 2026-11-23 のような日付で書いてください",
    "tuple_type": "「{field}」は「- 」で始まる行の並びで書いてください",
    "model_type": '「{field}」には文か「項目: 値」を書いてください（数字だけのときは " " で囲みます）',
    "invalid_key": "項目の名前は文字で書いてください",
    "model_attributes_type": "ファイルの形が違います。「kind: procedure」のように書いてください",
    "union_tag_invalid": "kind に使えるのは {expected_tags} です",
    "union_tag_not_found": "kind がありません。1行目に「kind: procedure」のように書いてください",
}
_PATTERNS = {
    "url": "「{field}」は https:// で始まるURLを書いてください。分からないときは項目ごと消してください",
    "page": "「{field}」は https:// で始まるURLを書いてください。分からないときは項目ごと消してください",
    "value": "「{field}」の電話番号は半角の数字とハイフンで書いてください（例: 0124-22-2111）",
}
_PATTERN_DEFAULT = "「{field}」の形が違います。id は半角の小文字・数字・ハイフンで書いてください"


def _in_japanese(detail: ErrorDetails) -> str:
    names = [step for step in detail["loc"] if isinstance(step, str) and step != "[key]"]
    field = names[-1] if names else "ファイル全体"
    context = {"field": field, **detail.get("ctx", {})}
    if detail["type"] == "value_error":
        return str(context["error"])
    if detail["type"] == "string_pattern_mismatch":
        return _PATTERNS.get(field, _PATTERN_DEFAULT).format(**context)
    template = _MESSAGES.get(detail["type"])
    if template is None:
        return f"「{field}」の書き方が違います。ほかのファイルと見比べて直してください"
    return template.format(**context).replace(" or ", ", ")


def _name_problems(entry: AnyEntry, name: str, path: Path, files: Mapping[str, str]) -> Iterable[Problem]:
    if entry.id in files:
        yield Problem(
            name, 1, f"id「{entry.id}」は {files[entry.id]} でも使われています。別の名前にしてください"
        )
    if entry.id != path.stem:
        yield Problem(name, 1, f"id「{entry.id}」とファイル名「{path.name}」が違います。同じにしてください")


def _broken_references(
    root: Path,
    entries: Mapping[str, AnyEntry],
    files: Mapping[str, str],
    phrases: Phrases | None,
    broken: frozenset[str],
) -> Iterable[Problem]:
    """References to what is not there; `broken` names the entries whose own files can't be read yet."""

    def problem(name: str, loc: Sequence[int | str], message: str) -> Problem:
        tree = _parse_with_lines((root / name).read_text(encoding="utf-8"))
        return Problem(name, _line_of(tree, loc), message + "。つづりを確かめるか、直してください")

    def is_department(entry_id: str) -> bool:
        return entry_id in broken or (entry_id in entries and entries[entry_id].kind == "department")

    for entry in entries.values():
        name = files[entry.id]
        for position, target in enumerate(entry.related):
            if target not in entries and target not in broken:
                yield problem(name, ("related", position), f"related の「{target}」という項目はありません")
        if entry.department and not is_department(entry.department):
            why = f"department「{entry.department}」という担当課はありません"
            yield problem(name, ("department",), why)
    if phrases and not is_department(phrases.office):
        yield problem(PHRASES, ("office",), f"office「{phrases.office}」という担当課はありません")
