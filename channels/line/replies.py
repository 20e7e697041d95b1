"""What a reply says on LINE: the stored Answers, the way to a private talk, in LINE's forms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from linebot.v3.messaging import Message

from channels.core.events import Author, Event
from channels.core.links import CALLED_LIFE, LIFE, Links
from channels.core.store import Store
from channels.line.render import fits, render
from knowledge.answer import Answer, AnswerChoice, AnswerKind, AnswerLink, LinkRole
from knowledge.entries import Faq
from knowledge.phrases import Phrases
from knowledge.service import Knowledge


@dataclass(frozen=True)
class Reply:
    """Its messages; `must_arrive` when somebody waits for a person, or a life may be at risk."""

    messages: list[Message]
    must_arrive: bool


def said_in_talk(event: Event, phrases: Phrases) -> list[Answer]:
    """The words of a clerk with their desk and name, or what happens, with its buttons; then the card."""
    body = event.body
    text = str(body.get("text", ""))
    if event.author == "staff":
        text = phrases.handoff.line_words.format(desk=body["desk"], name=body["name"], text=text)
    choices = tuple(AnswerChoice.model_validate(choice) for choice in body.get("choices", ()))
    said = Answer(kind=AnswerKind.NOTICE, text=text, choices=choices)
    card = [Answer.model_validate(body["answer"])] if body.get("answer") else []
    return [said, *card]


class Replies:
    """Reads replies from the store as LINE takes them."""

    def __init__(self, store: Store, knowledge: Knowledge, links: Links, public_url: str | None) -> None:
        """`public_url` is where residents reach the web channel; without it no talk is led there."""
        self._store = store
        self._knowledge = knowledge
        self._links = links
        self._public_url = public_url

    async def get(self, conversation: UUID, answers: int) -> Reply:
        """The final reply to event `answers`, or that event itself when a person's talk brought it."""
        parts = await self._store.reply_parts(conversation, answers)
        if not parts and (event := await self._store.event(conversation, answers)):
            return await self._told(event)
        must_arrive = any(self._must_arrive(part) for part in parts)
        if self._public_url and any(part.kind is AnswerKind.HANDOFF for part in parts):
            parts = [await self._with_private_talk(part, conversation) for part in parts]
        phrases = self._knowledge.phrases
        is_cut = self._public_url and not fits(parts, phrases)
        read_on = await self._page(conversation) if is_cut else ""
        return Reply(render(parts, phrases, read_on), must_arrive)

    async def _told(self, event: Event) -> Reply:
        """What a clerk has said, or that there is something to read where LINE does not see it.

        Of the resident's own words, that they went to the person, and where that talk is.
        """
        phrases = self._knowledge.phrases
        if self._public_url:
            told = {
                Author.STAFF: phrases.handoff.line_answered,
                Author.RESIDENT: phrases.handoff.line_elsewhere,
            }.get(event.author, phrases.handoff.line_claimed)
            text = told.format(desk=event.body.get("desk", ""))
            url = await self._page(event.conversation, CALLED_LIFE)
            link = AnswerLink(label=phrases.line.chat, url=url, role=LinkRole.FORM)
            parts = [Answer(kind=AnswerKind.HANDOFF, text=text, links=(link,))]
        else:
            parts = said_in_talk(event, phrases)
        return Reply(render(parts, phrases), must_arrive=event.author is not Author.RESIDENT)

    def _must_arrive(self, part: Answer) -> bool:
        entry = self._knowledge.content.entries.get(part.entry or "")
        is_danger = isinstance(entry, Faq) and (bool(entry.urgent) or entry.danger)
        return part.kind is AnswerKind.HANDOFF or is_danger

    async def _with_private_talk(self, part: Answer, conversation: UUID) -> Answer:
        """LINE never sees personal matters: who wants a person is led to a page outside of it, first."""
        if part.kind is not AnswerKind.HANDOFF:
            return part
        phrases = self._knowledge.phrases.line
        link = AnswerLink(label=phrases.chat, url=await self._page(conversation), role=LinkRole.FORM)
        return part.model_copy(
            update={"text": f"{part.text}\n\n{phrases.chat_why}", "links": (link, *part.links)}
        )

    async def _page(self, conversation: UUID, life: timedelta = LIFE) -> str:
        """The address where the conversation goes on outside of LINE, once."""
        secret = await self._links.make(conversation, life)
        # LINE opens it in the phone's own browser (LINE URL scheme).
        return f"{self._public_url}/continue/{secret}?openExternalBrowser=1"
