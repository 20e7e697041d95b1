"""Every route below /staff is guarded, also those that somebody adds later.

Nothing here names a route but those that are open to all: the rest is found in the app and tried over HTTP.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator

import httpx
import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts

from channels.app import create_app
from channels.settings import Settings
from channels.staff.cookie import SAFE
from channels.staff.gate import OwnForm, SignedIn
from channels.staff.roles import Role
from tests.channels.conftest import HOUSE_SECRET
from tests.channels.staff.people import PAGE, Team, form_token

OPEN = {
    ("GET", "/staff/login"),
    ("POST", "/staff/login"),
    ("GET", "/staff/openid"),
    ("GET", "/staff/openid/back"),
}
"""Open to who is not signed in. Think twice before adding one."""
_SETTINGS = Settings(
    database_url="postgresql://nobody@127.0.0.1:1/none",
    secret=HOUSE_SECRET,
    oidc_issuer="https://openid.example",
    oidc_client_id="madoguchi",
    oidc_client_secret="a secret",
)


def _is_staff(path: str | None) -> bool:
    return path is not None and (path == "/staff" or path.startswith("/staff/"))


FOUND = [route for route in iter_route_contexts(create_app(_SETTINGS).routes) if _is_staff(route.path)]
ROUTES = [
    (method, route)
    for route in FOUND
    if isinstance(route.original_route, APIRoute)
    for method in sorted(route.methods or ())
]
GUARDED = [(method, route) for method, route in ROUTES if (method, route.path) not in OPEN]
CHANGING = [(method, route) for method, route in GUARDED if method not in SAFE]


def names(routes: list[tuple[str, RouteContext]]) -> list[str]:
    return [f"{method} {route.path}" for method, route in routes]


def guards(dependant: Dependant) -> Iterator[SignedIn | OwnForm]:
    """The dependencies of a route that guard it."""
    if isinstance(dependant.call, SignedIn | OwnForm):
        yield dependant.call
    for inner in dependant.dependencies:
        yield from guards(inner)


def roles(route: RouteContext) -> frozenset[Role]:
    """The roles that a route is open to; empty for all."""
    asked = [guard.roles for guard in guards(route.dependant) if isinstance(guard, SignedIn) and guard.roles]
    return frozenset.intersection(*asked) if asked else frozenset()


def address(route: RouteContext) -> str:
    """Its path with something in every place."""
    return re.sub(r"{[^}]*}", str(uuid.uuid4()), route.path or "")


def test_the_routes_are_found_and_but_for_files_there_is_nothing_else_below_staff() -> None:
    assert len(GUARDED) >= 15
    assert len(CHANGING) >= 8
    others = [route.path for route in FOUND if not isinstance(route.original_route, APIRoute)]
    assert others == ["/staff/static"]


@pytest.mark.parametrize(("method", "route"), GUARDED, ids=names(GUARDED))
async def test_nobody_gets_in_without_signing_in(
    method: str, route: RouteContext, stranger: httpx.AsyncClient
) -> None:
    assert any(isinstance(guard, SignedIn) for guard in guards(route.dependant)), "no guard"
    for accept in ("text/html", "application/json", "text/event-stream"):
        answer = await stranger.request(method, address(route), headers={"Accept": accept})
        if answer.status_code == 303:
            assert (method, accept) == ("GET", "text/html")
            assert answer.headers["location"].startswith("/staff/login")
        else:
            assert answer.status_code == 401, answer.text
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("method", "route"), GUARDED, ids=names(GUARDED))
async def test_another_role_is_refused(method: str, route: RouteContext, team: Team) -> None:
    allowed = roles(route)
    for role in set(Role) - allowed if allowed else ():
        person = await team.person(role)
        token = form_token((await person.get("/staff/account")).text)
        headers = PAGE | {"X-CSRF-Token": token}
        answer = await person.client.request(method, address(route), headers=headers)
        assert answer.status_code == 403, f"{role}: {answer.text}"
        assert "権限がありません" in answer.text


@pytest.mark.parametrize(("method", "route"), CHANGING, ids=names(CHANGING))
async def test_what_changes_something_needs_the_token_of_our_own_page(
    method: str, route: RouteContext, team: Team
) -> None:
    person = await team.person(min(roles(route) or {Role.CLERK}))
    token = form_token((await person.get("/staff/account")).text)
    right = PAGE | {"X-CSRF-Token": token}
    tries: list[tuple[dict[str, str], dict[str, str]]] = [
        (PAGE, {}),
        (PAGE, {"csrf": ""}),
        (PAGE, {"csrf": "0" * 64}),
        (PAGE | {"X-CSRF-Token": "0" * 64}, {}),
        (PAGE | {"X-CSRF-Token": "é"}, {}),
        (right | {"Sec-Fetch-Site": "cross-site"}, {}),
        (right | {"Sec-Fetch-Site": "same-site"}, {}),
        (right | {"Sec-Fetch-Site": "none"}, {}),
    ]
    for headers, data in tries:
        encoded = {name.encode(): value.encode() for name, value in headers.items()}
        answer = await person.client.request(method, address(route), headers=encoded, data=data)
        assert answer.status_code == 403, f"{headers} {data}: {answer.status_code}"
    assert (await person.get("/staff/account")).status_code == 200  # nothing of it was done


@pytest.mark.parametrize(
    ("method", "route"),
    [each for each in ROUTES if each not in GUARDED and each[0] not in SAFE],
)
async def test_the_open_forms_are_taken_from_our_own_page_alone(
    method: str, route: RouteContext, stranger: httpx.AsyncClient
) -> None:
    assert any(isinstance(guard, OwnForm) for guard in guards(route.dependant)), "no guard"
    assert (await stranger.request(method, address(route), headers=PAGE)).status_code == 403
    token = form_token((await stranger.get("/staff/login", headers=PAGE)).text)
    for headers in (PAGE, PAGE | {"X-CSRF-Token": "0" * 64}):
        assert (await stranger.request(method, address(route), headers=headers)).status_code == 403
    cross = PAGE | {"X-CSRF-Token": token, "Sec-Fetch-Site": "cross-site"}
    assert (await stranger.request(method, address(route), headers=cross)).status_code == 403
    other = {"Accept": "text/html", "X-CSRF-Token": token, "Origin": "https://evil.example"}
    assert (await stranger.request(method, address(route), headers=other)).status_code == 403


async def test_no_page_of_the_staff_may_be_kept_or_framed(team: Team, stranger: httpx.AsyncClient) -> None:
    clerk = await team.person(Role.CLERK)
    for answer in (
        await clerk.get("/staff/account"),
        await stranger.get("/staff/login"),
        await stranger.get("/staff/static/staff.css"),
        await stranger.get("/staff/nothing-here"),
    ):
        assert answer.headers.get_list("cache-control") == ["no-store"]
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
