"""What a resident's words mean to a guide: a button of some step, or a reply to the present one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from knowledge.dates import names_days, read_days, without_days
from knowledge.guides import NO, YES, AnswerType, Step
from knowledge.phrases import GuidePhrases
from knowledge.tokens import normalise, squeeze


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


_END = r"(?:です|でした|ます|ました|した|ください|けど|から|わい|[、。!ねえよーわさなあだ\s])*"
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
        r"(?:一つ|ひとつ|1つ)?(?:前(?:に|へ|の)?)?(?:[戻も]ど?(?:る|って|りたい|り|す|して))"
        r"|前へ|前の(?:質問|手順)(?:に戻る)?",
    ),
    (
        Move.STOP,
        r"(?:案内を)?(?:もう)?(?:[や辞止]め(?:る|たい|ます|て)?|中止(?:する)?|終了(?:する)?|終わり(?:に(?:する|します?|したい)|たい)?)|もういい",
    ),
    (
        Move.RESTART,
        r"(?:最初|初め|はじめ|一)から(?:やり直す|やり直したい|もう一度|お願い(?:します?)?)?|やり直(?:す|し|したい)",
    ),
    (
        Move.RESUME,
        r"(?:案内の)?(?:続き|つづき)(?:から|を)?(?:お願い(?:します?)?|する)?|続け(?:る|て)?|再開(?:する)?",
    ),
)
_MOVE_RES = tuple((move, re.compile(rf"(?:はい|うん|ええ)?、?(?:{said}){_END}")) for move, said in _MOVES)
_YES = re.compile(
    rf"(?:(?:はい|うん|ええ|そう|あり|ある|い(?:る|ます)|おります|yes|もちろん|その通り)、?)+{_END}"
)
_NO = re.compile(
    rf"(?:(?:いいえ|いえ|いや|ううん|な(?:い|し)|ありません|い(?:ない|ません)|おりません|no|違(?:う|います)|まだ)、?)+{_END}"
)
_DONE = re.compile(
    rf"(?:はい|うん|ええ)?、?(?:もう)?(?P<verb>\S{{1,8}}?)(?:[てで]い?(?:る|ます)|ました|た){_END}"
)
_NOT_DONE = re.compile(
    rf"(?:いいえ|いえ|いや)?、?(?:まだ)?(?P<verb>\S{{1,8}}?)(?:[てで]い?(?:ない|ません)|ません|ない){_END}"
)
"""「持っています」, 「まだ出していません」: an answer when the question has that verb."""
_CHOSEN = re.compile(
    r"(?:の(?:ほう|方))?(?:です|で|に(?:する|します)|が(?:いい|よい)(?:です)?|を?お願いします|だ)(?:ね|よ|わ)?"
)
"""What may follow the label of an option that is chosen."""
_TOLD = re.compile(
    r"(?:(?:えーと|えっと|たぶん|多分|確か|たしか|はい|あの)、?)?(?:[(（][月火水木金土日][）)])?"
    r"(?:\S{1,10}は、?(?=.*(?:です|でした|ました|予定)))?(?:の?(?:頃|ころ|ごろ|くらい|ぐらい))?に?"
    r"(?:[ぁ-ん一-龠]{0,8}(?:です|でした|ました|ます|た|だ|予定|つもり)(?:よ|ね|かな|わ)?)?[。、!]?"
)
"""What may stand beside a day that is told: nothing that asks, and no second day."""
_PAST = re.compile(r"さきおととい|先々?月|先々?週|去年|昨年|一昨年|おととし|前の|この前|こないだ")
"""Words for the past that `dates` does not read: better to ask again than to take another day."""
_ASKS = re.compile(r"[?？]|開い|やって|休み|いつ|何時|ますか|ですか")
"""What a question about a day has, and a day that is told has not."""
_KANJI = re.compile(r"[一-龠]")
_LOOKS_BACK = (0, 6, 27, 182)
"""Days before today from which the coming 「20日」, 「金曜」 or 「11月20日」 is looked for."""
_A_YEAR = 366


def read_press(text: str, phrases: GuidePhrases) -> Press | None:
    """The button that `text` stands for, None when it is no button's."""
    marks = {"label": r"(?P<label>.+)", "short": r"(?P<short>[^（）]+)", "number": r"(?P<number>[0-9]{1,3})"}
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
    if step.asks_day:
        day = nearest_day(text, today, past=step.answer is AnswerType.PAST_DATE)
        return day.isoformat() if day else None
    said = squeeze(text).rstrip("。.!！")
    labels = [option.label for option in step.options]
    if exact := next((label for label in labels if squeeze(label) == said), None):
        return exact
    if set(labels) == {YES, NO}:
        return _yes_or_no(normalise(text), step.text)
    chosen = [label for label in labels if _CHOSEN.fullmatch(said.removeprefix(squeeze(label)))]
    return chosen[0] if len(chosen) == 1 else None


def _yes_or_no(said: str, question: str) -> str | None:
    for answer, plain, said_back in ((YES, _YES, _DONE), (NO, _NO, _NOT_DONE)):
        if plain.fullmatch(said):
            return answer
        found = said_back.fullmatch(said)
        if found and _is_asked(found["verb"], question):
            return answer
    return None


def _is_asked(verb: str, question: str) -> bool:
    """Whether `question` has the verb: by its kanji, or by its first two letters."""
    letters = 1 if _KANJI.match(verb) else 2
    return len(verb) >= letters and verb[:letters] in question


def nearest_day(text: str, today: date, *, past: bool = False) -> date | None:
    """The day nearest to today that `text` names and nothing else; None when it names none, or several.

    With `past` the nearest that is not to come.

    Raises NoSuchDayError for a day that is in no calendar.
    """
    said = normalise(text)
    if not names_days(said) or _PAST.search(said) or _ASKS.search(said):
        return None
    if not _TOLD.fullmatch(without_days(said).strip()):
        return None
    looks = (*_LOOKS_BACK, _A_YEAR) if past else _LOOKS_BACK
    coming = [_coming(said, today - timedelta(days=days)) for days in looks]
    if coming[0] is None:
        return None
    moved = _coming(said, today + timedelta(days=1))
    moves = moved is not None and moved - coming[0] == timedelta(days=1)  # 「昨日」 moves with today
    days = [coming[0]] if moves else [day for day in coming if day]
    if past:
        days = [day for day in days if day <= today]
    return min(days, key=lambda day: abs(day - today), default=None)


def _coming(said: str, today: date) -> date | None:
    days = read_days(said, today)
    return days[0] if days and len(days) == 1 else None
