from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.line import limits
from channels.line.flex import spoken
from channels.line.measure import cut, parted, split, units
from channels.line.render import fits, render
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
from knowledge.entries import Guide
from knowledge.guiding import Reply
from ops.lineplatform.description import problems
from tests.content import REAL, real_knowledge

KNOWLEDGE = real_knowledge()
LINE = KNOWLEDGE.phrases.line
GUIDES = list(REAL.guides.values())
FAMILY = "👨‍👩‍👧‍👦"


def sent(*answers: Answer) -> list[dict[str, Any]]:
    """The messages as LINE gets them."""
    messages = [message.to_dict() for message in render(answers, KNOWLEDGE.phrases)]
    assert 1 <= len(messages) <= limits.MESSAGES_PER_REPLY
    return messages


def texts(*answers: Answer) -> list[str]:
    return [message["text"] for message in sent(*answers) if message["type"] == "text"]


def nodes(value: object) -> Iterator[dict[str, Any]]:
    """Every object within `value`, in the order in which it is read."""
    if isinstance(value, dict):
        yield value
    for child in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from nodes(child)


def squeezed(text: str) -> str:
    return "".join(text.split())


def shown(messages: list[dict[str, Any]]) -> str:
    """Every word a resident sees in the chat, in order, without spaces."""
    return squeezed("".join(node["text"] for node in nodes(messages) if node.get("type") == "text"))


def answer_of(**parts: Any) -> Answer:  # noqa: ANN401  # whatever an Answer is made of
    return Answer(**{"kind": AnswerKind.ANSWER, "text": "お答えします。"} | parts)


def listed(count: int, value: str) -> Answer:
    facts = tuple(
        AnswerFact(label="すること", value=f"{n}：{value}", status=Status.CONFIRMED) for n in range(count)
    )
    choices = (AnswerChoice(label="戻る", says="戻る（犬 手順3）"),)
    return answer_of(kind=AnswerKind.STEP, text="一覧です。", facts=facts, choices=choices)


def choosing(*labels: str) -> Answer:
    return answer_of(choices=tuple(AnswerChoice(label=label, says=label) for label in labels))


def test_a_plain_answer_is_a_plain_text() -> None:
    assert sent(answer_of()) == [{"type": "text", "text": "お答えします。"}]


def test_an_answer_with_facts_is_one_bubble() -> None:
    (message,) = sent(listed(3, "あ"))
    assert message["contents"]["type"] == "bubble"


def test_a_list_too_long_for_a_bubble_is_text_and_goes_on_in_the_next_message() -> None:
    found = texts(listed(120, "あ" * 100))
    assert len(found) == 3
    lines = "\n".join(found).splitlines()
    assert [line for line in lines if line.startswith("・")] == [f"・{n}：{'あ' * 100}" for n in range(120)]


def test_the_quick_replies_hang_on_the_last_part() -> None:
    messages = render([listed(120, "あ" * 100)], KNOWLEDGE.phrases)
    assert [message.quick_reply is not None for message in messages] == [False, False, True]


def test_one_line_longer_than_a_message_goes_on_in_the_next() -> None:
    found = texts(answer_of(text="𠮷" * 3000))
    assert "".join(found) == "𠮷" * 3000
    assert len(found) == 2


def test_who_gets_more_than_five_messages_hold_is_told_to_ask_for_less_or_to_call() -> None:
    found = texts(*[listed(120, "あ" * 100)] * 3)
    assert len(found) == limits.MESSAGES_PER_REPLY
    assert [LINE.rest in text for text in found] == [False, False, False, False, True]
    assert found[-1].endswith(f"\n\n{LINE.rest}")


def test_who_gets_more_than_fits_can_read_on_where_all_of_it_is() -> None:
    answers, page = [listed(120, "あ" * 100)] * 3, "https://bot.example/continue/abc"
    (*_, last) = render(answers, KNOWLEDGE.phrases, page)
    assert last.to_dict()["text"].endswith(f"\n\n{LINE.rest_link}\n{page}")
    assert not fits(answers, KNOWLEDGE.phrases)
    assert fits(answers[:1], KNOWLEDGE.phrases)


