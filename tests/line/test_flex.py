from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from channels.line import limits
from channels.line.flex import answer_bubble, choice_list, uri
from channels.line.measure import units
from knowledge.answer import (
    Answer,
    AnswerChoice,
    AnswerFact,
    AnswerKind,
    AnswerLink,
    AnswerSource,
    LinkRole,
    Status,
)
from tests.content import real_knowledge

KNOWLEDGE = real_knowledge()
PHRASES = KNOWLEDGE.phrases
PAGE = AnswerLink(label="市のページ", url="https://example.jp/page", role=LinkRole.PAGE)
PHONE = AnswerLink(label="市民課 0124-22-2111", url="tel:0124-22-2111", role=LinkRole.TEL)
FORM = AnswerLink(label="申し込む", url="https://example.jp/form", role=LinkRole.FORM)


def fact(label: str, value: str, status: Status = Status.CONFIRMED) -> AnswerFact:
    return AnswerFact(label=label, value=value, status=status)


def message_of(**parts: Any) -> dict[str, Any]:  # noqa: ANN401  # whatever an Answer is made of
    answer = Answer(**{"kind": AnswerKind.ANSWER, "text": "お答えします。"} | parts)
    message = answer_bubble(answer, PHRASES)
    assert message
    found: dict[str, Any] = message.to_dict()
    return found


def body(message: dict[str, Any]) -> list[Any]:
    found: list[Any] = message["contents"]["body"]["contents"]
    return found


def buttons(message: dict[str, Any]) -> list[Any]:
    found: list[Any] = message["contents"]["footer"]["contents"]
    return found


def test_the_text_comes_first_readable_and_whole() -> None:
    (text,) = body(message_of())
    assert text["text"] == "お答えします。"
    assert (text["size"], text["color"], text["wrap"], text["scaling"]) == ("md", "#1a1a1a", True, True)


def test_facts_stand_under_their_label_which_is_said_once() -> None:
    facts = (fact("期限", "15日以内"), fact("持ち物", "印鑑"), fact("持ち物", "通帳"))
    _, due, bring = body(message_of(facts=facts))
    assert [text["text"] for text in due["contents"]] == ["期限", "15日以内"]
    assert [text["text"] for text in bring["contents"]] == ["持ち物", "・印鑑", "・通帳"]
    assert [(text["size"], text.get("weight")) for text in due["contents"]] == [("sm", "bold"), ("md", None)]


def test_what_is_not_confirmed_is_marked() -> None:
    facts = (fact("費用", "300円", Status.UNCONFIRMED), fact("期限", "なし", Status.NATIONAL))
    _, fee, due = body(message_of(facts=facts))
    assert fee["contents"][1]["text"] == f"300円{PHRASES.line.unconfirmed}"
    assert due["contents"][1]["text"] == "なし"


def test_an_empty_fact_or_label_is_not_shown() -> None:
    facts = (fact("期限", " ", Status.UNCONFIRMED), fact("", "印鑑"))
    _, only = body(message_of(facts=facts))
    assert [text["text"] for text in only["contents"]] == ["印鑑"]


def test_the_source_is_named_last_small_and_grey() -> None:
    source = AnswerSource(title="市のページ", checked_on=date(2026, 11, 23))
    *_, last = body(message_of(sources=(source,)))
    assert last["text"] == "出典：市のページ（2026年11月確認）"
    assert (last["size"], last["color"]) == ("sm", "#595959")


def test_the_form_comes_first_then_the_phone_then_the_page() -> None:
    form, phone, page = buttons(message_of(links=(PAGE, PHONE, FORM)))
    assert form["action"] == {"type": "uri", "label": "申し込む", "uri": "https://example.jp/form"}
    assert (form["backgroundColor"], form["contents"][0]["color"]) == ("#0017c1", "#ffffff")
    assert (phone["borderColor"], phone["contents"][0]["color"]) == ("#0017c1", "#0017c1")
    assert page["contents"][0]["decoration"] == "underline"
    assert page["action"]["uri"] == "https://example.jp/page"


