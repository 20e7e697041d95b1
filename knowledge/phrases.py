"""The sentences that belong to no entry: `content/phrases.yml`, typed so none can be missing.

Placeholders are checked when the file is read: a clerk who drops `{title}` is told so.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from knowledge.answer import Verdict
from knowledge.aspects import Aspect
from knowledge.handoff_phrases import HandoffPhrases, SummaryPagePhrases
from knowledge.phrase_text import PhraseModel as _Model
from knowledge.phrase_text import Plain, Text, WithTitle, WithTitleLabel
from knowledge.phrase_text import needs as _needs


def _for_every_aspect(phrases: dict[Aspect, str]) -> dict[Aspect, str]:
    if missing := [aspect.value for aspect in Aspect if aspect not in phrases]:
        raise ValueError("次の項目がありません。追加してください: " + " ".join(missing))
    return phrases


def _for_every_verdict(labels: dict[Verdict, str]) -> dict[Verdict, str]:
    if missing := [verdict.value for verdict in Verdict if verdict not in labels]:
        raise ValueError("次の項目がありません。追加してください: " + " ".join(missing))
    if len(set(labels.values())) < len(labels):
        raise ValueError("同じ言葉が2つあります。ボタンの言葉は、それぞれ違うものにしてください")
    return labels


class TalkPhrases(_Model):
    """What the bot says when the turn is not about the city's knowledge."""

    greet: Plain
    thank: Plain
    goodbye: Plain
    feedback_good: Plain
    feedback_bad: Plain
    complain: Plain
    abuse: Plain
    out_of_scope: Plain
    bot_help: Plain
    affirm: Plain
    deny: Plain


class HoursPhrases(_Model):
    """Opening hours: a day, days, this moment, a time of day."""

    nearest: WithTitle
    open: Annotated[Text, _needs("title", "day", "spans")]
    closed: Annotated[Text, _needs("title", "day")]
    closed_next: Annotated[Text, _needs("title", "day", "next")]
    open_now: Annotated[Text, _needs("title", "until")]
    always_open: WithTitle
    closed_now: WithTitle
    closed_now_next: Annotated[Text, _needs("title", "next")]
    open_at: Annotated[Text, _needs("title", "day", "clock", "spans")]
    closed_at: Annotated[Text, _needs("title", "day", "clock", "spans")]
    partly_at: Annotated[Text, _needs("title", "day", "clock", "spans")]
    next: Annotated[Text, _needs("title", "next")]
    days: Annotated[Text, _needs("title", "period")]
    last_entry: Annotated[Text, _needs("time")]
    why: Annotated[Text, _needs("why")]
    unknown_day: Annotated[Text, _needs("title", "day")]
    unknown: WithTitle
    own: WithTitle
    which: Plain
    no_such_day: Plain


class Labels(_Model):
    """Short labels on facts and buttons."""

    aspects: Annotated[dict[Aspect, Plain], AfterValidator(_for_every_aspect)]
    hours: Plain
    address: Plain
    phone: Plain
    notes: Plain
    steps: Plain
    window: Plain
    post: Plain
    online: Plain
    handled_by: Plain
    call: Annotated[Text, _needs("name", "number")]
    map: Plain
    form: Annotated[Text, _needs("service")]
    form_unconfirmed: Annotated[Text, _needs("service")]
    page: Plain
    page_unconfirmed: Plain
    person: Plain
    weekdays: Annotated[str, Field(min_length=7, max_length=7)]
    day: Annotated[Text, _needs("month", "day", "weekday")]
    day_holiday: Annotated[Text, _needs("month", "day", "weekday", "holiday")]
    period: Annotated[Text, _needs("first", "last")]
    span: Annotated[Text, _needs("start", "end")]
    span_joint: Plain
    clock: Annotated[Text, _needs("hour")]
    clock_minutes: Annotated[Text, _needs("hour", "minute")]
    long_day: Annotated[Text, _needs("year", "month", "day")]
    from_day: Annotated[Text, _needs("label", "day")]
    closing_midnight: Plain
    moment: Annotated[Text, _needs("day", "clock")]
    moment_today: Annotated[Text, _needs("clock")]
    closed: Plain
    not_known: Plain