def test_a_bubble_that_is_the_last_to_fit_is_told_in_short() -> None:
    messages = sent(*[listed(3, "あ")] * 7)
    assert [message["type"] for message in messages] == ["flex"] * 4 + ["text"]
    assert messages[-1]["text"].startswith("一覧です。\nすること：0：あ")
    assert messages[-1]["text"].endswith(LINE.rest)


def test_a_reply_that_fits_says_nothing_of_a_rest() -> None:
    assert not any(LINE.rest in text for text in texts(listed(120, "あ" * 100)))


def test_what_cannot_be_shown_at_all_is_said_to_be_trouble() -> None:
    assert sent(answer_of(text=" ")) == [{"type": "text", "text": KNOWLEDGE.phrases.trouble_answer}]


@pytest.mark.parametrize(
    "url",
    [
        f"https://example.jp/{'a' * 1000}",
        f"https://example.jp/{'あ' * 200}",
        "https://例え.jp/",
        "https://example.jp:x/",
        "https://[",
        "tel:市役所",
        "tel:0124-22-2111（内線12）",
    ],
)
def test_an_address_that_no_button_takes_is_a_text_beside_the_bubble(url: str) -> None:
    link = AnswerLink(label="申込み", url=url, role=LinkRole.FORM)
    facts = (AnswerFact(label="期限", value="15日以内", status=Status.CONFIRMED),)
    bubble, text = sent(answer_of(links=(link,), facts=facts))
    assert "footer" not in bubble["contents"]
    assert text == {"type": "text", "text": f"申込み\n{url.removeprefix('tel:')}"}
    (plain,) = sent(answer_of(links=(link,)))
    assert plain["text"].endswith(text["text"])


def test_few_and_short_choices_are_quick_replies_alone() -> None:
    (message,) = sent(choosing("はい", "いいえ"))
    assert [item["action"]["label"] for item in message["quickReply"]["items"]] == ["はい", "いいえ"]


def test_a_step_with_long_choices_lists_them_whole() -> None:
    labels = [f"国民健康保険に入っていて、去年の収入が{n}万円より多い" for n in (100, 200)]
    step = choosing(*labels, "戻る").model_copy(update={"kind": AnswerKind.STEP})
    text, listing = sent(step)
    assert text == {"type": "text", "text": "お答えします。"}
    boxes = listing["contents"]["body"]["contents"]
    assert [box["contents"][0]["text"] for box in boxes] == [*labels, "戻る"]
    assert [box["action"]["text"] for box in boxes] == [*labels, "戻る"]
    assert [len(item["action"]["label"]) for item in listing["quickReply"]["items"]] == [20, 20, 2]


def test_forty_choices_are_listed_beside_each_other() -> None:
    labels = [f"選択{n}" for n in range(40)]
    _, listing = sent(choosing(*labels))
    assert [len(bubble["body"]["contents"]) for bubble in listing["contents"]["contents"]] == [10] * 4
    assert shown([listing]) == "".join(labels)
    assert len(listing["quickReply"]["items"]) == limits.QUICK_REPLIES


def test_choices_too_long_for_buttons_are_text() -> None:
    labels = [f"{n}：{'あ' * 400}" for n in range(40)]
    found = "\n".join(texts(choosing(*labels))).splitlines()
    assert [line for line in found if line.startswith("・")] == [f"・{label}" for label in labels]


def test_buttons_stay_where_the_text_before_them_is_too_long() -> None:
    answer = choosing(*[f"選択{n}" for n in range(40)]).model_copy(update={"text": "あ" * 40_000})
    messages = sent(answer)
    assert [message["type"] for message in messages] == ["text"] * 4 + ["flex"]
    assert messages[3]["text"].endswith(LINE.rest)


