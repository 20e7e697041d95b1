from __future__ import annotations

from datetime import datetime

import pytest

from channels.handoff.duty import instant, local
from channels.handoff.leading import Led, lead
from tests.channels.handoff.conftest import Desks

NOW = datetime.fromisoformat("2026-12-01T10:00")


@pytest.mark.parametrize(
    ("open_desks", "active", "expected"),
    [
        ({"city", "tax"}, {"sato"}, Led("city", is_there=True)),
        ({"tax"}, {"sato", "zei"}, Led("tax", is_there=True)),
        ({"city", "tax"}, {"zei"}, Led("tax", is_there=True)),
        (set(), {"sato", "zei"}, Led("city", is_there=False)),
        (set(), {"zei"}, Led("tax", is_there=False)),
        ({"city"}, {"zei"}, Led("tax", is_there=False)),
        ({"city", "tax"}, set(), None),
        ({"city", "tax"}, {"stranger"}, None),
    ],
)
def test_a_wish_goes_to_who_is_there_else_to_who_will_be_else_to_nobody(
    open_desks: set[str], active: set[str], expected: Led | None
) -> None:
    assert lead(Desks(open_desks), "city", active, NOW) == expected


def test_a_local_moment_comes_back_from_the_database() -> None:
    assert local(instant(NOW)) == NOW
