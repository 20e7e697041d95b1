"""Ways to break `desks.yml` and `canned.yml`, for `test_broken_yaml.py`; see `breakages.py`."""

from __future__ import annotations

from tests.knowledge.breakages import Broken, whole
from tests.knowledge.handmade import CANNED, DESKS, OFFICE

PATH, REPLIES = "desks.yml", "canned.yml"
TAX = OFFICE.replace("id: city-hall", "id: tax").replace("芦別市役所", "税務課")
TWO = (
    DESKS
    + """    members: [sato, suzuki]
    roster:
      - {members: [sato], days: [Mo, We]}
      - members: [suzuki]
        valid_from: 2026-12-01
    substitute: taxes
    notify: [front@example.lg.jp]
  - id: taxes
    title: 市税の窓口
    departments: [tax]
    hours: [{value: "Mo-Fr 09:00-12:00", text: 平日の午前}]
"""
)
"""Two desks. Its lines: 2 default, 5 front, 7 its departments, 9 its hours, 11 members, 13 and 14 roster,
16 substitute, 17 notify, 18 taxes, 20 its departments, 21 its hours."""


def desks(name: str, old: str, new: str, line: int | tuple[int, ...], words: str) -> Broken:
    """Other words in `TWO`."""
    assert TWO.count(old) == 1, old
    lines = line if isinstance(line, tuple) else (line,)
    return Broken(name, {PATH: TWO.replace(old, new), "departments/tax.yml": TAX}, PATH, lines, words)


def canned(name: str, old: str, new: str, line: int, words: str) -> Broken:
    """Other words in the canned replies, whose text stands on line 5."""
    assert CANNED.count(old) == 1, old
    return whole(name, CANNED.replace(old, new), line, words, REPLIES)


REFERENCES = [
    desks("a department nobody has", "[tax]", "[taxx]", 20, "「taxx」という担当課はありません"),
    desks("a desk for a procedure", "[tax]", "[parking]", 20, "「parking」という担当課はありません"),
    desks("a department at two desks", "[tax]", "[tax, city-hall]", 20, "窓口「front」にもあります"),
    desks("a department twice at one desk", "[tax]", "[tax, tax]", 20, "窓口「taxes」にもあります"),
    desks("a default that is no desk", "default: front", "default: tax", 2, "「tax」という窓口はありません"),
    desks("a substitute that is no desk", "substitute: taxes", "substitute: tax", 16, "「tax」という窓口は"),
    desks("a desk that stands in for itself", "substitute: taxes", "substitute: front", 16, "front → front"),
    desks(
        "two desks that stand in for each other",
        "departments: [tax]",
        "departments: [tax]\n    substitute: front",
        16,
        "front → taxes → front",
    ),
    desks(
        "desks in a circle that the first only leads to",
        "departments: [tax]",
        "departments: [tax]\n    substitute: taxes",
        21,
        "taxes → taxes",
    ),
    desks("an id of two desks", "id: taxes", "id: front", (16, 18), "id「front」の窓口が2つ"),
    desks(
        "a clerk on duty who is no member", "{members: [sato]", "{members: [saito]", 13, "「saito」は members"
    ),
    desks("duty of a clerk who has left", "members: [sato, suzuki]", "members: [sato]", 14, "「suzuki」は"),
    desks("no members, but a roster", "    members: [sato, suzuki]\n", "", (12, 13), "members にいません"),
]