def test_a_choice_with_half_of_it_blank_is_what_the_other_half_says() -> None:
    choices = (AnswerChoice(label="", says="はい"), AnswerChoice(label="いいえ", says=" "))
    (message,) = sent(answer_of(choices=(*choices, AnswerChoice(label="", says=" "))))
    actions = [item["action"] for item in message["quickReply"]["items"]]
    assert [(action["label"], action["text"]) for action in actions] == [
        ("はい", "はい"),
        ("いいえ", "いいえ"),
    ]


@pytest.mark.parametrize("guide", [guide for guide in GUIDES if guide.checklist], ids=lambda guide: guide.id)
def test_every_checklist_is_whole(guide: Guide) -> None:
    answer = KNOWLEDGE.checklist(guide.id, {})
    assert answer
    found = shown(sent(answer))
    assert all(squeezed(fact.value) in found for fact in answer.facts)
    assert all(squeezed(link.label) in found for link in answer.links)


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.id)
def test_the_buttons_of_every_step_say_the_whole_of_what_they_say(guide: Guide) -> None:
    phrases = KNOWLEDGE.phrases.guide
    answer = KNOWLEDGE.guide(Reply(phrases.says.format(label=phrases.start, short=guide.short, number=1)))
    for _ in range(len(guide.steps)):
        assert answer
        assert answer.guide
        (message,) = sent(answer)
        actions = [item["action"] for item in message["quickReply"]["items"]]
        said = [(action["label"], action["text"]) for action in actions]
        assert said == [(choice.label, choice.says) for choice in answer.choices]
        answer = KNOWLEDGE.guide(Reply(answer.choices[0].says, answer.guide))


@pytest.mark.parametrize(
    "character", [FAMILY, "🇯🇵", "👍🏽", "か\u3099", "ｶﾞ", "1\ufe0f\u20e3", "葛\U000e0100", "각"]
)
def test_nothing_is_cut_within_what_a_reader_sees_as_one_character(character: str) -> None:
    for limit in range(units(character) + 1, 4 * units(character)):
        kept = cut(character * 5, limit)
        assert units(kept) <= limit
        assert kept.removesuffix("…").replace(character, "") == ""
        assert all(piece.replace(character, "") == "" for piece in split(character * 5, limit))


def test_a_character_longer_than_the_limit_is_taken_apart() -> None:
    pieces = list(split("a" + "\u0301" * 50, 20))
    assert [len(piece) for piece in pieces] == [20, 20, 11]


def test_a_text_is_parted_between_lines_and_no_part_is_blank() -> None:
    assert list(parted("一行目\n二行目\n三行目", 8)) == ["一行目\n二行目", "三行目"]
    assert list(parted("一\n\n\n\n\n\n二", 3)) == ["一\n\n", "二"]
    assert list(parted("\n" * 50, 3)) == []


HOSTILE = (
    *("あ" * 10_000, f"{FAMILY}\n" * 900, "🇯🇵" * 2500, "e\u0301" * 5000, "a" + "\u0301" * 9000),
    *("\n" * 10_000, "{title}" * 1000, " ", "\u3000", '"\\\b' * 1500, "行\n\n" * 3000),
)
LONG = st.integers(0, len(HOSTILE) - 1).map(HOSTILE.__getitem__)
WORDS = st.one_of(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=60), LONG)
SHORT = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12)
LABELS = st.one_of(SHORT, SHORT, SHORT, st.sampled_from([FAMILY * 30, "あ" * 45, "", " ", "戻る"]))
URLS = st.one_of(
    st.sampled_from(
        [
            *("https://example.jp/", "http://example.jp/検索?q=あ#上", "tel:0124-22-2111", "tel:%239110"),
            *(f"https://example.jp/{'a' * 2000}", f"https://example.jp/{'あ' * 120}", "tel:-", "tel:あ"),
        ]
    ),
    st.from_regex(r"\A(https?://|tel:)[!-~あ-ん]{1,40}\Z"),
)
FACTS = st.builds(AnswerFact, label=LABELS, value=WORDS, status=st.sampled_from(Status))
LINKS = st.builds(AnswerLink, label=LABELS, url=URLS, role=st.sampled_from(LinkRole))
CHOICES = st.builds(AnswerChoice, label=LABELS, says=LABELS)
SOURCES = st.builds(AnswerSource, title=LABELS, checked_on=st.just(date(2026, 11, 23)))
ANSWERS = st.builds(
    Answer,
    kind=st.sampled_from(AnswerKind),
    text=WORDS.filter(bool),
    facts=st.one_of(st.lists(FACTS, max_size=4), LABELS.map(lambda label: listed(100, label).facts)).map(
        tuple
    ),
    links=st.lists(LINKS, max_size=5).map(tuple),
    choices=st.one_of(st.lists(CHOICES, max_size=5), CHOICES.map(lambda choice: [choice] * 40)).map(tuple),
    sources=st.lists(SOURCES, max_size=2).map(tuple),
)


