"""Why LINE did not answer a call of ours, or our server one of LINE's: for staff, with the next step.

No error's own text is passed on: a header's value, which may be the token, can stand in it.
"""

from __future__ import annotations

from linebot.v3.messaging import ApiException
from urllib3.exceptions import HTTPError, NameResolutionError, NewConnectionError, SSLError
from urllib3.exceptions import TimeoutError as Late

UNHEARD = (ApiException, HTTPError, ValueError, LookupError)
"""What a call through the SDK raises: its own error, its HTTP client's, and those of reading the answer."""

_STATUS_PAGE = "https://api.line-status.info/"
_SHOWN = 120


def unheard(error: Exception, api_url: str) -> tuple[str, str]:
    """What is wrong with a call to LINE's API, and what to do."""
    if isinstance(error, ApiException) and error.status:
        return _refused(error.status)
    host = shown(api_url.partition("://")[2] or api_url)
    match error:
        case ApiException() | SSLError():
            return (
                f"LINE（{host}）との安全な通信（TLS）を始められません。",
                "サーバーの時計と、間に入る庁内のプロキシーを確かめてください。",
            )
        case NameResolutionError():
            return (
                f"LINEの名前（{host}）を引けません。",
                "サーバーがインターネットにつながっているか、DNSの設定を確かめてください。",
            )
        case Late() if not isinstance(error, NewConnectionError):
            return (
                f"LINE（{host}）の返事がありません（時間切れ）。",
                f"サーバーから外への通信（443番）が許されているかと、{_STATUS_PAGE} を確かめてください。",
            )
        case HTTPError():
            return (
                f"LINE（{host}）につながりません。",
                "サーバーから外への通信（443番）が許されているかを確かめてください。",
            )
    return (
        "LINEの返事を読めません。",
        f"間に入る庁内のプロキシーと、{_STATUS_PAGE} を確かめ、5分ほど後にもう一度実行してください。",
    )


def called_in_vain(status: int, reason: str, detail: str) -> tuple[str, str]:
    """What is wrong with our webhook by LINE's test call of it (Messaging API reference, test webhook)."""
    told = f"（LINEの説明: {shown(reason)} / {shown(detail)}）"
    if status <= 0:
        what, step = _unreached(reason, detail)
        return f"{what}{told}", step
    what, step = _ANSWERED.get(status, _SERVER_BROKEN if status >= 500 else _ELSEWHERE)
    return f"{what}{told}", step


def shown(text: str) -> str:
    """Text from elsewhere as it may be printed: on one line, without control characters, not too long."""
    line = "".join(letter if letter.isprintable() else " " for letter in text)
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"


def _refused(status: int) -> tuple[str, str]:
    if status == 401:
        return (
            "LINEがチャネルアクセストークンを受け付けません（401）。",
            "LINE Developersの「Messaging API設定」でトークンを発行し直し、"
            "MADOGUCHI_LINE_CHANNEL_TOKEN に書いてください。",
        )
    if status == 403:
        return (
            "LINEがこのサーバーからの呼び出しを許していません（403）。",
            "LINE Developersの「セキュリティ設定」にIPアドレスがあれば、このサーバーのものを足してください。",
        )
    if status == 429:
        return (
            "LINEへの呼び出しが多すぎます（429）。",
            "1時間ほど待ってから、もう一度実行してください。",
        )
    if status >= 500:
        return (
            f"LINEの側で問題が起きています（{status}）。",
            f"{_STATUS_PAGE} を確かめ、5分ほど後にもう一度実行してください。",
        )
    return (
        f"LINEが呼び出しを断りました（{status}）。",
        "MADOGUCHI_LINE_API_URL を設定していれば消し、もう一度実行してください。"
        "続くときは、運用の担当者に伝えてください。",
    )


def _unreached(reason: str, detail: str) -> tuple[str, str]:
    if reason == "REQUEST_TIMEOUT":
        return (
            "まどぐちが2秒以内に答えませんでした。",
            "もう一度実行してください。続くときは、サーバーの重さと、リバースプロキシーの設定を確かめてください。",
        )
    if any(word in detail.lower() for word in ("tls", "ssl", "certificate")):
        return (
            "LINEが、まどぐちの証明書を受け付けませんでした。",
            "証明書の期限、名前、中間証明書を確かめてください。自己署名の証明書は使えません。",
        )
    if reason == "COULD_NOT_CONNECT":
        return (
            "LINEから、まどぐちにつながりませんでした。",
            "Webhook URLのアドレスと、外から443番につながるかを確かめてください。"
            "LINEのIPアドレスは公開されていないので、IPアドレスでは絞れません。",
        )
    return (
        "LINEから、まどぐちを呼び出せませんでした。",
        f"{_STATUS_PAGE} を確かめ、もう一度実行してください。続くときは、運用の担当者に伝えてください。",
    )


_MOVED = (
    "まどぐちの手前で、別のアドレスへ送られました。",
    "Webhook URLを、送り先（https:// で始まる最後のアドレス）にしてください。",
)
_GUARDED = (
    "まどぐちの手前で断られました。",
    "リバースプロキシーの、パスワードやIPアドレスの制限から、/line/webhook を外してください。",
)
_UPSTREAM = (
    "リバースプロキシーまでは届きましたが、まどぐちが答えません。",
    "まどぐちが動いているか、リバースプロキシーの向き先を確かめてください。",
)
_SERVER_BROKEN = (
    "まどぐちの中で問題が起きました。",
    "/health と .run/logs/web.log を確かめてください。",
)
_ELSEWHERE = (
    "まどぐちが200を返しませんでした。",
    "Webhook URLの先が、このまどぐちかどうかを確かめてください。",
)
_ANSWERED = {
    400: (
        "まどぐちが断りました。まどぐちが使っているチャネルシークレットは、このチャネルのものではありません。",
        "LINE Developersの「チャネル基本設定」のチャネルシークレットを写し直し、"
        "まどぐちを始め直してください。",
    ),
    404: (
        "その場所に、LINEの受け口がありません。",
        "Webhook URLの終わりが /line/webhook かを確かめ、まどぐちを始め直してください。",
    ),
    429: (
        "まどぐちの手前で、呼び出しが多すぎると断られました。",
        "リバースプロキシーの回数の制限から、/line/webhook を外してください。",
    ),
    **dict.fromkeys((301, 302, 303, 307, 308), _MOVED),
    **dict.fromkeys((401, 403), _GUARDED),
    **dict.fromkeys((502, 503, 504), _UPSTREAM),
}
"""By the status that LINE got."""
