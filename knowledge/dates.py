"""Days as residents say them: 明日, 来週の土曜, 今週末, 第2水曜, お盆, 12月30日 … by one table.

A table row reads one day or several; the first row that matches wins, so longer words stand
before shorter ones. A day without a year is the next such day from today.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import islice

from knowledge.errors import NoSuchDayError
from knowledge.hours import holiday_name, is_working_day
from knowledge.numbers import NUMBER, number
from knowledge.readings import Readings

type Days = tuple[date, ...]
_Reader = Callable[[re.Match[str], date], Days]

_WEEKDAYS = "月火水木金土日"
_WEEK = r"(?P<week>再来週の?|来週の?|今週の?|今度の?|次の?)?"
_MONTH = r"(?P<month>再来月の?|来月の?|今月の?)?"
_YEARS = {"今年": 0, "来年": 1, "再来年": 2}
_ERAS = {"令和": 2018, "r": 2018, "平成": 1988, "昭和": 1925}
"""The year before an era's first."""
_LEAP_GAP = 8
"""The longest wait, in years, for the next 29 February; further away no calendar is asked."""
_MOST = 14
"""Days of the longest stretch that is answered day by day."""
_LONG_WEEKEND = 3
_HOLIDAY_NAMES = {"体育の日": "スポーツの日", "子どもの日": "こどもの日", "子供の日": "こどもの日"}
"""What people call holidays beside their names."""
_HOLIDAYS = (
    *("成人の日", "建国記念の日", "天皇誕生日", "春分の日", "昭和の日", "憲法記念日", "みどりの日"),
    *("こどもの日", "海の日", "山の日", "敬老の日", "秋分の日", "スポーツの日", "文化の日"),
    *("勤労感謝の日", "国民の休日", "振替休日", *_HOLIDAY_NAMES),
)


def read_days(question: str, today: date) -> Days | None:
    """The days that a normalised `question` names, in order; None when it names none.

    Raises NoSuchDayError for 「2月30日」 and for a year out of sight.
    """
    found = _TABLE.find(question)
    return found[1](found[0], today) if found else None


def names_days(question: str) -> bool:
    """Whether a normalised `question` names a day, possible or not."""
    return _TABLE.find(question) is not None


def without_days(question: str) -> str:
    """A normalised `question` without its words for days."""
    return _TABLE.without(question)


def _in_days(days: int) -> _Reader:
    return lambda _, today: (today + timedelta(days=days),)


def _span(first: date, last: date) -> Days:
    return tuple(first + timedelta(days=n) for n in range(min((last - first).days + 1, _MOST)))


def _ahead(days: Days, today: date) -> Days:
    return tuple(day for day in days if day >= today)


def _yearly(month: int, day: int, length: int = 1) -> _Reader:
    """The coming stretch that begins on a fixed date, or what is left of it."""

    def read(_: re.Match[str], today: date) -> Days:
        for year in (today.year - 1, today.year, today.year + 1):
            days = _span(date(year, month, day), date(year, month, day) + timedelta(days=length - 1))
            if days[-1] >= today:
                return _ahead(days, today)
        raise NoSuchDayError

    return read


def _golden_week(_: re.Match[str], today: date) -> Days:
    for year in (today.year, today.year + 1):
        last = date(year, 5, 5)
        while not is_working_day(last + timedelta(days=1)):
            last += timedelta(days=1)
        if last >= today:
            return _ahead(_span(date(year, 4, 29), last), today)
    raise NoSuchDayError


def _long_weekend(_: re.Match[str], today: date) -> Days:
    """The next three or more days off in a row; those of a run that has begun count from today."""
    run: list[date] = []
    for day in _from(today):
        if is_working_day(day):
            if len(run) >= _LONG_WEEKEND:
                return tuple(run[:_MOST])
            run = []
        else:
            run.append(day)
    raise NoSuchDayError


