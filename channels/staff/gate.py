"""The gate of every page below /staff: who is signed in, in which role, through a form of our own.

A route asks for it as a dependency, `Annotated[Staff, Depends(gate.signed_in(Role.MANAGER))]`, and
tests/channels/staff/test_guard.py fails for a route that does not.
"""

from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import Request

from channels.errors import NotAllowedError, SignInNeededError
from channels.staff.cookie import Forms, StaffCookie
from channels.staff.roles import Role, Staff
from channels.staff.sessions import Session, Sessions, Step

HOME = "/staff"
LOGIN_PAGE = "/staff/login"


class Gate:
    """Makes the dependencies that guard routes."""

    def __init__(self, sessions: Sessions, cookie: StaffCookie, forms: Forms) -> None:
        self._sessions = sessions
        self._cookie = cookie
        self._forms = forms

    def signed_in(self, *roles: Role, during: frozenset[Step] = frozenset()) -> "SignedIn":
        """Lets in who has one of the roles (none: any role), also `during` these steps of signing in."""
        return SignedIn(self, frozenset(roles), during)

    def own_form(self) -> "OwnForm":
        """For what is open to all: forms of our own pages alone."""
        return OwnForm(self)

    async def session(self, request: Request) -> Session | None:
        """Who calls, if anybody is signed in."""
        return await self._sessions.find(self._cookie.read(request))

    async def check_form(self, request: Request) -> None:
        """Raises ForgedRequestError."""
        await self._forms.check(request)


@dataclass(frozen=True)
class SignedIn:
    """The dependency. Raises SignInNeededError, ForgedRequestError or NotAllowedError, in this order."""

    gate: Gate
    roles: frozenset[Role]
    during: frozenset[Step]

    async def __call__(self, request: Request) -> Staff:
        """Who is signed in."""
        session = await self.gate.session(request)
        if session is None:
            raise SignInNeededError(_onward(LOGIN_PAGE, request))
        if session.step is not None and session.step not in self.during:
            raise SignInNeededError(_onward(session.step, request))
        await self.gate.check_form(request)
        if self.roles and session.staff.role not in self.roles:
            raise NotAllowedError
        return session.staff


@dataclass(frozen=True)
class OwnForm:
    """The dependency of routes that are open to all. Raises ForgedRequestError."""

    gate: Gate

    async def __call__(self, request: Request) -> None:
        """Nothing, if the request may be taken."""
        await self.gate.check_form(request)


def safe_next(path: str) -> str:
    """Where to go on after signing in: a page of ours, else the first one."""
    is_ours = path == HOME or path.startswith((f"{HOME}/", f"{HOME}?"))
    is_plain = path.isascii() and path.isprintable() and not any(bad in path for bad in ("\\", "//", ".."))
    return path if is_ours and is_plain and not path.startswith(LOGIN_PAGE) else HOME


def _onward(page: str, request: Request) -> str:
    """A page of signing in, with the page that was asked for, to go on there."""
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    wanted = safe_next(asked) if request.method == "GET" else HOME
    return page if wanted == HOME else f"{page}?{urlencode({'next': wanted})}"
