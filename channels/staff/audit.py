"""Who did what. Written in the transaction of the deed itself; nobody can change or delete it afterwards.

The table's trigger refuses every change. A detail names things by id or kind, never by what somebody said.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from channels.core import tables
from channels.staff.roles import Role, Staff
from knowledge.service import ASHIBETSU

CONSOLE = "console"
"""The login of who works on the server itself, with `channels staff`."""
NOBODY = "-"
"""The login of a try with one that does not exist: what was typed may be a password."""
PAGE = 50
"""Rows of one page."""


class Action(StrEnum):
    """What is written down."""

    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGNED_OUT = "signed_out"
    SESSION_ENDED = "session_ended"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  # a deed
    PASSWORD_RESET = "password_reset"  # noqa: S105  # a deed
    FACTOR_SET = "factor_set"
    FACTOR_RESET = "factor_reset"
    ACCOUNT_ADDED = "account_added"
    ACCOUNT_OFF = "account_off"
    ACCOUNT_ON = "account_on"
    SEEN = "seen"
    CLAIMED = "claimed"
    ANSWERED = "answered"
    RELEASED = "released"
    TRANSFERRED = "transferred"
    GIVEN_BACK = "given_back"
    CLOSED = "closed"
    SCHEDULED = "scheduled"
    NOTED = "noted"
    LABELLED = "labelled"
    DRAFTED = "drafted"
    EXPORTED = "exported"

    @property
    def label(self) -> str:
        """As the audit page shows it."""
        return _LABELS[self]


_LABELS = {
    Action.SIGNED_IN: "ログインした",
    Action.SIGN_IN_FAILED: "ログインに失敗した",
    Action.SIGNED_OUT: "ログアウトした",
    Action.SESSION_ENDED: "ほかの端末のログインを終わらせた",
    Action.PASSWORD_CHANGED: "パスワードを変えた",
    Action.PASSWORD_RESET: "一回限りのパスワードを出した",
    Action.FACTOR_SET: "二段階認証を設定した",
    Action.FACTOR_RESET: "二段階認証を外した",
    Action.ACCOUNT_ADDED: "アカウントを作った",
    Action.ACCOUNT_OFF: "アカウントを止めた",
    Action.ACCOUNT_ON: "アカウントを使えるようにした",
    Action.SEEN: "会話を見た",
    Action.CLAIMED: "会話を引き受けた",
    Action.ANSWERED: "会話で答えた",
    Action.RELEASED: "会話を待ちに戻した",
    Action.TRANSFERRED: "会話を引き継いだ",
    Action.GIVEN_BACK: "会話をボットに戻した",
    Action.CLOSED: "会話を終えた",
    Action.SCHEDULED: "会話の時刻を決めた",
    Action.NOTED: "会話にメモを書いた",
    Action.LABELLED: "会話に分類を付けた",
    Action.DRAFTED: "会話から下書きを作った",
    Action.EXPORTED: "会話を書き出した",
}

_DETAILS = {
    "whom": "だれの",
    "role": "役割",
    "way": "方法",
    "locks": "一時停止",
    "how": "どのように",
    "to": "相手",
    "entry": "項目",
    "aspect": "内容",
    "kind": "種類",
}
_VALUES = {
    "password": "パスワード",
    "own_password": "いまのパスワードの確認",
    "code": "確認の番号",
    "totp": "認証アプリ",
    "recovery": "回復コード",
    "openid": "市の認証",
    "yes": "はい",
    "no": "いいえ",
    "take_over": "ほかの職員に代わって",
    "question": "聞き方",
    "faq": "新しい項目",
    **{role.value: role.label for role in Role},
}
"""What a detail is called on the page; one that is not in here is shown as it is."""


@dataclass(frozen=True)
class Entry:
    """One row as the audit page shows it; `at` is 芦別市 time."""

    id: int
    at: datetime
    login: str
    action: str
    conversation: UUID | None
    detail: dict[str, str]


@dataclass(frozen=True)
class Search:
    """What of the audit is looked for; `before` is the id that the last page ended with."""

    day: date | None = None
    login: str | None = None
    conversation: UUID | None = None
    before: int | None = None


class Audit:
    """Writes and reads the audit."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def note(
        self,
        connection: AsyncConnection,
        who: Staff | str,
        action: Action,
        conversation: UUID | None = None,
        **detail: str,
    ) -> None:
        """Write down a deed, in its own transaction; `who` is a login where nobody is signed in."""
        await connection.execute(
            insert(tables.audit).values(
                account=who.account if isinstance(who, Staff) else None,
                login=who.login if isinstance(who, Staff) else who,
                action=action.value,
                conversation=conversation,
                detail=detail,
            )
        )

    async def find(self, search: Search) -> tuple[list[Entry], int | None]:
        """A page, the newest first, and where the next one begins."""
        row = tables.audit.c
        query = select(tables.audit).order_by(row.id.desc()).limit(PAGE + 1)
        if search.day:
            begin = datetime.combine(search.day, time(), ASHIBETSU)
            query = query.where(row.at >= begin, row.at < begin + timedelta(days=1))
        if search.login:
            query = query.where(row.login == search.login)
        if search.conversation:
            query = query.where(row.conversation == search.conversation)
        if search.before is not None:
            query = query.where(row.id < search.before)
        async with self._engine.connect() as connection:
            found = (await connection.execute(query)).all()
        shown = [
            Entry(
                each.id,
                each.at.astimezone(ASHIBETSU),
                each.login,
                _label(each.action),
                each.conversation,
                {_DETAILS.get(name, name): _VALUES.get(value, value) for name, value in each.detail.items()},
            )
            for each in found[:PAGE]
        ]
        return shown, shown[-1].id if len(found) > PAGE else None


def _label(action: str) -> str:
    """What a deed is called, also one that a later version wrote."""
    return Action(action).label if action in Action else action
