"""The schema of what a guide walks through: questions, things to do, a checklist at the end."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from knowledge.answer import Status
from knowledge.facts import STATUS_HELP, Id, Line, Model

END = "end"
YES, NO, UNSURE = "はい", "いいえ", "わからない"
"""What a yes/no question can be answered with; any question can be answered with UNSURE."""

_BUTTONS = {UNSURE, "できた", "戻る", "やめる", "初めから", "続きから"}
"""What stands on every step, so that it can be no answer."""

Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20)]

_FACT_PATH = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\.[a-z]+(\.[a-z]+)?")


def _without_brackets(short: str) -> str:
    if re.search(r"[（）()]", short):
        raise ValueError("short に（ ）は使えません。ボタンの言葉の中で使うからです。消してください")
    return short


def _names_a_field(path: str) -> str:
    if not _FACT_PATH.fullmatch(path):
        raise ValueError("項目の id と欄を、mynumber-apply.fee のように点でつないで書いてください")
    return path


def _answers(conditions: object) -> object:
    """Let clerks write one answer or a list; refuse here what pydantic would refuse in words of its own."""
    if not isinstance(conditions, dict):
        return conditions
    lists = {step: [meant] if isinstance(meant, str) else meant for step, meant in conditions.items()}
    if not all(
        isinstance(meant, list | tuple) and meant and all(isinstance(m, str) for m in meant)
        for meant in lists.values()
    ):
        raise ValueError("if は {質問の id: 答え} か {質問の id: [答え, 答え]} の形で書いてください")
    return lists


Short = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=12),
    AfterValidator(_without_brackets),
]
FactPath = Annotated[str, AfterValidator(_names_a_field)]
"""An entry and one of its fields: `mynumber-apply.fee`, `moving-in.how.post`."""

Conditions = Annotated[
    dict[Id, tuple[Label, ...]],
    BeforeValidator(_answers, json_schema_input_type=dict[Id, Label | list[Label]]),
]
"""Earlier steps and the answers there of which one must have been given; UNSURE is as good as any."""

_IF_HELP = "前の質問への答え（例: {dog: はい}）。全部あてはまるときだけ出る。「わからない」のときも出る"


class AnswerType(StrEnum):
    """How a question is answered."""

    CHOICE = "choice"
    DATE = "date"
    PAST_DATE = "past_date"


class Choice(Model):
    """One answer, and where it leads: to the next step unless it says otherwise."""

    label: Label = Field(description="ボタンの言葉。20文字まで")
    go: Id | None = Field(default=None, description="次に進む steps の id。終わるときは end")
    guide: Id | None = Field(default=None, description="ほかの guide に移るとき、その id")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.go and self.guide:
            raise ValueError("go と guide は、どちらか1つだけ書いてください")
        return self


class _Conditional(Model):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, validate_by_alias=True)

    conditions: Conditions = Field(default={}, alias="if", description=_IF_HELP)
    status: Status | None = Field(default=None, description=STATUS_HELP)

    def applies(self, answers: Mapping[str, str]) -> bool:
        """Whether earlier `answers` let it through; a question that was skipped lets nothing through."""
        return all(
            (said := answers.get(step)) == UNSURE or said in meant for step, meant in self.conditions.items()
        )


class Step(_Conditional):
    """One thing to answer (`ask`) or to do (`do`)."""

    id: Id = Field(description="この案内の中での名前。半角英数字とハイフン")
    ask: Line | None = Field(default=None, description="聞くこと。choices がなければ「はい／いいえ」で答える")
    do: Line | None = Field(default=None, description="すること。1つだけ書く")
    choices: tuple[Choice, ...] = Field(default=(), max_length=6, description="ask の答えのボタン")
    answer: AnswerType = Field(
        default=AnswerType.CHOICE,
        description="日付で答える質問は date。もう過ぎた日（生まれた日など）は past_date",
    )
    help: Line | None = Field(default=None, description="「わからない」と言われたときの説明")
    easy: Line | None = Field(default=None, description="やさしい日本語の文")
    facts: tuple[FactPath, ...] = Field(
        default=(),
        description="見せる事実。項目の id と欄（例: mynumber-apply.fee）。金額や期限は必ずここから",
    )
    next: Id | None = Field(
        default=None, description="次に進む steps の id。終わるときは end。なければ次の行"
    )

    @property
    def text(self) -> str:
        """What is asked, or to be done."""
        return self.ask or self.do or ""

    @property
    def asks_day(self) -> bool:
        """Whether a day is the answer."""
        return self.answer in {AnswerType.DATE, AnswerType.PAST_DATE}

    @property
    def options(self) -> tuple[Choice, ...]:
        """The answers to choose from: none to a thing to do, or where a day is asked for."""
        if self.do or self.asks_day:
            return ()
        return self.choices or (Choice(label=YES), Choice(label=NO))

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        if (self.ask is None) == (self.do is None):
            raise ValueError("ask（聞くこと）か do（すること）の、どちらか1つを書いてください")
        if self.choices and (self.do or self.asks_day):
            raise ValueError("choices は、日付でない ask にだけ書けます。消すか、ask に直してください")
        labels = [choice.label for choice in self.choices]
        if len(labels) == 1 or len(set(labels)) < len(labels):
            raise ValueError("choices は2つ以上、それぞれ違う label にしてください")
        if ours := _BUTTONS & set(labels):
            raise ValueError(f"「{min(ours)}」のボタンは自動で出ます。choices から消してください")
        return self


class Deadline(Model):
    """By when, counted from a day that the resident gave.

    Periods begin on the next day (民法第140条) unless the law counts the day itself (戸籍法第43条). One
    that ends while the office is closed ends on the next open day where the law says so (地方自治法
    第4条の2); where it is not known to, the last open day before is told, which is never too late.
    """

    after: Id = Field(description="日付を聞いた steps の id")
    days: int = Field(default=0, ge=0, le=3660, description="日数")
    months: int = Field(default=0, ge=0, le=120, description="月数")
    first_day: Literal["counts", "next_day"] = Field(
        default="next_day", description="counts（その日を1日目と数える）／ next_day（次の日から数える）"
    )
    if_closed: Literal["next", "previous"] = Field(
        default="previous",
        description="最後の日に役所が休みのとき。next（次に開く日まで。根拠があるときだけ）／ "
        "previous（前の開く日まで）",
    )

    @model_validator(mode="after")
    def _has_length(self) -> Self:
        if bool(self.days) == bool(self.months):
            raise ValueError("days（日数）か months（月数）の、どちらか1つを書いてください")
        return self


class Task(_Conditional):
    """One line of the checklist. What to bring, where and forms come from its entry."""

    do: Line = Field(description="すること。1つだけ書く（例: 転入届を出す）")
    entry: Id | None = Field(default=None, description="くわしい項目の id。窓口・持ち物はそこから出る")
    by: Deadline | None = Field(default=None, description="期限。住民が答えた日から数える")
    by_words: Line | None = Field(default=None, description="数えられない期限を、言葉で（例: 早めに）")
    at_home: bool = Field(default=False, description="家でできる（オンライン・電話・郵送）なら true")
    easy: Line | None = Field(default=None, description="やさしい日本語の文")

    @property
    def text(self) -> str:
        """What is to be done."""
        return self.do
