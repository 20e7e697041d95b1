"""The schema of `content/city.yml`: whose chatbot this is, and what it has promised to answer."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from knowledge.entries import ItemNumber
from knowledge.facts import Id, Line, Model, Pages, Source

Kana = Annotated[str, Field(pattern=r"^[ぁ-んー]+$")]


class PriorityItem(Model):
    """One procedure of the policy's list."""

    number: ItemNumber = Field(description="一覧の番号（例: '12'、群の中の3番目は '20-3'）")
    title: Line = Field(description="一覧に書かれた名前")


class City(Model):
    """The city itself, one file."""

    kind: Literal["city"] = Field(description="city は市そのもの。ファイルは1つだけ")
    name: Line = Field(description="市の名前。手続きを行う機関を書かない項目は、この市が行う")
    office: Id = Field(description="代表の窓口（department の id）。担当が分からないときの案内先")
    home: tuple[Line, ...] = Field(
        default=(),
        description="市内の地区や、市をふくむ地域の名前。ほかの町についての質問と区別するために使う",
    )
    other_towns: Id | None = Field(default=None, description="ほかの町についての質問に答える outside の id")
    readings: dict[Line, Kana] = Field(
        default={}, description="ふりがなの直し。辞書の読みが違う言葉と、その正しい読み（ひらがな）"
    )
    website: Pages = Field(default=(), description="公式サイト")
    sources: tuple[Source, ...] = Field(min_length=1, description="出典")
    priority: Annotated[
        tuple[PriorityItem, ...], Field(description="優先してオンライン化する手続の一覧")
    ] = ()
