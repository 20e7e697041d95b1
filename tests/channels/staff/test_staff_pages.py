"""Journeys over HTTP, as a browser without scripts makes them."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import httpx
import pyotp
import pytest

from channels.staff.gate import safe_next
from channels.staff.lockout import ACCOUNT
from channels.staff.roles import Role
from channels.staff.sessions import IDLE, LIFE
from tests.channels.staff.people import PAGE, PASSWORD, Person, Team, account, form_token, phone, told

NEW = "まったく べつの ことば 9"


def session_cookie(answer: httpx.Response) -> str:
    return next(cookie for cookie in answer.headers.get_list("set-cookie") if "madoguchi_staff=" in cookie)


async def test_a_new_clerk_signs_in_chooses_a_password_and_works(team: Team) -> None:
    password = await team.room.accounts.create("sato", "佐藤はなこ", Role.CLERK, "console")
    assert password
    clerk = team.browser()
    answer = await clerk.sign_in("sato", password)
    cookie = session_cookie(answer)
    for part in ("Path=/staff", "HttpOnly", "SameSite=Strict"):
        assert part in cookie
    for path in ("/staff", "/staff/account", "/staff/account/second-factor"):
        assert (await clerk.get(path)).headers["location"].split("?")[0] == "/staff/account/password"
    form = {"old": password, "new": NEW, "again": NEW}
    page = "/staff/account/password"
    for bad, why in (
        ({"old": "wrong"}, "いまのパスワードが違います"),
        ({"again": "another one 12"}, "2回で違います"),
        ({"new": "short", "again": "short"}, "12文字以上"),
        ({"new": password, "again": password}, "いまと同じ"),
    ):
        answer = await clerk.post(page, form | bad, form_page=page)
        assert answer.status_code in {403, 422}
        assert why in told(answer.text)
    answer = await clerk.post(page, form, form_page=page)
    assert answer.headers["location"] == "/staff/account?done=password"
    shown = await clerk.get(answer.headers["location"])
    assert "パスワードを変えました" in told(shown.text)
    assert "佐藤はなこ" in shown.text
    assert (await team.browser().sign_in("sato", password)).status_code == 403
    assert (await team.browser().sign_in("sato", NEW)).status_code == 303


async def test_a_manager_sets_up_a_second_factor_before_anything_else(team: Team) -> None:
    await account(team.room, "boss", Role.MANAGER)
    boss, page = team.browser(), "/staff/account/second-factor"
    await boss.sign_in("boss")
    assert (await boss.get("/staff/team")).headers["location"] == f"{page}?next=%2Fstaff%2Fteam"
    shown = await boss.get(page)
    assert "<svg" in shown.text
    sealed = re.search(r'name="sealed" value="([^"]+)"', shown.text)
    secret = re.search(r'class="secret">([A-Z2-7 ]+)<', shown.text)
    assert sealed
    assert secret
    totp = pyotp.TOTP(secret[1].replace(" ", ""))
    form = {"sealed": sealed[1], "password": PASSWORD, "code": "000000"}
    wrong = await boss.post(page, form, form_page=page)
    assert wrong.status_code == 403
    assert secret[1] in wrong.text  # the phone has read it already
    answer = await boss.post(page, form | {"code": totp.now()}, form_page=page)
    codes = re.findall(r"<li>(\w{5}-\w{5})</li>", answer.text)
    assert len(codes) == 10
    assert (await boss.get("/staff/team")).status_code == 200
    again = team.browser()
    assert (await again.sign_in("boss")).status_code == 303
    assert (await again.get("/staff/team")).headers["location"].startswith("/staff/login/code")
    assert (await again.enter_code(totp.now())).status_code == 403  # used to set it up
    assert (await again.enter_code(codes[0])).status_code == 303
    assert (await again.get("/staff/team")).status_code == 200


async def test_a_second_factor_is_set_up_only_by_who_knows_the_password(team: Team) -> None:
    clerk, page = await team.person(Role.CLERK), "/staff/account/second-factor"
    shown = await clerk.get(page)
    sealed = re.search(r'name="sealed" value="([^"]+)"', shown.text)
    secret = re.search(r'class="secret">([A-Z2-7 ]+)<', shown.text)
    assert sealed
    assert secret
    code = pyotp.TOTP(secret[1].replace(" ", "")).now()
    answer = await clerk.post(page, {"sealed": sealed[1], "code": code, "password": "wrong"})
    assert "いまのパスワードが違います" in told(answer.text)
    assert (
        await clerk.post(page, {"sealed": sealed[1], "code": code, "password": PASSWORD})
    ).status_code == 200
    assert "いまのパスワード" in told((await clerk.post(f"{page}/remove", {"password": "wrong"})).text)
    assert (await clerk.post(f"{page}/remove", {"password": PASSWORD})).status_code == 303
    assert not (await team.room.accounts.named("clerk")).has_second_factor


async def test_who_needs_a_second_factor_cannot_remove_it(team: Team) -> None:
    auditor = await team.person(Role.AUDITOR)
    answer = await auditor.post("/staff/account/second-factor/remove", {"password": PASSWORD})
    assert answer.status_code == 422
    assert "必要です" in told(answer.text)
    assert (await team.room.accounts.named("auditor")).has_second_factor


async def test_signing_in_gives_a_new_session_whatever_the_browser_brought(team: Team) -> None:
    await account(team.room)
    clerk = team.browser()
    await clerk.get("/staff/login")
    before = clerk.client.cookies["madoguchi_staff"]
    await clerk.sign_in("sato")
    inside = clerk.client.cookies["madoguchi_staff"]
    assert inside != before
    assert (await clerk.get("/staff/account")).status_code == 200
    planted = Person(httpx.AsyncClient(base_url=team.url, cookies={"madoguchi_staff": before}))
    async with planted.client:
        assert (await planted.get("/staff/account")).status_code == 303


async def test_the_code_gives_a_new_session_too(team: Team) -> None:
    await account(team.room)
    totp, _ = await phone(team.room, "sato")
    clerk = team.browser()
    await clerk.sign_in("sato")
    half = clerk.client.cookies["madoguchi_staff"]
    await clerk.enter_code(totp.at(time.time()))
    assert clerk.client.cookies["madoguchi_staff"] != half
    planted = Person(httpx.AsyncClient(base_url=team.url, cookies={"madoguchi_staff": half}))
    async with planted.client:
        assert (await planted.get("/staff/account")).headers["location"].startswith("/staff/login?")


async def test_signing_out_ends_the_session(team: Team) -> None:
    clerk = await team.person(Role.CLERK)
    cookie = clerk.client.cookies["madoguchi_staff"]
    answer = await clerk.post("/staff/logout")
    assert answer.headers["location"] == "/staff/login?done=out"
    assert "ログアウトしました" in told((await clerk.get(answer.headers["location"])).text)
    kept = Person(httpx.AsyncClient(base_url=team.url, cookies={"madoguchi_staff": cookie}))
    async with kept.client:
        assert (await kept.get("/staff/account")).status_code == 303


async def test_ones_sessions_are_listed_and_can_be_ended(team: Team) -> None:
    first = await team.person(Role.CLERK)
    second, third = team.browser(), team.browser()
    for other in (second, third):
        other.client.headers["User-Agent"] = "Mozilla/5.0 (iPad) Safari/604"
        await other.sign_in("clerk")
    page = (await first.get("/staff/account")).text
    assert page.count("iPad・Safari") == 2
    assert page.count("この端末") == 1
    one = re.findall(r'name="session" value="([0-9a-f]{64})"', page)[0]
    assert (await first.post("/staff/account/sessions/end", {"session": one})).status_code == 303
    assert sorted([(await who.get("/staff/account")).status_code for who in (second, third)]) == [200, 303]
    assert (await first.post("/staff/account/sessions/end", {"session": "others"})).status_code == 303
    assert [(await who.get("/staff/account")).status_code for who in (first, second, third)] == [
        200,
        303,
        303,
    ]
    for nonsense in ("", "x", "あ" * 10_000, "00", "\0"):
        assert (await first.post("/staff/account/sessions/end", {"session": nonsense})).status_code == 303
    assert (await first.get("/staff/account")).status_code == 200


@pytest.mark.parametrize(("column", "by"), [("seen_at", IDLE), ("expires_at", LIFE)])
async def test_a_session_that_is_over_leads_to_the_sign_in_page_and_back(
    team: Team, column: str, by: timedelta
) -> None:
    clerk = await team.person(Role.CLERK)
    await team.age(**{column: by})
    answer = await clerk.get("/staff/account")
    assert answer.headers["location"] == "/staff/login?next=%2Fstaff%2Faccount"
    headers = {"Accept": "application/json", "Sec-Fetch-Site": "same-origin"}
    answer = await clerk.client.post("/staff/account/sessions/end", headers=headers)
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "sign_in"
    assert answer.json()["error"]["at"] == "/staff/login"
    answer = await clerk.client.post("/staff/account/sessions/end", headers=PAGE)
    assert answer.status_code == 401
    assert "ログインが必要です" in told(answer.text)
    answer = await clerk.sign_in("clerk", next="/staff/account")
    assert answer.headers["location"] == "/staff/account"


async def test_a_locked_account_is_told_in_the_same_words_as_an_unknown_one(team: Team) -> None:
    await account(team.room)
    said: dict[str, list[str]] = {}
    for login in ("sato", "nobody"):
        browser = team.browser(f"198.51.100.{len(said)}")
        answers = [await browser.sign_in(login, "wrong") for _ in range(ACCOUNT.free + 1)]
        assert [answer.status_code for answer in answers] == [403] * ACCOUNT.free + [429]
        assert 0 < int(answers[-1].headers["retry-after"]) <= 30
        said[login] = [told(answer.text) for answer in answers]
    assert said["sato"] == said["nobody"]


async def test_a_link_on_another_site_leads_in_without_losing_the_session(team: Team) -> None:
    clerk = await team.person(Role.CLERK)
    outside = {"Accept": "text/html", "Sec-Fetch-Site": "cross-site"}
    async with httpx.AsyncClient(base_url=team.url, headers=outside) as link:
        answer = await link.get("/staff/account")
        page = await link.get(answer.headers["location"])
    assert page.status_code == 200
    assert "set-cookie" not in page.headers
    assert 'content="0;url=/staff/account"' in page.text
    assert (await clerk.get("/staff/account")).status_code == 200


async def test_a_manager_helps_the_team(team: Team) -> None:
    boss, clerk = await team.person(Role.MANAGER), await team.person(Role.CLERK)
    await phone(team.room, "clerk")
    sato = await team.room.accounts.named("clerk")
    page = (await boss.get("/staff/team")).text
    assert "clerkの氏名" in page
    answer = await boss.post(f"/staff/team/{sato.id}/password")
    found = re.search(r'class="secret">([^<]+)<', answer.text)
    assert found
    assert (await clerk.get("/staff/account")).status_code == 303
    assert (await boss.post(f"/staff/team/{sato.id}/second-factor")).status_code == 303
    answer = await clerk.sign_in("clerk", found[1])
    assert (await clerk.get("/staff")).headers["location"] == "/staff/account/password"
    assert (await boss.post(f"/staff/team/{sato.id}/off")).status_code == 303
    assert "止めてある" in (await boss.get("/staff/team?done=off")).text
    assert (await clerk.sign_in("clerk", found[1])).status_code == 403
    assert (await boss.post(f"/staff/team/{sato.id}/on")).status_code == 303
    assert (await clerk.sign_in("clerk", found[1])).status_code == 303
    deeds = [action for login, action in await team.deeds() if login == "manager"]
    assert deeds[1:] == ["password_reset", "factor_reset", "account_off", "account_on"]


async def test_a_manager_adds_an_account_and_is_told_what_is_wrong(team: Team) -> None:
    boss = await team.person(Role.MANAGER)
    form = {"login": "kato", "name": "<script>alert(1)</script>", "role": "editor"}
    answer = await boss.post("/staff/team", form)
    found = re.search(r'class="secret">([^<]+)<', answer.text)
    assert found
    assert "<script>alert" not in answer.text
    assert "<script>alert" not in (await boss.get("/staff/team")).text
    assert (await team.browser().sign_in("kato", found[1])).status_code == 303
    answer = await boss.post("/staff/team", form)
    assert answer.status_code == 422
    assert "もう使われています" in told(answer.text)
    for bad in ({"login": "a" * 10_000}, {"login": "k\0"}, {"name": "あ" * 10_000}, {"role": "king"}):
        assert (await boss.post("/staff/team", form | {"login": "ito"} | bad)).status_code == 422
    assert {each.login for each in await team.room.accounts.all()} == {"manager", "kato"}


async def test_nobody_can_shut_themselves_out(team: Team) -> None:
    boss = await team.person(Role.MANAGER)
    own = await team.room.accounts.named("manager")
    for what in ("off", "on", "password", "second-factor"):
        answer = await boss.post(f"/staff/team/{own.id}/{what}")
        assert answer.status_code == 422
        assert "自分のアカウント" in told(answer.text)
    assert (await boss.get("/staff/team")).status_code == 200


async def test_an_auditor_reads_the_audit_by_day_login_and_conversation(team: Team) -> None:
    auditor = await team.person(Role.AUDITOR)
    await team.person(Role.CLERK)
    page = (await auditor.get("/staff/audit")).text
    assert page.index("clerk") < page.rindex("auditor")
    only = (await auditor.get("/staff/audit?login=clerk")).text
    assert "ログインした" in only
    assert "<td>auditor</td>" not in only
    assert "当てはまる記録はありません" in (await auditor.get("/staff/audit?day=2001-01-01")).text
    for asked, why in (
        ("day=tomorrow", "日付は"),
        ("login=<b>", "ログイン名は"),
        ("conversation=x", "会話の番号が"),
        ("day=%00&login=%00&conversation=%00", "日付は"),
        (f"login={'a' * 10_000}", "ログイン名は"),
    ):
        answer = await auditor.get(f"/staff/audit?{asked}")
        assert answer.status_code == 422
        assert why in told(answer.text)
    for odd in ("before=x", "before=-1", f"before={2**70}", "before=²", "day=&login=&conversation="):
        assert (await auditor.get(f"/staff/audit?{odd}")).status_code == 200


async def test_no_page_has_a_script_or_style_of_its_own(team: Team) -> None:
    boss = await team.person(Role.MANAGER)
    for path in (
        "/staff/login",
        "/staff/account",
        "/staff/account/password",
        "/staff/account/second-factor",
        "/staff/team",
    ):
        page = (await boss.get(path)).text
        assert not re.search(r"<script(?! type=\"module\" nonce)|<style|\sstyle=|\son\w+=", page), path


@pytest.mark.parametrize(
    "data",
    [
        {"login": "あ" * 10_000, "password": "い" * 10_000},
        {"login": "\0", "password": "\0"},
        {"login": "<b>x</b>\"'", "password": ""},
        {},
    ],
)
async def test_a_hostile_sign_in_is_refused_and_shown_harmlessly(team: Team, data: dict[str, str]) -> None:
    browser = team.browser()
    answer = await browser.post("/staff/login", data, form_page="/staff/login")
    assert answer.status_code == 403
    assert "<b>" not in answer.text
    assert len(answer.text) < 10_000


async def test_a_file_in_the_place_of_a_field_is_refused(team: Team) -> None:
    browser = team.browser()
    token = form_token((await browser.get("/staff/login")).text)
    files = {"csrf": ("csrf.txt", token.encode())}
    answer = await browser.client.post("/staff/login", files=files, headers=PAGE)
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("wanted", "got"),
    [
        ("/staff/team", "/staff/team"),
        ("/staff?x=1", "/staff?x=1"),
        ("/staff/audit?day=2026-11-30&login=sato", "/staff/audit?day=2026-11-30&login=sato"),
        ("", "/staff"),
        ("/", "/staff"),
        ("/staffing", "/staff"),
        ("https://evil.example/staff/", "/staff"),
        ("//evil.example/staff", "/staff"),
        ("/staff//evil.example", "/staff"),
        ("/staff/\\evil.example", "/staff"),
        ("/staff/../api", "/staff"),
        ("/staff/\r\nSet-Cookie: x=y", "/staff"),
        ("/staff/あ", "/staff"),
        ("/staff/login?next=/staff/login", "/staff"),
    ],
)
def test_after_signing_in_it_goes_on_within_the_staffs_pages_alone(wanted: str, got: str) -> None:
    assert safe_next(wanted) == got
