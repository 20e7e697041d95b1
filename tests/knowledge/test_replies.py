from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.errors import NoSuchDayError
from knowledge.guides import NO, YES
from knowledge.replies import Move, Press, nearest_day, read_answer, read_move, read_press
from tests.knowledge.guided import TODAY, WORDS, a_step, says

YES_NO = a_step("{id: dog, ask: 犬がいますか。}")
WHEN = a_step("{id: born, ask: いつですか。, answer: date}")
WAY = a_step("{id: way, ask: どれ, choices: [{label: スマホ}, {label: 郵便}, {label: 急ぐ（特急）}]}")
HEARD = {
    Move.NEXT: (
        "できた できました できたよ できたよー 出来た 出来ました 終わった おわりました "
        "終わりました 終わりましたよ 済んだ 済みました やった やりました もうできました "
        "はい、できました 次 次へ つぎ 進む OK ＯＫ オッケー 了解です できた。"
    ),
    Move.UNSURE: (
        "わからない 分からない わかりません わからん わかんない よくわからない "
        "ちょっとわからないです 全然わからない さっぱりわからん 知らない 知りません 知らんよ "
        "わからないよ"
    ),
    Move.BACK: (
        "戻る もどる 前に戻る 一つ前に戻る 戻って 戻ってください 戻りたい 前に戻りたいです 前の質問 前へ"
    ),
    Move.STOP: ("やめる やめます やめたい やめて もういい もういいです 中止 終了 終わりにする 案内をやめる"),
    Move.RESTART: (
        "初めから 最初から はじめから 最初からやり直す 最初からお願いします やり直したい 一からやり直す"
    ),
    Move.RESUME: "続きから 続き つづき 続ける 続きからお願いします 再開する",
}


@pytest.mark.parametrize(("move", "text"), [(move, text) for move in HEARD for text in HEARD[move].split()])
def test_old_people_s_words_are_moves(move: Move, text: str) -> None:
    assert read_move(text) is move


@pytest.mark.parametrize(
    ("move", "text"),
    [
        (Move.STOP, "やめてください"),
        (Move.BACK, "戻ります"),
        (Move.UNSURE, "わかりませんねえ"),
        (Move.UNSURE, "わからんなあ"),
        (Move.RESTART, "最初からお願い"),
        (Move.RESUME, "続きをお願い"),
        (Move.RESUME, "続けます"),
        (Move.RESUME, "続けてください"),
    ],
)
def test_polite_words_are_moves_too(move: Move, text: str) -> None:
    assert read_move(text) is move


@pytest.mark.parametrize(
    "text",
    [
        *(
            "わからないことがある",
            "わからないことがあります",
            "暗証番号がわからない",
            "どこに行けばいいかわからない",
        ),
        *("次の日曜は開いてますか", "次の日", "次は何ですか", "次回の休みは", "続きはどこ"),
        *("できたら教えて", "できたら郵送がいい", "できますか", "できない", "できません", "まだです"),
        *("戻ってきた書類", "戻る場所はどこ", "お金は戻りますか", "前の住所", "前の町で出す届"),
        *("国保をやめる", "仕事をやめた", "やめたい保険", "終わったらどうする", "終わりました？何が"),
        *(
            "最初から最後まで読んだ",
            "初めて来ました",
            "一から十まで",
            "いいです",
            "いいですか",
            "やったことがない",
            "できましたか",
            "すみません",
        ),
        *("児童手当", "はい", "いいえ", "犬", "", " ", "？", "😀"),
    ],
)
def test_questions_and_answers_are_no_moves(text: str) -> None:
    assert read_move(text) is None


@pytest.mark.parametrize(
    ("answer", "texts"),
    [
        (
            YES,
            "はい はい。 はいはい はい、あります はい、そうです うん ええ そう そうです "
            "あります ある います いる おります YES はいです",
        ),
        (
            NO,
            "いいえ いいえ。 いいえ、ありません いいえ、違います いやです いえ "
            "いや ううん ない ないです ないよ ありません いない いません no なし 違います 違う",
        ),
    ],
)
def test_yes_and_no_in_old_people_s_words(answer: str, texts: str) -> None:
    for text in texts.split():
        assert read_answer(text, YES_NO, TODAY) == answer, text


@pytest.mark.parametrize(
    "text",
    [
        *(
            "わからない",
            "はいって何",
            "ないとどうなる",
            "いる物は何ですか",
            "ある人は",
            "犬はいない町",
        ),
        *("はい？犬って何ですか", "児童手当はいくら", "あるかもしれない", "ありなし", "はい、いいえ", ""),
    ],
)
def test_what_is_neither_yes_nor_no_is_not_guessed(text: str) -> None:
    assert read_answer(text, YES_NO, TODAY) is None


