"""More of `breakages.py`: YAML that is right, with values, names and references that are not."""

from __future__ import annotations

from tests.knowledge.breakages import (
    ENTRY,
    HOURS,
    Broken,
    added,
    another_line,
    instead,
    line_of,
    no_line,
    place_with,
    whole,
)
from tests.knowledge.handmade import an_entry, city, phrases

NUMBERS = {
    "a number": "300",
    "zero": "0",
    "minus": "-1",
    "hex": "0x1F",
    "octal": "0o17",
    "old octal": "0124",
    "binary digits": "0b101",
    "underlines": "1_000",
    "only underlines": "0x_",
    "a fraction": "1.5",
    "an exponent": "1e3",
    "NaN": ".nan",
    "infinity": "-.inf",
    "a number too long for Python": "9" * 5000,
    "true": "true",
    "FALSE": "FALSE",
    "a number by force": "!!int あ",
    "a truth by force": "!!bool あ",
}
TYPES = [
    *(added(f"{name} as a fact", f"fee: {yaml}\n", 8, '" "') for name, yaml in NUMBERS.items()),
    *(added(f"{name} as an item", f"aliases:\n  - {yaml}\n", 9, '" "') for name, yaml in NUMBERS.items()),
    added("a number as a phone", "phone: 119\n", 8, '" "'),
    added("a number among facts", "fee:\n  - 無料\n  - 300\n", 10, '" "'),
    added("null among facts", "fee:\n  - 無料\n  -\n", 10, "「fee」"),
    added("a list among facts", "fee:\n  - [300円]\n", 9, "「fee」"),
    added("a mapping as a title", "handled_by: {あ: い}\n", 8, "「handled_by」は文字で"),
    added("a list as a title", "handled_by: [あ]\n", 8, "「handled_by」は文字で"),
    added("a text as a list", "aliases: 駐車\n", 8, "行の並び"),
    added("a mapping as a list", "aliases: {あ: い}\n", 8, "行の並び"),
    added("a list in a list", "aliases: [[あ]]\n", 8, "「aliases」は文字で"),
    added("null as a list", "aliases:\n", 8, "行の並び"),
    added("a text as how", "how: 窓口\n", 8, "「how」は「項目: 値」"),
    added("a list as how", "how: [窓口]\n", 8, "「how」"),
    added("a text as a form", "form: ぴったり\n", 8, "「form」は「項目: 値」"),
    added("a form without a URL", "form: {service: ぴったり}\n", 8, "「url」がありません"),
    added("null in a form", "form:\n  service:\n  url: https://example.jp/\n", 9, "「service」は文字で"),
    added("a fact without its value", "fee: {status: national}\n", 8, "「value」がありません"),
    added("null as the value of a fact", "fee:\n  - value:\n", 9, "「value」は文字で"),
    added("an empty text", "easy: ''\n", 8, "1文字以上"),
    added("too long for a text", f"easy: {'あ' * 601}\n", 8, "600文字"),
    added("too long for a fact", f"fee: {'あ' * 401}\n", 8, "400文字"),
    added("too long for a URL", f"page: https://example.jp/{'a' * 2000}\n", 8, "2000文字"),
    added("a number as a service", "covers: [12]\n", 8, '" "'),
    added("a word as a number", "covers: [第1]\n", 8, "番号"),
    added("an unlisted number", "covers: ['99']\n", 8, "「99」という番号"),
    added("a text as covers", "covers: '12'\n", 8, "行の並び"),
    added("an unknown department", "department: no-such\n", 8, "no-such"),
    added("a procedure as department", "department: birth\n", 8, "担当課"),
    added("an unknown department of a fact", "fee:\n  - {value: 無料, department: no-such}\n", 9, "no-such"),
    added("an unknown related entry", "related: [birth, no-such]\n", 8, "no-such"),
    added("a title as related", "related: [出生の手続き]\n", 8, "半角の小文字"),
    added("a number as department", "department: 12\n", 8, '" "'),
    added("a department by its name", "department: 市役所\n", 8, "半角の小文字"),
    added("a guide's own key", "urgent: [火事]\n", 8, "「urgent」という項目はありません"),
    whole("a guide without steps", an_entry("guide", more="short: 案内\n"), 1, "「steps」がありません"),
    whole("a guide with empty steps", an_entry("guide", more="short: 案内\nsteps: []\n"), 9, "1つ以上"),
    whole(
        "a guide without a short name",
        an_entry("guide", more="steps: [{id: a, do: あ}]\n"),
        1,
        "「short」がありません",
    ),
    whole("a faq whose urgent is a text", an_entry("faq", more="urgent: 火事\n"), 8, "行の並び"),
]

