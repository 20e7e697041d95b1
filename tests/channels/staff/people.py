"""Staff for tests: accounts with passwords and phones, and browsers that they sign in with."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape

import httpx
import pyotp
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncEngine

from channels.core import tables
from channels.staff.roles import Role, Staff
from channels.staff.room import StaffRoom
from channels.staff.second_factor import STEP_SECONDS
from channels.staff.sign_in import Caller

PASSWORD = "たこやき と 自転車 8月"
PAGE = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
CALLER = Caller("203.0.113.9", "Mozilla/5.0 (Windows NT 10.0) Chrome/140 Safari/537 Edg/140")


@dataclass
class Clock:
    """A clock that stands until it is turned."""

    now: datetime = datetime(2026, 11, 30, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def turn(self, by: timedelta) -> None:
        self.now += by


async def account(room: StaffRoom, login: str = "sato", role: Role = Role.CLERK) -> None:
    """An account whose first password is already changed to PASSWORD."""
    await room.accounts.create(login, f"{login}の氏名", role, "console")
    stored = await room.accounts._passwords.hash(PASSWORD)
    async with room.engine.begin() as connection:
        await connection.execute(
            update(tables.account)
            .where(tables.account.c.login == login)
            .values(password_hash=stored, must_change=False)
        )


async def signed_in(room: StaffRoom, login: str = "sato") -> Staff:
    """Who has given the right password; a second factor may still be to come."""
    session = await room.sessions.find(await room.sign_in.with_password(login, PASSWORD, CALLER))
    assert session
    return session.staff


async def phone(room: StaffRoom, login: str, at: datetime | None = None) -> tuple[pyotp.TOTP, list[str]]:
    """A second factor that has not used the codes of now, and its recovery codes."""
    found = await room.accounts.named(login)
    offer = room.second_factor.offer(found.id, login)
    totp = pyotp.TOTP(offer.secret)
    code = totp.at(at or datetime.now(UTC))
    async with room.engine.begin() as connection:
        recovery = await room.second_factor.enrol(connection, found.id, offer.sealed, code)
        await connection.execute(
            update(tables.account).where(tables.account.c.id == found.id).values(totp_last_step=0)
        )
    return totp, recovery


def form_token(html: str) -> str:
    """The token of the forms of a page."""
    found = re.search(r'<meta name="csrf" content="([0-9a-f]{64})">', html)
    assert found, html[:500]
    return found[1]


def told(html: str) -> str:
    """What a page says in its messages and alerts."""
    return " ".join(unescape(found) for found in re.findall(r'role="(?:alert|status)">([^<]*)<', html))


@dataclass
class Person:
    """Somebody at a browser."""

    client: httpx.AsyncClient
    login: str = ""
    totp: pyotp.TOTP | None = None

    async def get(self, path: str) -> httpx.Response:
        return await self.client.get(path, headers=PAGE)

    async def post(
        self, path: str, data: dict[str, str] | None = None, *, form_page: str = "/staff/account"
    ) -> httpx.Response:
        """Send a form as our own page would, with the token of `form_page`."""
        token = form_token((await self.client.get(form_page, headers=PAGE, follow_redirects=True)).text)
        return await self.client.post(path, data={"csrf": token, **(data or {})}, headers=PAGE)

    async def sign_in(self, login: str, password: str = PASSWORD, **more: str) -> httpx.Response:
        self.login = login
        data = {"login": login, "password": password, **more}
        return await self.post("/staff/login", data, form_page="/staff/login")

    async def enter_code(self, code: str) -> httpx.Response:
        return await self.post("/staff/login/code", {"code": code}, form_page="/staff/login/code")


@dataclass
class Team:
    """Makes people, and browsers for them."""

    url: str
    room: StaffRoom
    database: AsyncEngine
    _clients: list[httpx.AsyncClient] = field(default_factory=list)

    def browser(self, address: str = "203.0.113.9") -> Person:
        client = httpx.AsyncClient(base_url=self.url, headers={"X-Forwarded-For": address})
        self._clients.append(client)
        return Person(client)

    async def person(self, role: Role, login: str | None = None) -> Person:
        """Signed in through every step."""
        login = login or role.value
        await account(self.room, login, role)
        totp = None
        if role.needs_second_factor:
            totp, _ = await phone(self.room, login)
        person = self.browser()
        person.totp = totp
        answer = await person.sign_in(login)
        assert answer.status_code == 303, answer.text
        if totp:
            answer = await person.enter_code(totp.at(time.time()))
            assert answer.status_code == 303, answer.text
        return person

    async def age(self, **columns: timedelta) -> None:
        """Make every session's times so much older."""
        for column, by in columns.items():
            async with self.database.begin() as connection:
                await connection.execute(
                    text(f"update staff_session set {column} = {column} - make_interval(secs => :s)"),
                    {"s": by.total_seconds()},
                )

    async def deeds(self) -> list[tuple[str, str]]:
        """Who did what, the first first."""
        async with self.database.connect() as connection:
            found = await connection.execute(text("select login, action from audit order by id"))
            return [(row.login, row.action) for row in found]

    async def close(self) -> None:
        for client in self._clients:
            await client.aclose()


def step_of(at: datetime) -> int:
    """The step of time that a code belongs to."""
    return int(at.timestamp()) // STEP_SECONDS