@pytest.mark.parametrize(
    "text",
    [
        *("忘れました", "忘れてます", "覚えていません", "間違えました", "迷ってます", "困りました"),
        *("すみません", "申し訳ありません", "失礼しました", "読めません", "聞こえません", "決めてません"),
    ],
)
def test_who_forgot_or_excuses_himself_has_not_answered(text: str) -> None:
    assert read_answer(text, YES_NO, TODAY) is None


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        *(
            ("スマホ", "スマホ"),
            ("スマホ。", "スマホ"),
            ("ｽﾏﾎ", "スマホ"),
            ("郵便です", "郵便"),
            ("郵便で", "郵便"),
        ),
        *(("急ぐ（特急）", "急ぐ（特急）"), ("急ぐ(特急)", "急ぐ（特急）"), ("スマホ で", "スマホ")),
    ],
)
def test_an_option_is_chosen_by_its_label(text: str, answer: str) -> None:
    assert read_answer(text, WAY, TODAY) == answer


@pytest.mark.parametrize("text", ["はい", "電話", "スマホの料金はいくらですか", "わからない", "特急の駅", ""])
def test_what_is_no_option_chooses_none(text: str) -> None:
    assert read_answer(text, WAY, TODAY) is None


@pytest.mark.parametrize("text", ["スマホがない", "スマホはいやだ", "郵便番号は何番", "スマホか郵便"])
def test_an_option_that_is_refused_or_asked_about_is_not_chosen(text: str) -> None:
    assert read_answer(text, WAY, TODAY) is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        *(("11月20日", "2026-11-20"), ("11月20日です", "2026-11-20"), ("１１月２０日", "2026-11-20")),
        *(("十一月二十日", "2026-11-20"), ("11/20", "2026-11-20"), ("11月20日くらい", "2026-11-20")),
        *(("20日", "2026-11-20"), ("20日です", "2026-11-20"), ("25日", "2026-11-25"), ("31日", "2026-10-31")),
        *(("5日", "2026-12-05"), ("10日", "2026-11-10"), ("1日", "2026-12-01")),
        *(
            ("昨日", "2026-11-22"),
            ("きのう", "2026-11-22"),
            ("おととい", "2026-11-21"),
            ("今日", "2026-11-23"),
        ),
        *(("昨日生まれました", "2026-11-22"), ("明日", "2026-11-24"), ("あさって", "2026-11-25")),
        *(
            ("金曜", "2026-11-20"),
            ("金曜日", "2026-11-20"),
            ("水曜日", "2026-11-25"),
        ),
        *(
            ("12月1日", "2026-12-01"),
            ("1月5日", "2027-01-05"),
            ("8月1日", "2026-08-01"),
            ("6月1日", "2026-06-01"),
        ),
        *(("2026年11月20日", "2026-11-20"), ("令和8年11月20日", "2026-11-20"), ("2026-11-20", "2026-11-20")),
        *(("2024年1月5日", "2024-01-05"), ("今月の20日", "2026-11-20"), ("来月1日", "2026-12-01")),
        *(("文化の日", "2026-11-03"), ("元日", "2027-01-01"), ("今年の1月5日", "2026-01-05")),
    ],
)
def test_a_day_is_the_nearest_that_is_called_so(text: str, day: str) -> None:
    assert read_answer(text, WHEN, TODAY) == day


@pytest.mark.parametrize(
    ("today", "text", "day"),
    [
        ("2027-01-02", "12月30日", "2026-12-30"),
        ("2027-01-02", "昨日", "2027-01-01"),
        ("2027-01-02", "おととい", "2026-12-31"),
        ("2026-12-30", "1月3日", "2027-01-03"),
        ("2028-03-01", "昨日", "2028-02-29"),
        ("2028-03-01", "2月29日", "2028-02-29"),
        ("2027-03-01", "31日", "2027-03-31"),
        ("2027-03-05", "28日", "2027-02-28"),
    ],
)
def test_the_nearest_day_may_lie_in_another_month_or_year(today: str, text: str, day: str) -> None:
    assert nearest_day(text, date.fromisoformat(today)) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("先月20日", "2026-10-20"),
        ("先月の20日", "2026-10-20"),
        ("先月末", "2026-10-31"),
        ("去年の12月1日", "2025-12-01"),
        ("昨年12月1日", "2025-12-01"),
        ("先週の水曜", "2026-11-18"),
        ("この前の日曜", "2026-11-22"),
        ("3日前", "2026-11-20"),
        ("一週間前", "2026-11-16"),
        ("さきおととい", "2026-11-20"),
    ],
)
def test_what_was_is_never_taken_for_another_day(text: str, day: str) -> None:
    assert nearest_day(text, TODAY) in (None, date.fromisoformat(day))


