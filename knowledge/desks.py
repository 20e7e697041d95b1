"""The schema of `content/desks.yml`: who talks with residents in the chat, for whom, and when.

Desks are what residents are told of and wait at. Which of their members have an account is not known here.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, field_validator

from knowledge.answer import Status
from knowledge.facts import Dated, Hours, HoursFact, Id, Line, Model, Source, SpecialDay, Url
from knowledge.hours import Weekday, weekday

LOGIN_PATTERN = r"^[a-z][a-z0-9._-]{1,31}$"
MAIL_PATTERN = r"^[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$"
Login = Annotated[str, Field(pattern=LOGIN_PATTERN)]
"""The name that a clerk signs in with."""
EmailAddress = Annotated[str, Field(pattern=MAIL_PATTERN, max_length=254)]

_UNKNOWN = re.compile(r"\bunknown\b", re.IGNORECASE)
_OF_ENTRIES = ("status", "department", "last_entry")
"""Fields of opening hours that say nothing of a desk: the city itself decides when its clerks talk."""


class Shift(Dated):
    """Who is on duty on which days; one line of a roster."""

    members: tuple[Login, ...] = Field(min_length=1, description="当番の職員のログイン名")
    days: tuple[Weekday, ...] = Field(
        default=(), description="当番の曜日（例: [Mo, We]）。書かなければ、期間中のすべての日"
    )

    def covers(self, day: date) -> bool:
        """Whether `day` is one of its days."""
        return self.holds_on(day) and (not self.days or weekday(day) in self.days)


class SlotPlan(Model):
    """How call-backs are cut out of the opening hours."""

    minutes: int = Field(
        default=30,
        strict=True,
        ge=10,
        le=120,
        description="約束1回の長さ（分）。開いている時間をこれで区切る",
    )
    ahead: int = Field(default=7, strict=True, ge=1, le=31, description="何日先まで約束できるか（日）")


class Desk(Model):
    """One desk: a group of clerks who talk for one or more departments."""

    id: Id = Field(description="窓口の名前（半角英数字とハイフン）。一度決めたら変えない")
    title: Line = Field(description="住民に伝える名前（例: 市税の窓口）")
    departments: tuple[Id, ...] = Field(
        default=(), description="受け持つ担当課（department）の id。1つの担当課は1つの窓口だけに書く"
    )
    hours: Hours = Field(min_length=1, description="チャットで職員が話せる時間。昼休みはあけて書く")
    special_days: tuple[SpecialDay, ...] = Field(
        default=(), description="この日だけ休む、この日だけ開ける。hours より優先する"
    )
    members: tuple[Login, ...] = Field(default=(), description="職員のログイン名")
    roster: tuple[Shift, ...] = Field(
        default=(), description="当番表。書かなければ、開いている時間は members の全員が当番"
    )
    substitute: Id | None = Field(default=None, description="当番がいないときに代わる窓口の id")
    notify: tuple[EmailAddress, ...] = Field(default=(), description="知らせを送るメールアドレス")
    webhook: Url | None = Field(default=None, description="知らせを送る Webhook のURL")
    slots: SlotPlan = Field(default=SlotPlan(), description="時間の約束の区切り方")

    @field_validator("hours")
    @classmethod
    def _are_decided(cls, hours: Hours) -> Hours:
        for version in hours:
            if said := next((name for name in _OF_ENTRIES if getattr(version, name) is not None), None):
                raise ValueError(f"窓口の hours に「{said}」は書けません。消してください")
            if _UNKNOWN.search(version.value):
                raise ValueError("窓口の時間に「unknown」は使えません。市が決めた時間を書いてください")
        return hours

    @field_validator("members")
    @classmethod
    def _are_different(cls, members: tuple[Login, ...]) -> tuple[Login, ...]:
        if twice := next((login for n, login in enumerate(members) if login in members[:n]), None):
            raise ValueError(f"members に「{twice}」が2回あります。1つ消してください")
        return members

    @property
    def status(self) -> Status:
        """Its hours are written by the city itself, so they are confirmed."""
        return Status.CONFIRMED

    def hours_on(self, day: date) -> HoursFact | None:
        """The weekly hours that are valid on `day`, None when none are."""
        return next((hours for hours in self.hours if hours.holds_on(day)), None)


class Desks(Model):
    """All of `desks.yml`."""

    kind: Literal["desks"] = Field(description="desks は相談の窓口。ファイルは1つだけ")
    default: Id = Field(description="どの窓口の受け持ちでもないときに答える窓口の id")
    desks: tuple[Desk, ...] = Field(min_length=1, description="窓口")
    sources: tuple[Source, ...] = Field(min_length=1, description="受け持ちと時間を、だれがいつ決めたか")