NO_DAY = {
    "the era": "平成99年",
    "an era with a day": "令和8年11月1日",
    "Japanese": "2026年11月23日",
    "slashes": "2026/11/23",
    "dots": "2026.11.23",
    "no signs": "20261123",
    "seconds since 1970": "86400",
    "seconds as a text": '"86400"',
    "zero as a date": "0",
    "no such day": "2026-02-30",
    "no leap year": "2027-02-29",
    "no such month": "2026-13-01",
    "all zero": "0000-00-00",
    "year 26": "0026-11-23",
    "year 20260": "20260-11-23",
    "one digit": "2026-1-2",
    "day first": "23-11-2026",
    "a time": "2026-11-23 10:00:00",
    "a time at midnight": "2026-11-23T00:00:00",
    "a time with a zone": "2026-11-23T00:00:00Z",
    "only a month": "2026-11",
    "a word": "あした",
    "true as a date": "true",
    "NaN as a date": ".nan",
    "infinity as a date": ".inf",
    "a huge number": "9" * 400,
    "a list as a date": "[2026-11-23]",
    "a mapping as a date": "{年: 2026}",
    "spaces within": "2026- 11-23",
    "a tilde": "2026-11-23〜2026-11-30",
    "25 hours": "25:00",
}
DATES = [
    *(added(f"{name} in a date", f"valid_from: {yaml}\n", 8, "2026-11-23") for name, yaml in NO_DAY.items()),
    instead("null as a day", "2026-11-01", "", 7, "2026-11-23 のような日付"),
    instead("a wrong day of a source", "2026-11-01", "2026-11-31", 7, "2026-11-23 のような日付"),
    added("a wrong day of a fact", "fee:\n  - value: 300円\n    valid_from: 2026-02-30\n", 10, "2026-11-23"),
    added("a day checked in an era", "checked_on: 令和8年\n", 8, "2026-11-23"),
    added("days in reverse", "valid_from: 2026-12-01\nvalid_until: 2026-11-01\n", 9, "入れ替えて"),
    added(
        "days of a fact in reverse",
        "fee: [{value: 無料, valid_from: 2026-12-01, valid_until: 2026-11-01}]\n",
        8,
        "入れ替えて",
    ),
]

