"""Small words of the console: times, and which question is the last."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from channels.core.events import Author, Event
from channels.staff.console.talk import last_question, messages_of
from channels.staff.console.times import clock, lasted
from knowledge.answer import Answer, AnswerKind
from knowledge.service import Knowledge
from tests.channels.staff.waiting import ANSWER

NOW = datetime.fromisoformat("2026-11-30T14:30")


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (timedelta(seconds=-5), "1分未満"),
        (timedelta(seconds=59), "1分未満"),
        (timedelta(minutes=12, seconds=40), "12分"),
        (timedelta(hours=1), "1時間"),
        (timedelta(hours=1, minutes=5), "1時間5分"),
        (timedelta(days=2, hours=3), "2日"),
    ],
)
def test_how_long_somebody_waits_is_said_in_words(time: timedelta, words: str) -> None:
    assert lasted(time) == words


def test_a_moment_of_another_day_has_its_day() -> None:
    assert clock(datetime(2026, 11, 30, 5, 5, tzinfo=UTC), NOW) == "14:05"
    assert clock(datetime(2026, 11, 29, 5, 5, tzinfo=UTC), NOW) == "11月29日 14:05"


def talk(*said: tuple[Author, object]) -> list[Event]:
    at = datetime(2026, 11, 30, 5, tzinfo=UTC)
    return [
        Event(
            uuid.uuid4(),
            n,
            author,
            body.model_dump(mode="json") if isinstance(body, Answer) else {"text": body},
            at,
        )
        for n, (author, body) in enumerate(said, start=1)
    ]


def asked(knowledge: Knowledge, *said: tuple[Author, object]) -> str:
    return last_question(messages_of(talk(*said), knowledge.content, NOW), knowledge.phrases, NOW)


def test_the_last_question_is_neither_a_press_nor_the_wish_for_a_person(knowledge: Knowledge) -> None:
    wish = (Author.RESIDENT, "だれか人につないで")
    led = (Author.BOT, Answer(kind=AnswerKind.HANDOFF, text="お待ちください。"))
    question, press = (Author.RESIDENT, "引っ越してきました"), (Author.RESIDENT, "転入届の持ち物は？")
    button = (Author.RESIDENT, knowledge.phrases.labels.person)
    stop = (Author.RESIDENT, knowledge.phrases.handoff.stop)
    bot = (Author.BOT, ANSWER)
    assert asked(knowledge, question, bot, press, bot, wish, led, button, stop) == "引っ越してきました"
    assert asked(knowledge, wish, led) == ""
    assert asked(knowledge) == ""


def test_what_was_unsent_or_is_no_text_is_said_so(knowledge: Knowledge) -> None:
    events = talk((Author.RESIDENT, ""), (Author.RESIDENT, ""))
    events[1].body["unsent"] = True
    first, second = messages_of(events, knowledge.content, NOW)
    assert "文字でないもの" in first.text
    assert "取り消しました" in second.text
    assert last_question((first, second), knowledge.phrases, NOW) == ""
