"""Read one file of `content/`: checked against its schema, every problem in Japanese with its line.

Whatever the file is and whatever its bytes, the outcome is a checked value or a list of
problems, never an exception and never a wait.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from knowledge.desks import LOGIN_PATTERN, MAIL_PATTERN
from knowledge.entries import KINDS, NUMBER_PATTERN
from knowledge.errors import Problem, TreeError
from knowledge.facts import PHONE_PATTERN, URL_PATTERN, Fact, PageFact, PhoneFact, Text
from knowledge.tree import Tree, parse

MAX_BYTES = 200_000
"""A larger file is a mistake, or an attack; the longest entry is under 20 kB."""
MOST_TOLD = 100
"""Problems of one file; a file with more is no entry, and nobody reads on."""
SUFFIXES = (".yml", ".yaml")


def read_file[T](path: Path, root: Path, adapter: TypeAdapter[T], problems: list[Problem]) -> T | None:
    """The checked value of one file below `root`, or None and what is wrong added to `problems`."""
    name = shown_name(path, root)
    raw = _bytes(path, root, name, problems)
    if raw is None:
        return None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = len(raw[: error.start].replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n"))
        problems.append(Problem(name, line, "UTF-8 の文字ではありません。UTF-8 で保存し直してください"))
        return None
    try:
        tree = parse(text)
    except TreeError as error:
        problems.extend(Problem(name, line, message) for line, message in error.mistakes[:MOST_TOLD])
        return None
    try:
        return adapter.validate_python(tree.value())
    except ValidationError as error:
        problems.extend(islice(_validation_problems(name, tree, error), MOST_TOLD))
        return None


def shown_name(path: Path, root: Path) -> str:
    """The name to show to people, relative to `root`, whatever bytes it is made of."""
    name = path.relative_to(root).as_posix()
    return "".join(character if character.isprintable() else "?" for character in name)


def line_in(path: Path, loc: Sequence[int | str]) -> int:
    """The line, from 1, of a place in a good file: its keys and list positions."""
    try:
        return parse(_beginning(path).decode("utf-8-sig")).line(loc)
    except (OSError, UnicodeDecodeError, TreeError):  # it has just changed, and will be read again
        return 1


def _bytes(path: Path, root: Path, name: str, problems: list[Problem]) -> bytes | None:
    try:
        wrong = _not_to_be_read(path, root)
        raw = b"" if wrong else _beginning(path)
    except (OSError, RuntimeError) as error:  # RuntimeError: a link to itself
        wrong, raw = _why_closed(error), b""
    if len(raw) > MAX_BYTES:
        wrong = f"ファイルが大きすぎます（上限 {MAX_BYTES // 1000} kB）。分けてください"
    if wrong:
        problems.append(Problem(name, 1, wrong))
        return None
    return raw


def _not_to_be_read(path: Path, root: Path) -> str | None:
    if not path.resolve().is_relative_to(root.resolve()):
        return "ほかの場所を指すリンクは使えません。ファイルそのものを置いてください"
    if not stat.S_ISREG(path.stat().st_mode):
        return "読めるファイルではありません。名前と権限を確かめるか、消してください"
    if path.suffix not in SUFFIXES:
        return "ファイル名の終わりは、半角の小文字で .yml にしてください"
    if shown_name(path, root) != path.relative_to(root).as_posix():
        return "ファイルかフォルダの名前に、使えない文字があります。半角の英数字に直してください"
    return None


def _beginning(path: Path) -> bytes:
    """The bytes of a file, or enough to see that they are too many."""
    # O_NONBLOCK: a FIFO that has just taken the file's place keeps nobody waiting.
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
        return file.read(MAX_BYTES + 1)


def _why_closed(error: OSError | RuntimeError) -> str:
    match error:
        case PermissionError():
            return "ファイルを読む権限がありません。権限を直してください"
        case FileNotFoundError():
            return "ファイルか、リンクの先がありません。元に戻すか、リンクを消してください"
        case RuntimeError():
            return "リンクが自分を指しています。ファイルそのものを置いてください"
        case _:
            return f"ファイルを開けません（番号 {error.errno}）。名前と置き場所を確かめてください"


def _validation_problems(name: str, tree: Tree, error: ValidationError) -> Iterable[Problem]:
    details = error.errors(include_url=False)
    is_entry = error.title.startswith("tagged-union")
    for detail in details:
        loc = detail["loc"]
        if detail["type"] == "too_short" and any(d["loc"][: len(loc)] == loc != d["loc"] for d in details):
            continue  # too few only because the others are wrong, and that is said already
        place = loc[1:] if is_entry and loc[:1] and loc[0] in KINDS else loc  # pydantic puts the kind first
        if detail["type"] == "union_tag_invalid":
            place = ("kind",)
        yield Problem(name, tree.line(place), _in_japanese(detail, _field(detail["type"], place, tree)))


def _field(kind: str, place: tuple[int | str, ...], tree: Tree) -> str:
    """What the clerk calls it: a fact's `value` has no name when it is written as a plain text."""
    if place[-1:] == ("value",) and kind != "missing" and not tree.has(place):
        place = place[:-1]
    names = [step for step in place if isinstance(step, str) and step != "[key]"]
    return names[-1][:_LONGEST_NAME] if names else "ファイル全体"


