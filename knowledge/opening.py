"""Words for opening hours: one day, several days, this moment, a time of day, the next opening."""

from __future__ import annotations

from datetime import date, datetime, time
from itertools import groupby

from knowledge.answer import AnswerFact, Status
from knowledge.clock import Stretch
from knowledge.entries import Department, Place
from knowledge.hours import Spans, holiday_name
from knowledge.phrases import Labels, Phrases
from knowledge.timetable import Day, DayState, Timetable
from knowledge.when import Asked


class OpeningWords:
    """What to say of one place's hours at `now`, in the words of `phrases`."""

    def __init__(self, phrases: Phrases, entry: Place | Department, now: datetime) -> None:
        self._phrases = phrases.hours
        self._labels = phrases.labels
        self._title = entry.title
        self._timetable = Timetable(entry)
        self._now = now

    def text(self, asked: Asked) -> str:
        """The sentence that answers; days are told one by one in `rows` when there are several."""
        if not any(self._timetable.knows(day) for day in asked.days):
            return self._phrases.unknown.format(title=self._title)
        if asked.next:
            return self._next()
        if asked.now:
            return self._this_moment()
        if len(asked.days) > 1:
            period = self._period(asked.days[0], asked.days[-1])
            return self._phrases.days.format(title=self._title, period=period)
        day = self._timetable.on(asked.days[0])
        text = self._at(day, asked.clock) if asked.clock else self._whole(day)
        return self._with_notes(text, day)

    def rows(self, asked: Asked) -> list[AnswerFact]:
        """One row a run of like days, when several were asked about."""
        if len(asked.days) < 2:
            return []
        days = [self._timetable.on(day) for day in asked.days]
        rows = []
        for (state, spans, _), like in groupby(days, key=lambda day: (day.state, day.spans, day.why)):
            run = list(like)
            value = {
                DayState.OPEN: self._spans(spans),
                DayState.CLOSED: self._labels.closed,
                DayState.UNKNOWN: self._labels.not_known,
            }[state]
            status = Status.UNCONFIRMED if state is DayState.UNKNOWN else run[0].status
            label = self._period(run[0].date, run[-1].date)
            rows.append(AnswerFact(label=label, value=value, status=status))
        return rows

    def _this_moment(self) -> str:
        today = self._timetable.on(self._now.date())
        if today.state is DayState.UNKNOWN:
            return self._whole(today)
        if not self._timetable.is_open(self._now):
            opening = self._timetable.next_opening(self._now)
            if opening is None:
                return self._phrases.closed_now.format(title=self._title)
            text = self._phrases.closed_now_next.format(title=self._title, next=self._moment(opening))
            return self._with_notes(text, today) if today.state is DayState.CLOSED else text
        until = self._timetable.open_until(self._now)
        if until is None:
            return self._phrases.always_open.format(title=self._title)
        text = self._phrases.open_now.format(title=self._title, until=self._moment(until, end=True))
        return self._with_notes(text, today)

    def _next(self) -> str:
        opening = self._timetable.next_opening(self._now)
        if opening is None:
            return self._phrases.unknown.format(title=self._title)
        return self._phrases.next.format(title=self._title, next=self._moment(opening))

    def _whole(self, day: Day) -> str:
        names = {"title": self._title, "day": self._day(day.date)}
        if day.state is DayState.UNKNOWN:
            return self._phrases.unknown_day.format(**names)
        if day.state is DayState.OPEN:
            return self._phrases.open.format(spans=self._spans(day.spans), **names)
        opening = self._timetable.next_opening(datetime.combine(day.date, time(23, 59)))
        if opening is None:
            return self._phrases.closed.format(**names)
        return self._phrases.closed_next.format(next=self._day(opening.date()), **names)

    def _at(self, day: Day, clock: Stretch) -> str:
        if day.state is not DayState.OPEN:
            return self._whole(day)
        names = {"title": self._title, "day": self._day(day.date), "clock": self._stretch(clock)}
        open_then = _overlap(day.spans, clock)
        if clock.is_moment:
            phrase = self._phrases.open_at if day.open_at(clock.start) else self._phrases.closed_at
        elif open_then == ((clock.start, clock.end),):
            phrase = self._phrases.open_at
        elif open_then:
            return self._phrases.partly_at.format(spans=self._spans(open_then), **names)
        else:
            phrase = self._phrases.closed_at
        return phrase.format(spans=self._spans(day.spans), **names)

    def _with_notes(self, text: str, day: Day) -> str:
        if ends := day.entry_ends():
            text += "\n" + self._phrases.last_entry.format(time=self._clock(ends))
        if day.why:
            text += "\n" + self._phrases.why.format(why=day.why)
        return text

    def _moment(self, moment: datetime, *, end: bool = False) -> str:
        clock = self._clock(moment.time(), end=end)
        if moment.date() == self._now.date():
            return self._labels.moment_today.format(clock=clock)
        return self._labels.moment.format(day=self._day(moment.date()), clock=clock)

    def _period(self, first: date, last: date) -> str:
        if first == last:
            return self._day(first)
        return self._labels.period.format(first=self._day(first), last=self._day(last))

    def _day(self, day: date) -> str:
        return in_words(day, self._labels)

    def _stretch(self, clock: Stretch) -> str:
        if clock.is_moment:
            return self._clock(clock.start)
        return self._spans(((clock.start, clock.end),))

    def _spans(self, spans: Spans) -> str:
        return self._labels.span_joint.join(
            self._labels.span.format(start=self._clock(start), end=self._clock(end, end=True))
            for start, end in spans
        )

    def _clock(self, moment: time, *, end: bool = False) -> str:
        if end and moment == time():
            return self._labels.closing_midnight
        label = self._labels.clock_minutes if moment.minute else self._labels.clock
        return label.format(hour=moment.hour, minute=f"{moment.minute:02d}")


def in_words(day: date, labels: Labels) -> str:
    """「11月20日（金）」, with the name of a holiday."""
    names = {"month": day.month, "day": day.day, "weekday": labels.weekdays[day.weekday()]}
    if holiday := holiday_name(day):
        return labels.day_holiday.format(holiday=holiday, **names)
    return labels.day.format(**names)


def _overlap(spans: Spans, clock: Stretch) -> Spans:
    """The parts of `clock` that lie within `spans`."""
    parts = []
    for start, end in spans:
        first = max(start, clock.start)
        last = clock.end if end == time() else min(end, clock.end)
        if first < last:
            parts.append((first, last))
    return tuple(parts)