def beyond_limits(node: dict[str, Any]) -> bool:
    """Whether LINE would refuse a part of a message, for what its description does not say."""
    as_sent = len(json.dumps(node))
    match node:
        case {"type": "text", "text": text, "wrap": True}:
            return not text.strip() or units(text) > limits.FLEX_TEXT_UNITS
        case {"type": "text", "text": text}:
            return not text.strip() or units(text) > limits.TEXT_UNITS
        case {"type": "message", "label": label, "text": text}:
            return not (label.strip() and text.strip() and units(text) <= limits.MESSAGE_ACTION_TEXT)
        case {"type": "uri", "label": label, "uri": uri}:
            is_known = uri.startswith(("https://", "http://", "tel:")) and uri.isascii()
            return not (label.strip() and is_known and len(uri) <= limits.URI)
        case {"type": "box", "contents": contents}:
            action = node.get("action", {"label": ""})
            return not contents or units(action["label"]) > limits.ACTION_LABEL
        case {"type": "bubble"}:
            return as_sent > limits.BUBBLE_BYTES
        case {"type": "carousel", "contents": bubbles}:
            return as_sent > limits.CAROUSEL_BYTES or len(bubbles) > limits.CAROUSEL_BUBBLES
        case {"type": "flex", "altText": text}:
            return not text.strip() or units(text) > limits.ALT_TEXT
        case {"type": "action", "action": action}:
            return units(action["label"]) > limits.QUICK_REPLY_LABEL
        case {"items": items}:
            return not 1 <= len(items) <= limits.QUICK_REPLIES
    return False


@settings(max_examples=80, deadline=None)
@given(st.lists(ANSWERS, min_size=1, max_size=3))
def test_line_takes_whatever_an_answer_holds(answers: list[Answer]) -> None:
    messages = sent(*answers)
    request = {"replyToken": "t", "messages": messages}
    assert problems("messaging-api", "ReplyMessageRequest", request) == []
    assert [node for node in nodes(messages) if beyond_limits(node)] == []
    assert not any("quickReply" in message for message in messages[:-1])


@settings(max_examples=80, deadline=None)
@given(st.lists(ANSWERS, min_size=1, max_size=2))
def test_nothing_is_lost_that_is_not_said_to_be(answers: list[Answer]) -> None:
    messages = sent(*answers)
    words = shown(messages)
    if squeezed(LINE.rest) in words:
        return
    buttons = [node["uri"] for node in nodes(messages) if node.get("type") == "uri"]
    for answer in answers:
        assert squeezed(answer.text) in words
        assert all(squeezed(fact.value) in words for fact in answer.facts)
        addressed = [link.url for link in answer.links if squeezed(spoken(link.url)) not in words]
        assert len(addressed) <= len(buttons)
    actions = [node for node in nodes(messages) if node.get("type") == "message"]
    offered = words + squeezed("".join(action["label"] for action in actions))
    assert all(squeezed(choice.label) in offered for choice in answers[-1].choices)