@pytest.mark.parametrize("text", ["11月20日か21日", "昨日か一昨日", "11月20日と21日"])
def test_of_two_days_none_is_taken(text: str) -> None:
    assert nearest_day(text, TODAY) is None


@pytest.mark.parametrize(
    "text", ["2月30日", "11月31日", "13月1日", "32日", "2027年2月29日", "9999年1月1日", "0001年1月1日"]
)
def test_a_day_of_no_calendar_is_told_so(text: str) -> None:
    with pytest.raises(NoSuchDayError):
        read_answer(text, WHEN, TODAY)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "わからない",
            "まだ生まれていません",
            "11月",
            "20",
            "先週",
            "来週",
            "お盆",
            "年末",
            "15日以内",
            "5日間",
        ),
        *("児童手当はいつまで", "はい", "図書館の日曜の開館時間を教えて", "😀"),
    ],
)
def test_what_names_no_one_day_is_no_answer_to_when(text: str) -> None:
    assert read_answer(text, WHEN, TODAY) is None


@pytest.mark.parametrize(
    "text",
    [
        *("次の日曜は開いてますか", "20日は開いてる？", "明日は休みですか", "今日はやってますか"),
        *("来週の土曜は開いていますか", "20日はいつも休み", "明日は何時から"),
    ],
)
def test_a_question_about_a_day_is_no_answer_to_when(text: str) -> None:
    assert read_answer(text, WHEN, TODAY) is None


@pytest.mark.parametrize("text", ["来週の土曜あいてる", "ごみの日は明日", "明日のごみは何"])
def test_a_question_without_its_mark_is_no_answer_to_when(text: str) -> None:
    assert read_answer(text, WHEN, TODAY) is None


@given(st.dates(TODAY - timedelta(days=170), TODAY + timedelta(days=170)))
def test_a_day_said_by_month_and_day_is_found_on_either_side_of_today(day: date) -> None:
    assert nearest_day(f"{day.month}月{day.day}日", TODAY) == day
    assert nearest_day(day.isoformat(), TODAY) == day


@pytest.mark.parametrize("label", ["はい", "急ぐ（特急）", "できた", "会社などの健康保険"])
@pytest.mark.parametrize("short", ["案内", "70歳と75歳"])
def test_a_button_is_known_for_its_guide_and_step(label: str, short: str) -> None:
    assert read_press(f" {says(label, 12, short)}\n", WORDS) == Press(label, short, 12)


@pytest.mark.parametrize(
    "text",
    [
        "できた",
        "はい（案内）",
        "（案内 手順1）",
        "はい（案内 手順）",
        "はい（案内 手順1234）",
        "手順1",
        "",
        "はい（案内 手順1）です",
    ],
)
def test_what_is_no_button_is_not_taken_for_one(text: str) -> None:
    assert read_press(text, WORDS) is None


@given(st.text(max_size=40) | st.text("はいいえ月日前次戻る0123456789（）。 できた手順", max_size=20))
def test_any_text_is_read_without_harm(text: str) -> None:
    read_move(text)
    read_press(text, WORDS)
    for step in (YES_NO, WAY):
        assert read_answer(text, step, TODAY) in {None, *(option.label for option in step.options)}
    try:
        day = read_answer(text, WHEN, TODAY)
    except NoSuchDayError:
        return
    assert day is None or date.fromisoformat(day)


@pytest.mark.parametrize(
    ("ask", "said", "answer"),
    [
        ("使えるカードを持っていますか。", "持っています", YES),
        ("使えるカードを持っていますか。", "もう持ってるよ", YES),
        ("使えるカードを持っていますか。", "持ってないです", NO),
        ("死亡届は、もう出しましたか。", "出しました", YES),
        ("死亡届は、もう出しましたか。", "まだ出していません", NO),
        ("死亡届は、もう出しましたか。", "忘れました", None),
        ("国民健康保険に入っていますか。", "入っていません", NO),
        ("国民健康保険に入っていますか。", "すみません", None),
    ],
)
def test_the_verb_of_the_question_said_back_answers_it(ask: str, said: str, answer: str | None) -> None:
    assert read_answer(said, a_step(f"{{id: a, ask: {ask}}}"), TODAY) == answer


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("5日", "2026-11-05"),
        ("12月1日", "2025-12-01"),
        ("今日", "2026-11-23"),
        ("昨日", "2026-11-22"),
        ("明日", None),
    ],
)
def test_a_day_that_must_be_past_is_never_one_to_come(text: str, day: str | None) -> None:
    assert read_answer(text, a_step("{id: born, ask: いつ, answer: past_date}"), TODAY) == day
