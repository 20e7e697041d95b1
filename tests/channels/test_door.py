from __future__ import annotations

from datetime import UTC, datetime, timedelta
from unittest.mock import patch
from uuid import UUID

import httpx
import pytest
from itsdangerous import TimestampSigner
from sqlalchemy import text

from channels.core.keys import GRACE, ConversationKeys
from channels.errors import ConversationNotFoundError
from channels.web.token import COOKIE, ROTATE_AFTER, ConversationToken
from tests.channels.conftest import HOUSE_SECRET, Bench
from tests.channels.test_web import KEY, events, opened

KEEP_DAYS = 90


def signed(conversation: str, generation: int, age: timedelta) -> str:
    """A token as it was signed some time ago."""
    at = (datetime.now(UTC) - age).timestamp()
    with patch.object(TimestampSigner, "get_timestamp", lambda _: int(at)):
        return ConversationToken(HOUSE_SECRET, KEEP_DAYS).issue(UUID(conversation), generation)


def with_token(token: str) -> dict[str, str]:
    return KEY | {"Cookie": f"{COOKIE}={token}"}


async def renewed(client: httpx.AsyncClient, path: str, token: str) -> str | None:
    """The token that the stream hands out to who opens it with `token`."""
    async with client.stream("GET", f"{path}/events", headers=with_token(token)) as stream:
        assert stream.status_code == 200
        cookie = stream.headers.get("set-cookie")
    if cookie is None:
        return None
    assert "HttpOnly" in cookie
    assert f"Path={path}" in cookie
    return str(cookie.split(";")[0].removeprefix(f"{COOKIE}="))


async def status(client: httpx.AsyncClient, path: str, token: str) -> int:
    said = await client.post(f"{path}/messages", json={"text": "x"}, headers=with_token(token))
    return said.status_code


async def test_a_fresh_token_is_kept_and_an_old_one_replaced(api: httpx.AsyncClient, bench: Bench) -> None:
    path = await opened(api)
    conversation = path.rsplit("/", 1)[1]
    api.cookies.clear()
    fresh = signed(conversation, 0, ROTATE_AFTER / 2)
    assert await renewed(api, path, fresh) is None
    old = signed(conversation, 0, ROTATE_AFTER * 2)
    new = await renewed(api, path, old)
    assert new
    assert await status(api, path, old) == 202  # the reply may have been lost: nobody has used the new one
    assert await status(api, path, new) == 202
    assert await status(api, path, old) == 202  # another tab may have sent it just before


async def test_a_replaced_token_opens_nothing_soon_after(api: httpx.AsyncClient, bench: Bench) -> None:
    path = await opened(api)
    conversation = path.rsplit("/", 1)[1]
    api.cookies.clear()
    old, new = (signed(conversation, generation, timedelta()) for generation in (0, 1))
    assert await status(api, path, new) == 202
    async with bench.database.begin() as connection:
        await connection.execute(
            text("update conversation set token_rotated_at = now() - make_interval(secs => :s)"),
            {"s": GRACE.total_seconds() + 1},
        )
    assert await status(api, path, old) == 404
    assert await status(api, path, signed(conversation, 3, timedelta())) == 404
    assert await status(api, path, new) == 202


async def test_a_token_counts_no_longer_than_the_conversation_is_kept(
    api: httpx.AsyncClient, bench: Bench
) -> None:
    path = await opened(api)
    conversation = path.rsplit("/", 1)[1]
    api.cookies.clear()
    assert await status(api, path, signed(conversation, 0, timedelta(days=KEEP_DAYS, hours=1))) == 404
    assert await status(api, path, signed(conversation, 0, timedelta(days=KEEP_DAYS - 1))) == 202


@pytest.mark.parametrize("token", ["", "x", "x.y.z", "WyJ4IiwwXQ.a.b", "あ".encode().decode("latin-1")])
async def test_what_is_no_token_opens_nothing(api: httpx.AsyncClient, bench: Bench, token: str) -> None:
    path = await opened(api)
    api.cookies.clear()
    assert ConversationToken(HOUSE_SECRET, KEEP_DAYS).read(token) is None
    headers = KEY | {"Cookie": f"{COOKIE}={token}".encode("latin-1").decode("latin-1")}
    if token.isascii():
        refused = await api.post(f"{path}/messages", json={"text": "x"}, headers=headers)
        assert refused.status_code == 404


async def test_two_first_uses_at_once_both_count(bench: Bench) -> None:
    conversation = await bench.store.open_web()
    keys = ConversationKeys(bench.database)
    await keys.use(conversation, 1)
    await keys.use(conversation, 1)
    assert await keys.generation(conversation) == 1
    with pytest.raises(ConversationNotFoundError):
        await keys.use(conversation, 3)


async def test_what_was_said_is_there_after_the_token_has_changed(
    api: httpx.AsyncClient, bench: Bench
) -> None:
    path = await opened(api)
    conversation = path.rsplit("/", 1)[1]
    await api.post(f"{path}/messages", json={"text": "転入届"}, headers=KEY)
    api.cookies.clear()
    token = signed(conversation, 0, ROTATE_AFTER * 2)
    for _ in range(3):
        new = await renewed(api, path, token)
        token = new or token
    api.cookies.set(COOKIE, token)
    assert (await events(api, path, 1))[0]["body"]["text"] == "転入届"
