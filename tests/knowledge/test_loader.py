from __future__ import annotations

import re
from pathlib import Path

import pytest

from knowledge.errors import ContentError
from knowledge.loader import CONTENT, load
from knowledge.reading import MAX_BYTES
from tests.knowledge.handmade import OFFICE, SOURCE, a_content, an_entry, city, phrases, problems_of

ENGLISH = re.compile(
    r"\b(?:should|must|input|expected|valid|field|object|none|error|required)\b", re.IGNORECASE
)
JAPANESE = re.compile(r"[ぁ-ん]")
WHAT_TO_DO = re.compile(r"ください|必要です|使えるのは|書きます")
ENTRY = "procedures/parking.yml"
PLACE = "places/parking.yml"
"""`an_entry` has 7 lines: what is added begins on line 8."""


def one_problem(root: Path, files: dict[str, str | bytes]) -> tuple[str, int, str]:
    """The only problem, whose message must be one that a clerk can act on."""
    problems = problems_of(a_content(root, files))
    assert [str(problem) for problem in problems][1:] == []
    assert_helpful(problems[0].message)
    return problems[0].path, problems[0].line, problems[0].message


def assert_helpful(message: str) -> None:
    assert JAPANESE.search(message), message
    assert WHAT_TO_DO.search(message), message
    assert not ENGLISH.search(message), message


def test_the_real_content_is_good() -> None:
    content = load()
    assert content.entries.keys() == content.files.keys()
    assert all((CONTENT / name).is_file() for name in content.files.values())


def test_a_handmade_folder_is_good(tmp_path: Path) -> None:
    content = load(a_content(tmp_path, {ENTRY: an_entry()}))
    assert sorted(content.entries) == ["city-hall", "parking"]


