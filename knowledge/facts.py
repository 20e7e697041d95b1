"""What carries provenance: facts, phone numbers, links, opening hours, dated texts.

In YAML a fact is a plain string, which inherits its entry's status, sources and department,
or a mapping that states its own. Two versions of a fact stand side by side as two list
items with dates. Descriptions are Japanese: editors show them to clerks through the JSON Schema.
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from knowledge.answer import Status
from knowledge.hours import CLOSED, Weekday, parse_hours, parse_special

URL_PATTERN = r"^https?://\S+$"
PHONE_PATTERN = r"^[#0-9][0-9-]*$"
ID_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"
ID_MAX = 60
Id = Annotated[str, Field(pattern=ID_PATTERN, max_length=ID_MAX)]
Url = Annotated[str, Field(pattern=URL_PATTERN, max_length=2000)]
Phone = Annotated[str, Field(pattern=PHONE_PATTERN, max_length=20)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]
_DAY = re.compile(r"(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}")


def _as_a_day(value: object) -> object:
    """Only days as we write them: pydantic takes seconds and times too, and years such as 0026 are slips."""
    if isinstance(value, date) or (isinstance(value, str) and _DAY.fullmatch(value)):
        return value
    raise PydanticCustomError("date_type", "a day such as 2026-11-23")


Day = Annotated[date, BeforeValidator(_as_a_day)]

STATUS_HELP = (
    "confirmed（芦別市のこととして確かめた）／ national（全国共通の決まり）／ unconfirmed（確認待ち）"
)


class Model(BaseModel):
    """Frozen, and strict about names: a misspelt key is a mistake, not a new key."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(Model):
    """A page or document somebody read, and the day they read it."""

    title: Line = Field(description="出典の名前（自治体名・ページ名・日付）")
    url: Url | None = Field(default=None, description="出典のURL。分からないときは書かない")
    checked_on: Day = Field(description="出典を最後に確かめた日（例: 2026-11-23）")


class Dated(Model):
    """Anything true only between two dates, both included."""

    valid_from: Day | None = Field(default=None, description="この日から有効（この日を含む）")
    valid_until: Day | None = Field(default=None, description="この日まで有効（この日を含む）")

    @field_validator("valid_until")
    @classmethod
    def _in_order(cls, until: date | None, info: ValidationInfo) -> date | None:
        start = info.data.get("valid_from")
        if start and until and start > until:
            raise ValueError("valid_from が valid_until より後になっています。日付を入れ替えてください")
        return until

    @property
    def has_dates(self) -> bool:
        """Whether it is not simply always true."""
        return self.valid_from is not None or self.valid_until is not None

    def holds_on(self, day: date) -> bool:
        """Whether `day` lies within the dates."""
        return not self.begins_after(day) and not self.ended_before(day)

    def begins_after(self, day: date) -> bool:
        """Whether on `day` it is not valid yet."""
        return self.valid_from is not None and day < self.valid_from

    def ended_before(self, day: date) -> bool:
        """Whether on `day` it is valid no more."""
        return self.valid_until is not None and self.valid_until < day


class Text(Dated):
    """A text for residents, perhaps one of several versions."""

    value: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=600)] = Field(
        description="住民に見せる文（2〜3文）"
    )


class Fact(Dated):
    """A value with its own provenance; what it does not state it inherits from the entry."""

    value: Line = Field(description="住民に見せる文")
    status: Status | None = Field(default=None, description=STATUS_HELP)
    sources: tuple[Source, ...] = Field(default=(), description="この事実だけの出典")
    checked_on: Day | None = Field(default=None, description="職員がこの事実を最後に確かめた日")
    department: Id | None = Field(default=None, description="この事実を知っている担当課の id")


class PhoneFact(Fact):
    """A phone number to dial."""

    value: Phone = Field(description="電話番号（半角の数字とハイフン）")


class PageFact(Fact):
    """The address of a page."""

    value: Url = Field(description="ページのURL")


class IfHoliday(StrEnum):
    """What a weekly closing day does when it falls on a public holiday."""

    CLOSED = "closed"
    OPEN = "open"
    NEXT_DAY = "next_day"
    NEXT_WEEKDAY = "next_weekday"


class Closing(Model):
    """定休日, with what happens when it is a public holiday, which the OSM language can't say."""

    days: tuple[Weekday, ...] = Field(min_length=1, description="定休日の曜日（例: [Mo]）")
    if_holiday: IfHoliday = Field(
        description="定休日が祝日のとき。closed（祝日でも休み）／ open（開ける）／ "
        "next_day（開けて、次の日に休む）／ next_weekday（開けて、次の平日に休む）"
    )


class HoursFact(Fact):
    """Opening hours in the OpenStreetMap opening-hours language; `text` is how people say it."""

    value: Line = Field(description="OSM opening_hours 形式（例: Mo-Fr 08:45-17:15; PH off）")
    text: Line = Field(description="住民に見せる文（例: 平日 8時45分〜17時15分）")
    closing: Closing | None = Field(default=None, description="定休日と、それが祝日のときの決まり")
    last_entry: int | None = Field(
        default=None, strict=True, ge=1, le=240, description="閉まる何分前まで入れるか（分）"
    )

    @field_validator("value")
    @classmethod
    def _parses(cls, value: str) -> str:
        parse_hours(value)
        return value


class SpecialDay(Model):
    """A one-off closure or opening; it goes before the weekly hours."""

    day: Day = Field(description="その日（例: 2026-12-01）")
    until: Day | None = Field(default=None, description="続くときの最後の日（この日を含む）")
    hours: Line = Field(description="closed（休み）、または開く時間（例: 10:00-15:00）")
    why: Line | None = Field(default=None, description="理由（例: 館内整理のため）")
    sources: tuple[Source, ...] = Field(default=(), description="出典")

    @field_validator("until")
    @classmethod
    def _in_order(cls, until: date | None, info: ValidationInfo) -> date | None:
        start = info.data.get("day")
        if start and until and until < start:
            raise ValueError("until が day より前になっています。日付を入れ替えてください")
        return until

    @field_validator("hours")
    @classmethod
    def _parses(cls, value: str) -> str:
        if value != CLOSED:
            parse_special(value)
        return value

    def covers(self, day: date) -> bool:
        """Whether `day` is one of its days."""
        return self.day <= day <= (self.until or self.day)


def _as_list(value: object) -> object:
    """Let clerks write a string, a mapping, or a list of either."""
    if value is None:
        return []
    items = value if isinstance(value, list | tuple) else [value]
    return [{"value": item} if isinstance(item, str) else item for item in items]


_FactsInYaml = str | Fact | list[str | Fact] | None
_PhonesInYaml = str | PhoneFact | list[str | PhoneFact] | None
_PagesInYaml = str | PageFact | list[str | PageFact] | None
_TextsInYaml = str | list[Text]
"""What the JSON Schema lets clerks write, so that their editors do not mark it as wrong."""

Facts = Annotated[tuple[Fact, ...], BeforeValidator(_as_list, json_schema_input_type=_FactsInYaml)]
Phones = Annotated[tuple[PhoneFact, ...], BeforeValidator(_as_list, json_schema_input_type=_PhonesInYaml)]
Pages = Annotated[tuple[PageFact, ...], BeforeValidator(_as_list, json_schema_input_type=_PagesInYaml)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_as_list, json_schema_input_type=_TextsInYaml)]
Hours = tuple[HoursFact, ...]
