"""What residents are told on their way to a person, in the talk with one, and after it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from knowledge.phrase_text import PhraseModel, Plain, Text, needs

WithDesk = Annotated[Text, needs("desk")]


class HandoffPhrases(PhraseModel):
    """`stop`, `stop_callback`, `message` and `slot` are buttons; `slot` is read back, so it names a moment.

    `ratings` go from the best to the worst; `rating_says` is what pressing one says.
    """

    unstaffed: Plain
    waiting: WithDesk
    nobody_before: Plain
    before: Annotated[Text, needs("count")]
    estimate: Annotated[Text, needs("minutes")]
    meanwhile: Plain
    still_waiting: WithDesk
    stop: Plain
    stopped: Plain
    nothing_to_stop: Plain
    closed_now: Annotated[Text, needs("desk", "opens")]
    closed_now_unknown: WithDesk
    offer_slots: Plain
    offer_message: Plain
    slot: Annotated[Text, needs("moment")]
    slot_gone: Plain
    callback: Annotated[Text, needs("desk", "moment")]
    callback_comes: Plain
    stop_callback: Plain
    callback_due: WithDesk
    message: Plain
    message_write: Plain
    message_kept: Annotated[Text, needs("desk", "opens")]
    message_kept_unknown: WithDesk
    claimed: WithDesk
    taken_over: WithDesk
    released: WithDesk
    transferred: WithDesk
    given_back: Plain
    closed: Plain
    closed_unheld: WithDesk
    rate: Plain
    ratings: Annotated[tuple[Plain, ...], Field(min_length=5, max_length=5)]
    rating_says: Annotated[Text, needs("label")]
    rated: Plain
    long_wait: WithDesk
    desk_pauses: Annotated[Text, needs("desk", "opens")]
    desk_closes: Annotated[Text, needs("desk", "opens")]
    desk_closes_unknown: WithDesk
    unknown_again: Plain
    line_claimed: WithDesk
    line_answered: WithDesk
    line_elsewhere: Plain
    line_words: Annotated[Text, needs("desk", "name", "text")]
    summary: Plain


class SummaryPagePhrases(PhraseModel):
    """The page of a talk with a person, to print and to keep."""

    title: Plain
    window: Plain
    made: Annotated[Text, needs("day")]
    desk: Annotated[Text, needs("desk")]
    began: Annotated[Text, needs("moment")]
    ended: Annotated[Text, needs("moment")]
    goes_on: Plain
    you: Plain
    bot: Plain
    staff: Annotated[Text, needs("name")]
    told: Plain
    print: Plain
    print_by_menu: Plain
    home: Plain
    gone: Plain
    gone_why: Plain