VALUES = [
    desks("hours nobody can read", "Mo-Fr 09:00-12:00,13", "平日 09:00-12:00,13", 9, "読めません"),
    desks("a desk without hours", '[{value: "Mo-Fr 09:00-12:00", text: 平日の午前}]', "[]", 21, "1つ以上"),
    desks(
        "hours that are unknown",
        "text: 平日\n",
        "text: 平日\n        status: unconfirmed\n",
        8,
        "「status」は",
    ),
    desks("hours with a last entry", "平日の午前}", "平日の午前, last_entry: 30}", 21, "「last_entry」は"),
    desks("hours of a department", "平日の午前}", "平日の午前, department: tax}", 21, "「department」は"),
    desks(
        "hours that say they are unknown", "Mo-Fr 09:00-12:00,13:00-17:00", "Mo-Fr unknown", 8, "市が決めた"
    ),
    desks("a login in Japanese", "[sato, suzuki]", "[佐藤, sato, suzuki]", 11, "ログイン名は"),
    desks("a login in capitals", "[sato, suzuki]", "[Sato, sato, suzuki]", 11, "ログイン名は"),
    desks("a login of one letter", "[sato, suzuki]", "[s, sato, suzuki]", 11, "2文字以上"),
    desks("a login that is a number", "[sato, suzuki]", "[1234, sato, suzuki]", 11, '" "'),
    desks("a member twice", "[sato, suzuki]", "[sato, suzuki, sato]", 11, "「sato」が2回"),
    desks("a day of duty in Japanese", "days: [Mo, We]", "days: [月, We]", 13, "「days」に使えるのは"),
    desks(
        "duty that ends before it begins",
        "2026-12-01\n",
        "2026-12-01\n        valid_until: 2026-11-01\n",
        16,
        "後",
    ),
    desks("duty of nobody", "{members: [sato], ", "{", 13, "「members」がありません"),
    desks("an address without @", "front@example.lg.jp", "front.example.lg.jp", 17, "メールアドレス"),
    desks(
        "two addresses in one",
        "[front@example.lg.jp]",
        '["a@example.jp, b@example.jp"]',
        17,
        "メールアドレス",
    ),
    desks(
        "an address with a line break",
        "[front@example.lg.jp]",
        r'["a@example.jp\nBcc: b@example.jp"]',
        17,
        "メール",
    ),
    desks(
        "a webhook that is no address",
        "    substitute:",
        "    webhook: chat\n    substitute:",
        16,
        "https://",
    ),
    desks("slots of a minute", "    substitute:", "    slots: {minutes: 1}\n    substitute:", 16, "10以上"),
    desks(
        "slots of half a minute", "    substitute:", "    slots: {minutes: 30.5}\n    substitute:", 16, "整数"
    ),
    desks("slots a year ahead", "    substitute:", "    slots: {ahead: 365}\n    substitute:", 16, "31以下"),
    desks("a desk without a name", "title: 市税の窓口", "title: ''", 19, "1文字以上"),
    desks("an id in Japanese", "id: taxes", "id: 市税", 18, "半角の小文字"),
    desks(
        "a misspelt key of a desk",
        "departments: [tax]",
        "department: [tax]",
        20,
        "「department」という項目は",
    ),
    desks(
        "a special day nobody can read",
        "    substitute:",
        "    special_days: [{day: 2026-12-01, hours: 休み}]\n    substitute:",
        16,
        "「closed」か",
    ),
    desks(
        "desks without sources",
        "sources: [{title: 市の決まり, checked_on: 2026-11-01}]\n",
        "",
        1,
        "「sources」が",
    ),
    whole("no desks at all", DESKS.split("desks:\n")[0] + "desks: []\n", 4, "1つ以上", PATH),
    whole("empty desks", "", 1, "「ファイル全体」", PATH),
    whole("a list as the desks", "- あ\n", 1, "「ファイル全体」", PATH),
    Broken("a second file of desks", {"faq/desks.yml": DESKS}, "faq/desks.yml", (1,), "kind に"),
]

CANNED_REPLIES = [
    canned("a gap that nobody fills", "{clerk}", "{name}", 5, "{name}"),
    canned("a gap that is not closed", "{clerk}", "{clerk", 5, "波かっこ"),
    canned("a gap that reaches in", "{clerk}", "{clerk.login}", 5, "{clerk.login}"),
    canned("a gap with a form", "{clerk}", "{clerk:>900}", 5, "名前だけ"),
    canned("a gap with a number", "{clerk}", "{0}", 5, "{0}"),
    canned("full-width braces in a reply", "{clerk}", "｛clerk｝", 5, "全角"),
    canned("a reply that begins with a gap", "「{desk}」の", "{desk}の", 5, "先頭のかっこ"),
    canned("a reply that says nothing", "「{desk}」の{clerk}です。", "", 5, "「text」は文字で"),
    canned("a reply that is too long", "です。", "です。" * 200, 5, "600文字"),
    canned("a reply without a title", "title: あいさつ", "title:", 4, "「title」は文字で"),
    whole("a reply for no desk", CANNED + "    desk: no-such\n", 6, "「no-such」という窓口は", REPLIES),
    whole(
        "an id of two replies",
        CANNED + "  - {id: hello, title: あ, text: い}\n",
        6,
        "id「hello」の返信が2つ",
        REPLIES,
    ),
    whole("empty canned replies", "", 1, "「ファイル全体」", REPLIES),
]
