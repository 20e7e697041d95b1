"""Over two hundred ways to break a content folder, each with its file, its lines and a word of what is told.

All are texts laid over the good folder `GOOD`; `breakages_of_values.py` has the other half,
`breakages_of_desks.py` desks and canned replies.
`HARMLESS` looks broken, and is not. `an_entry` has 7 lines: what is added begins on line 8.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from knowledge.reading import MAX_BYTES
from tests.knowledge.handmade import CANNED, DESKS, OFFICE, SOURCE, an_entry, city, phrases

ENTRY = "procedures/parking.yml"
PLACE = "places/hall.yml"
BIRTH = "procedures/birth.yml"
DEPARTMENT = "departments/city-hall.yml"


def place(more: str = "") -> str:
    """A place, which has hours; what is added begins on line 8."""
    return an_entry("place", "hall", more).replace("駐車場", "会館")


HOURS = "hours:\n  - value: Mo-Fr 08:45-17:15\n    text: 平日\n"
"""Lines 8 to 10 of a place."""
GOOD: Mapping[str, str] = {
    "phrases.yml": phrases(),
    "city.yml": city(),
    "desks.yml": DESKS,
    "canned.yml": CANNED,
    DEPARTMENT: OFFICE,
    ENTRY: an_entry(),
    PLACE: place(HOURS),
    BIRTH: an_entry(name="birth").replace("駐車場", "出生"),
}


@dataclass(frozen=True)
class Broken:
    """Files laid over the good ones; all that is told is told of `path`, on `lines`, one with `words`."""

    name: str
    files: Mapping[str, str | bytes]
    path: str
    lines: tuple[int, ...]
    words: str


def whole(name: str, content: str | bytes, line: int, words: str, path: str = ENTRY) -> Broken:
    """Another content of one file."""
    return Broken(name, {path: content}, path, (line,), words)


def added(name: str, more: str, line: int, words: str) -> Broken:
    """Lines at the end of the entry."""
    return whole(name, an_entry(more=more), line, words)


def value(name: str, yaml: str, words: str) -> Broken:
    """A value where a text for residents should be."""
    return added(name, f"easy: {yaml}\n", 8, words)


def place_with(name: str, more: str, line: int, words: str) -> Broken:
    """Lines at the end of the place."""
    return whole(name, place(more), line, words, PLACE)


def instead(name: str, old: str, new: str, line: int, words: str) -> Broken:
    """Other words in the entry."""
    assert old in an_entry()
    return whole(name, an_entry().replace(old, new), line, words)


def line_of(text: str, start: str) -> int:
    """The line that begins with `start`, from 1."""
    return next(n for n, line in enumerate(text.splitlines(), start=1) if line.startswith(start))


def another_line(name: str, path: str, start: str, new: str, words: str) -> Broken:
    """Another line for the one that begins with `start`, in phrases.yml or city.yml."""
    number = line_of(GOOD[path], start)
    lines = GOOD[path].splitlines()
    lines[number - 1] = new
    return whole(name, "\n".join(lines) + "\n", number, words, path)


def no_line(name: str, path: str, start: str, above: str, words: str) -> Broken:
    """A missing line; it is told where what it belongs to begins."""
    text = GOOD[path].splitlines()
    text.remove(next(line for line in text if line.startswith(start)))
    return whole(name, "\n".join(text) + "\n", line_of("\n".join(text), above), words, path)


A_BOMB = "a: &a [あ, あ]\nb: &b [*a, *a, *a]\nc: &c [*b, *b, *b]\nd: &d [*c, *c, *c]\n"
UNSEEN = {
    "NUL": "\0",
    "a bell": "\a",
    "an escape": "\x1b",
    "a vertical tab": "\v",
    "a form feed": "\f",
    "a delete": "\x7f",
    "a C1 control": "\x80",
    "a next line": "\x85",
    "a line separator": "\u2028",
    "a paragraph separator": "\u2029",
    "a zero width space": "\u200b",
    "a soft hyphen": "\u00ad",
    "right to left": "\u202e",
    "a BOM inside": "\ufeff",
    "a replacement character": "\ufffd",
    "a private character": "\ue000",
    "no character": "\uffff",
}

ENCODINGS = [
    whole("UTF-16 with a BOM", an_entry().encode("utf-16"), 1, "UTF-8"),
    whole("UTF-16 without a BOM", an_entry().encode("utf-16-le"), 3, "UTF-8"),
    whole("UTF-16 of ASCII", "kind: procedure".encode("utf-16-be"), 1, "U+0000"),
    whole("UTF-32", an_entry().encode("utf-32"), 1, "UTF-8"),
    whole("Shift-JIS", an_entry().encode("cp932"), 3, "UTF-8"),
    whole("EUC-JP", an_entry().encode("euc-jp"), 3, "UTF-8"),
    whole("Shift-JIS with lone CR", an_entry().replace("\n", "\r").encode("cp932"), 3, "UTF-8"),
    whole("Shift-JIS with CRLF", an_entry().replace("\n", "\r\n").encode("cp932"), 3, "UTF-8"),
    whole("one line in Shift-JIS", an_entry().encode() + "easy: 印鑑\n".encode("cp932"), 8, "UTF-8"),
    whole("half a character at the end", an_entry().encode() + "easy: 鑑".encode()[:-1], 8, "UTF-8"),
    Broken(
        "JIS",
        {ENTRY: an_entry().encode("iso2022_jp")},
        ENTRY,
        (3, 4, 5, 7),
        "U+001B",
    ),
    *(value(name, f"あ{character}い", f"U+{ord(character):04X}") for name, character in UNSEEN.items()),
    value("an escaped NUL", r'"あ\0"', "U+0000"),
    value("an escaped line separator", r'"あ\L"', "U+2028"),
    value("half a surrogate pair", r'"\ud800"', "U+D800"),
    value("an escape out of range", r'"\UFFFFFFFF"', "YAML"),
    value("an unknown escape", r'"\q"', "「\\」"),
    value("half an escape", r'"\x4"', "「\\」"),
    added("an unseen character in a key", "ea\u200bsy: あ\n", 8, "U+200B"),
    added("an unseen character in a comment", "# あ\u2028い\n", 8, "U+2028"),
    whole("a wrong key and CRLF", an_entry(more="brng: 印鑑\n").replace("\n", "\r\n"), 8, "「brng」"),
    whole("a wrong key and lone CR", an_entry(more="brng: 印鑑\n").replace("\n", "\r"), 8, "「brng」"),
    whole("a wrong key and a BOM", "\ufeff" + an_entry(more="brng: 印鑑\n"), 8, "「brng」"),
    whole("syntax and lone CR", an_entry(more="easy: [あ\n").replace("\n", "\r"), 8, "[ ]"),
]

FULL_WIDTH = [
    added(
        "dates below a plain text", "fee:\n  - 一般 200円\n    valid_until: 2027-03-31\n", 10, "- value: 文"
    ),
    added("a full-width colon", "easy：あ\nhandled_by: 警察署\n", 8, "コロンが全角"),
    added("a full-width colon at the end", "easy：あ\n", 8, "コロンが全角"),
    instead("a full-width colon on line 1", "kind: ", "kind：", 1, "コロンが全角"),
    added("a full-width colon below", "fee:\n  - value: 300円\n    status：national\n", 10, "コロンが全角"),
    added("a full-width space in front", "fee:\n　- 300円\n", 9, "全角の空白"),
    added("a no-break space in front", "fee:\n\u00a0 - 300円\n", 9, "全角の空白"),
    added("a full-width space after the colon", "easy:　あ\n", 8, "半角の空白がありません"),
    added("no space after the colon", "easy:あ\n", 8, "半角の空白がありません"),
    added("a full-width #", "＃ メモ\n", 8, "「＃」が全角"),
    added("full-width digits in a date", "valid_from: ２０２６-１１-２３\n", 8, "2026-11-23"),
    added("full-width quotes round a date", "valid_from: ”2026-11-23”\n", 8, "2026-11-23"),
    added("full-width brackets", "aliases: ［駐車、車庫］\n", 8, "行の並び"),
    added("full-width letters in a status", "fee: {value: 300円, status: ｎａｔｉｏｎａｌ}\n", 8, "national"),
    instead("full-width letters in the id", "id: parking", "id: ｐａｒｋｉｎｇ", 2, "半角の小文字"),
    instead("full-width letters in the kind", "kind: procedure", "kind: ｐｒｏｃｅｄｕｒｅ", 1, "procedure"),
    added("full-width digits in covers", "covers: ['２０-１']\n", 8, "半角"),
    added("a full-width key", "ｅａｓｙ: あ\n", 8, "「ｅａｓｙ」という項目はありません"),
]

SYNTAX = [
    added("a tab in front", "bring:\n\t- 印鑑\n", 9, "タブ"),
    added("a tab after spaces", "bring:\n  - 印鑑\n \t- 身分証\nfee\n", 10, "タブ"),
    added("a tab before a comment", "easy: あ\t# メモ\n", 8, "タブ"),
    added("a tab and a comment", "\t# メモ\n", 8, "タブ"),
    added("a tab after the colon", "easy:\t@あ\n", 8, "半角の空白"),
    added("a key twice", "title: もう一つ\n", 8, "2回"),
    added("a key twice below", "fee:\n  - value: 300円\n    value: 400円\n", 10, "2回"),
    added("a key twice in braces", "form: {service: あ, service: い}\n", 8, "2回"),
    value("an anchor", "&a あ", "「&」"),
    Broken("an alias", {ENTRY: an_entry(more="easy: &a あ\nfee: *a\n")}, ENTRY, (8,), "「*」"),
    Broken("one anchor twice", {ENTRY: an_entry(more="easy: &a あ\nfee: &a い\n")}, ENTRY, (8, 9), "「&」"),
    added("an alias to itself", "aliases: &a [*a]\n", 8, "「&」"),
    added("an unknown alias", "fee: *a\n", 8, "「*」"),
    added("bold letters", "easy: **大事**\n", 8, "「*」"),
    added("a merge key", "<<: {easy: あ}\n", 8, "「<<」"),
    Broken(
        "a merge key with an alias",
        {ENTRY: an_entry(more="how: &a {window: あ}\n<<: *a\n")},
        ENTRY,
        (8, 9),
        "<<",
    ),
    Broken("a bomb", {ENTRY: an_entry(more=A_BOMB)}, ENTRY, (8, 9, 10, 11), "「&」"),
    added("a wide bomb", f"a: &a [{'あ, ' * 999}]\nb: [{'*a, ' * 999}]\n", 8, "「&」"),
    value("code", "!!python/object/apply:os.system [echo]", "「!」"),
    value("a Python name", "!!python/name:os.system", "「!」"),
    value("binary", "!!binary 44GC", "「!」"),
    value("a set", "!!set {あ}", "「!」"),
    value("an ordered mapping", "!!omap [あ: い]", "「!」"),
    value("pairs", "!!pairs [あ: い]", "「!」"),
    value("a tag of one's own", "!重要 印鑑", "「!」"),
    value("a tag in brackets", "!<tag:example.jp,2026:x> あ", "「!」"),
    value("a tag with an unknown handle", "!a!b あ", "「!」"),
    value("a tag with broken letters", "!<%ff> あ", "「!」"),
    whole("a %YAML directive", "%YAML 1.1\n---\n" + an_entry(), 1, "「%」"),
    whole("a %YAML of the future", "%YAML 1.3\n---\n" + an_entry(), 1, "「%」"),
    whole("a %YAML of another kind", "%YAML 2.0\n---\n" + an_entry(), 1, "「%」"),
    whole("a %TAG directive", "# メモ\n%TAG ! tag:example.jp:\n---\n" + an_entry(), 2, "「%」"),
    whole("two documents", an_entry() + "---\n" + an_entry(), 8, "「---」"),
    whole("an empty second document", an_entry() + "---\n", 8, "「---」"),
    whole("text after the end", an_entry() + "...\nあ\n", 9, "「---」"),
    value("deep brackets", "[" * 5000, "深すぎます"),
    value("deep brackets that close", "[" * 50 + "]" * 50, "深すぎます"),
    value("deep braces", "{a: " * 5000, "深すぎます"),
    added("deep lists", f"fee:\n  {'- ' * 5000}あ\n", 9, "深すぎます"),
    added("deep blocks", "".join(" " * n + "a:\n" for n in range(50)), 27, "深すぎます"),
    added("an open double quote", 'easy: "閉じていない\n', 8, "引用符"),
    added("an open single quote", "easy: '閉じていない\nhandled_by: 警察署\n", 8, "引用符"),
    added("a quote that the next line closes", 'easy: "あ\nhandled_by: "い"\n', 9, "YAML"),
    added("text after a quote", 'easy: "あ" い\n', 8, "先頭のかっこや引用符"),
    added("an open bracket", "aliases: [あ, い\n", 8, "[ ]"),
    added("an open bracket and a line", "aliases: [あ, い\nhandled_by: 警察署\n", 8, "[ ]"),
    added("an open brace", "form: {service: あ\n", 8, "{ }"),
    added("text after a bracket", "easy: [予約] はこちら\n", 8, "先頭のかっこや引用符"),
    added("a closing bracket alone", "easy: ]\n", 8, "YAML"),
    added("two colons", "easy: 期限: 15日\n", 8, "コロン"),
    added("an item on the line of its key", "fee: - 300円\n", 8, "「- 」は、次の行に"),
    added("a mapping below a text", "fee: 300円\n  status: national\n", 9, "コロン"),
    added("too few spaces", "how:\n   window: あ\n  post: い\n", 10, "YAML"),
    added("too few spaces in a text", "easy: |\n    あ\n  い\n", 10, "YAML"),
    added("an item among keys", "- 印鑑\n", 8, "YAML"),
    added("a key without a colon", "easy\nhandled_by: 警察署\n", 8, "コロンがありません"),
    added("a wrong sign after |", "easy: |x\n  あ\n", 8, "YAML"),
    value("an @", "@city", "文の先頭の記号"),
    value("a backquote", "`あ`", "文の先頭の記号"),
    value("a percent sign", "%引き", "文の先頭の記号"),
    added("a number as a key", "1: あ\n", 8, "項目の名前"),
    added("a truth as a key", "true: あ\n", 8, "項目の名前"),
    added("null as a key", "~: あ\n", 8, "項目の名前"),
    added("nothing as a key", ": あ\n", 8, "項目の名前"),
    added("a date as a key", "2026-11-23: あ\n", 8, "項目の名前"),
    added("a list as a key", "[あ]: い\n", 8, "項目の名前"),
    added("a mapping as a key", "{あ: い}: う\n", 8, "項目の名前"),
    added("a long key", f"{'あ' * 200}: い\n", 8, "という項目はありません"),
    added("a key of two lines", '"あ\\nい": う\n', 8, "「あ い」"),
    added("the kind as a key", "procedure: あ\n", 8, "「procedure」"),
    added("a key called like another kind", "fee: 無料\nplace: あ\n", 9, "「place」"),
]

SHAPES = [
    whole("an empty file", "", 1, "ファイルの形"),
    whole("blank lines", "\n\n  \n", 1, "ファイルの形"),
    whole("only comments", "# 書きかけ\n# まだ\n", 1, "ファイルの形"),
    whole("only a start", "---\n", 2, "ファイルの形"),
    whole("only a BOM", "\ufeff", 1, "ファイルの形"),
    whole("only null", "~\n", 1, "ファイルの形"),
    whole("a list", "- 並び\n- だけ\n", 1, "ファイルの形"),
    whole("the entry in a list", "- " + an_entry().replace("\n", "\n  "), 1, "ファイルの形"),
    whole("a text", "こんにちは\n", 1, "ファイルの形"),
    whole("a number", "# メモ\n20261123\n", 2, "ファイルの形"),
    whole("a truth", "true\n", 1, "ファイルの形"),
    whole("a quoted file", f"'{an_entry()}'", 1, "ファイルの形"),
    whole("a list of JSON", '[{"kind": "procedure"}]', 1, "ファイルの形"),
    whole("HTML", "<!DOCTYPE html>\n<html></html>\n", 1, "ファイルの形"),
    whole("too large", an_entry() + "#" * MAX_BYTES, 1, "大きすぎます"),
    whole("too large for one line", "あ" * MAX_BYTES, 1, "大きすぎます"),
    instead("no kind", "kind: procedure\n", "", 1, "kind がありません"),
    instead("an unknown kind", "kind: procedure", "kind: procedur", 1, "kind に使えるのは"),
    instead("no value for kind", "kind: procedure", "kind:", 1, "kind に使えるのは"),
    instead("a list as kind", "kind: procedure", "kind: [procedure]", 1, "kind に使えるのは"),
    instead("a number as kind", "kind: procedure", "kind: 1", 1, "kind に使えるのは"),
    instead("the city as an entry", "kind: procedure", "kind: city", 1, "kind に使えるのは"),
    instead("the phrases as an entry", "kind: procedure", "kind: phrases", 1, "kind に使えるのは"),
    instead("a kind with a capital", "kind: procedure", "kind: Procedure", 1, "kind に使えるのは"),
    instead("no title", "title: 駐車場の手続き\n", "", 1, "「title」がありません"),
    instead("no id", "id: parking\n", "", 1, "「id」がありません"),
    instead("no sources", SOURCE, "", 1, "「sources」がありません"),
    instead("null as id", "id: parking", "id:", 2, "「id」は文字で"),
    instead("null as title", "駐車場の手続き", "", 3, "「title」は文字で"),
    instead("null as summary", "駐車場を借ります。", "", 5, "「summary」は1つ以上"),
    instead("null as status", "confirmed", "", 6, "confirmed"),
    instead("null as sources", SOURCE, "sources:\n", 7, "行の並び"),
    instead("no source", SOURCE, "sources: []\n", 7, "1つ以上"),
    instead("a text as sources", SOURCE, "sources: 市の案内\n", 7, "行の並び"),
    instead("a text as a source", SOURCE, "sources: [市の案内]\n", 7, "「項目: 値」"),
    instead("null as a source", SOURCE, "sources: [null]\n", 7, "「項目: 値」"),
    instead("a source without a day", ", checked_on: 2026-11-01", "", 7, "「checked_on」がありません"),
    instead("null as the title of a source", "title: 市の案内", "title: ", 7, "「title」は文字で"),
    instead("a blank title", "駐車場の手続き", '" "', 3, "1文字以上"),
    instead("a title of one full-width space", "駐車場の手続き", '"　"', 3, "1文字以上"),
    instead("a blank summary", "駐車場を借ります。", "''", 5, "1文字以上"),
    instead("capitals in the id", "id: parking", "id: Parking", 2, "半角の小文字"),
    instead("an underline in the id", "id: parking", "id: parking_lot", 2, "半角の小文字"),
    instead("a path as id", "id: parking", "id: ../parking", 2, "半角の小文字"),
    instead("a number as id", "id: parking", "id: 2026", 2, '" "'),
    instead("a long id", "id: parking", f"id: {'a' * 61}", 2, "60文字"),
    instead("an unknown status", "status: confirmed", "status: 確認済", 6, "confirmed"),
    instead("yes as status", "status: confirmed", "status: yes", 6, "confirmed"),
    added("an unknown key", "brng: 印鑑\n", 8, "「brng」という項目はありません"),
    added("an unknown key below", "fee:\n  - value: 300円\n    until: 2026-01-01\n", 10, "「until」"),
    added("hours in a procedure", HOURS, 8, "「hours」という項目はありません"),
    Broken(
        "mistakes on many lines",
        {ENTRY: an_entry(more="brng: 印鑑\npage: example.jp\nfee: 300\ncovers: [第1]\n")},
        ENTRY,
        (8, 9, 10, 11),
        "「brng」",
    ),
]

HARMLESS: Mapping[str, str] = {
    "CRLF": an_entry().replace("\n", "\r\n"),
    "lone CR": an_entry().replace("\n", "\r"),
    "all line ends": an_entry().replace("\n", "\r\n", 2).replace("\nquestions", "\rquestions"),
    "a BOM": "\ufeff" + an_entry(),
    "a BOM and CRLF": "\ufeff" + an_entry().replace("\n", "\r\n"),
    "no line end at the end": an_entry().rstrip(),
    "spaces at line ends": an_entry().replace("\n", "   \n"),
    "blank lines": "\n\n" + an_entry().replace("\n", "\n\n") + "\n   \n",
    "comments": "# メモ\n" + an_entry().replace("\n", " # メモ: 「&a」 *b !c\n") + "  # あ\n#\n",
    "a tab within a comment": an_entry(more="#\tメモ\n"),
    "a start and an end": "---\n" + an_entry() + "...\n",
    "a start and a comment": "# メモ\n--- # あ\n" + an_entry(),
    "quotes everywhere": an_entry().replace("title: 駐車場の手続き", '"title": "駐車場の手続き"'),
    "single quotes": an_entry().replace("駐車場を借ります。", "'駐車場を借ります。'"),
    "a text in a block": an_entry().replace("駐車場を借ります。", "|\n  駐車場を借ります。\n\n"),
    "a folded text": an_entry().replace("駐車場を借ります。", ">-\n    駐車場を借ります。"),
    "a text on the next line": an_entry().replace("駐車場を借ります。", "\n  駐車場を借ります。"),
    "a mapping as a text": an_entry().replace("駐車場を借ります。", "[{value: 駐車場を借ります。}]"),
    "spaces round a text": an_entry().replace("駐車場を借ります。", '" 駐車場を借ります。　"'),
    "JSON": "{" + ", ".join(an_entry().rstrip().splitlines()) + "}",
    "keys in another order": "\n".join(reversed(an_entry().rstrip().splitlines())),
    "items without spaces in front": an_entry(more="aliases:\n- 駐車\n- 車庫\n"),
    "many spaces in front": an_entry(more="fee:\n        - value: 無料\n          status: national\n"),
    "a comma at the end": an_entry(more="aliases: [駐車, 車庫,]\n"),
    "words for yes and no": an_entry(more="aliases: [yes, no, on, off, y, n, はい]\n"),
    "what looks like a number": an_entry(more="aliases: ['119', \"0x1F\", 1-2, 1時, 0124-22-2111]\n"),
    "what looks like a date": an_entry(more="aliases: [2026-11-23, 2026-02-30, 8:45, 25:00]\n"),
    "what looks like YAML": an_entry(more="aliases: [<<, =, a*b, C#, '&a', '!b', '- c', a:b]\n"),
    "a tag for text": an_entry(more="phone: !!str 119\n"),
    "emoji": an_entry(more="easy: 👨\u200d👩\u200d👧 🅿\ufe0f 𠮷野家\n"),
    "full-width text": an_entry(more="easy: 受付：９時〜１７時　“平日”、［予約］※＃＆＊％！？＠｀\n"),
    "signs within a text": an_entry(more="easy: 1%引き & 無料*, 5>3 {予約} [不要] @市 `x` !\n"),
    "an address in a text": an_entry(more="easy: くわしくは https://example.jp/a?b=c#d へ\n"),
    "an escaped line break": an_entry(more='easy: "あ\\nい\\tう"\n'),
    "nothing where nothing is needed": an_entry(more="fee:\nbring: []\nhandled_by:\nform:\n"),
    "quoted dates": an_entry(more="valid_from: '2020-01-01'\nvalid_until: \"2099-12-31\"\n"),
    "the same day twice": an_entry(
        more="fee: {value: 無料, valid_from: 2026-11-23, valid_until: 2026-11-23}\n"
    ),
    "a leap day": an_entry(more="valid_from: 2024-02-29\n"),
    "a thousand lines": an_entry(more="steps:\n" + "  - あ\n" * 1000),
    "the deepest brackets of an entry": an_entry(
        more="how: {post: [{value: あ, sources: [{title: い, checked_on: 2026-11-23}]}]}\n"
    ),
}
