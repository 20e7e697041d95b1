"""Signing in through an OpenID provider, over HTTP."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc.jwk import OctKey, RSAKey
from pydantic import ValidationError

from channels.app import create_app
from channels.errors import OpenIdFailedError
from channels.settings import Settings
from channels.staff.openid import WAY_SECONDS, OpenId
from channels.staff.openid import Provider as Known
from channels.staff.roles import Role
from tests.channels.conftest import HOUSE_SECRET
from tests.channels.staff.people import Clock, Person, Team, account, phone, told
from tests.channels.staff.provider import CLIENT_ID, CLIENT_SECRET, KID, Provider
from tests.serving import free_port, served


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    result = Provider(free_port())
    with served(result.app(), result.port):
        yield result


@pytest.fixture
def provider(running: Provider) -> Provider:
    running.behave()
    return running


@pytest.fixture(scope="module")
def joined(running: Provider, database_url: str) -> Iterator[str]:
    """The app, joined to the provider."""
    settings = Settings(
        database_url=database_url,
        secret=HOUSE_SECRET,
        oidc_issuer=running.url,
        oidc_client_id=CLIENT_ID,
        oidc_client_secret=CLIENT_SECRET,
    )
    with served(create_app(settings), free_port()) as url:
        yield url


@pytest.fixture
async def clerk(joined: str, team: Team, provider: Provider) -> Person:
    """A browser, and an account for OpenID that it may find."""
    await team.room.accounts.create("sato", "佐藤はなこ", Role.CLERK, "console", is_oidc=True)
    team.url = joined
    return team.browser()


async def through(clerk: Person, start: str = "/staff/openid") -> httpx.Response:
    """To the provider and back; the page that we show then."""
    away = await clerk.get(start)
    assert away.status_code == 303
    back = await clerk.client.get(away.headers["location"])
    headers = {"Accept": "text/html", "Sec-Fetch-Site": "cross-site"}
    return await clerk.client.get(back.headers["location"], headers=headers)


async def is_inside(clerk: Person) -> bool:
    return (await clerk.get("/staff/account")).status_code == 200


async def test_who_the_city_knows_signs_in_without_a_password_here(
    clerk: Person, team: Team, provider: Provider
) -> None:
    assert "/staff/openid?next=/staff" in (await clerk.get("/staff/login")).text
    page = await through(clerk, "/staff/openid?next=/staff/account")
    assert page.status_code == 200
    assert 'content="0;url=/staff/account"' in page.text
    assert await is_inside(clerk)
    asked = provider.asked[0]
    assert asked["theme"] == "city"
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert "openid" in asked["scope"].split()
    kept = [cookie for cookie in page.headers.get_list("set-cookie") if "madoguchi_openid" in cookie]
    assert len(kept) == 1
    assert "Max-Age=0" in kept[0]
    assert (await team.deeds())[-1] == ("sato", "signed_in")


async def test_afterwards_the_subject_counts_and_no_longer_the_name(
    clerk: Person, provider: Provider
) -> None:
    await through(clerk)
    provider.username = "hanako-with-another-name"
    clerk.client.cookies.clear()
    await through(clerk)
    assert await is_inside(clerk)
    provider.subject, provider.username = "subject-2", "sato"
    clerk.client.cookies.clear()
    assert "アカウントがありません" in told((await through(clerk)).text)
    assert not await is_inside(clerk)


async def test_a_name_opens_no_account_that_has_a_password(
    clerk: Person, team: Team, provider: Provider
) -> None:
    await account(team.room, "boss")
    provider.username = "boss"
    assert (await through(clerk)).status_code == 403
    assert not await is_inside(clerk)


@pytest.mark.parametrize("username", ["nobody", "", "SATO", "sato\0", "あ" * 10_000, "<b>sato"])
async def test_an_unknown_person_gets_no_account(
    clerk: Person, team: Team, provider: Provider, username: str
) -> None:
    provider.username = username
    page = await through(clerk)
    assert page.status_code == 403
    assert "管理者に作ってもらって" in told(page.text)
    assert [each.login for each in await team.room.accounts.all()] == ["sato"]
    assert (await team.deeds())[-1] == ("-", "sign_in_failed")


async def test_a_switched_off_account_stays_off(clerk: Person, team: Team) -> None:
    await team.room.accounts.switch(await team.room.accounts.named("sato"), "console", is_active=False)
    assert (await through(clerk)).status_code == 403
    assert not await is_inside(clerk)


async def test_our_own_second_factor_still_has_to_come(clerk: Person, team: Team) -> None:
    totp, _ = await phone(team.room, "sato")
    await through(clerk)
    assert (await clerk.get("/staff/account")).headers["location"].startswith("/staff/login/code")
    assert (await clerk.enter_code(totp.at(time.time()))).status_code == 303
    assert await is_inside(clerk)


async def test_a_provider_that_wants_the_secret_in_the_form_gets_it(
    clerk: Person, provider: Provider
) -> None:
    provider.is_basic = False
    await through(clerk)
    assert await is_inside(clerk)


CHANGES: dict[str, Callable[[dict[str, Any]], object]] = {
    "another nonce": lambda claims: claims.update(nonce="another"),
    "no nonce": lambda claims: claims.pop("nonce"),
    "another audience": lambda claims: claims.update(aud="another"),
    "an audience of two without our part in it": lambda claims: claims.update(aud=[CLIENT_ID, "x"], azp="x"),
    "no audience": lambda claims: claims.pop("aud"),
    "another issuer": lambda claims: claims.update(iss="https://evil.example"),
    "expired": lambda claims: claims.update(exp=int(time.time()) - 120),
    "never expires": lambda claims: claims.pop("exp"),
    "not yet": lambda claims: claims.update(nbf=int(time.time()) + 600),
    "no subject": lambda claims: claims.pop("sub"),
    "a subject that is no text": lambda claims: claims.update(sub={"a": 1}),
    "for another access token": lambda claims: claims.update(at_hash="x"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
async def test_a_token_that_is_not_for_this_sign_in_opens_nothing(
    clerk: Person, provider: Provider, change: Callable[[dict[str, Any]], None]
) -> None:
    provider.change = change
    page = await through(clerk)
    assert page.status_code == 403
    assert "市の認証でログインできませんでした" in told(page.text)
    assert not await is_inside(clerk)


async def test_a_token_signed_with_another_key_or_our_own_secret_opens_nothing(
    clerk: Person, provider: Provider
) -> None:
    for key, algorithm in (
        (RSAKey.generate_key(2048, {"kid": KID}), "RS256"),
        (OctKey.import_key(CLIENT_SECRET * 2), "HS256"),
    ):
        provider.signed_by, provider.algorithm = key, algorithm
        assert (await through(clerk)).status_code == 403
        assert not await is_inside(clerk)


async def test_coming_back_with_another_state_or_without_the_cookie_opens_nothing(
    clerk: Person, provider: Provider, team: Team
) -> None:
    away = (await clerk.get("/staff/openid")).headers["location"]
    state = parse_qs(urlsplit(away).query)["state"][0]
    back = (await clerk.client.get(away)).headers["location"]
    for bad in (back.replace(state, "another"), back.split("&state")[0], back.replace("code=", "error=")):
        again = Person(httpx.AsyncClient(base_url=team.url, cookies=dict(clerk.client.cookies)))
        async with again.client:
            assert (await again.get(bad)).status_code == 403
    stranger = team.browser()
    assert (await stranger.get(back)).status_code == 403  # somebody else's link signs nobody in
    assert (await clerk.get(back)).status_code == 200
    assert (await clerk.get(back)).status_code == 403  # once


async def test_hostile_parameters_are_refused(clerk: Person) -> None:
    await clerk.get("/staff/openid")
    for query in (
        "",
        "code=%00&state=%00",
        f"code=x&state={'a' * 4000}",
        "code=x&state=%ff",
        "code=あ&state=い",
    ):
        assert (await clerk.get(f"/staff/openid/back?{query}")).status_code == 403
    assert (await clerk.get(f"/staff/openid/back?code={'a' * 10_000}")).status_code == 422


async def test_who_signs_in_by_the_provider_can_make_no_password_of_their_own(
    clerk: Person, team: Team
) -> None:
    await through(clerk)
    new = "まったく べつの ことば 9"
    page = "/staff/account/password"
    answer = await clerk.post(page, {"old": "", "new": new, "again": new}, form_page="/staff/account")
    assert answer.status_code == 422
    assert "市の認証" in answer.text
    assert not (await team.room.accounts.named("sato")).has_password


async def test_a_provider_that_is_down_or_another_one_is_told(clerk: Person, provider: Provider) -> None:
    provider.is_down = True
    answer = await clerk.get("/staff/openid")
    assert answer.status_code == 403
    assert "市の認証でログインできませんでした" in told(answer.text)
    provider.behave()
    provider.issuer = "https://evil.example"
    assert (await clerk.get("/staff/openid")).status_code == 403


async def test_signing_in_there_may_not_take_all_day(provider: Provider) -> None:
    clock = Clock()
    async with httpx.AsyncClient() as client:
        openid = OpenId(Known(provider.url, CLIENT_ID, CLIENT_SECRET), client, HOUSE_SECRET, clock)
        address, kept = await openid.begin("http://127.0.0.1/back", "/staff")
        state = parse_qs(urlsplit(address).query)["state"][0]
        clock.turn(timedelta(seconds=WAY_SECONDS + 1))
        with pytest.raises(OpenIdFailedError):
            await openid.finish(kept, state, "code")


async def test_without_a_provider_there_is_no_way_to_one(team: Team) -> None:
    browser = team.browser()
    assert "/staff/openid" not in (await browser.get("/staff/login")).text
    assert (await browser.get("/staff/openid")).status_code == 404


@pytest.mark.parametrize("missing", ["oidc_issuer", "oidc_client_id", "oidc_client_secret"])
def test_a_half_given_provider_stops_the_start(missing: str) -> None:
    whole = {"oidc_issuer": "https://x.example", "oidc_client_id": "x", "oidc_client_secret": "x"}
    given: dict[str, Any] = {name: value for name, value in whole.items() if name != missing}
    with pytest.raises(ValidationError, match=re.escape("set together")):
        Settings(database_url="postgresql://x", secret=HOUSE_SECRET, **given)
