from __future__ import annotations

from datetime import datetime

import pytest

from channels.handoff.presses import Kind, Press, moment_in_words, read
from knowledge.service import Knowledge

NOW = datetime.fromisoformat("2026-12-30T15:00")
TIMES = ("2026-12-30T16:30", "2026-12-31T09:00", "2027-01-05T13:00", "2026-12-29T09:00")


@pytest.mark.parametrize("time", TIMES)
def test_a_slot_is_read_back_from_its_button_unless_its_day_is_over(knowledge: Knowledge, time: str) -> None:
    phrases, due = knowledge.phrases, datetime.fromisoformat(time)
    button = phrases.handoff.slot.format(moment=moment_in_words(due, phrases.labels))
    expected = Press(Kind.SLOT, due=due) if due.date() >= NOW.date() else None
    assert read(button, phrases.handoff, phrases.labels, NOW) == expected


def test_the_first_of_january_is_that_of_next_year(knowledge: Knowledge) -> None:
    phrases, due = knowledge.phrases, datetime.fromisoformat("2027-01-01T09:00")
    button = phrases.handoff.slot.format(moment=moment_in_words(due, phrases.labels))
    assert "元日" in button
    assert read(button, phrases.handoff, phrases.labels, NOW) == Press(Kind.SLOT, due=due)


def test_ratings_go_from_five_to_one(knowledge: Knowledge) -> None:
    phrases = knowledge.phrases
    says = [phrases.handoff.rating_says.format(label=label) for label in phrases.handoff.ratings]
    pressed = [read(text, phrases.handoff, phrases.labels, NOW) for text in says]
    assert pressed == [Press(Kind.RATING, rating=rating) for rating in (5, 4, 3, 2, 1)]


@pytest.mark.parametrize(
    "said",
    [
        *("", "助かった", "とても助かった", "12月1日に話す", "99月99日（火）の9時に話す", "児童手当"),
        *("2月30日（火）の9時に話す", "12月31日（月）の9時に話す", "1" * 500 + "に話す", "伝言を残したい"),
    ],
)
def test_what_is_not_on_a_button_is_no_press(knowledge: Knowledge, said: str) -> None:
    phrases = knowledge.phrases
    assert read(said, phrases.handoff, phrases.labels, NOW) is None