@pytest.mark.parametrize(
    ("more", "line", "words"),
    [
        ("bring:\n\t- 印鑑\n", 9, "タブ"),
        ("title: もう一つ\n", 8, "2回"),
        ("brng: 印鑑\n", 8, "「brng」という項目はありません"),
        ("page: www.example.jp\n", 8, "https://"),
        ("phone: ０１２４−２２\n", 8, "半角の数字"),
        ("phone: 119\n", 8, '" "'),
        ("fee: 300\n", 8, '" "'),
        ("fee:\n  - 300\n", 9, '" "'),
        ("fee:\n  - value: 300円\n    until: 2026-01-01\n", 10, "「until」"),
        ("fee:\n  - value: 300円\n    valid_from: 2026-02-30\n", 10, "2026-11-23 のような日付"),
        ("valid_from: 2026-12-01\nvalid_until: 2026-11-01\n", 9, "入れ替えて"),
        ("valid_from: あした\n", 8, "2026-11-23 のような日付"),
        ("valid_from: 20261201\n", 8, "2026-11-23 のような日付"),
        ("aliases: 駐車\n", 8, "行の並び"),
        ("aliases: [119]\n", 8, '" "'),
        ("how: 窓口\n", 8, "「how」"),
        ("easy: ''\n", 8, "1文字以上"),
        ("covers: ['99']\n", 8, "「99」という番号"),
        ("covers: [12]\n", 8, '" "'),
        ("covers: [第1]\n", 8, "番号"),
        ("fee:\n  - {value: 300円, department: no-such}\n", 9, "no-such"),
        ("related: [birth, no-such]\n", 8, "no-such"),
        ("department: no-such\n", 8, "no-such"),
        ("department: parking\n", 8, "担当課"),
        ("form: {service: ぴったり, url: myna.go.jp}\n", 8, "https://"),
        ('easy: "閉じていない\n', 8, "YAML"),
        ("aliases: [あ, い\n", 8, "YAML"),
        ("easy: 期限: 15日\n", 8, "YAML"),
        (f"easy: {'あ' * 601}\n", 8, "600文字"),
        ("1: 数字の項目\n", 8, "項目の名前"),
        (f"easy: {'[' * 5000}\n", 1, "深すぎます"),
    ],
)
def test_a_mistake_is_told_once_with_its_line(tmp_path: Path, more: str, line: int, words: str) -> None:
    birth = an_entry(name="birth").replace("駐車場", "出生")
    path, found, message = one_problem(tmp_path, {ENTRY: an_entry(more=more), "procedures/birth.yml": birth})
    assert (path, found) == (ENTRY, line)
    assert words in message


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("title: 駐車場の手続き\n", "", 1, "「title」がありません"),
        ("駐車場の手続き", "", 3, "「title」は文字で"),
        ("kind: procedure", "kind: procedur", 1, "kind に使えるのは"),
        ("kind: procedure\n", "", 1, "kind がありません"),
        ("status: confirmed", "status: 確認済", 6, "confirmed"),
        ("2026-11-01", "2026-13-01", 7, "2026-11-23 のような日付"),
        ("2026-11-01", "2026年11月1日", 7, "2026-11-23 のような日付"),
        ("2026-11-01", "2026/11/01", 7, "2026-11-23 のような日付"),
        ("2026-11-01", "", 7, "2026-11-23 のような日付"),
        (SOURCE, "sources: []\n", 7, "1つ以上"),
        (SOURCE, "sources: 市の案内\n", 7, "行の並び"),
        (SOURCE, "sources: [市の案内]\n", 7, "「sources」"),
        ("id: parking", "id: Parking_1", 2, "半角の小文字"),
        ("id: parking", "id: 2026", 2, '" "'),
    ],
)
def test_a_wrong_line_of_a_good_file_is_told(
    tmp_path: Path, old: str, new: str, line: int, words: str
) -> None:
    text = an_entry()
    assert old in text
    path, found, message = one_problem(tmp_path, {ENTRY: text.replace(old, new)})
    assert (path, found) == (ENTRY, line)
    assert words in message


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        ("", 1, "ファイルの形"),
        ("# 書きかけ\n", 1, "ファイルの形"),
        ("- 並び\n- だけ\n", 1, "ファイルの形"),
        ("こんにちは\n", 1, "ファイルの形"),
        (an_entry().encode("cp932"), 3, "UTF-8"),
        (an_entry().encode("utf-16"), 1, "UTF-8"),
        (an_entry() + "#" * MAX_BYTES, 1, "大きすぎます"),
        (an_entry() + "---\n" + an_entry(), 8, "YAML"),
        (an_entry() + "easy: あ\x00\n", 8, "YAML"),
    ],
)
def test_a_file_that_is_no_entry_is_told(tmp_path: Path, content: str | bytes, line: int, words: str) -> None:
    path, found, message = one_problem(tmp_path, {ENTRY: content})
    assert (path, found) == (ENTRY, line)
    assert words in message


@pytest.mark.parametrize("content", [an_entry().replace("\n", "\r\n"), "\ufeff" + an_entry()])
def test_what_windows_editors_add_does_no_harm(tmp_path: Path, content: str) -> None:
    assert problems_of(a_content(tmp_path, {ENTRY: content})) == ()


def test_a_bad_opening_hours_expression_is_told_with_an_example(tmp_path: Path) -> None:
    more = "hours:\n  - value: 平日9時から\n    text: 平日\n"
    path, line, message = one_problem(tmp_path, {PLACE: an_entry("place", more=more)})
    assert (path, line) == (PLACE, 9)
    assert "平日9時から" in message
    assert "Mo-Fr 08:45-17:15" in message


def test_an_id_used_twice_is_told_with_the_other_file(tmp_path: Path) -> None:
    path, _, message = one_problem(tmp_path, {"faq/parking.yml": an_entry("faq"), ENTRY: an_entry()})
    assert path == ENTRY
    assert "faq/parking.yml" in message


def test_an_id_unlike_its_file_name_is_told(tmp_path: Path) -> None:
    path, line, message = one_problem(tmp_path, {"procedures/cars.yml": an_entry()})
    assert (path, line) == ("procedures/cars.yml", 1)
    assert "parking" in message
    assert "cars.yml" in message


