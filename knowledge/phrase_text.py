"""What a phrase is made of: text whose placeholders are checked when the file is read."""

from __future__ import annotations

import string
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints


def _placeholders(text: str) -> set[str]:
    try:
        parts = [part[1:] for part in string.Formatter().parse(text) if part[1] is not None]
    except ValueError as error:
        raise ValueError("波かっこ { } の数が合いません。{title} のように書いてください") from error
    if any(spec or conversion for _, spec, conversion in parts):
        raise ValueError("差し込みの中には名前だけを書いてください（例: {title}）")
    return {name for name, _, _ in parts if name is not None}


def _braced(names: set[str]) -> str:
    return " ".join(f"{{{name}}}" for name in sorted(names))


def needs(*names: str) -> AfterValidator:
    """The check that a phrase has just these placeholders."""

    def check(text: str) -> str:
        found, wanted = _placeholders(text), set(names)
        if missing := wanted - found:
            raise ValueError(f"次の差し込みが必要です。書き足してください: {_braced(missing)}")
        if extra := found - wanted:
            raise ValueError(f"次の差し込みは使えません。消してください: {_braced(extra)}")
        return text

    return AfterValidator(check)


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=600)]
Plain = Annotated[Text, needs()]
WithTitle = Annotated[Text, needs("title")]
WithTitleLabel = Annotated[Text, needs("title", "label")]


class PhraseModel(BaseModel):
    """A section of `phrases.yml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