def _next_holiday(_: re.Match[str], today: date) -> Days:
    return (next(day for day in _from(today) if holiday_name(day)),)


def _named_holiday(match: re.Match[str], today: date) -> Days:
    named = _HOLIDAY_NAMES.get(match[0], match[0])
    days = (today + timedelta(days=n) for n in range(_LEAP_GAP * 366))
    found = next((day for day in days if named in (holiday_name(day) or "")), None)
    if found is None:
        raise NoSuchDayError
    return (found,)


def _working_days(_: re.Match[str], today: date) -> Days:
    """「平日は？」 is about no one day: the coming five."""
    return tuple(islice((day for day in _from(today) if is_working_day(day)), 5))


def _from(today: date) -> Iterator[date]:
    return (today + timedelta(days=n) for n in range(400))


def _monday(match: re.Match[str], today: date) -> date:
    """The Monday of the week that was said, this one's when none was."""
    week = match["week"] or ""
    ahead = 14 if week.startswith("再来週") else 7 if week.startswith("来週") else 0
    return today - timedelta(days=today.weekday()) + timedelta(days=ahead)


def _weekday(match: re.Match[str], today: date) -> Days:
    wanted, week = _WEEKDAYS.index(match["weekday"]), match["week"] or ""
    if week.startswith(("今週", "来週", "再来週")):
        return (_monday(match, today) + timedelta(days=wanted),)
    ahead = (wanted - today.weekday()) % 7
    if ahead == 0 and week.startswith(("今度", "次")):
        ahead = 7
    return (today + timedelta(days=ahead),)


def _weekend(match: re.Match[str], today: date) -> Days:
    saturday = _monday(match, today) + timedelta(days=5)
    return _ahead((saturday, saturday + timedelta(days=1)), today)


def _week(match: re.Match[str], today: date) -> Days:
    monday = _monday(match, today)
    return _ahead(_span(monday, monday + timedelta(days=6)), today)


def _nth_weekday(match: re.Match[str], today: date) -> Days:
    nth, wanted = number(match["nth"]), _WEEKDAYS.index(match["weekday"])
    if not 1 <= nth <= 5:
        raise NoSuchDayError
    first = _first_of_month(match, today)
    for day in _from(max(first, today)):
        if day.weekday() == wanted and (day.day - 1) // 7 + 1 == nth:
            return (day,)
    raise NoSuchDayError


