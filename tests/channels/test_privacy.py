from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.core.privacy import mask, without_labels
from tests.content import REAL

ASCII_TO = {
    "ascii": "0123456789",
    "full-width": "０１２３４５６７８９",
    "kanji": "〇一二三四五六七八九",
    "arabic-indic": "٠١٢٣٤٥٦٧٨٩",
}
GAPS = ["", " ", "　", "-", "‐", "ー", "−", "－", "・", ".", "\n", " - "]
GAPS += [
    "/",
    "／",
    "、",
    "，",
    ",",
    "    ",
    "\u200b",
    "\u200b\u2060\ufeff\u00ad",
    "）（",
    "」「",
    "_",
    "★",
    "\ue000",
]
GAPS += ["［", "\u3164"]
NUMBER = "123456789012"


@pytest.mark.parametrize("writing", ASCII_TO)
@pytest.mark.parametrize("gap", GAPS)
def test_a_my_number_is_hidden_in_every_writing(writing: str, gap: str) -> None:
    digits = NUMBER.translate(str.maketrans(ASCII_TO["ascii"], ASCII_TO[writing]))
    written = gap.join([digits[:4], digits[4:8], digits[8:]])
    assert mask(f"番号は{written}です").text == "番号は［個人番号］です"


@given(st.text(alphabet="0123456789", min_size=12, max_size=12), st.text(), st.text())
def test_twelve_digits_never_stay_whatever_stands_around_them(digits: str, before: str, after: str) -> None:
    masked = mask(f"{before}あ{digits}あ{after}")
    assert f"あ{digits}あ" not in masked.text
    assert masked.hidden


@given(st.text())
def test_masking_never_fails_and_what_is_left_is_stable(text: str) -> None:
    once = mask(text)
    assert mask(once.text).text == once.text


PIECES = [
    *[
        "番号",
        "電話番号",
        "口座",
        "暗証番号",
        "パスワード",
        "pin",
        "町",
        "条西",
        "丁目",
        "番地",
        "〒",
        "円",
        "あ",
    ],
    *[
        "1",
        "12",
        "0124",
        "2026",
        "/11/23",
        "1,000",
        "a1b2",
        "x@y.jp",
        "@",
        ".",
        ",",
        ":",
        "-",
        " ",
        "\n",
        "の",
    ],
    *["［", "］", "［住所］", "［番号］", "［暗証番号］", "\u200b"],
]


@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join))
def test_masking_again_changes_nothing(text: str) -> None:
    once = mask(text)
    assert mask(once.text).text == once.text


@given(st.lists(st.text(alphabet=" 　/、,.-・()\u200b\ufe0f\u20e3", max_size=4), min_size=11, max_size=11))
def test_single_digits_join_over_any_gaps(gaps: list[str]) -> None:
    written = "".join(digit + gap for digit, gap in zip("345678901234", [*gaps, ""], strict=True))
    assert mask(f"あ{written}あ").text == "あ［個人番号］あ"


@pytest.mark.parametrize("writing", ["{}\ufe0f\u20e3", "{}\u20e3", "{}\ufe0f\u20e3 ", "({})"])
def test_decorated_digits_are_digits(writing: str) -> None:
    assert mask("".join(writing.format(digit) for digit in NUMBER)).hidden == ("［個人番号］",)


@pytest.mark.parametrize("digits", ["①②③④⑤⑥⑦⑧⑨①②③", "❶❷❸❹❺❻❼❽❾❶❷❸", "⒈⒉⒊⒋⒌⒍⒎⒏⒐⒈⒉⒊", "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑴⑵⑶"])
def test_enclosed_digits_are_digits(digits: str) -> None:
    assert mask(f"あ{digits}あ").text == "あ［個人番号］あ"


