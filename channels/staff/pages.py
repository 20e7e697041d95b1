"""The staff's pages: templates/, with who is signed in, where they may go, and the token of forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from fastapi import Request, status
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from channels.staff.cookie import FIELD, Forms, StaffCookie, new_visitor
from channels.staff.roles import Role, Staff
from channels.web.pages import WEB_TEMPLATES, environment
from knowledge.service import ASHIBETSU


def wants_page(request: Request) -> bool:
    """Whether a browser shows the answer, not a script of ours."""
    return "text/html" in request.headers.get("Accept", "")


def local(at: datetime) -> str:
    """A moment as a clock in 芦別市 shows it."""
    return at.astimezone(ASHIBETSU).strftime("%Y-%m-%d %H:%M")


_TEMPLATES = environment(Path(__file__).parent / "templates", WEB_TEMPLATES)
_TEMPLATES.filters["local"] = local


@dataclass(frozen=True)
class Place:
    """A page of the navigation, and who may open it."""

    path: str
    label: str
    roles: frozenset[Role] = frozenset(Role)


PLACES = (
    Place("/staff", "相談"),
    Place("/staff/drafts", "知識の下書き", frozenset({Role.EDITOR, Role.MANAGER})),
    Place("/staff/team", "職員", frozenset({Role.MANAGER})),
    Place("/staff/audit", "操作の記録", frozenset({Role.AUDITOR})),
    Place("/staff/account", "自分のアカウント"),
)
"""In the order of the navigation."""

_DONE = {
    "password": "パスワードを変えました。ほかの端末のログインは終わりました。",
    "factor-removed": "二段階認証を外しました。",
    "session": "選んだ端末のログインを終わらせました。",
    "sessions": "ほかの端末のログインをすべて終わらせました。",
    "off": "アカウントを止めました。",
    "on": "アカウントを使えるようにしました。",
    "factor-reset": "二段階認証を外しました。次のログインで設定しなおしてもらってください。",
    "released": "相談を列に戻しました。",
    "transferred": "相談を引き継ぎました。",
    "given-back": "ボットに戻しました。住民に、感想を聞いています。",
    "closed": "相談を終えました。",
    "card": "カードを送りました。",
    "noted": "メモを残しました。",
    "labelled": "分類を変えました。",
    "drafted": "知識の下書きに入れました。編集の担当者が見ます。",
    "taken": "取り入れた下書きとして、印を付けました。",
    "draft-deleted": "下書きを消しました。",
    "out": "ログアウトしました。",
}
"""What the page after a deed says; the address names it."""


class Pages:
    """Renders templates."""

    def __init__(self, cookie: StaffCookie, forms: Forms, *, has_openid: bool) -> None:
        self._cookie = cookie
        self._has_openid = has_openid
        self._forms = forms

    def show(
        self,
        request: Request,
        template: str,
        staff: Staff | None = None,
        status_code: int = status.HTTP_200_OK,
        problem: str = "",
        **what: object,
    ) -> HTMLResponse:
        """The page of a template, with the navigation of `staff` if somebody is signed in."""
        html = self._html(request, template, staff, self._cookie.read(request) or "", problem, what)
        return HTMLResponse(html, status_code)

    def fail(
        self,
        request: Request,
        status_code: int,
        message: str,
        headers: Mapping[str, str] = MappingProxyType({}),
        at: str | None = None,
    ) -> HTMLResponse:
        """The page that says what could not be done; `at` is where to sign in, if that helps."""
        shown = self.show(request, "problem.html", None, status_code, message=message, at=at)
        shown.headers.update(headers)
        return shown

    def ask_in(self, request: Request, status_code: int, problem: str, **what: object) -> HTMLResponse:
        """The sign-in page. It alone gives a cookie to who has sent none, for its form.

        Whoever comes from another site seems to have none: their session must not be overwritten by a
        page that this site can be made to show.
        """
        sent = self._cookie.read(request)
        cookie = sent or new_visitor()
        html = self._html(request, "login.html", None, cookie, problem, what)
        return HTMLResponse(html, status_code, {} if sent else self._cookie.set(cookie))

    def _html(
        self,
        request: Request,
        template: str,
        staff: Staff | None,
        cookie: str,
        problem: str,
        what: dict[str, object],
    ) -> str:
        token = self._forms.token(cookie)
        return _TEMPLATES.get_template(template).render(
            nonce=request.state.nonce,
            staff=staff,
            places=[place for place in PLACES if staff and staff.role in place.roles],
            here=request.url.path,
            problem=problem,
            csrf=token,
            csrf_input=Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, token),
            has_openid=self._has_openid,
            done=_DONE.get(request.query_params.get("done", ""), ""),
            **what,
        )

    def go_on(self, path: str) -> HTMLResponse:
        """A page that leads on at once: browsers send the cookie only where our own page leads."""
        html = _TEMPLATES.get_template("go_on.html").render(path=path)
        return HTMLResponse(html)