def _first_of_month(match: re.Match[str], today: date) -> date:
    """The first day of the month that was said, today's when none was."""
    said = match["month"] or ""
    months = today.month - 1 + (2 if said.startswith("再来月") else 1 if said.startswith("来月") else 0)
    return date(today.year + months // 12, months % 12 + 1, 1)


def _end_of_month(match: re.Match[str], today: date) -> Days:
    first = _first_of_month(match, today)
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return (after - timedelta(days=1),)


def _day_of_month(match: re.Match[str], today: date) -> Days:
    wanted = number(match["day"])
    if match["month"]:
        first = _first_of_month(match, today)
        return (_valid(first.year, first.month, wanted),)
    for day in (today + timedelta(days=ahead) for ahead in range(62)):
        if day.day == wanted:
            return (day,)
    raise NoSuchDayError


def _month_day(match: re.Match[str], today: date) -> Days:
    month, day = number(match["m"]), number(match["d"])
    if match["year"]:
        return (_valid(today.year + _YEARS[match["year"]], month, day),)
    return (_coming(today, month, day),)


def _later(match: re.Match[str], today: date) -> Days:
    days = number(match["n"]) * (7 if match["unit"].startswith("週") else 1)
    return (today + timedelta(days=days),)


def _month_day_to(match: re.Match[str], today: date) -> Days:
    """From one date to another: 12月29日から1月3日, 12月1日〜5日."""
    first = _coming(today, number(match["m1"]), number(match["d1"]))
    last = _coming(first, number(match["m2"] or match["m1"]), number(match["d2"]))
    return _span(first, last)


def _full_date(match: re.Match[str], today: date) -> Days:
    year = int(match["year"]) if match["year"].isdecimal() else 0
    if era := match["era"]:
        year = _ERAS[era] + (1 if match["year"] == "元" else year)
    if abs(year - today.year) > _LEAP_GAP:
        raise NoSuchDayError
    return (_valid(year, number(match["m"]), number(match["d"])),)


def _coming(today: date, month: int, day: int) -> date:
    for year in range(today.year, today.year + _LEAP_GAP + 1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found >= today:
            return found
    raise NoSuchDayError


def _valid(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise NoSuchDayError from None


_TABLE: Readings[_Reader] = Readings(
    (
        (
            rf"(?P<era>令和|平成|昭和|(?<![a-z])r)?(?P<year>\d{{4}}|(?<=令和|平成|昭和)\d{{1,2}}|(?<=令和|平成|昭和)元|(?<=r)\d{{1,2}})"
            rf"[年/.-](?P<m>{NUMBER})[月/.-](?P<d>{NUMBER})日?",
            _full_date,
        ),
        (
            rf"(?P<m1>{NUMBER})[月/](?P<d1>{NUMBER})日?(から|~|-|〜|–)"
            rf"((?P<m2>{NUMBER})[月/])?(?P<d2>{NUMBER})(日|(?=まで|は|の|、|$))",
            _month_day_to,
        ),
        (rf"((?P<year>再来年|来年|今年)の?)?(?P<m>{NUMBER})月(?P<d>{NUMBER})日", _month_day),
        (r"(?P<year>(?!))?(?<![\d/])(?P<m>\d{1,2})/(?P<d>\d{1,2})(?![\d/])", _month_day),
        (rf"(?P<n>{NUMBER})(?P<unit>日|週間)後", _later),
        (r"年末年始|ねんまつねんし|年越し", _yearly(12, 29, 6)),
        (r"大晦日|おおみそか", _yearly(12, 31)),
        (r"年末", _yearly(12, 29, 3)),
        (r"元日|元旦|がんたん", _yearly(1, 1)),
        (r"お?正月|三が日|三ヶ日|年始|年明け", _yearly(1, 1, 3)),
        (r"お盆|おぼん|盆休み|旧盆", _yearly(8, 13, 4)),
        (r"ゴールデンウィーク|ゴールデンウイーク|(?<![a-z])gw(?![a-z])", _golden_week),
        (r"[三四五六3-6]?連休", _long_weekend),
        (r"しあさって|明々後日", _in_days(3)),
        (r"明後日|あさって", _in_days(2)),
        (r"一昨日|おととい", _in_days(-2)),
        (r"昨日|きのう", _in_days(-1)),
        (r"明日|あした|あす(?!か)", _in_days(1)),
        (r"今日|本日|きょう|今夜|今晩", _in_days(0)),
        (rf"{_MONTH}第(?P<nth>{NUMBER})(?P<weekday>[月火水木金土日])曜?日?", _nth_weekday),
        (rf"{_WEEK}(週末|土日|土曜日?(と|や|か|・|、|も)日曜日?)", _weekend),
        (r"(?P<week>再来週|来週|今週)末", _weekend),
        (rf"{_WEEK}(?P<weekday>[月火水木金土日])曜日?", _weekday),
        (rf"{_WEEK}(?P<weekday>土)日?(?=は|も|に|で|開)", _weekday),
        ("|".join(_HOLIDAYS), _named_holiday),
        (r"祝日|祭日", _next_holiday),
        (r"平日", _working_days),
        (r"(?P<month>再来月|来月|今月)末|(?P<any>月末)", _end_of_month),
        (rf"{_MONTH}(?P<day>{NUMBER})日(?!間|以|曜|中|前|後)", _day_of_month),
        (r"(?P<week>再来週|来週|今週)", _week),
    )
)
