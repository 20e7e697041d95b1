"""A clerk's words, checked and masked as residents' are; the city's own phone numbers are no secret."""

from __future__ import annotations

import re
from collections.abc import Collection

from channels.core.privacy import Masked, mask
from channels.errors import StaffWordsError

MAX_WORDS = 2_000
"""Characters of one message of a clerk, or of a note."""
MAX_LABEL = 40


def spoken(
    text: str, public_numbers: Collection[str], *, is_needed: bool = True, most: int = MAX_WORDS
) -> Masked:
    """`text` without personal numbers, but with the `public_numbers` that stand in it.

    Raises StaffWordsError for one longer than `most` characters, and for an empty one that `is_needed`.
    """
    said = text.replace("\x00", "").strip()
    if is_needed and not said:
        raise StaffWordsError("何も書かれていません。文章を書いてから、もう一度押してください。")
    if len(said) > most:
        raise StaffWordsError(
            f"長すぎます（{len(said):,}文字）。{most:,}文字までに分けて、もう一度押してください。"
        )
    if not public_numbers:
        return mask(said)
    public = "|".join(map(re.escape, sorted(public_numbers, key=len, reverse=True)))
    parts = re.split(rf"(?<![\d-])({public})(?![\d-])", said)
    masked = [mask(part) if place % 2 == 0 else Masked(part) for place, part in enumerate(parts)]
    hidden = tuple(dict.fromkeys(label for part in masked for label in part.hidden))
    return Masked("".join(part.text for part in masked), hidden)