NO_HOURS = {
    "hour 25": ("Mo-Fr 09:00-25:00", "「25:00」という時刻"),
    "half past 24": ("Mo-Fr 09:00-24:30", "「24:30」という時刻"),
    "minute 60": ("Mo-Fr 09:60-17:00", "「09:60」という時刻"),
    "school holidays": ("Mo-Fr 09:00-17:00; SH off", "「SH」は使えません"),
    "sunrise": ("Mo-Su sunrise-17:00", "「sunrise」は使えません"),
    "sunset": ("Mo-Su 09:00-sunset", "「sunset」は使えません"),
    "easter": ("easter off", "「easter」は使えません"),
    "30 February": ("Mo-Fr 09:00-17:00; Feb 30 off", "「Feb 30」という日"),
    "31 November": ("Nov 29-31 09:00-17:00", "「Nov 31」という日"),
    "no end": ("Mo-Fr 09:00+", "「09:00+」には終わりがありません"),
    "weekdays in Japanese": ("平日 09:00-17:00", "を読めません"),
    "all in Japanese": ("平日9時から", "Mo-Fr 08:45-17:15"),
    "days in Japanese": ("月-金 09:00-17:00", "を読めません"),
    "hours without minutes": ("Mo-Fr 9-17", "を読めません"),
    "one time": ("Mo-Fr 09:00", "を読めません"),
    "full-width digits in hours": ("Mo-Fr ０９:００-１７:００", "を読めません"),
    "full-width colons in hours": ("Mo-Fr 09：00-17：00", "を読めません"),
    "a wave": ("Mo-Fr 09:00〜17:00", "を読めません"),
    "a dash": ("Mo–Fr 09:00-17:00", "を読めません"),
    "holidays among days": ("Sa,Su,PH 10:00-16:00", "を読めません"),
    "holidays without a space": ("Mo-Fr 09:00-17:00; PHoff", "を読めません"),
    "an unknown day": ("Xx 09:00-17:00", "を読めません"),
    "a semicolon at the end": ('"Mo-Fr 09:00-17:00;"', "を読めません"),
    "blank hours": ('" "', "1文字以上"),
    "a number as hours": ("9", '" "'),
    "null as hours": ("", "「value」は文字で"),
    "long hours": ("Mo 09:00-17:00; " * 30 + "off", "400文字"),
}
NO_SPECIAL = {
    "hours in Japanese": ("10時から", "を読めません"),
    "only a start": ('"10:00"', "を読めません"),
    "off": ("off", "「closed」か「10:00-15:00」"),
    "a weekday": ("Mo 10:00-12:00", "を読めません"),
    "25 o'clock": ("10:00-25:00", "「25:00」という時刻"),
    "closing before opening": ("15:00-10:00", "入れ替えて"),
    "no time at all": ("10:00-10:00", "入れ替えて"),
    "a second span in reverse": ("10:00-12:00, 15:00-13:00", "「15:00-13:00」は、始まりが"),
    "one digit": ("9:00-12:00", "を読めません"),
    "full-width digits": ("１０:００-１２:００", "を読めません"),
    "a full-width colon": ("10：00-12：00", "を読めません"),
    "very long": ("あ" * 401, "400文字"),
    "a blank": ('" "', "1文字以上"),
    "a number": ("10", '" "'),
    "null": ("", "「hours」は文字で"),
}
NO_LAST_ENTRY = {
    "negative": "-30",
    "zero": "0",
    "too many": "241",
    "a text": '"30"',
    "a word": "30分",
    "a full-width number": "３０",
    "a fraction": "30.5",
    "a whole fraction": "30.0",
    "hex": "0x1e",
    "underlines": "3_0",
    "an exponent": "3e1",
    "true": "true",
    "NaN": ".nan",
    "a list": "[30]",
    "a clock": "16:30",
}
CLOSING = HOURS + "    closing: "
SPECIAL = "special_days:\n  - day: 2026-12-01\n    hours: "
OPENING = [
    *(
        place_with(name, f"hours:\n  - value: {yaml}\n    text: 平日\n", 9, words)
        for name, (yaml, words) in NO_HOURS.items()
    ),
    *(
        place_with(f"{name} on a special day", f"{SPECIAL}{yaml}\n", 10, words)
        for name, (yaml, words) in NO_SPECIAL.items()
    ),
    *(
        place_with(f"{name} as last entry", f"{HOURS}    last_entry: {yaml}\n", 11, "「last_entry」は")
        for name, yaml in NO_LAST_ENTRY.items()
    ),
    place_with("a text as hours", "hours: Mo-Fr 09:00-17:00\n", 8, "行の並び"),
    place_with("a text among hours", "hours:\n  - Mo-Fr 09:00-17:00\n", 9, "「hours」は「項目: 値」"),
    place_with("hours without words", "hours:\n  - value: Mo-Fr 09:00-17:00\n", 9, "「text」がありません"),
    place_with(
        "hours of two lines", "hours:\n  - value: |\n      平日\n      休日\n    text: あ\n", 9, "平日 休日"
    ),
    place_with("an unknown closing day", f"{CLOSING}{{days: [Xx], if_holiday: open}}\n", 11, "'Mo', 'Tu'"),
    place_with("a closing day in Japanese", f"{CLOSING}{{days: [月], if_holiday: open}}\n", 11, "'Mo', 'Tu'"),
    place_with("one closing day as a text", f"{CLOSING}{{days: Mo, if_holiday: open}}\n", 11, "行の並び"),
    place_with("no closing day", f"{CLOSING}{{days: [], if_holiday: open}}\n", 11, "1つ以上"),
    place_with("an unknown holiday rule", f"{CLOSING}{{days: [Mo], if_holiday: 休み}}\n", 11, "next_day"),
    place_with("no holiday rule", f"{CLOSING}{{days: [Mo]}}\n", 11, "「if_holiday」がありません"),
    place_with("a text as closing", f"{CLOSING}月曜\n", 11, "「closing」は「項目: 値」"),
    place_with("a special day without a day", "special_days:\n  - hours: closed\n", 9, "「day」がありません"),
    place_with(
        "a special day without hours", "special_days:\n  - day: 2026-12-01\n", 9, "「hours」がありません"
    ),
    place_with("special days in reverse", f"{SPECIAL}closed\n    until: 2026-11-01\n", 11, "入れ替えて"),
    place_with(
        "a special day in an era", "special_days:\n  - day: 令和8年\n    hours: closed\n", 9, "2026-11-23"
    ),
    place_with(
        "a text as a special day", "special_days:\n  - 2026-12-01\n", 9, "「special_days」は「項目: 値」"
    ),
]

