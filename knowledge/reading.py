"""Read one file of `content/`: checked against its schema, every problem in Japanese with its line.

A file is parsed with the fast safe loader; only a file with a mistake is parsed again with
the round-trip loader, which knows line numbers. Whatever the bytes, the outcome is a checked
value or a list of problems, never an exception.
"""

from __future__ import annotations

import stat
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.constructor import ConstructorError, RoundTripConstructor, SafeConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import CollectionNode, Node
from ruamel.yaml.reader import ReaderError

from knowledge.entries import NUMBER_PATTERN
from knowledge.errors import Problem
from knowledge.facts import PHONE_PATTERN, URL_PATTERN

MAX_BYTES = 200_000
"""A larger file is a mistake, or an attack; the longest entry is under 20 kB."""

_TIMESTAMP = "tag:yaml.org,2002:timestamp"
_ALIAS = "alias"


class _SafeConstructor(SafeConstructor):
    """Leaves dates as text (ruamel raises a bare ValueError on 2026-02-30, pydantic knows the place).

    It takes no aliases: they are the way of YAML bombs, and of edits that change two things.
    """

    def construct_document(self, node: Node) -> object:
        seen: set[int] = set()
        waiting = [node]
        while waiting:
            here = waiting.pop()
            if id(here) in seen:
                raise ConstructorError(problem=_ALIAS, problem_mark=here.start_mark)
            seen.add(id(here))
            if isinstance(here, CollectionNode):
                for child in here.value:
                    waiting.extend(child if isinstance(child, tuple) else (child,))
        return super().construct_document(node)


class _RoundTripConstructor(RoundTripConstructor):
    """The same dates, with line numbers."""


_SafeConstructor.add_constructor(_TIMESTAMP, SafeConstructor.construct_yaml_str)
_RoundTripConstructor.add_constructor(_TIMESTAMP, RoundTripConstructor.construct_yaml_str)


def read_file[T](path: Path, root: Path, adapter: TypeAdapter[T], problems: list[Problem]) -> T | None:
    """The checked value of one file below `root`, or None and what is wrong added to `problems`."""
    name = shown_name(path, root)
    raw = _bytes(path, root, name, problems)
    if raw is None:
        return None
    try:
        text = raw.decode("utf-8-sig")
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


def shown_name(path: Path, root: Path) -> str:
    """The name to show to people, relative to `root`, whatever bytes it is made of."""
    name = path.relative_to(root).as_posix()
    return name.encode("utf-8", errors="replace").decode("utf-8")


def line_in(path: Path, loc: Sequence[int | str]) -> int:
    """The line, from 1, of a place in a good file: its keys and list positions."""
    return _line_of(_parse_with_lines(path.read_text(encoding="utf-8-sig")), loc)


def _bytes(path: Path, root: Path, name: str, problems: list[Problem]) -> bytes | None:
    try:
        if wrong := _not_to_be_read(path, root):
            problems.append(Problem(name, 1, wrong))
            return None
        return path.read_bytes()
    except (OSError, RuntimeError) as error:  # RuntimeError: a link to itself
        why = getattr(error, "strerror", None) or "リンクが回っています"
        message = f"ファイルを開けません（{why}）。権限と名前を確かめてください"
        problems.append(Problem(name, 1, message))
        return None


def _not_to_be_read(path: Path, root: Path) -> str | None:
    if not path.resolve().is_relative_to(root.resolve()):
        return "ほかの場所を指すリンクは使えません。ファイルそのものを置いてください"
    what = path.stat()
    if not stat.S_ISREG(what.st_mode):
        return "普通のファイルではありません。名前を変えるか、消してください"
    if what.st_size > MAX_BYTES:
        return f"ファイルが大きすぎます（上限 {MAX_BYTES // 1000} kB）。分けてください"
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
    if isinstance(error, ConstructorError) and error.problem == _ALIAS:
        return Problem(name, line, "& と * で同じ内容を指す書き方は使えません。そのまま2回書いてください")
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
    URL_PATTERN: "「{field}」は https:// で始まるURLを書いてください。分からないときは項目ごと消してください",
    PHONE_PATTERN: "「{field}」の電話番号は半角の数字とハイフンで書いてください（例: 0124-22-2111）",
    NUMBER_PATTERN: '「{field}」の番号は "12" か "20-3" のように半角で書いてください',
}
_PATTERN_DEFAULT = "「{field}」の形が違います。id は半角の小文字・数字・ハイフンで書いてください"


def _in_japanese(detail: ErrorDetails) -> str:
    names = [step for step in detail["loc"] if isinstance(step, str) and step != "[key]"]
    field = names[-1] if names else "ファイル全体"
    context = {"field": field, **detail.get("ctx", {})}
    if detail["type"] == "value_error":
        return str(context["error"])
    if detail["type"] == "string_pattern_mismatch":
        return _PATTERNS.get(context["pattern"], _PATTERN_DEFAULT).format(**context)
    template = _MESSAGES.get(detail["type"])
    if template is None:
        return f"「{field}」の書き方が違います。ほかのファイルと見比べて直してください"
    return template.format(**context).replace(" or ", ", ")