_DATE = "「{field}」は 2026-11-23 のような日付で書いてください"
_WHOLE_NUMBER = "「{field}」は半角の整数だけで書いてください（例: 30）"
_ONE_OF = "「{field}」に使えるのは {expected} です。どれかに直してください"
_FILE_SHAPE = "ファイルの形が違います。「kind: procedure」のように書いてください"
_MESSAGES = {
    "missing": "項目「{field}」がありません。追加してください",
    "extra_forbidden": "「{field}」という項目はありません。つづりを確かめるか、消してください",
    "string_type": '「{field}」は文字で書いてください（数字だけのときは " " で囲みます）',
    "string_too_short": "「{field}」は{min_length}文字以上で書いてください（なくてよい項目なら消せます）",
    "string_too_long": "「{field}」が長すぎます（{max_length}文字まで）。短くしてください",
    "too_short": "「{field}」は{min_length}つ以上必要です。書き足してください",
    "too_long": "「{field}」は{max_length}つまでです。減らしてください",
    "enum": _ONE_OF,
    "literal_error": _ONE_OF,
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "int_type": _WHOLE_NUMBER,
    "greater_than_equal": "「{field}」は{ge}以上の数にしてください",
    "less_than_equal": "「{field}」は{le}以下の数にしてください",
    "tuple_type": "「{field}」は「- 」で始まる行の並びで書いてください",
    "dict_type": "「{field}」は「項目: 値」の行の並びで書いてください",
    "model_type": '「{field}」には文か「項目: 値」を書いてください（数字だけのときは " " で囲みます）',
    "model_attributes_type": _FILE_SHAPE,
    "union_tag_invalid": "kind に使えるのは {expected_tags} です。どれかに直してください",
    "union_tag_not_found": "kind がありません。1行目に「kind: procedure」のように書いてください",
}
_NO_TEXT = "「{field}」は「項目: 値」の行に分けて書いてください"
_SHORT = {model.__name__ for model in (Text, Fact, PhoneFact, PageFact)}
"""What may be written as a plain text."""
_PATTERNS = {
    URL_PATTERN: "「{field}」は https:// で始まるURLを書いてください。分からないときは項目ごと消してください",
    PHONE_PATTERN: "「{field}」の電話番号は半角の数字とハイフンで書いてください（例: 0124-22-2111）",
    LOGIN_PATTERN: "「{field}」のログイン名は、半角の小文字で始め、小文字・数字・「.」「_」「-」だけで"
    "2文字以上32文字までにしてください（例: sato）",
    MAIL_PATTERN: "「{field}」には半角のメールアドレスを書いてください（例: zeimu@example.lg.jp）",
    NUMBER_PATTERN: '「{field}」の番号は "12" か "20-3" のように半角で書いてください',
}
_PATTERN_DEFAULT = "「{field}」の形が違います。id は半角の小文字・数字・ハイフンで書いてください"
_OTHERWISE = "「{field}」の書き方が違います。ほかのファイルと見比べて直してください"
_LONGEST_NAME = 40


def _in_japanese(detail: ErrorDetails, field: str) -> str:
    context = {"field": field, **detail.get("ctx", {})}
    if detail["type"] == "value_error":
        message = str(context["error"])
    else:
        message = _template(detail["type"], context).format(**context).replace(" or ", ", ")
    return " ".join(message.split())  # one line, whatever it quotes


def _template(kind: str, context: Mapping[str, str]) -> str:
    if kind == "string_pattern_mismatch":
        return _PATTERNS.get(context["pattern"], _PATTERN_DEFAULT)
    if kind == "model_type" and context["class_name"] not in _SHORT:
        return _NO_TEXT
    return _MESSAGES.get(kind, _OTHERWISE)
