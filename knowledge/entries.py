"""The schema of everything in `content/`: one pydantic model a kind.

Every fact that can be wrong carries its own provenance (design rule 2). In YAML a fact is
a plain string, which inherits the entry's status and sources, or a mapping that states its
own. Descriptions are Japanese: editors show them to clerks through the JSON Schema.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator

from knowledge.answer import Status
from knowledge.hours import parse_hours

Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Url = Annotated[str, Field(pattern=r"^https?://\S+$", max_length=2000)]
Phone = Annotated[str, Field(pattern=r"^[#0-9][0-9-]*$", max_length=20)]
Line = Annotated[str, Field(min_length=1, max_length=400)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Model):
    """A page or document somebody read, and the day they read it."""

    title: Line = Field(description="出典の名前（自治体名・ページ名・日付）")
    url: Url | None = Field(default=None, description="出典のURL。分からないときは書かない")
    checked_on: date = Field(description="出典を最後に確かめた日（例: 2026-11-23）")


class Dated(_Model):
    """Anything true only between two dates, both included."""

    valid_from: date | None = Field(default=None, description="この日から有効")
    valid_until: date | None = Field(default=None, description="この日まで有効（この日を含む）")

    @field_validator("valid_until")
    @classmethod
    def _in_order(cls, until: date | None, info: ValidationInfo) -> date | None:
        start = info.data.get("valid_from")
        if start and until and start > until:
            raise ValueError("valid_from が valid_until より後になっています。日付を入れ替えてください")
        return until

    def holds_on(self, day: date) -> bool:
        """Whether `day` lies within the dates."""
        after_start = self.valid_from is None or self.valid_from <= day
        before_end = self.valid_until is None or day <= self.valid_until
        return after_start and before_end


class Fact(Dated):
    """A value with its own provenance; what it does not state it inherits from the entry."""

    value: Line = Field(description="住民に見せる文")
    status: Status | None = Field(default=None, description="confirmed / national / unconfirmed")
    sources: tuple[Source, ...] = Field(default=(), description="この事実だけの出典")


class PhoneFact(Fact):
    """A phone number to dial."""

    value: Phone = Field(description="電話番号（半角の数字とハイフン）")


class HoursFact(Fact):
    """Opening hours in the OpenStreetMap opening-hours language; `text` is how people say it."""

    value: Line = Field(description="OSM opening_hours 形式（例: Mo-Fr 08:45-17:15; PH off）")
    text: Line = Field(description="住民に見せる文（例: 平日 8時45分〜17時15分）")

    @field_validator("value")
    @classmethod
    def _parses(cls, value: str) -> str:
        parse_hours(value)
        return value


def _as_list(value: object) -> object:
    """Let clerks write a string, a mapping, or a list of either."""
    if value is None:
        return []
    items = value if isinstance(value, list) else [value]
    return [{"value": item} if isinstance(item, str) else item for item in items]


_FactsInYaml = str | Fact | list[str | Fact] | None
_PhonesInYaml = str | PhoneFact | list[str | PhoneFact] | None
"""What the JSON Schema lets clerks write, so that their editors do not mark it as wrong."""

Facts = Annotated[tuple[Fact, ...], BeforeValidator(_as_list, json_schema_input_type=_FactsInYaml)]
Phones = Annotated[tuple[PhoneFact, ...], BeforeValidator(_as_list, json_schema_input_type=_PhonesInYaml)]
Hours = tuple[HoursFact, ...]


class Entry(Dated):
    """What all kinds share."""

    id: Id = Field(description="半角英数字とハイフンの名前。一度決めたら変えない")
    title: Line = Field(description="正式な名前")
    aliases: tuple[Line, ...] = Field(default=(), description="別の呼び名、古い名前、略称")
    questions: tuple[Line, ...] = Field(default=(), description="住民の聞き方。多いほどよく見つかる")
    summary: str = Field(min_length=1, max_length=600, description="最初に伝える短い答え（2〜3文）")
    easy: str | None = Field(default=None, max_length=600, description="やさしい日本語の答え")
    department: Id | None = Field(default=None, description="担当の department の id")
    handled_by: Line = Field(default="芦別市", description="手続きを行う機関")
    status: Status = Field(description="confirmed / national / unconfirmed")
    sources: tuple[Source, ...] = Field(min_length=1, description="出典。最低1つ")
    related: tuple[Id, ...] = Field(default=(), description="関連する項目の id")
    page: Url | None = Field(default=None, description="くわしいページのURL")


class Form(Dated):
    """An online form. Only a form that is known to exist is written down."""

    service: Line = Field(description="サービス名（例: マイナポータル ぴったりサービス）")
    url: Url = Field(description="フォームのURL")
    needs: tuple[Line, ...] = Field(default=(), description="オンラインで必要なもの")
    status: Status | None = Field(default=None, description="芦別市が受け付けているか")
    sources: tuple[Source, ...] = ()


class How(_Model):
    """The ways to do it: at the window, by post, online."""

    window: Facts = Field(default=(), description="窓口での手続き")
    post: Facts = Field(default=(), description="郵送での手続き")
    online: Facts = Field(default=(), description="オンラインの手続き。できないときはその理由")


class Procedure(Entry):
    """手続き."""

    kind: Literal["procedure"]
    who: Facts = Field(default=(), description="対象になる人、手続きできる人")
    when: Facts = Field(default=(), description="期限・受付期間")
    bring: Facts = Field(default=(), description="持ち物。1行に1つ")
    fee: Facts = Field(default=(), description="手数料、または受け取れる金額")
    where: Facts = Field(default=(), description="窓口")
    how: How = Field(default=How(), description="方法")
    form: Form | None = Field(default=None, description="オンライン申請のフォーム")
    steps: Facts = Field(default=(), description="手順。1行に1つ")
    takes: Facts = Field(default=(), description="かかる日数")
    phone: Phones = Field(default=(), description="この手続き専用の電話番号")


class Place(Entry):
    """施設."""

    kind: Literal["place"]
    address: Facts = Field(default=(), description="住所")
    phone: Phones = Field(default=(), description="電話番号")
    hours: Hours = Field(default=(), description="開いている時間")
    fee: Facts = Field(default=(), description="料金")
    notes: Facts = Field(default=(), description="そのほか（入館は何時まで、など）")


class Guide(Entry):
    """順番に進む案内."""

    kind: Literal["guide"]
    steps: Facts = Field(min_length=1, description="手順。1行に1つ")
    phone: Phones = Field(default=(), description="電話番号")


class Faq(Entry):
    """よくある質問."""

    kind: Literal["faq"]
    phone: Phones = Field(default=(), description="電話番号")
    urgent: tuple[Line, ...] = Field(
        default=(), description="この言葉があれば何より先にこの項目を出す（火事、救急、命に関わること）"
    )


class Department(Entry):
    """担当課・窓口."""

    kind: Literal["department"]
    phone: Phones = Field(default=(), description="電話番号")
    hours: Hours = Field(default=(), description="受付時間")
    address: Facts = Field(default=(), description="場所")


class Notice(Entry):
    """期間のあるお知らせ."""

    kind: Literal["notice"]


AnyEntry = Annotated[Procedure | Place | Guide | Faq | Department | Notice, Field(discriminator="kind")]