class GuidePhrases(_Model):
    """Guides: the buttons of every step, what is said around steps, the checklist.

    `says` is what pressing a button says; it names the step, so that an old button is known for what it is.
    """

    step: Annotated[Text, _needs("short", "number", "text")]
    says: Annotated[Text, _needs("label", "short", "number")]
    next: Plain
    back: Plain
    unsure: Plain
    stop: Plain
    restart: Plain
    resume: Plain
    start: Plain
    goes_on: Plain
    stale: Plain
    changed: Plain
    stopped: WithTitle
    done: WithTitle
    paused: WithTitle
    no_help: Plain
    taken_as_unsure: Plain
    which_day: Plain
    no_such_day: Plain
    day_read: Annotated[Text, _needs("day")]
    checklist: Annotated[Text, _needs("title", "count")]
    checklist_empty: WithTitle
    task: Annotated[Text, _needs("do", "where")]
    to_do: Plain
    until: Annotated[Text, _needs("day")]
    with_year: Annotated[Text, _needs("year", "day")]
    overdue: Annotated[Text, _needs("day")]
    at_home: Plain
    together: Plain
    together_at: Annotated[Text, _needs("where", "tasks")]
    unsure_note: Plain
    unconfirmed: Plain


class ChecklistPagePhrases(_Model):
    """The page of a checklist, to print and to keep."""

    window: WithTitle
    made: Annotated[Text, _needs("day")]
    count: Annotated[Text, _needs("count")]
    tasks: Plain
    some_day: Plain
    together: Plain
    bring: Plain
    forms: Plain
    phone: Plain
    sources: Plain
    checked: Annotated[Text, _needs("year", "month", "day")]
    again: Plain
    again_how: Plain
    careful: Plain
    ticks: Plain
    qr: Plain
    print: Plain
    print_by_menu: Plain
    home: Plain
    gone: Plain
    gone_why: Plain


class ContinuedPhrases(_Model):
    """The page that takes a talk from LINE to the web."""

    title: Plain
    text: Plain
    button: Plain
    gone: Plain
    gone_why: Plain
    home: Plain


class EasyPhrases(_Model):
    """やさしい日本語: asked for, offered, left."""

    button: Plain
    on: Plain
    off: Plain
    offer: Plain


class FeedbackPhrases(_Model):
    """Whether an answer helped, and why not. `says` is what pressing a button says."""

    says: Annotated[Text, _needs("label", "title")]
    labels: Annotated[dict[Verdict, Plain], AfterValidator(_for_every_verdict)]
    thanks: Plain
    why: Plain
    sorry: Plain


class LinePhrases(_Model):
    """How facts and sources read on LINE: `label` in a plain message, `fact` in a notification.

    `rest` ends a reply that LINE has no room for, `rest_link` one that can be read on elsewhere.
    `media` answers what is no text, by LINE's name of it; `back` who has blocked the account before, `group`
    who adds it to a group. `chat` is the button to a private talk on the web.
    """

    label: Annotated[Text, _needs("label")]
    fact: Annotated[Text, _needs("label", "value")]
    unconfirmed: Plain
    source: Annotated[Text, _needs("title", "year", "month")]
    rest: Plain
    rest_link: Plain
    media: dict[Plain, Plain]
    back: Plain
    group: Plain
    chat: Plain
    chat_why: Plain


class WebPhrases(_Model):
    """What the web channel says when it can't take a request."""

    not_found: Plain
    no_such_page: Plain
    invalid: Plain
    too_large: Plain
    too_many: Annotated[Text, _needs("seconds")]
    unavailable: Plain


