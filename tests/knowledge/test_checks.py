from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from knowledge.checks import hints
from knowledge.loader import load
from tests.knowledge.handmade import SOURCE, a_content

TODAY = date(2026, 11, 23)
ENTRY = "procedures/parking.yml"
DRAFT = "procedures/parking.draft.yml"
OTHER = "procedures/scooters.yml"
OFFICE = "departments/city-hall.yml"
RIGHT_OFFICE = f"""kind: department
id: city-hall
title: 芦別市役所
questions: [市役所はどこ, 役所の場所, 役場の電話, 総合案内, 代表番号は, 庁舎, 役所の住所, 庁舎の地図]
summary: 芦別市の役所です。
easy: 市の 役所です。
status: confirmed
{SOURCE}"""
RIGHT = f"""kind: procedure
id: parking
title: 市営駐車場の申し込み
aliases: [月極駐車場]
questions:
  - 駐車場を借りたい
  - 車を置く場所がほしい
  - 月極の空きはある
  - 車庫がない
  - 駐車場の料金は
  - パーキングの契約
  - 車を停める所を探している
  - 駐車場を申し込む
summary: 市営駐車場を借りる手続きです。料金は3,000円です。
easy: 市の 駐車場を 借ります。3,000円です。
status: confirmed
who: 市内に住んでいる人
when: いつでも
bring: [免許証, 車検証]
fee: 1か月 3,000円
where: 市役所の窓口
how:
  window: 窓口で申し込みます
  post: 郵送ではできません
  online: オンラインではできません
{SOURCE}"""
"""Its lines: 5 questions, 14 summary, 15 easy, 17 who, 20 fee, 22 how, 23 window, 26 sources."""
RIGHT_OTHER = (
    RIGHT.replace("parking", "scooters")
    .replace("駐車場", "駐輪場")
    .replace("車を", "スクーターを")
    .replace("月極の空き", "駐輪の空き")
    .replace("車庫がない", "自転車置き場がない")
    .replace("パーキング", "サイクルポート")
)

type Told = list[tuple[str, int, str]]


def told(root: Path, files: dict[str, str]) -> Told:
    """The hints on a folder whose office is right."""
    a_content(root, {OFFICE: RIGHT_OFFICE, **files})
    return [(hint.path, hint.line, hint.message) for hint in hints(load(root), root, TODAY)]


def changed(old: str, new: str, text: str = RIGHT) -> str:
    assert text.count(old) == 1, old
    return text.replace(old, new)


def without(field: str) -> str:
    return "".join(line for line in RIGHT.splitlines(keepends=True) if not line.strip().startswith(field))


def test_right_entries_have_no_hints(tmp_path: Path) -> None:
    assert told(tmp_path, {ENTRY: RIGHT, OTHER: RIGHT_OTHER}) == []


@pytest.mark.parametrize(
    ("fee", "words"),
    [
        ("['value：1か月 3,000円']", "半角のコロン"),
        ("['1か月 3,000円 valid_until: 2027-03-31']", "「- value: 文」の形"),
        ("[1か月 3,000円]", "「,」で切れています"),
        ("'- 1か月 3,000円'", "半角の「- 」"),
        ("－ 1か月 3,000円", "半角の「- 」"),
        ("'3,000'", "単位まで"),
        (
            "[{value: '3,000円', valid_until: 2027-03-31}, {value: '3,500円', valid_from: 2028-04-01}]",
            "あいだがあいて",
        ),
        ("[{value: 3千円, valid_until: 2027-04-30}, {value: 4千円, valid_from: 2027-04-01}]", "重なって"),
    ],
)
def test_what_yaml_reads_otherwise_than_it_was_meant_is_told(tmp_path: Path, fee: str, words: str) -> None:
    hints_on_fee = told(tmp_path, {ENTRY: changed("fee: 1か月 3,000円", f"fee: {fee}")})
    assert any(line == 20 and words in message for _, line, message in hints_on_fee), hints_on_fee


def test_versions_that_follow_each_other_and_unlike_facts_have_no_hint(tmp_path: Path) -> None:
    fee = "[{value: 3千円, valid_until: 2027-03-31}, {value: 4千円, valid_from: 2027-04-01}]"
    unlike = "[{value: 3千円, valid_until: 2027-03-31}, {value: 学生は無料, valid_from: 2028-04-01}]"
    for right in (fee, unlike):
        text = changed("fee: 1か月 3,000円", f"fee: {right}").replace("3,000円", "お金")
        assert told(tmp_path, {ENTRY: text}) == []


def test_a_one_off_day_that_has_passed_is_told_in_case_its_year_is_wrong(tmp_path: Path) -> None:
    hall = changed("kind: procedure", "kind: place").replace("parking", "hall")
    gone = hall[: hall.index("who:")] + SOURCE + "special_days: [{day: 2025-12-01, hours: closed}]\n"
    found = told(tmp_path, {"places/hall.yml": gone})
    assert [message for _, _, message in found] == ["日が過ぎています。年を確かめるか、消してください"]


