"""The checklist of a guide as a page to print and to open again.

The answers stand in its address: nothing is stored, and it opens without a conversation.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, status
from fastapi.responses import HTMLResponse

from channels.web.pages import page, qr_code
from knowledge.answer import Answer, AnswerFact, AnswerLink, LinkRole
from knowledge.aspects import Aspect
from knowledge.phrases import Phrases
from knowledge.service import Knowledge, local_now


@dataclass(frozen=True)
class Sheet:
    """The parts of an Answer that the page shows; `tasks` are by deadline, the most urgent first."""

    tasks: Sequence[tuple[str, Sequence[AnswerFact]]]
    together: Sequence[AnswerFact]
    bring: Sequence[AnswerFact]
    forms: Sequence[AnswerLink]
    phones: Sequence[AnswerLink]
    count: int

    @classmethod
    def of(cls, answer: Answer, phrases: Phrases) -> Sheet:
        """Parts by the labels that the composer of guides puts on facts."""
        together, bring = phrases.guide.together, phrases.labels.aspects[Aspect.BRING]
        tasks: dict[str, list[AnswerFact]] = defaultdict(list)
        for fact in answer.facts:
            if fact.label not in {together, bring}:
                tasks[fact.label].append(fact)
        if some_day := tasks.pop(phrases.guide.to_do, None):
            tasks[phrases.checklist_page.some_day] = some_day
        return cls(
            tasks=list(tasks.items()),
            together=[fact for fact in answer.facts if fact.label == together],
            bring=[fact for fact in answer.facts if fact.label == bring],
            forms=[link for link in answer.links if link.role is not LinkRole.TEL],
            phones=[link for link in answer.links if link.role is LinkRole.TEL],
            count=sum(map(len, tasks.values())),
        )


def checklist_router(
    knowledge: Knowledge, now: Callable[[], datetime] = local_now, *, is_https: bool = False
) -> APIRouter:
    """`GET /checklist/{guide}?<step>=<answer>&…`; behind HTTPS its own address begins with https."""
    router = APIRouter()

    @router.get("/checklist/{guide}", name="checklist")
    def checklist(guide: str, request: Request) -> HTMLResponse:
        phrases = knowledge.phrases
        answer = knowledge.checklist(guide, request.query_params)
        if answer is None or answer.guide is None:
            gone = knowledge.refer(phrases.checklist_page.gone_why)
            shown = _shown(phrases, gone, title=phrases.checklist_page.gone)
            return page(request, "notice.html", status.HTTP_404_NOT_FOUND, **shown)
        title = knowledge.entry(guide).title
        if answer.text == phrases.guide.checklist_empty.format(title=title):
            return page(request, "notice.html", **_shown(phrases, answer, title=title))
        address = request.url_for("checklist", guide=guide).replace(query=urlencode(answer.guide.answers))
        today = now().date()
        return page(
            request,
            "checklist.html",
            **_shown(phrases, answer, title=title),
            day=phrases.labels.long_day.format(year=today.year, month=today.month, day=today.day),
            code=qr_code(str(address.replace(scheme="https") if is_https else address)),
        )

    return router


def _shown(phrases: Phrases, answer: Answer, **more: str) -> dict[str, Any]:
    """The phrases that the page speaks and the parts of `answer`."""
    return {
        "words": phrases.checklist_page,
        "not_known": phrases.labels.not_known,
        "answer": answer,
        "sheet": Sheet.of(answer, phrases),
        **more,
    }
