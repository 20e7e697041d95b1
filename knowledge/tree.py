"""YAML text as a tree of texts, lists and mappings that know their lines.

Only plain YAML is taken. Anchors and aliases (the way of YAML bombs, and of edits that change
two things), merge keys, tags, directives and characters nobody can see are refused, each with
its line and what to do. Nothing in a file can run code: values are built here, of texts.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ruamel.yaml import YAML
from ruamel.yaml.composer import MaxDepthExceededError
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

from knowledge.errors import TreeError

_DEEPEST = 20
"""Levels of a file; the deepest entry has eight."""

type _Mistake = tuple[int, str]
"""A line, from 1, and what to do about it."""

_UNSEEN = re.compile(
    "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f"  # control characters
    "\\u00ad\\u061c\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff"  # breaks and directions
    "\\ud800-\\udfff\\ue000-\\uf8ff\\ufff0-\\uffff]"  # half a character, gaiji, what a bad conversion leaves
)
_DIRECTIVE = re.compile(r"^%", re.MULTILINE)

_PREFIX = "tag:yaml.org,2002:"
_PLAIN = {"str", "null", "bool", "int", "float", "timestamp", "value", "merge", "seq", "map"}
"""The tags that YAML gives to what carries none."""
_WHOLE = re.compile(r"-?[0-9]{1,9}")

_QUOTE = '文の全体を " " で囲んでください'
_TAG = f"「!」で始まる印は使えません。消すか、{_QUOTE}"
_DEEP = "字下げやかぎかっこの重なりが深すぎます。減らしてください"
_SLIPS = (
    (re.compile(r" *\t"), "行の先頭にタブがあります。半角の空白に直してください"),
    (re.compile(r" *[\u00a0\u3000]"), "行の先頭に全角の空白があります。半角の空白に直してください"),
    (re.compile(r"[ -]*[a-z_0-9]+[ \u3000]*："), "コロンが全角です。半角のコロンと空白に直してください"),
    (
        re.compile(r"[ -]*[a-z_]+:(?!//)[^ ]"),
        "コロンの後に半角の空白がありません。1つ入れてください（例: title: 転入届）",
    ),
    (re.compile(r" *＃"), "「＃」が全角です。半角の「#」に直してください"),
    (
        re.compile(r"""[ -]*([a-z_]+: +)?(\[[^]]*\]|\{[^}]*\}|"[^"]*"|'[^']*') *[^] ,:#}]"""),
        f"文の先頭のかっこや引用符が、YAML の印として読まれます。{_QUOTE}",
    ),
)
"""What is often typed by mistake, at the beginning of a line that YAML could not read."""
_SYNTAX = (
    ("single document", "「---」の後に2つめの内容があります。ファイルを分けてください"),
    (r"'\t'", "タブがあります。半角の空白に直してください"),
    ("cannot start any token", f"文の先頭の記号が、YAML の印として読まれます。{_QUOTE}"),
    ("undefined alias", f"文の先頭の「*」が、YAML の印として読まれます。{_QUOTE}"),
    (" tag", _TAG),
    ("escape", "「\\」の使い方が違います。消すか、文の全体を ' ' で囲んでください"),
    ("mapping values", f"コロンが、項目の印として読まれます。字下げを直すか、{_QUOTE}"),
    ("sequence entries", "「- 」は、次の行に字下げをして書いてください"),
    ("expected ':'", "コロンがありません。「項目: 値」の形に直してください"),
    ("flow sequence", "[ ] の書き方が違います。閉じ忘れと、間の半角のコンマを確かめてください"),
    ("flow mapping", "{ } の書き方が違います。閉じ忘れと、間の半角のコンマを確かめてください"),
    ("end of stream", "引用符が閉じていません。文の終わりにも同じ引用符を書いてください"),
)
"""What ruamel says, and what we say."""
_KEY = re.compile(r" +[a-z_]+:( |$)")
_PLAIN_ITEM = re.compile(r" *- (?![a-z_]+:( |$))")
_KEY_BELOW_TEXT = "上の行を「- value: 文」の形に直して、この行と字下げをそろえてください"
_NO_YAML = "YAML として読めません。字下げ、コロンの後の空白、引用符の閉じ忘れを確かめてください"


@dataclass(frozen=True)
class Tree:
    """A file that is plain YAML; `root` is None when there is nothing in it."""

    root: Node | None

    def value(self) -> object:
        """Mappings, lists, texts; whatever YAML takes for no text is a bool, a number or None."""
        return None if self.root is None else _value(self.root)

    def line(self, loc: Sequence[int | str]) -> int:
        """The line, from 1, of the deepest part of `loc` that is in the file."""
        return self._find(loc)[0]

    def has(self, loc: Sequence[int | str]) -> bool:
        """Whether the last step of `loc` is in the file."""
        return self._find(loc)[1]

    def _find(self, loc: Sequence[int | str]) -> tuple[int, bool]:
        node, line, found = self.root, 1 if self.root is None else _line(self.root), True
        for step in loc:
            child = _child(node, step)
            found = child is not None
            if child:
                line, node = child
        return line, found


