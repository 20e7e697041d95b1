"""An Answer as LINE messages: a bubble with buttons, or one text or several; with quick replies.

LINE takes five messages of limited size. What does not fit one form goes into the next: a bubble
into texts, many texts into five, the last of which says that there is more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from linebot.v3.messaging import (
    FlexMessage,
    Message,
    MessageAction,
    QuickReply,
    QuickReplyItem,
    TextMessage,
)

from channels.line import limits
from channels.line.flex import answer_bubble, choice_list, source_line, spoken, told, uri
from channels.line.measure import cut, parted, units
from knowledge.answer import Answer, AnswerChoice, AnswerFact, AnswerLink
from knowledge.phrases import Phrases


def render(answers: Sequence[Answer], phrases: Phrases, read_on: str = "") -> list[Message]:
    """One to five messages; quick replies hang on the last, where LINE shows them.

    `read_on` is the address where all of it is, told when something is left out (see `fits`).
    """
    messages, buttons, choices = _laid_out(answers, phrases)
    rest = f"{phrases.line.rest_link}\n{read_on}" if read_on else phrases.line.rest
    shown = [*_within(messages, limits.MESSAGES_PER_REPLY - len(buttons), rest), *buttons]
    if choices:
        shown[-1].quick_reply = _quick_reply(choices)
    return shown


def fits(answers: Sequence[Answer], phrases: Phrases) -> bool:
    """Whether LINE takes all of it in one reply."""
    messages, buttons, _ = _laid_out(answers, phrases)
    return len(messages) + len(buttons) <= limits.MESSAGES_PER_REPLY


def _laid_out(
    answers: Sequence[Answer], phrases: Phrases
) -> tuple[list[Message], list[Message], list[AnswerChoice]]:
    """All messages there are, the list of buttons behind them, and what quick replies say."""
    messages = [message for answer in answers for message in _told(answer, phrases)]
    choices = _sayable(answers[-1].choices) if answers else []
    buttons: list[Message] = []
    if not _fit_quick_replies(choices):
        if listed := choice_list(choices):
            buttons = [listed]
        else:
            messages += _texts("\n".join(f"・{choice.label}" for choice in choices))
    return messages or _texts(phrases.trouble_answer), buttons, choices


def _told(answer: Answer, phrases: Phrases) -> list[Message]:
    """An answer in the form it fits: a bubble if it has more than text, and what no button takes as text."""
    loose = [link for link in answer.links if not uri(link)]
    if answer.facts or answer.sources or len(loose) < len(answer.links):
        bubble = answer_bubble(answer, phrases)
        if bubble:
            return [bubble, *_texts(_links(loose))]
    return _texts(_text(answer, phrases))


def _texts(text: str) -> list[Message]:
    return [TextMessage(text=part) for part in parted(text, limits.TEXT_UNITS)]


def _text(answer: Answer, phrases: Phrases) -> str:
    blocks = [
        answer.text,
        "\n".join(_facts(answer.facts, phrases)),
        _links(answer.links),
        source_line(answer, phrases),
    ]
    return "\n\n".join(block for block in blocks if block)


def _facts(facts: Iterable[AnswerFact], phrases: Phrases) -> Iterator[str]:
    for label, group in groupby(facts, key=lambda fact: fact.label):
        values = [value for fact in group if (value := told(fact, phrases))]
        if values and label.strip():
            yield phrases.line.label.format(label=label)
        yield from (f"・{value}" for value in values)


def _links(links: Iterable[AnswerLink]) -> str:
    return "\n".join(f"{link.label}\n{spoken(link.url)}" for link in links)


def _within(messages: list[Message], most: int, rest: str) -> list[Message]:
    """At most `most` of the messages; if some are left out, the last that is not says `rest`."""
    if len(messages) <= most:
        return messages
    last = messages[most - 1]
    told_last = last.alt_text if isinstance(last, FlexMessage) else last.text
    room = limits.TEXT_UNITS - units(rest) - 2
    return [*messages[: most - 1], TextMessage(text=f"{cut(told_last, room)}\n\n{rest}")]


def _sayable(choices: Iterable[AnswerChoice]) -> list[AnswerChoice]:
    """The choices with neither a blank label nor a blank message, which LINE refuses."""
    return [
        AnswerChoice(
            label=choice.label if choice.label.strip() else choice.says,
            says=choice.says if choice.says.strip() else choice.label,
        )
        for choice in choices
        if choice.label.strip() or choice.says.strip()
    ]


def _fit_quick_replies(choices: Sequence[AnswerChoice]) -> bool:
    return len(choices) <= limits.QUICK_REPLIES and all(
        units(choice.label) <= limits.QUICK_REPLY_LABEL for choice in choices
    )


def _quick_reply(choices: Sequence[AnswerChoice]) -> QuickReply:
    items = [
        QuickReplyItem(
            action=MessageAction(
                label=cut(choice.label, limits.QUICK_REPLY_LABEL),
                text=cut(choice.says, limits.MESSAGE_ACTION_TEXT),
            )
        )
        for choice in choices[: limits.QUICK_REPLIES]
    ]
    return QuickReply(items=items)
