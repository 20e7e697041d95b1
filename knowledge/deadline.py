"""The last day to do something, counted from a day that a resident gave."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

from knowledge.errors import NoSuchDayError
from knowledge.guides import Deadline
from knowledge.hours import is_working_day

_ONE_DAY = timedelta(days=1)
_YEAR_END = ((12, 29), (1, 3))
"""Local offices rest from 29 December to 3 January: 地方自治法第4条の2 lets a bylaw say so, and they do."""


def last_day(deadline: Deadline, given: date) -> date:
    """The last day on which the office is open; raises NoSuchDayError beyond the calendar's end.

    A period of months ends the day before the one that corresponds to its first, or with its last
    month where that has no such day (民法第143条).
    """
    try:
        first = given if deadline.first_day == "counts" else given + _ONE_DAY
        if deadline.days:
            day = first + timedelta(days=deadline.days - 1)
        else:
            day = _months_later(first, deadline.months)
        step = _ONE_DAY if deadline.if_closed == "next" else -_ONE_DAY
        while not is_office_day(day):
            day += step
    except (OverflowError, ValueError):
        raise NoSuchDayError from None
    return day


def is_office_day(day: date) -> bool:
    """Whether local offices are open on `day`: no weekend, no holiday, not the turn of the year."""
    begins, ends = _YEAR_END
    return is_working_day(day) and ends < (day.month, day.day) < begins


def _months_later(first: date, months: int) -> date:
    """The end of a period of `months` that begins with `first`."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    days = calendar.monthrange(year, month + 1)[1]
    if first.day > days:
        return date(year, month + 1, days)
    return date(year, month + 1, first.day) - _ONE_DAY