def test_a_draft_s_references_are_checked(tmp_path: Path) -> None:
    found = told(tmp_path, {DRAFT: RIGHT + "department: libary\nrelated: [no-such, parking]\n"})
    messages = [message for path, _, message in found if path == DRAFT]
    assert any("department「libary」" in message for message in messages)
    assert any("related の「no-such」" in message for message in messages)
    assert not any("related の「parking」" in message for message in messages)


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("  - 車庫がない\n", "", 5, "聞き方が7つ"),
        ("easy: 市の 駐車場を 借ります。3,000円です。\n", "", 1, "easy"),
        ("免許証", "ここに書く", 1, "ここに書く"),
        ("who: 市内に住んでいる人", "who: 関係機関が認める人", 17, "関係機関"),
        ("summary: 市営", "summary: 随時、市営", 14, "随時"),
        ("easy: 市の", "easy: 別途 市の", 15, "別途"),
        ("郵送ではできません", "昭和70年からできません", 24, "昭和70年"),
        ("summary: 市営", "summary: 減免のある市営", 14, "減免"),
        ("借りる手続きです。", "借りる手続きで、" + "あ" * 70 + "。", 14, "70文字まで"),
        ("借ります。3,000円です。", "借りて" + "あ" * 50 + "。", 15, "50文字まで"),
        ("窓口で申し込みます", "電話は #9110 です", 23, "#9110"),
    ],
)
def test_a_weakness_is_told_once_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, words: str
) -> None:
    [(path, found, message)] = told(tmp_path, {ENTRY: changed(old, new)})
    assert (path, found) == (ENTRY, line)
    assert words in message
    assert "ください" in message


@pytest.mark.parametrize("field", ["who", "when", "bring", "fee", "where"])
def test_what_residents_ask_of_any_procedure_may_not_be_left_out(tmp_path: Path, field: str) -> None:
    [(path, line, message)] = told(tmp_path, {ENTRY: without(f"{field}:")})
    assert (path, line) == (ENTRY, 1)
    assert f"「{field}」がありません" in message
    assert "unconfirmed" in message


@pytest.mark.parametrize("way", ["window", "post", "online"])
def test_no_way_to_do_a_procedure_may_be_left_out(tmp_path: Path, way: str) -> None:
    [(_, line, message)] = told(tmp_path, {ENTRY: without(f"{way}:")})
    assert line == 22
    assert f"「how.{way}」がありません" in message


def test_only_procedures_need_what_residents_ask_of_procedures(tmp_path: Path) -> None:
    text = RIGHT.partition("who:")[0] + SOURCE
    assert told(tmp_path, {"faq/parking.yml": changed("kind: procedure", "kind: faq", text)}) == []


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("sources:", "valid_until: 2026-11-22\nsources:", 1),
        ("who: 市内に住んでいる人", "who: [{value: 市民, valid_until: 2026-11-22}]", 17),
        ("summary: ", "summary:\n  - valid_until: 2026-11-22\n    value: ", 15),
        ("who:", "form: {service: 予約, url: 'https://a.jp', valid_until: 2026-11-22}\nwho:", 17),
    ],
)
def test_what_ran_out_yesterday_is_told(tmp_path: Path, old: str, new: str, line: int) -> None:
    [(_, found, message)] = told(tmp_path, {ENTRY: changed(old, new)})
    assert found == line
    assert "2026-11-22 に期限が過ぎています" in message


def test_what_runs_out_today_is_not_told_yet(tmp_path: Path) -> None:
    assert told(tmp_path, {ENTRY: changed("sources:", "valid_until: 2026-11-23\nsources:")}) == []


@pytest.mark.parametrize(
    "doubt", ["status: unconfirmed", "valid_until: 2027-03-31", "valid_from: 2026-04-01"]
)
def test_a_summary_may_not_give_a_doubtful_figure(tmp_path: Path, doubt: str) -> None:
    fee = f"fee: [{{value: '1か月 3,000円', {doubt}}}]"
    found = told(tmp_path, {ENTRY: changed("fee: 1か月 3,000円", fee)})
    assert [(path, line) for path, line, _ in found] == [(ENTRY, 14), (ENTRY, 15)]
    assert all("「3,000円」" in message for _, _, message in found)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("who: 市内に住んでいる人", "who: 3,000円を払える人"),
        ("status: confirmed", "status: unconfirmed"),
    ],
)
def test_a_figure_that_is_sure_elsewhere_or_marked_with_its_entry_may_be_given(
    tmp_path: Path, old: str, new: str
) -> None:
    doubtful = changed("fee: 1か月 3,000円", "fee: [{value: '1か月 3,000円', status: unconfirmed}]")
    assert told(tmp_path, {ENTRY: changed(old, new, doubtful)}) == []


def test_a_text_with_dates_may_give_a_figure_with_dates(tmp_path: Path) -> None:
    text = changed("fee: 1か月 3,000円", "fee: [{value: '1か月 3,000円', valid_until: 2027-03-31}]")
    text = changed("easy: 市の", "easy:\n  - valid_until: 2027-03-31\n    value: 市の", text)
    text = changed("summary: ", "summary:\n  - valid_until: 2027-03-31\n    value: ", text)
    assert told(tmp_path, {ENTRY: text}) == []


