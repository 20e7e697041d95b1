"""The schema of `content/canned.yml`: replies that clerks send often, with gaps that the console fills."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from knowledge.facts import Id, Line, Model, Source
from knowledge.gaps import braced, gaps_in


class Gap(StrEnum):
    """What may stand in `{ }` in a reply."""

    DESK = "desk"
    CLERK = "clerk"
    OPENS = "opens"
    PHONE = "phone"


def _can_be_filled(text: str) -> str:
    if "｛" in text or "｝" in text:  # residents would be shown them
        raise ValueError("波かっこが全角です。半角の { } に直してください")
    if extra := gaps_in(text) - set(Gap):
        raise ValueError(
            f"次の差し込みは使えません。{braced(set(Gap))} のどれかに直すか、消してください: {braced(extra)}"
        )
    return text


_Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=600),
    AfterValidator(_can_be_filled),
]


class CannedReply(Model):
    """One reply."""

    id: Id = Field(description="返信の名前（半角英数字とハイフン）。ほかの返信と同じにしない")
    title: Line = Field(description="職員が選ぶときの見出し")
    text: _Text = Field(
        description="住民に送る文。{desk} は窓口、{clerk} は職員、{opens} は次に開く時、{phone} は電話番号"
    )
    desk: Id | None = Field(default=None, description="この窓口だけで使うとき、その id（desks.yml）")

    @property
    def gaps(self) -> frozenset[Gap]:
        """The gaps that its text has."""
        return frozenset(map(Gap, gaps_in(self.text)))

    def filled(self, values: Mapping[Gap, str]) -> str:
        """Its text with `values` in the gaps; raises KeyError when one of `gaps` has none."""
        return self.text.format_map({gap.value: values[gap] for gap in self.gaps})


class CannedReplies(Model):
    """All of `canned.yml`."""

    kind: Literal["canned"] = Field(description="canned は職員がよく使う返信。ファイルは1つだけ")
    replies: tuple[CannedReply, ...] = Field(default=(), description="返信。書いた順に職員に見せる")
    sources: tuple[Source, ...] = Field(default=(), description="だれがいつ決めたか")