class ChatPhrases(_Model):
    """What the chat on the web itself says; the page hands it to its script."""

    title: Plain
    about: Plain
    close: Plain
    log: Plain
    greeting: Plain
    care: Plain
    kept: Annotated[Text, _needs("days", "handoff_days")]
    start: Plain
    on_this_page: Plain
    first: Annotated[tuple[Plain, ...], Field(min_length=1, max_length=8)]
    label: Plain
    hint: Plain
    send: Plain
    you: Plain
    bot: Plain
    staff: Plain
    sending: Plain
    unsent: Plain
    thinking: Plain
    look_again: Plain
    staffed: Plain
    with_staff: Plain
    late: Plain
    resend: Plain
    reconnect: Plain
    busy: Annotated[Text, _needs("seconds")]
    ended: Plain
    refused: Plain
    full_page: Plain
    failed: Plain
    empty: Plain
    left: Annotated[Text, _needs("count")]
    used: Annotated[Text, _needs("count")]
    over: Annotated[Text, _needs("count", "limit")]
    national: Plain
    call: Plain
    new_tab: Plain
    keep: Plain
    source: Plain
    checked: Annotated[Text, _needs("year", "month", "day")]
    erase: Plain
    sure: Plain
    sure_why: Plain
    do_erase: Plain
    keep_talk: Plain
    save: Plain
    erased: Plain
    not_erased: Plain
    tools: Plain
    print: Plain
    read_aloud: Plain
    stop_reading: Plain
    furigana: Plain
    without_furigana: Plain
    easy: Plain
    easy_says: Plain
    larger: Plain
    sizes: Annotated[tuple[Plain, ...], Field(min_length=3, max_length=3)]
    settings: Plain
    size: Plain
    colours: Plain
    themes: dict[Literal["auto", "light", "dark", "contrast"], Plain]
    always_furigana: Plain
    always_aloud: Plain
    voice: Plain
    voice_care: Plain
    speak: Plain
    listening: Plain
    not_heard: Plain
    done: Plain
    policy: Plain


class AnswerPagePhrases(_Model):
    """The page of one answer, to print and to open again."""

    window: WithTitle
    made: Annotated[Text, _needs("day")]
    print: Plain
    print_by_menu: Plain
    forms: Plain
    phone: Plain
    sources: Plain
    checked: Annotated[Text, _needs("year", "month", "day")]
    again: Plain
    again_how: Plain
    qr: Plain
    home: Plain
    gone: Plain
    gone_why: Plain


class ExportPhrases(_Model):
    """The file in which residents keep their own conversation; `name` is the file's."""

    name: Annotated[Text, _needs("day")]
    title: Plain
    made: Annotated[Text, _needs("moment")]
    source: Annotated[Text, _needs("title", "url", "checked")]
    no_text: Plain


class Phrases(_Model):
    """All of `phrases.yml`."""

    about_unconfirmed: Annotated[Text, _needs("summary")]
    aspect: Annotated[dict[Aspect, WithTitle], AfterValidator(_for_every_aspect)]
    about_expired: WithTitle
    aspect_missing: WithTitleLabel
    aspect_beyond: Annotated[Text, _needs("label")]
    aspect_unconfirmed: WithTitleLabel
    aspect_not_yet: WithTitleLabel
    aspect_expired: Annotated[Text, _needs("title", "label", "day")]
    aspect_partly_expired: WithTitle
    not_yet: Annotated[Text, _needs("title", "day")]
    expired: WithTitle
    ask_for: Annotated[Text, _needs("department")]
    choose: Plain
    unknown: Plain
    which_topic: Plain
    masked: Plain
    too_long: Plain
    empty: Plain
    not_text: Plain
    trouble: Plain
    trouble_answer: Plain
    question_about: Annotated[Text, _needs("title", "label")]
    suggestions: tuple[Plain, ...] = Field(min_length=1, max_length=4)
    labels: Labels
    checklist_page: ChecklistPagePhrases
    continued: ContinuedPhrases
    guide: GuidePhrases
    handoff: HandoffPhrases
    summary_page: SummaryPagePhrases
    export: ExportPhrases
    easy: EasyPhrases
    feedback: FeedbackPhrases
    hours: HoursPhrases
    line: LinePhrases
    talk: TalkPhrases
    web: WebPhrases
    chat: ChatPhrases
    answer_page: AnswerPagePhrases