NO_PHONE = {
    "spaces": "0124 22 2111",
    "full-width digits": "０１２４-２２-２１１１",
    "full-width hyphens": "0124−22−2111",
    "brackets": '"(0124)22-2111"',
    "letters": "0124-22-ABCD",
    "an extension": "0124-22-2111 内線12",
    "a plus": '"+81-124-22-2111"',
    "tel:": "tel:0124-22-2111",
    "no": "no",
    "a line break": "|\n  0124-22-2111",
    "an empty text": "''",
}
NO_URL = {
    "no scheme": "www.example.jp",
    "spaces": "https://example.jp/a b",
    "a full-width space": "https://example.jp/　案内",
    "a script": "javascript:alert(1)",
    "data": "data:text/html,あ",
    "ftp": "ftp://example.jp/",
    "one slash": "https:/example.jp/",
    "full-width letters": "ｈｔｔｐｓ：//example.jp/",
    "a mail address": "mailto:a@example.jp",
    "an empty text": "''",
    "only a scheme": "https://",
}
ADDRESSES = [
    *(
        added(f"a phone with {name}", f"phone: {yaml}\n", 8, "「phone」の電話番号は半角")
        for name, yaml in NO_PHONE.items()
    ),
    added("a long phone", f"phone: '{'0' * 21}'\n", 8, "20文字"),
    *(
        added(f"a URL with {name}", f"page: {yaml}\n", 8, "「page」は https://")
        for name, yaml in NO_URL.items()
    ),
    added("a form's URL", "form: {service: ぴったり, url: myna.go.jp}\n", 8, "https://"),
    instead("a source's URL", "title: 市の案内", "title: 市の案内, url: 市のページ", 7, "https://"),
]

PHRASES = [
    another_line("a phrase without its gap", "phrases.yml", "expired:", "expired: 過ぎました。", "{title}"),
    another_line(
        "an unknown gap", "phrases.yml", "expired:", "expired: 「{title}」は{price}です。", "{price}"
    ),
    another_line(
        "an open brace in a phrase", "phrases.yml", "expired:", "expired: 「{title」です。", "波かっこ"
    ),
    another_line("a closing brace alone", "phrases.yml", "expired:", "expired: 「title}」です。", "波かっこ"),
    another_line("doubled braces", "phrases.yml", "expired:", "expired: 「{{title}}」です。", "{title}"),
    another_line("a gap with a form", "phrases.yml", "expired:", "expired: 「{title:d}」です。", "名前だけ"),
    another_line(
        "a gap with a conversion", "phrases.yml", "expired:", "expired: 「{title!r}」です。", "名前だけ"
    ),
    another_line(
        "a gap inside a gap", "phrases.yml", "expired:", "expired: 「{title:{x}}」です。", "名前だけ"
    ),
    another_line(
        "a gap without a name", "phrases.yml", "expired:", "expired: 「{title}」{}です。", "消してください"
    ),
    another_line("a gap with a number", "phrases.yml", "expired:", "expired: 「{title}」{0}です。", "{0}"),
    another_line(
        "a gap that reaches in", "phrases.yml", "expired:", "expired: 「{title.x}」です。", "{title}"
    ),
    another_line("full-width braces", "phrases.yml", "expired:", "expired: 「｛title｝」です。", "{title}"),
    another_line(
        "a phrase that begins with a gap",
        "phrases.yml",
        "expired:",
        "expired: {title}です。",
        "先頭のかっこや引用符",
    ),
    another_line("a gap where there is none", "phrases.yml", "choose:", "choose: 「{title}」", "{title}"),
    another_line("a phrase that is nothing", "phrases.yml", "empty:", "empty:", "「empty」は文字で"),
    another_line("a phrase that is blank", "phrases.yml", "empty:", "empty: ' '", "1文字以上"),
    another_line("a phrase that is a number", "phrases.yml", "empty:", "empty: 404", '" "'),
    another_line("a phrase that is a list", "phrases.yml", "empty:", "empty: [あ]", "「empty」は文字で"),
    another_line("a phrase that is too long", "phrases.yml", "empty:", f"empty: {'あ' * 601}", "600文字"),
    another_line(
        "five suggestions", "phrases.yml", "suggestions:", "suggestions: [あ, い, う, え, お]", "4つまで"
    ),
    another_line("no suggestions", "phrases.yml", "suggestions:", "suggestions: []", "1つ以上"),
    another_line("suggestions as a text", "phrases.yml", "suggestions:", "suggestions: 児童手当", "行の並び"),
    another_line("three weekdays", "phrases.yml", "  weekdays:", "  weekdays: 月火水", "7文字以上"),
    another_line("eight weekdays", "phrases.yml", "  weekdays:", "  weekdays: 月火水木金土日祝", "7文字まで"),
    another_line("an unknown aspect", "phrases.yml", "  about:", "  abut: 「{title}」です。", "「abut」"),
    another_line("an unknown label", "phrases.yml", "    about:", "    1: 内容", "項目の名前"),
    no_line("a phrase left out", "phrases.yml", "choose:", "about_unconfirmed:", "「choose」がありません"),
    no_line("an aspect left out", "phrases.yml", "  about:", "aspect:", "about"),
    no_line("the label of an aspect left out", "phrases.yml", "    about:", "  aspects:", "about"),
    Broken(
        "a misspelt phrase",
        {"phrases.yml": phrases().replace("\nchoose:", "\nchose:")},
        "phrases.yml",
        (line_of(phrases(), "about_unconfirmed:"), line_of(phrases(), "choose:")),
        "「choose」がありません",
    ),
    whole("a list as the phrases", "- あ\n", 1, "「ファイル全体」", "phrases.yml"),
    whole("an empty phrases.yml", "", 1, "「ファイル全体」", "phrases.yml"),
    whole("phrases in Shift-JIS", phrases().encode("cp932", "replace"), 1, "UTF-8", "phrases.yml"),
    whole(
        "an unknown phrase", phrases() + "abut: あ\n", phrases().count("\n") + 1, "「abut」", "phrases.yml"
    ),
]