@pytest.mark.parametrize(
    "unit",
    [
        *[
            "1",
            "1/",
            "1、 ",
            "/、 \u200b-・",
            "1:",
            "a",
            "a.",
            "a@",
            "a@a.",
            "pin",
            "pin1",
            "pin1!",
            "pin!",
            "番号",
        ],
        *[
            "番号1",
            "番号1234",
            "［",
            "［住所］",
            "1番1号 ",
            "1条西1",
            "町1-",
            "丁目",
            "〒",
            "2026/11/23 ",
            "1,000 ",
        ],
        *["1,000円 ", "番号2026/11/23 1", "1丁目1の", "パスワードa", " ", "!1", "x1!"],
    ],
)
@pytest.mark.parametrize("start", ["", "パスワード", "a@"])
def test_long_texts_are_fast(start: str, unit: str) -> None:
    text = (start + unit * 20_000)[:20_000]
    began = time.process_time()
    mask(text)
    assert time.process_time() - began < 0.2


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("4111 1111 1111 1111", "［カード番号］"),
        ("090-1234-5678 に電話して", "［電話番号］ に電話して"),
        ("（0124）22-2111", "（［電話番号］"),
        ("暗証番号は1234です", "暗証番号は［暗証番号］です"),
        ("PINは １２３４", "PINは ［暗証番号］"),
        ("taro@example.jp へ", "［メールアドレス］ へ"),
        ("北1条東1丁目3番地に住んでいます", "［住所］に住んでいます"),
        ("上芦別町123番地4", "上芦別町［住所］"),
        ("芦別市旭町10-5", "芦別市旭町［住所］"),
        ("芦別市旭町 １０－５です", "芦別市旭町 ［住所］です"),
        ("旭町10番5号", "旭町［住所］"),
        ("南二条西1-2-3", "［住所］"),
        ("〒075-0011", "［住所］"),
        ("〒0750011 芦別市", "［住所］ 芦別市"),
        ("暗証番号は「abc123XYZ」", "暗証番号は「［暗証番号］」"),
        ("パスワードはTARO1955です", "パスワードは［暗証番号］です"),
        ("パスワードはＴＡＲＯ１９５５です", "パスワードは［暗証番号］です"),
        ("パスワードはP@ss_w0rdです", "パスワードは［暗証番号］です"),
        ("署名用の暗証番号 ABC123", "署名用の暗証番号 ［暗証番号］"),
        ("PIN code: 1234", "PIN code: ［暗証番号］"),
        ("電話番号は23-4567", "電話番号は［電話番号］"),
        ("口座番号1234567", "口座番号［番号］"),
        ("被保険者番号 12345678", "被保険者番号 ［番号］"),
        ("免許証番号は「12-34567」です", "免許証番号は「［番号］」です"),
        ("振込口座：7654321", "振込口座：［番号］"),
        ("郵便番号は０７５－００１１", "郵便番号は［番号］"),
        ("1,000円と123,456,789,012", "1,000円と［個人番号］"),
        ("2026/11/23 090-1234-5678", "［カード番号］"),
    ],
)
def test_other_personal_things_are_hidden(said: str, left: str) -> None:
    assert mask(said).text == left


@pytest.mark.parametrize(
    "said",
    [
        "15日以内ですか",
        "2026年11月23日",
        "2026-11-23",
        "3歳未満は15,000円",
        "119番",
        "#7119",
        "暗証番号4桁を忘れた",
        "北1条西2丁目の近く",
        "1番",
        "12月31日は開いてる？",
        "電話は9時から17時30分",
        "昭和二十三年四月五日生まれ",
        "昭和23年4月5日",
        "15,000円",
        "1,000 2,000 3,000円",
        "１，０００、２，０００、３，０００円",
        "1,000円、2,000円、3,000円、4,000円",
        "2026/11/23 12:30",
        "2026/11/23 12:30、2026/11/24 10:00",
        "2026/11/23から2026/12/31",
        "2026/11/23-2026/12/31",
        "2026/11/23 15,000円",
        "8:45-17:15",
        "９：００～１７：３０、１０：００～１２：００",
        "9:00〜17:30、10:00〜12:00",
        "119",
        "119、#7119",
        "3、4、5",
        "パスワードをiPhoneで変えたい",
        "署名用の暗証番号は6-16桁？",
        "旭町 9-17時",
        "番号札の手数料は15,000円",
        "電話番号は119",
        "番号の受付は2026-11-23",
        "番号を忘れた\n12345",
    ],
)
def test_harmless_numbers_stay(said: str) -> None:
    assert mask(said).text == said


def test_the_words_that_stand_for_what_was_hidden_are_no_part_of_the_question() -> None:
    masked = mask("123456789012 の再発行")
    assert without_labels(masked.text, masked.hidden) == "の再発行"


def test_no_button_holds_what_is_masked() -> None:
    content = REAL
    words = content.phrases
    says = [entry.title for entry in content.entries.values()]
    says += [
        words.guide.says.format(label=g.short, short=g.short, number=12) for g in content.guides.values()
    ]
    assert [text for text in says if mask(text).hidden] == []