def test_missing_phrases_are_told(tmp_path: Path) -> None:
    root = a_content(tmp_path, {ENTRY: an_entry()})
    (root / "phrases.yml").unlink()
    [problem] = problems_of(root)
    assert problem.path == "phrases.yml"
    assert_helpful(problem.message)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    problems = problems_of(tmp_path / "nowhere")
    assert [problem.path for problem in problems] == ["phrases.yml", "city.yml"]
    assert all("ありません" in problem.message for problem in problems)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("  about: 「{title}」についてです。", "  about: 次のとおりです。", "{title}"),
        ("  about: 「{title}」についてです。", "  about: 「{title}」の{price}です。", "{price}"),
        ("  about: 「{title}」についてです。", "  about: 「{title」についてです。", "波かっこ"),
        ("  about: 「{title}」についてです。", "  about: 「{title:d}」についてです。", "名前だけ"),
        ("  about: 「{title}」についてです。", "  abut: 「{title}」についてです。", "「abut」"),
        ("choose: ", "chose: ", "「choose」がありません"),
        ("  weekdays: 月火水木金土日", "  weekdays: 月火水", "7文字"),
        ("suggestions: [", "suggestions: [図書館, ", "4つまで"),
        ("empty: 質問を文字で入力してください。", "empty:", "「empty」"),
    ],
)
def test_a_mistake_in_the_phrases_is_told(tmp_path: Path, old: str, new: str, words: str) -> None:
    real = phrases()
    assert old in real
    problems = problems_of(a_content(tmp_path, {"phrases.yml": real.replace(old, new, 1)}))
    assert {problem.path for problem in problems} == {"phrases.yml"}
    assert any(words in problem.message for problem in problems), problems
    for problem in problems:
        assert_helpful(problem.message)


@pytest.mark.parametrize("removed", ["  about: 「{title}」についてです。\n", "    about: 内容\n"])
def test_no_aspect_may_be_left_without_words(tmp_path: Path, removed: str) -> None:
    real = phrases()
    assert removed in real
    [problem] = problems_of(a_content(tmp_path, {"phrases.yml": real.replace(removed, "")}))
    assert "about" in problem.message
    assert_helpful(problem.message)


def test_a_dropped_placeholder_is_told_on_its_line(tmp_path: Path) -> None:
    lines = phrases().splitlines()
    number = next(n for n, line in enumerate(lines, start=1) if line.startswith("expired:"))
    lines[number - 1] = "expired: 期限が過ぎています。"
    [problem] = problems_of(a_content(tmp_path, {"phrases.yml": "\n".join(lines)}))
    assert (problem.path, problem.line) == ("phrases.yml", number)
    assert "{title}" in problem.message


def test_all_problems_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    root = a_content(
        tmp_path,
        {
            "departments/city-hall.yml": OFFICE + "related: [no-such]\n",
            "faq/list.yml": "- 並び\n",
            "faq/sjis.yml": an_entry("faq", "sjis").encode("cp932"),
            ENTRY: an_entry(more="brng: 印鑑\npage: example.jp\nfee: 300\n"),
            "city.yml": city().replace("office: city-hall", "office: no-such"),
        },
    )
    with pytest.raises(ContentError) as error:
        load(root)
    told = [(problem.path, problem.line) for problem in error.value.problems]
    assert sorted(told) == [
        ("city.yml", 4),
        ("departments/city-hall.yml", 8),
        ("faq/list.yml", 1),
        ("faq/sjis.yml", 3),
        *((ENTRY, line) for line in (8, 9, 10)),
    ]
    assert f"{ENTRY}:8: 「brng」" in str(error.value)


def test_a_broken_file_makes_no_false_alarm_about_those_who_refer_to_it(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "departments/city-hall.yml": OFFICE + "hour: 9時\n",
        ENTRY: an_entry(more="department: city-hall\nrelated: [city-hall]\n"),
    }
    path, line, _ = one_problem(tmp_path, files)
    assert (path, line) == ("departments/city-hall.yml", 8)


def test_a_title_that_looks_like_a_date_stays_a_title(tmp_path: Path) -> None:
    text = an_entry().replace("駐車場の手続き", "2026-11-23")
    assert load(a_content(tmp_path, {ENTRY: text})).entries["parking"].title == "2026-11-23"


def test_a_file_cannot_run_code(tmp_path: Path) -> None:
    more = "easy: !!python/object/apply:os.system [echo]\n"
    _, line, message = one_problem(tmp_path, {ENTRY: an_entry(more=more)})
    assert line == 8
    assert "YAML" in message