def test_the_phone_button_dials_and_shows_its_number() -> None:
    nameless = AnswerLink(label="市民課", url="tel:0124-22-2111", role=LinkRole.TEL)
    full_width = AnswerLink(label="市民課 ０１２４-22-2111", url="tel:0124-22-2111", role=LinkRole.TEL)
    found = buttons(message_of(links=(PHONE, nameless, full_width)))
    assert [button["action"]["uri"] for button in found] == ["tel:0124-22-2111"] * 3
    assert [button["contents"][0]["text"] for button in found] == [PHONE.label, PHONE.label, full_width.label]


def test_a_long_button_shows_all_of_its_label() -> None:
    label = "マイナポータルで申し込む（芦別市で使えるかは、まだ確認できていません。お電話でどうぞ）"
    (button,) = buttons(message_of(links=(AnswerLink(label=label, url=FORM.url, role=LinkRole.FORM),)))
    assert (button["contents"][0]["text"], button["contents"][0]["wrap"]) == (label, True)
    assert units(button["action"]["label"]) == limits.ACTION_LABEL


def test_a_notification_reads_the_text_and_the_first_facts() -> None:
    facts = (fact("持ち物", "印鑑"), fact("持ち物", "通帳"), fact("費用", "あ" * 500, Status.UNCONFIRMED))
    alt_text = message_of(facts=facts, links=(FORM,))["altText"]
    assert alt_text.startswith("お答えします。\n持ち物：印鑑\n通帳\n費用：ああ")
    assert units(alt_text) == limits.ALT_TEXT


def test_a_bubble_that_is_too_big_for_line_is_none() -> None:
    answer = Answer(kind=AnswerKind.ANSWER, text="あ" * 5000)
    assert answer_bubble(answer, PHRASES) is None


def test_nothing_to_read_is_no_bubble() -> None:
    assert answer_bubble(Answer(kind=AnswerKind.ANSWER, text=" ", links=(FORM,)), PHRASES) is None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.jp/申請?q=届け出#上", "https://example.jp/%E7%94%B3%E8%AB%8B?q=%E5%B1%8A%E3%81%91%E5%87%BA#%E4%B8%8A"),
        ("https://example.jp/a%20b?c=[1]", "https://example.jp/a%20b?c=%5B1%5D"),
        ("http://example.jp:8080", "http://example.jp:8080"),
        ("https://example.jp/100%", None),
        ("https://user:secret@example.jp/", None),
        ("https:///", None),
        (f"https://example.jp/{'a' * 981}", f"https://example.jp/{'a' * 981}"),
        (f"https://example.jp/{'a' * 982}", None),
        ("tel:%239110", "tel:%239110"),
        ("tel:(0124)%2022-2111", "tel:012422-2111"),
        ("tel:+81-124-22-2111", "tel:+81-124-22-2111"),
        ("tel:--", None),
    ],
)  # fmt: skip
def test_an_address_is_what_line_takes_or_none(url: str, expected: str | None) -> None:
    assert uri(AnswerLink(label="", url=url, role=LinkRole.PAGE)) == expected


def test_choices_are_spread_evenly() -> None:
    message = choice_list([AnswerChoice(label=f"選択{n}", says=f"{n}を選ぶ") for n in range(14)])
    assert message
    bubbles = message.to_dict()["contents"]["contents"]
    assert [len(bubble["body"]["contents"]) for bubble in bubbles] == [7, 7]
    assert bubbles[0]["body"]["contents"][0]["action"] == {
        "type": "message",
        "label": "選択0",
        "text": "0を選ぶ",
    }


def test_more_choices_than_a_carousel_holds_are_no_list() -> None:
    most = limits.CAROUSEL_BUBBLES * limits.CHOICES_IN_BUBBLE
    assert choice_list([AnswerChoice(label="あ", says="あ")] * (most + 1)) is None


def test_a_real_answer_has_its_facts_its_source_and_a_button_to_call() -> None:
    answer = KNOWLEDGE.answer("児童手当")
    message = answer_bubble(answer, PHRASES)
    assert message
    found = message.to_dict()
    assert body(found)[-1]["text"].startswith("出典：")
    assert any(button["action"]["uri"].startswith("tel:") for button in buttons(found))
