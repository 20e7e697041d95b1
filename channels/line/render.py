"""An Answer as LINE messages: one text each or, if it is too long, several, with quick replies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import unquote

from linebot.v3.messaging import Message, MessageAction, QuickReply, QuickReplyItem, TextMessage

from channels.line import limits
from knowledge.answer import Answer, AnswerFact, Status
from knowledge.phrases import Phrases


def render(answers: Sequence[Answer], phrases: Phrases) -> list[Message]:
    """At most five messages; quick replies hang on the last, where LINE shows them."""
    shown = list(answers)[-limits.MESSAGES_PER_REPLY :]
    texts = [text for answer in shown for text in _parted(_text(answer, phrases))]
    messages: list[Message] = [TextMessage(text=text) for text in texts[: limits.MESSAGES_PER_REPLY]]
    if shown and shown[-1].choices:
        messages[-1].quick_reply = _quick_reply(shown[-1])
    return messages


def _text(answer: Answer, phrases: Phrases) -> str:
    blocks = [
        answer.text,
        "\n".join(_facts(answer.facts, phrases)),
        "\n".join(f"{link.label}\n{_spoken_url(link.url)}" for link in answer.links),
        "\n".join(
            phrases.line.source.format(title=s.title, year=s.checked_on.year, month=s.checked_on.month)
            for s in answer.sources[:1]
        ),
    ]
    return "\n\n".join(block for block in blocks if block)


def _parted(text: str) -> Iterator[str]:
    """`text` in parts that LINE takes, parted between lines: the end of a checklist is not lost."""
    part = ""
    for line in text.split("\n"):
        longer = f"{part}\n{line}" if part else line
        if part and _units(longer) > limits.TEXT_UNITS:
            yield part
            longer = line
        part = _cut(longer, limits.TEXT_UNITS)
    yield part


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _facts(facts: Iterable[AnswerFact], phrases: Phrases) -> Iterable[str]:
    label = None
    for fact in facts:
        if fact.label != label:
            label = fact.label
            yield phrases.line.label.format(label=label)
        doubt = phrases.line.unconfirmed if fact.status is Status.UNCONFIRMED else ""
        yield f"・{fact.value}{doubt}"


def _spoken_url(url: str) -> str:
    return unquote(url.removeprefix("tel:")) if url.startswith("tel:") else url


def _quick_reply(answer: Answer) -> QuickReply:
    items = [
        QuickReplyItem(
            action=MessageAction(
                label=_cut(choice.label, limits.QUICK_REPLY_LABEL),
                text=_cut(choice.says, limits.QUICK_REPLY_TEXT),
            )
        )
        for choice in answer.choices[: limits.QUICK_REPLIES]
    ]
    return QuickReply(items=items)


def _cut(text: str, units: int) -> str:
    """`text` within `units` UTF-16 units, never in the middle of a character."""
    if _units(text) <= units:
        return text
    kept = text.encode("utf-16-le")[: 2 * (units - 1)].decode("utf-16-le", errors="ignore")
    return f"{kept}…"
