"""What is right and what is wrong with the city's LINE account.

Each check looks at one thing. One that does not hear from LINE says why, and keeps no other from being made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from linebot.v3.messaging import (
    ApiClient,
    ApiException,
    BotInfoResponse,
    Configuration,
    GetWebhookEndpointResponse,
    MessageQuotaResponse,
    MessagingApi,
    QuotaConsumptionResponse,
    RichMenuIdResponse,
    SetWebhookEndpointRequest,
    TestWebhookEndpointRequest,
    TestWebhookEndpointResponse,
)

from channels.line import limits
from channels.line.account import (
    CONSOLE,
    WEBHOOK,
    AccountSettings,
    Finding,
    Level,
    is_https,
    own_server,
    public_address,
    secret,
    token,
)
from channels.line.unheard import UNHEARD, called_in_vain, shown, unheard

CLOCK_OFF = 60.0
"""Seconds by which this machine's clock may differ from LINE's."""
QUOTA_FLOOR = 0.1
"""Share of the month's pushes that the worker keeps for what must arrive (channels/line/budget.py)."""


def examine(
    settings: AccountSettings,
    *,
    is_fixing_webhook: bool = False,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Iterator[Finding]:
    """All findings, as they come in; with `is_fixing_webhook` LINE is told our address."""
    yield secret(settings)
    token_found = token(settings)
    yield token_found
    yield public_address(settings)
    yield own_server(settings)
    if token_found.level is not Level.GOOD:
        yield Finding(
            Level.DOUBTFUL,
            "LINEに聞いて確かめることは、まだできません。",
            "チャネルアクセストークンを直してから、もう一度実行してください。",
        )
        return
    configuration = Configuration(
        host=settings.line_api_url.rstrip("/"), access_token=settings.line_channel_token.get_secret_value()
    )
    configuration.retries = False  # or each failure is waited for four times
    with ApiClient(configuration) as client:
        yield from _Line(MessagingApi(client), settings, now).findings(is_fixing_webhook)


class _Line:
    """What only LINE can tell."""

    def __init__(self, api: MessagingApi, settings: AccountSettings, now: Callable[[], datetime]) -> None:
        self._api = api
        self._settings = settings
        self._now = now
        self._endpoint: str | None = None
        self._is_registered = True

    def findings(self, is_fixing_webhook: bool) -> Iterator[Finding]:
        checks: tuple[tuple[str, Callable[[], Iterator[Finding]]], ...] = (
            ("アカウント", self._account),
            ("Webhook URL", lambda: self._webhook(is_fixing_webhook)),
            ("試しの呼び出し", self._test),
            ("プッシュの残り", self._quota),
            ("リッチメニュー", self._menu),
        )
        for name, check in checks:
            try:
                yield from check()
            except UNHEARD as error:
                what, step = unheard(error, self._settings.line_api_url)
                yield Finding(Level.BAD, f"{name}: {what}", step)

    def _account(self) -> Iterator[Finding]:
        response = self._api.get_bot_info_with_http_info(_request_timeout=limits.REQUEST_TIMEOUT)
        info = _as(BotInfoResponse, response.data)
        yield Finding(
            Level.GOOD,
            f"アカウント: 「{shown(info.display_name)}」（{shown(info.basic_id)}）につながりました。",
        )
        if info.chat_mode == "bot":
            yield Finding(Level.GOOD, "チャット: オフです。")
        else:
            unread = (
                "住民のメッセージは、自動では既読になりません。" if info.mark_as_read_mode == "manual" else ""
            )
            yield Finding(
                Level.DOUBTFUL,
                f"チャット: オンです。職員がLINEの画面で答えると、まどぐちの答えと重なります。{unread}",
                "LINE Official Account Managerの「設定」→「応答設定」で、「チャット」をオフにしてください。",
            )
        yield from self._clock(response.headers.get("date", ""))

    def _clock(self, date: str) -> Iterator[Finding]:
        """By the Date header of an answer; nothing where it has none."""
        try:
            ahead = (self._now() - parsedate_to_datetime(date)).total_seconds()
        except (ValueError, TypeError):  # no date, or one without a time zone
            return
        if abs(ahead) <= CLOCK_OFF:
            yield Finding(Level.GOOD, f"時計: LINEの時計と合っています（ちがいは{abs(ahead):.0f}秒）。")
        else:
            way = "進んで" if ahead > 0 else "遅れて"
            yield Finding(
                Level.DOUBTFUL,
                f"時計: このサーバーの時計が、LINEの時計より{abs(ahead):,.0f}秒{way}います。",
                "サーバーの時刻合わせ（NTP）を直してください。証明書の確認や、日付のある答えが狂います。",
            )

    def _webhook(self, is_fixing: bool) -> Iterator[Finding]:
        wanted = self._settings.webhook_url
        registered = self._registered()
        if is_fixing and wanted and (registered is None or registered.endpoint != wanted):
            self._api.set_webhook_endpoint(
                SetWebhookEndpointRequest(endpoint=wanted), _request_timeout=limits.REQUEST_TIMEOUT
            )
            self._endpoint = wanted  # LINE may go on telling the old one for a minute
            yield Finding(Level.GOOD, f"Webhook URL: {wanted} を登録しました。")
            registered = registered or self._registered()
        elif registered:
            self._endpoint = registered.endpoint
            yield _address(registered.endpoint, wanted)
        else:
            self._is_registered = False
            example = f"https://（まどぐちのアドレス）{WEBHOOK}"
            yield Finding(
                Level.BAD,
                "Webhook URL: LINEに登録されていません。",
                f"{CONSOLE}の「Webhook URL」に、{wanted or example} を書いてください。",
            )
        if registered and registered.active:
            yield Finding(Level.GOOD, "Webhookの利用: オンです。")
        elif registered:
            yield Finding(
                Level.BAD,
                "Webhookの利用: オフです。住民のメッセージが、まどぐちに届きません。",
                f"{CONSOLE}で、「Webhookの利用」をオンにしてください。",
            )

    def _registered(self) -> GetWebhookEndpointResponse | None:
        try:
            answer = self._api.get_webhook_endpoint(_request_timeout=limits.REQUEST_TIMEOUT)
        except ApiException as error:
            if error.status != 404:
                raise
            return None
        registered = _as(GetWebhookEndpointResponse, answer)
        return registered if registered.endpoint else None

    def _test(self) -> Iterator[Finding]:
        """LINE calls the webhook, signed with its own secret of the channel: a 200 proves ours."""
        if not self._is_registered:
            yield Finding(
                Level.DOUBTFUL,
                "試しの呼び出し: まだできません。",
                "Webhook URLを登録してから、もう一度実行してください。",
            )
            return
        request = TestWebhookEndpointRequest(endpoint=self._endpoint) if self._endpoint else None
        answer = self._api.test_webhook_endpoint(request, _request_timeout=limits.REQUEST_TIMEOUT)
        result = _as(TestWebhookEndpointResponse, answer)
        if result.status_code == 200:
            yield Finding(
                Level.GOOD,
                "試しの呼び出し: LINEから届き、署名も合いました。"
                "チャネルシークレットは、このチャネルのものです。",
            )
        else:
            what, step = called_in_vain(result.status_code, result.reason, result.detail)
            yield Finding(Level.BAD, f"試しの呼び出し: {what}", step)

    def _quota(self) -> Iterator[Finding]:
        quota = _as(
            MessageQuotaResponse, self._api.get_message_quota(_request_timeout=limits.REQUEST_TIMEOUT)
        )
        if quota.value is None:
            yield Finding(Level.GOOD, "プッシュの残り: 上限はありません。")
            return
        spent = _as(
            QuotaConsumptionResponse,
            self._api.get_message_quota_consumption(_request_timeout=limits.REQUEST_TIMEOUT),
        )
        left = max(quota.value - spent.total_usage, 0)
        what = f"プッシュの残り: 今月はあと{left:,}通です（上限{quota.value:,}通）。"
        step = "LINE Official Account Managerの「設定」→「利用と請求」で、プランを見直してください。"
        if left > quota.value * QUOTA_FLOOR:
            yield Finding(Level.GOOD, what)
        elif left:
            yield Finding(Level.DOUBTFUL, f"{what}1分より遅れた答えは、大事なものだけを送ります。", step)
        else:
            yield Finding(Level.BAD, f"{what}1分より遅れた答えは、来月まで届きません。", step)

    def _menu(self) -> Iterator[Finding]:
        try:
            answer = self._api.get_default_rich_menu_id(_request_timeout=limits.REQUEST_TIMEOUT)
        except ApiException as error:
            if error.status != 404:
                raise
            yield Finding(
                Level.DOUBTFUL,
                "リッチメニュー: まだありません。",
                "uv run channels line menu deploy を実行してください。",
            )
        else:
            _as(RichMenuIdResponse, answer)
            yield Finding(Level.GOOD, "リッチメニュー: 出ています。")


def _address(registered: str, wanted: str | None) -> Finding:
    """The registered address: https, and the one that leads to this house."""
    if not is_https(registered):
        return Finding(
            Level.BAD,
            f"Webhook URL: {shown(registered)} は、https:// で始まっていません。",
            f"{CONSOLE}の「Webhook URL」を、https:// で始まるものに直してください。",
        )
    if wanted and registered != wanted:
        return Finding(
            Level.BAD,
            f"Webhook URL: LINEの登録は {shown(registered)}、設定から作ったものは {wanted} です。",
            "登録の先をほかの仕組みが使っていなければ、この命令に --fix-webhook を付けてください。"
            "登録のほうが正しければ、MADOGUCHI_PUBLIC_URL を直してください。",
        )
    if not registered.endswith(WEBHOOK):
        return Finding(
            Level.BAD,
            f"Webhook URL: {shown(registered)} は、{WEBHOOK} で終わっていません。",
            f"{CONSOLE}の「Webhook URL」を直してください。",
        )
    return Finding(Level.GOOD, f"Webhook URL: {shown(registered)}")


def _as[T](kind: type[T], answer: Any) -> T:  # noqa: ANN401  # the SDK passes `null` on as it is
    """The SDK's answer; raises ValueError when it is none."""
    if not isinstance(answer, kind):
        raise ValueError(f"no {kind.__name__}")
    return answer