def parse(text: str) -> Tree:
    """The tree of `text`; raises TreeError with every mistake that can be told."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    _refuse(_unplain_text(text))
    tree = Tree(_composed(text))
    if tree.root is not None:
        _refuse(_unplain(tree.root, set()))
    return tree


def _refuse(mistakes: Iterator[_Mistake]) -> None:
    if found := tuple(mistakes):
        raise TreeError(found)


def _composed(text: str) -> Node | None:
    yaml = YAML(typ="safe", pure=True)
    yaml.max_depth = _DEEPEST
    yaml.get_constructor_parser(text)
    yaml.composer.warn_double_anchors = False
    try:
        root: Node | None = yaml.composer.get_single_node()
    except MarkedYAMLError as error:
        raise TreeError((_syntax_mistake(text, error),)) from error
    except Exception as error:  # ruamel lets bare errors through, such as an OverflowError on "\UFFFFFFFF"
        raise TreeError(((yaml.reader.line + 1, _NO_YAML),)) from error
    return root


def _unplain_text(text: str) -> Iterator[_Mistake]:
    for number, line in enumerate(text.split("\n"), start=1):
        if found := _UNSEEN.search(line):
            yield number, _unseen(found[0])
    if found := _DIRECTIVE.search(text):
        yield text.count("\n", 0, found.start()) + 1, "行の先頭に「%」は書けません。この行を消してください"


def _unseen(character: str) -> str:
    return f"使えない文字（U+{ord(character):04X}）があります。消すか、UTF-8 で保存し直してください"


def _unplain(node: Node, seen: set[int]) -> Iterator[_Mistake]:
    """What is YAML, but not plain, in `node` and below it."""
    if id(node) in seen:
        return
    seen.add(id(node))
    if node.anchor is not None:
        yield _line(node), "「&」と「*」で内容を使い回すことはできません。同じ内容をもう一度書いてください"
    if _tag(node) not in _PLAIN:
        yield _line(node), _TAG
    if isinstance(node, ScalarNode) and (found := _UNSEEN.search(node.value)):
        yield _line(node), _unseen(found[0])
    if isinstance(node, MappingNode):
        yield from _bad_keys(node)
    if isinstance(node, CollectionNode):
        for child in node.value:
            for part in child if isinstance(child, tuple) else (child,):
                yield from _unplain(part, seen)


def _bad_keys(node: MappingNode) -> Iterator[_Mistake]:
    known = set()
    for key, _ in node.value:
        if _tag(key) == "merge":
            yield _line(key), "「<<」で内容を取りこむことはできません。その内容をここに書いてください"
        elif _tag(key) != "str":
            yield _line(key), "項目の名前は文字で書いてください"
        elif key.value in known:
            yield _line(key), "同じ項目が2回書かれています。1つにまとめてください"
        known.add(str(key.value))


def _syntax_mistake(text: str, error: MarkedYAMLError) -> _Mistake:
    said, lines = f"{error.context} {error.problem}", text.split("\n")
    last = error.problem_mark.line if error.problem_mark else 0
    first = error.context_mark.line if error.context_mark else last
    # What is not closed is wrong where it begins; of a block only the end tells.
    inside = "block" not in said and "single document" not in said
    line = first if inside or last >= len(lines) - 1 else last
    if isinstance(error, MaxDepthExceededError):
        return line + 1, _DEEP
    for number in range(max(0, line - 1), min(last + 1, len(lines))):
        for slip, advice in _SLIPS:
            if slip.match(lines[number]):
                return number + 1, advice
    if "mapping values" in said and _KEY.match(lines[last]) and _PLAIN_ITEM.match(lines[max(0, last - 1)]):
        return last + 1, _KEY_BELOW_TEXT
    return line + 1, next((advice for words, advice in _SYNTAX if words in said), _NO_YAML)


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1


def _child(node: Node | None, step: int | str) -> tuple[int, Node] | None:
    """What `step` leads to, and its line."""
    if isinstance(node, MappingNode):
        return next(((_line(key), value) for key, value in node.value if key.value == step), None)
    if isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
        return _line(node.value[step]), node.value[step]
    return None


def _tag(node: Node) -> str:
    return str(node.tag).removeprefix(_PREFIX)


def _value(node: Node) -> object:
    if isinstance(node, MappingNode):
        return {key.value: _value(value) for key, value in node.value}
    if isinstance(node, SequenceNode):
        return [_value(item) for item in node.value]
    match _tag(node):
        case "null":
            return None
        case "bool":
            return node.value.lower() == "true"
        case "int" | "float":
            return _number(node.value)
        case _:
            return str(node.value)


def _number(text: str) -> int | float:
    """A whole number as people write it; every other one (0x1F, 1e3, .nan) is only known to be no text."""
    return int(text) if _WHOLE.fullmatch(text) else math.nan