def test_a_figure_is_not_found_inside_a_longer_one(tmp_path: Path) -> None:
    text = RIGHT.replace("。料金は3,000円です", "。料金は13,000円です").replace("。3,000円です", "")
    doubtful = changed("fee: 1か月 3,000円", "fee: [{value: '3,000円', status: unconfirmed}]", text)
    assert told(tmp_path, {ENTRY: doubtful}) == []


def test_a_figure_counts_however_wide_its_digits_are(tmp_path: Path) -> None:
    fee = "fee: [{value: '３,０００円', status: unconfirmed}]"
    assert [line for _, line, _ in told(tmp_path, {ENTRY: changed("fee: 1か月 3,000円", fee)})] == [14, 15]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("title: 市営駐輪場の申し込み", "title: 月極 駐車場", 3),
        ("aliases: [月極駐輪場]", "aliases: [駐輪, 市営駐車場の申し込み]", 4),
    ],
)
def test_a_name_of_two_entries_is_told_at_the_second(tmp_path: Path, old: str, new: str, line: int) -> None:
    found = told(tmp_path, {ENTRY: RIGHT, OTHER: changed(old, new, RIGHT_OTHER)})
    assert [place[:2] for place in found if "名前でもあります" in place[2]] == [(OTHER, line)]
    assert any("parking の名前" in message for _, _, message in found)


def test_a_question_of_two_entries_is_told_at_the_second(tmp_path: Path) -> None:
    again = changed("  - 自転車置き場がない", "  - 車庫がない？", RIGHT_OTHER)
    found = [hint for hint in told(tmp_path, {ENTRY: RIGHT, OTHER: again}) if "にもあります" in hint[2]]
    [(path, line, message)] = found
    assert (path, line) == (OTHER, 9)
    assert "parking にもあります" in message


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("窓口で申し込みます", '"電話は #9110 です"'),
        ("窓口で申し込みます", "'電話は #9110 です'"),
        ("窓口で申し込みます", "電話は#9110です"),
        ("窓口で申し込みます", '"#9110"'),
        ("who:", "# 電話は #9110 です\nwho:"),
        ("status: confirmed", "status: confirmed # 警察は #9110 です"),
    ],
)
def test_a_number_sign_that_cuts_nothing_off_is_no_weakness(tmp_path: Path, old: str, new: str) -> None:
    assert told(tmp_path, {ENTRY: changed(old, new)}) == []


def test_a_right_draft_is_told_to_be_one(tmp_path: Path) -> None:
    [(path, line, message)] = told(tmp_path, {DRAFT: RIGHT})
    assert (path, line) == (DRAFT, 1)
    assert "下書き" in message


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("who: 市内に住んでいる人", "who: 関係機関が認める人", 17, "関係機関"),
        ("窓口で申し込みます", "電話は #9110 です", 23, "#9110"),
    ],
)
def test_the_weaknesses_of_a_draft_are_told_with_their_lines(
    tmp_path: Path, old: str, new: str, line: int, words: str
) -> None:
    [draft, (path, found, message)] = told(tmp_path, {DRAFT: changed(old, new)})
    assert "下書き" in draft[2]
    assert (path, found) == (DRAFT, line)
    assert words in message


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("id: parking", "id: cars", 1, "cars"),
        ("who:", "wo:", 17, "「wo」という項目はありません"),
        ("aliases: [月極駐車場]", "aliases: 月極: 駐車場", 4, "ください"),
    ],
)
def test_a_mistake_in_a_draft_is_told_but_harms_nobody(
    tmp_path: Path, old: str, new: str, line: int, words: str
) -> None:
    [(path, found, message)] = told(tmp_path, {DRAFT: changed(old, new)})
    assert (path, found) == (DRAFT, line)
    assert words in message


def test_hints_come_by_file_and_line(tmp_path: Path) -> None:
    weak = changed("市内に住んでいる人", "関係機関", changed("easy: 市の", "easy: 適宜"))
    faq = "kind: faq\nid: a\ntitle: お知らせ\nsummary: 随時お知らせします。\nstatus: confirmed\n" + SOURCE
    found = told(tmp_path, {ENTRY: weak, DRAFT: RIGHT, "faq/a.yml": faq})
    assert [(path, line) for path, line, _ in found] == [
        *[("faq/a.yml", line) for line in (1, 1, 4)],
        (DRAFT, 1),
        (ENTRY, 15),
        (ENTRY, 17),
    ]


def test_progress_is_told_once_for_each_entry(tmp_path: Path) -> None:
    root, ticks = a_content(tmp_path, {ENTRY: RIGHT, OTHER: RIGHT_OTHER}), []
    hints(load(root), root, TODAY, lambda done, total: ticks.append((done, total)))
    assert ticks == [(1, 3), (2, 3), (3, 3)]
