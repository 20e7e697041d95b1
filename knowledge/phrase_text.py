"""What a phrase is made of: text whose placeholders are checked when the file is read."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from knowledge.gaps import braced, gaps_in


def needs(*names: str) -> AfterValidator:
    """The check that a phrase has just these placeholders."""

    def check(text: str) -> str:
        found, wanted = gaps_in(text), set(names)
        if missing := wanted - found:
            raise ValueError(f"次の差し込みが必要です。書き足してください: {braced(missing)}")
        if extra := found - wanted:
            raise ValueError(f"次の差し込みは使えません。消してください: {braced(extra)}")
        return text

    return AfterValidator(check)


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=600)]
Plain = Annotated[Text, needs()]
WithTitle = Annotated[Text, needs("title")]
WithTitleLabel = Annotated[Text, needs("title", "label")]


class PhraseModel(BaseModel):
    """A section of `phrases.yml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