CITY = [
    another_line("a city of another kind", "city.yml", "kind:", "kind: place", "'city'"),
    another_line("a city without a name", "city.yml", "name:", "name:", "「name」は文字で"),
    another_line("a city whose office is unknown", "city.yml", "office:", "office: no-such", "no-such"),
    another_line("a city whose office is a procedure", "city.yml", "office:", "office: parking", "担当課"),
    another_line("an office by its name", "city.yml", "office:", "office: 市役所", "半角の小文字"),
    another_line("other towns answered by nobody", "city.yml", "home:", "other_towns: no-such", "no-such"),
    another_line("other towns by a procedure", "city.yml", "home:", "other_towns: parking", "outside"),
    no_line("a city without its kind", "city.yml", "kind:", "name:", "「kind」がありません"),
    no_line("a city without an office", "city.yml", "office:", "kind:", "「office」がありません"),
    whole("an empty city", "", 1, "「ファイル全体」", "city.yml"),
    whole("a list as the city", "- 芦別市\n", 1, "「ファイル全体」", "city.yml"),
    whole(
        "an unknown key of the city", city() + "mayor: あ\n", city().count("\n") + 1, "「mayor」", "city.yml"
    ),
    whole(
        "a list number that is no number",
        city().replace('number: "1",', "number: 一,", 1),
        line_of(city(), '  - {number: "1",'),
        "番号",
        "city.yml",
    ),
    whole("an anchor in the city", "kind: &a city\n", 1, "「&」", "city.yml"),
]

NAMES = [
    Broken(
        "an id unlike the file name",
        {"procedures/cars.yml": an_entry(name="car")},
        "procedures/cars.yml",
        (2,),
        "cars.yml",
    ),
    Broken("an id used twice", {"zzz/parking.yml": an_entry("faq")}, "zzz/parking.yml", (2,), ENTRY),
    Broken("an id used by .yaml too", {"procedures/parking.yaml": an_entry()}, ENTRY, (2,), "parking.yaml"),
    Broken("a second city", {"faq/city.yml": city()}, "faq/city.yml", (line_of(city(), "kind:"),), "kind に"),
    Broken("second phrases", {"faq/phrases.yml": "choose: あ\n"}, "faq/phrases.yml", (1,), "kind が"),
    Broken("capitals at the end", {"faq/cars.YML": an_entry("faq", "cars")}, "faq/cars.YML", (1,), ".yml"),
    Broken(
        "what Windows hides", {"faq/cars.yml.txt": an_entry("faq", "cars")}, "faq/cars.yml.txt", (1,), ".yml"
    ),
    Broken("a copy", {"faq/cars (1).yml": an_entry("faq", "cars")}, "faq/cars (1).yml", (2,), "cars (1).yml"),
    Broken(
        "a name with a line break", {"faq/a\nb.yml": an_entry("faq")}, "faq/a?b.yml", (1,), "半角の英数字"
    ),
    Broken(
        "a folder with a bell",
        {"f\aq/cars.yml": an_entry("faq", "cars")},
        "f?q/cars.yml",
        (1,),
        "半角の英数字",
    ),
    Broken(
        "no name before .yml",
        {"faq/parking.yml.yml": an_entry("faq", "x")},
        "faq/parking.yml.yml",
        (2,),
        "同じ",
    ),
]
