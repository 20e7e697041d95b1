"""What a resident's words mean to a guide: a button of some step, or a reply to the present one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from knowledge.dates import names_days, read_days, without_days
from knowledge.guides import NO, YES, AnswerType, Step
from knowledge.phrases import GuidePhrases
from knowledge.tokens import normalise, squeeze, words


class Move(StrEnum):
    """What can be done at any step; the names of its buttons are in `phrases.yml`."""

    NEXT = "next"
    BACK = "back"
    UNSURE = "unsure"
    STOP = "stop"
    RESTART = "restart"
    RESUME = "resume"
    START = "start"


@dataclass(frozen=True)
class Press:
    """A button: its label, the guide's short name and the step's number (from 1) on the path."""

    label: str
    short: str
    number: int


_END = r"(?:です|でした|ます|ました|した|、|。|!|ね|よ|よー|わ|さ|けど|だ|わい|から|\s)*"
_MOVES = (
    (
        Move.NEXT,
        r"(?:もう|全部|ぜんぶ|ちゃんと)?(?:でき(?:た|ま)|出来(?:た|ま)|終わ(?:った|りま)|おわ(?:った|りま)"
        r"|済(?:んだ|みま)|すんだ|やりま|やった|しま)"
        r"|(?:はい|じゃ|では)?次(?:へ|は|に進む|お願いします?)?|つぎ|進む|ok|おっけー|オッケー|了解",
    ),
    (
        Move.UNSURE,
        r"(?:それは|これは|これ)?(?:よく|ちょっと|全然|まだ|さっぱり|何だか)?"
        r"(?:[わ分]か(?:ら(?:ない|ん|ねえ|ねぇ|ぬ)|りません|んない)|知ら(?:ない|ん)|知りません|不明)",
    ),
    (
        Move.BACK,
        r"(?:一つ|ひとつ|1つ)?(?:前(?:に|へ|の)?)?(?:[戻も]ど?(?:る|って(?:ください)?|りたい|す|して(?:ください)?))"
        r"|前へ|前の(?:質問|手順)(?:に戻る)?",
    ),
    (
        Move.STOP,
        r"(?:案内を)?(?:もう)?(?:[や辞止]め(?:る|たい|ます|て)?|中止(?:する)?|終了(?:する)?|終わり(?:に(?:する|します?|したい)|たい)?)|もういい",
    ),
    (
        Move.RESTART,
        r"(?:最初|初め|はじめ|一)から(?:やり直す|やり直したい|もう一度|お願いします?)?|やり直(?:す|し|したい)",
    ),
    (Move.RESUME, r"(?:案内の)?(?:続き|つづき)(?:から|を)?(?:お願いします?|する)?|続ける|再開(?:する)?"),
)
_MOVE_RES = tuple((move, re.compile(rf"(?:はい|うん|ええ)?、?(?:{said}){_END}")) for move, said in _MOVES)
_YES = re.compile(
    rf"(?:(?:はい|うん|ええ|そう|あり|ある|い(?:る|ます)|おります|yes|もちろん|その通り"
    rf"|[^\s、。]{{1,8}}[てで]い?(?:る|ます)|[^\s、。]{{1,6}}(?<![ら])ました)、?)+{_END}"
)
"""Also 「持っています」 and 「出しました」: what was asked, said back."""
_NO = re.compile(
    rf"(?:(?:いいえ|いえ|いや|ううん|な(?:い|し)|ありません|い(?:ない|ません)|おりません|no|違(?:う|います)|まだ"
    rf"|[^\s、。]{{1,8}}[てで]い?(?:ない|ません)|[^\s、。]{{1,8}}ません(?:でした)?|[^\s、。]{{1,6}}らない)、?)+{_END}"
)
_PAST = re.compile(r"先々?月|先々?週|去年|昨年|一昨年|おととし|前の|この前|こないだ")
"""Words for the past that `dates` does not read: better to ask again than to take another day."""
_ASKS = re.compile(r"[?？]|開い|やって|休み|いつ|何時|ますか|ですか")
"""What a question about a day has, and a day that is told has not."""
_LOOKS_BACK = (0, 6, 27, 182)
"""Days before today from which the coming 「20日」, 「金曜」 or 「11月20日」 is looked for."""


def read_press(text: str, phrases: GuidePhrases) -> Press | None:
    """The button that `text` stands for, None when it is no button's."""
    marks = {"label": r"(?P<label>.+)", "short": r"(?P<short>.+)", "number": r"(?P<number>[0-9]{1,3})"}
    pattern = re.escape(phrases.says)
    for name, mark in marks.items():
        pattern = pattern.replace(re.escape(f"{{{name}}}"), mark)
    found = re.fullmatch(pattern, text.strip())
    return Press(found["label"], found["short"], int(found["number"])) if found else None


def read_move(text: str) -> Move | None:
    """What `text` asks a guide to do, None when it asks for nothing like that."""
    said = normalise(text)
    return next((move for move, pattern in _MOVE_RES if pattern.fullmatch(said)), None)


def read_answer(text: str, step: Step, today: date) -> str | None:
    """The answer to `step` that `text` gives: an option's label, or a day as 2026-11-20.

    Raises NoSuchDayError for 「2月30日」 where a day is asked for.
    """
    if step.answer is AnswerType.DATE:
        day = nearest_day(text, today)
        return day.isoformat() if day else None
    said = squeeze(text).rstrip("。.!！")
    labels = [option.label for option in step.options]
    if exact := next((label for label in labels if squeeze(label) == said), None):
        return exact
    if set(labels) == {YES, NO}:
        plain = normalise(text)
        if read_move(text) is Move.UNSURE:
            return None
        return YES if _YES.fullmatch(plain) else NO if _NO.fullmatch(plain) else None
    begun = [label for label in labels if said.startswith(squeeze(label)) and len(said) <= len(label) + 6]
    return begun[0] if len(begun) == 1 else None


def nearest_day(text: str, today: date) -> date | None:
    """The day nearest to today that `text` names and nothing else; None when it names none, or several.

    Raises NoSuchDayError for a day that is in no calendar.
    """
    said = normalise(text)
    if not names_days(said) or _PAST.search(said) or _ASKS.search(said) or len(words(without_days(said))) > 1:
        return None
    coming = [_coming(said, today - timedelta(days=days)) for days in _LOOKS_BACK]
    if coming[0] is None:
        return None
    moved = _coming(said, today + timedelta(days=1))
    if moved is not None and moved - coming[0] == timedelta(days=1):  # 「昨日」 moves with today
        return coming[0]
    return min((day for day in coming if day), key=lambda day: abs(day - today))


def _coming(said: str, today: date) -> date | None:
    days = read_days(said, today)
    return days[0] if days and len(days) == 1 else None
