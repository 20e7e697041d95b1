from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from knowledge.canned import CannedReply, Gap
from tests.content import REAL

REPLIES = REAL.canned.replies
VALUES = {Gap.DESK: "市税の窓口", Gap.CLERK: "佐藤", Gap.OPENS: "12月1日（火）9時", Gap.PHONE: "0124-11-1111"}


def a_reply(text: str) -> CannedReply:
    return CannedReply(id="hello", title="あいさつ", text=text)


def test_the_gaps_of_a_reply_are_filled() -> None:
    reply = a_reply("「{desk}」の{clerk}です。{desk}です。")
    assert reply.gaps == {Gap.DESK, Gap.CLERK}
    assert reply.filled(VALUES) == "「市税の窓口」の佐藤です。市税の窓口です。"


def test_a_reply_without_gaps_is_sent_as_it_is() -> None:
    reply = a_reply("お待ちください。")
    assert reply.gaps == frozenset()
    assert reply.filled({}) == "お待ちください。"


def test_a_gap_without_a_value_is_no_reply() -> None:
    with pytest.raises(KeyError):
        a_reply("次は{opens}に開きます。").filled({Gap.DESK: "市税の窓口"})


@given(st.text())
def test_what_stands_in_a_gap_is_never_read_as_a_gap(name: str) -> None:
    """A clerk may be called {phone}."""
    assert a_reply("「{clerk}」です。").filled({**VALUES, Gap.CLERK: name}) == f"「{name}」です。"
    assert a_reply("「{clerk}」です。").filled({**VALUES, Gap.CLERK: "{phone}"}) == "「{phone}」です。"


@pytest.mark.parametrize(
    "text", ["{name}です。", "{clerk.login}", "{clerk!r}", "{clerk:>9}", "{}", "{", "｛clerk｝"]
)
def test_other_gaps_are_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        a_reply(text)


def test_the_replies_of_the_city_can_all_be_filled() -> None:
    assert len(REPLIES) >= 15
    assert {gap for reply in REPLIES for gap in reply.gaps} == set(Gap)
    for reply in REPLIES:
        assert not re.search(r"[{}]", reply.filled(VALUES))


def test_clerks_see_short_headings_that_differ() -> None:
    titles = [reply.title for reply in REPLIES]
    assert len(set(titles)) == len(titles)
    assert max(map(len, titles)) <= 24
