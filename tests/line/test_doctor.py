"""`channels line doctor` against a LINE on loopback, and a house that LINE calls back."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from channels import cli
from channels.core.store import Store
from channels.line import limits
from channels.line.account import AccountSettings, Finding, Level
from channels.line.contact import ContactCipher
from channels.line.examine import examine
from channels.line.webhook import line_router
from ops.lineplatform.app import line_app
from ops.lineplatform.description import problems
from ops.lineplatform.platform import SECRET, TOKEN, LinePlatform
from ops.lineplatform.quota import FREE_PLAN
from ops.model import ROOT
from tests.serving import free_port, served

PUBLIC = "https://madoguchi.example.jp"
WEBHOOK = f"{PUBLIC}/line/webhook"
INFO = "/v2/bot/info"
ENDPOINT = "/v2/bot/channel/webhook/endpoint"
TEST = "/v2/bot/channel/webhook/test"
QUOTA = "/v2/bot/message/quota"
SPENT = "/v2/bot/message/quota/consumption"
MENU = "/v2/bot/user/all/richmenu"
SCHEMAS = {
    INFO: "BotInfoResponse",
    ENDPOINT: "GetWebhookEndpointResponse",
    TEST: "TestWebhookEndpointResponse",
    QUOTA: "MessageQuotaResponse",
    SPENT: "QuotaConsumptionResponse",
    MENU: "RichMenuIdResponse",
}
ACCOUNT = {
    "userId": "U" + "0" * 32,
    "basicId": "@ashibetsu",
    "displayName": "芦別市",
    "chatMode": "bot",
    "markAsReadMode": "auto",
}


@dataclass
class Line:
    """A platform, and what it says instead of the truth or too late."""

    platform: LinePlatform
    instead: dict[str, Response] = field(default_factory=dict)
    late: dict[str, float] = field(default_factory=dict)

    def says(self, path: str, **body: object) -> None:
        assert problems("messaging-api", SCHEMAS[path], body) == []
        self.instead[path] = JSONResponse(body)

    def called(self, status: int, reason: str = "ERROR_STATUS_CODE", detail: str = "") -> None:
        """LINE's test call ended so."""
        at = "2026-11-23T10:00:00.000Z"
        told = {"statusCode": status, "reason": reason, "detail": detail or str(status)}
        self.says(TEST, success=200 <= status < 300, timestamp=at, **told)

    def app(self) -> FastAPI:
        app = line_app(self.platform)

        @app.middleware("http")
        async def instead(request: Request, call: Callable[[Request], Awaitable[Response]]) -> Response:
            await asyncio.sleep(self.late.get(request.url.path, 0))
            return self.instead.get(request.url.path) or await call(request)

        return app


@dataclass
class House:
    """The web server as far as LINE sees it; `secret` and `lag` may be changed."""

    port: int
    secret: str | None = SECRET
    lag: float = 0

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.middleware("http")
        async def lagging(request: Request, call: Callable[[Request], Awaitable[Response]]) -> Response:
            await asyncio.sleep(self.lag)
            return await call(request)

        if self.secret:  # no event comes, so nothing is stored
            app.include_router(line_router(self.secret, cast("Store", None), ContactCipher("s" * 32)))
        return app


@pytest.fixture
def house() -> House:
    return House(free_port())


@pytest.fixture
def line(house: House) -> Iterator[Line]:
    """A LINE where everything is set up; the house is for the test to start."""
    platform = LinePlatform(free_port(), bot_url=f"http://127.0.0.1:{house.port}")
    platform.webhooks.endpoint = WEBHOOK
    platform.quota.limit = FREE_PLAN
    line = Line(platform)
    line.says(MENU, richMenuId="richmenu-1")
    with served(line.app(), platform.port):
        yield line


@pytest.fixture
def home(house: House) -> Iterator[House]:
    with served(house.app(), house.port):
        yield house


@pytest.fixture
def doctor(
    line: Line, house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """Runs the command with these settings changed (None: unset); returns its exit code and its page."""

    def run(*arguments: str, **changed: str | None) -> tuple[int, str]:
        for name in [name for name in os.environ if name.startswith("MADOGUCHI_")]:
            monkeypatch.delenv(name)
        settings = {
            "LINE_CHANNEL_SECRET": SECRET,
            "LINE_CHANNEL_TOKEN": TOKEN,
            "LINE_API_URL": line.platform.url,
            "PUBLIC_URL": PUBLIC,
            "PORT": str(house.port),
        }
        for name, value in (settings | changed).items():
            if value is not None:
                monkeypatch.setenv(f"MADOGUCHI_{name}", value)
        monkeypatch.setattr("sys.argv", ["channels", "line", "doctor", *arguments])
        code = cli.main()
        return code, capsys.readouterr().out

    return run


type Doctor = Callable[..., tuple[int, str]]


def step_after(page: str, start: str) -> str:
    """The line after the finding that begins so."""
    lines = page.splitlines()
    [position] = [number for number, line in enumerate(lines) if line.startswith(start)]
    return lines[position + 1].removeprefix("  → ")


def test_an_account_that_is_set_up_has_nothing_to_be_put_right(doctor: Doctor, home: House) -> None:
    code, page = doctor()
    assert code == 0
    assert not {"✖", "▲", "→"} & set(page.split("この命令では見えない")[0])
    for seen in (
        "✔ アカウント: 「まどぐち（見本）」（@madoguchi）につながりました。",
        "✔ まどぐち本体: 動いていて、同じチャネルシークレットを使っています。",
        f"✔ Webhook URL: {WEBHOOK}\n✔ Webhookの利用: オンです。",
        "✔ 試しの呼び出し: LINEから届き、署名も合いました。",
        "✔ リッチメニュー: 出ています。",
        "・Webhookの再送: オン",
    ):
        assert seen in page
    assert page.endswith(
        "直すところはありません。スマートフォンで友だちに追加して、話しかけてみてください。\n"
    )


def test_without_settings_it_names_all_that_are_missing_and_asks_nobody(doctor: Doctor, line: Line) -> None:
    code, page = doctor(LINE_CHANNEL_SECRET=None, LINE_CHANNEL_TOKEN="", LINE_API_URL=None, PUBLIC_URL=None)
    assert code == 1
    for name in ("LINE_CHANNEL_SECRET", "LINE_CHANNEL_TOKEN", "PUBLIC_URL"):
        assert f"MADOGUCHI_{name} が設定されていません。" in page
    assert "▲ LINEに聞いて確かめることは、まだできません。" in page
    assert line.platform.journal.of("call") == []


def test_every_finding_that_is_not_good_has_one_next_step(doctor: Doctor, line: Line) -> None:
    line.platform.webhooks.endpoint = None
    _, page = doctor(LINE_CHANNEL_SECRET="", PUBLIC_URL="http://madoguchi.example.jp")
    lines = page.split("\n\n")[1].splitlines()
    for number, shown in enumerate(lines):
        followed = number + 1 < len(lines) and lines[number + 1].startswith("  → ")
        assert followed == shown.startswith(("✖", "▲")), shown


@pytest.mark.parametrize(
    "value", ["0123", SECRET.upper().replace("0", "G"), f'"{SECRET}"', f"{SECRET} ", "２" * 32]
)
def test_a_secret_of_another_form_is_refused_and_not_shown(doctor: Doctor, value: str) -> None:
    code, page = doctor(LINE_CHANNEL_SECRET=value)
    assert code == 1
    assert f"32文字ではありません（今は{len(value)}文字）。" in page
    assert value not in page


@pytest.mark.parametrize("value", ["two words", "line\nbreak", "ｔｏｋｅｎ"])
def test_a_token_of_another_form_is_refused_and_never_sent(doctor: Doctor, line: Line, value: str) -> None:
    code, page = doctor(LINE_CHANNEL_TOKEN=value)
    assert code == 1
    assert "✖ チャネルアクセストークン: 空白、改行、全角の文字のどれかが入っています。" in page
    assert value not in page
    assert line.platform.journal.of("call") == []


def test_a_token_that_line_refuses_is_told_once_with_its_step(doctor: Doctor, home: House) -> None:
    code, page = doctor(LINE_CHANNEL_TOKEN="wrong-but-secret")
    assert code == 1
    assert "✖ アカウント: LINEがチャネルアクセストークンを受け付けません（401）。" in page
    assert page.count("トークンを発行し直し") == 1
    assert "  → 上と同じです。" in page
    assert "wrong-but-secret" not in page
    assert SECRET not in page


REFUSALS = {
    302: "LINEが呼び出しを断りました（302）。",
    400: "LINEが呼び出しを断りました（400）。",
    403: "LINEがこのサーバーからの呼び出しを許していません（403）。",
    429: "LINEへの呼び出しが多すぎます（429）。",
    503: "LINEの側で問題が起きています（503）。",
}


@pytest.mark.parametrize("path", SCHEMAS)
def test_what_line_refuses_hides_no_other_check(doctor: Doctor, line: Line, home: House, path: str) -> None:
    for status, told in REFUSALS.items():
        line.instead[path] = JSONResponse({"message": TOKEN}, status, headers={"location": PUBLIC})
        code, page = doctor()
        assert code == 1
        assert told in page
        assert page.count("✖") == 2  # the finding, and the sum
        assert TOKEN not in page
        assert ("アカウント: 「" in page) == (path != INFO)
        assert ("リッチメニュー: 出ています。" in page) == (path != MENU)


NO_ANSWERS = {
    "page": Response("<html>プロキシーの画面</html>", media_type="text/html"),
    "null": Response("null", media_type="application/json"),
    "list": Response("[]", media_type="application/json"),
    "wrong": Response('{"chatMode": 5, "active": "perhaps"}', media_type="application/json"),
    "bytes": Response(b"\xff\xfe", media_type="application/json"),
    "charset": Response("{}", headers={"content-type": "application/json; charset=no-such"}),
    "bytes of an error": Response(b"\xff\xfe", 500),
    "empty": Response(""),
}


@pytest.mark.parametrize("path", SCHEMAS)
def test_an_answer_that_is_no_answer_is_told(doctor: Doctor, line: Line, home: House, path: str) -> None:
    for name, response in NO_ANSWERS.items():
        line.instead[path] = response
        code, page = doctor()
        assert code == 1, name
        assert "LINEの返事を読めません。" in page, name
        assert page.count("✖") == 2, name


def test_an_answer_that_does_not_come_is_not_waited_for(
    doctor: Doctor, line: Line, home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "REQUEST_TIMEOUT", 0.5)
    line.late[QUOTA] = 2
    code, page = doctor()
    assert code == 1
    assert f"✖ プッシュの残り: LINE（127.0.0.1:{line.platform.port}）の返事がありません（時間切れ）。" in page
    assert "✔ リッチメニュー: 出ています。" in page


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://line.invalid", "LINEの名前（line.invalid）を引けません。"),
        ("http://127.0.0.1:1", "LINE（127.0.0.1:1）につながりません。"),
        ("no-such://127.0.0.1", "LINE（127.0.0.1）につながりません。"),
        ("http://[", "LINE（[）につながりません。"),
    ],
)
def test_a_line_that_cannot_be_reached_is_told_with_its_cause(
    doctor: Doctor, home: House, url: str, told: str
) -> None:
    code, page = doctor(LINE_API_URL=url)
    assert code == 1
    assert f"✖ アカウント: {told}" in page
    assert page.count("上と同じです。") == 4


def test_a_line_without_tls_is_told(doctor: Doctor, line: Line, home: House) -> None:
    code, page = doctor(LINE_API_URL=line.platform.url.replace("http:", "https:"))
    assert code == 1
    assert "との安全な通信（TLS）を始められません。" in page


def test_names_from_line_cannot_steer_the_terminal(doctor: Doctor, line: Line, home: House) -> None:
    line.says(INFO, **ACCOUNT | {"displayName": "芦別\x1b[2J\n✔ 市" + "!" * 500})
    _, page = doctor()
    assert "\x1b" not in page
    assert "「芦別 [2J ✔ 市!!!" in page
    assert max(len(shown) for shown in page.splitlines()) < 200


def test_a_chat_that_is_on_is_warned_of(doctor: Doctor, line: Line, home: House) -> None:
    line.says(INFO, **ACCOUNT | {"chatMode": "chat", "markAsReadMode": "manual"})
    code, page = doctor()
    assert code == 0
    assert "▲ チャット: オンです。" in page
    assert "自動では既読になりません。" in page
    assert page.endswith("▲ 1件です。動きますが、できれば直してください（docs/LINEの準備.md）。\n")


@pytest.mark.parametrize(
    ("endpoint", "told"),
    [
        ("http://madoguchi.example.jp/line/webhook", "は、https:// で始まっていません。"),
        ("https://old.example.jp/line/webhook", f"設定から作ったものは {WEBHOOK} です。"),
        (PUBLIC, f"設定から作ったものは {WEBHOOK} です。"),
    ],
)
def test_a_webhook_elsewhere_is_told(
    doctor: Doctor, line: Line, home: House, endpoint: str, told: str
) -> None:
    line.platform.webhooks.endpoint = endpoint
    code, page = doctor()
    assert code == 1
    assert f"✖ Webhook URL: LINEの登録は {endpoint}" in page or f"✖ Webhook URL: {endpoint} {told}" in page
    assert told in page


def test_without_a_public_address_only_the_way_of_the_webhook_is_looked_at(
    doctor: Doctor, line: Line, home: House
) -> None:
    line.platform.webhooks.endpoint = f"{PUBLIC}/callback"
    assert (
        f"✖ Webhook URL: {PUBLIC}/callback は、/line/webhook で終わっていません。"
        in doctor(PUBLIC_URL=None)[1]
    )
    line.platform.webhooks.endpoint = WEBHOOK
    assert f"✔ Webhook URL: {WEBHOOK}\n" in doctor(PUBLIC_URL=None)[1]


def test_without_a_webhook_the_address_to_be_written_is_told(doctor: Doctor, line: Line, home: House) -> None:
    line.platform.webhooks.endpoint = None
    code, page = doctor()
    assert code == 1
    assert WEBHOOK in step_after(page, "✖ Webhook URL: LINEに登録されていません。")
    assert "▲ 試しの呼び出し: まだできません。" in page
    assert "Webhookの利用" not in page


def test_a_webhook_that_is_off_is_told(doctor: Doctor, line: Line, home: House) -> None:
    line.says(ENDPOINT, endpoint=WEBHOOK, active=False)
    code, page = doctor()
    assert code == 1
    assert "「Webhookの利用」をオン" in step_after(page, "✖ Webhookの利用: オフです。")


@pytest.mark.parametrize("before", [None, "https://old.example.jp/line/webhook"])
def test_fixing_the_webhook_registers_ours_once(
    doctor: Doctor, line: Line, home: House, before: str | None
) -> None:
    line.platform.webhooks.endpoint = before
    code, page = doctor("--fix-webhook")
    assert code == 0
    assert f"✔ Webhook URL: {WEBHOOK} を登録しました。\n✔ Webhookの利用: オンです。" in page
    assert line.platform.webhooks.endpoint == WEBHOOK
    assert f"✔ Webhook URL: {WEBHOOK}\n" in doctor("--fix-webhook")[1]
    assert [call["method"] for call in line.platform.journal.of("call")].count("PUT") == 1


def test_nothing_is_registered_unasked_or_without_an_address(doctor: Doctor, line: Line, home: House) -> None:
    line.platform.webhooks.endpoint = "https://old.example.jp/line/webhook"
    assert doctor()[0] == 1
    assert doctor("--fix-webhook", PUBLIC_URL=None)[0] == 1
    assert line.platform.webhooks.endpoint == "https://old.example.jp/line/webhook"


def test_a_house_with_the_secret_of_another_channel_is_found_by_line_s_call(
    doctor: Doctor, line: Line, house: House
) -> None:
    house.secret = "f" * 32
    with served(house.app(), house.port):
        code, page = doctor(LINE_CHANNEL_SECRET="f" * 32)
    assert code == 1
    assert "✔ まどぐち本体: 動いていて、同じチャネルシークレットを使っています。" in page
    assert "✖ 試しの呼び出し: まどぐちが断りました。" in page
    assert "チャネルシークレットを写し直し" in step_after(page, "✖ 試しの呼び出し")


@pytest.mark.parametrize(
    ("running", "ours", "told"),
    [
        ("f" * 32, SECRET, "ちがうチャネルシークレットを使っています。"),
        (None, SECRET, "チャネルシークレットを読んでいません。"),
        (SECRET, "", "この命令にはない設定を使っています。"),
    ],
)
def test_a_house_that_was_started_with_other_settings_is_told(
    doctor: Doctor, house: House, running: str | None, ours: str, told: str
) -> None:
    house.secret = running
    with served(house.app(), house.port):
        code, page = doctor(LINE_CHANNEL_SECRET=ours)
    assert code == 1
    assert "✖ まどぐち本体: 動いて" in page
    assert told in page


def test_a_house_that_does_not_run_is_told(doctor: Doctor, house: House) -> None:
    code, page = doctor()
    assert code == 1
    assert f"✖ まどぐち本体: 答えません（127.0.0.1:{house.port}）。" in page
    assert "✖ 試しの呼び出し: LINEから、まどぐちにつながりませんでした。" in page


def test_a_house_that_is_too_slow_for_line_is_told(doctor: Doctor, home: House) -> None:
    home.lag = 2.5
    code, page = doctor()
    assert code == 1
    assert "✖ 試しの呼び出し: まどぐちが2秒以内に答えませんでした。" in page


@pytest.mark.parametrize(
    ("status", "reason", "detail", "told"),
    [
        (0, "COULD_NOT_CONNECT", "TLS handshake failure: https://…", "証明書を受け付けませんでした。"),
        (-1, "COULD_NOT_CONNECT", "Connection failed", "つながりませんでした。"),
        (
            0,
            "UNCLASSIFIED",
            "Unknown\x1b[2J",
            "呼び出せませんでした。（LINEの説明: UNCLASSIFIED / Unknown [2J）",
        ),
        (301, "ERROR_STATUS_CODE", "301", "別のアドレスへ送られました。"),
        (403, "ERROR_STATUS_CODE", "403", "まどぐちの手前で断られました。"),
        (404, "ERROR_STATUS_CODE", "404", "LINEの受け口がありません。"),
        (418, "ERROR_STATUS_CODE", "418", "まどぐちが200を返しませんでした。"),
        (429, "ERROR_STATUS_CODE", "429", "呼び出しが多すぎると断られました。"),
        (500, "ERROR_STATUS_CODE", "500", "まどぐちの中で問題が起きました。"),
        (502, "ERROR_STATUS_CODE", "502", "リバースプロキシーまでは届きましたが"),
        (204, "ERROR_STATUS_CODE", "204", "まどぐちが200を返しませんでした。"),
    ],
)
def test_what_line_s_call_met_is_explained(
    doctor: Doctor, line: Line, home: House, status: int, reason: str, detail: str, told: str
) -> None:
    line.called(status, reason, detail)
    code, page = doctor()
    assert code == 1
    assert told in page
    assert f"（LINEの説明: {reason} / " in page
    assert "\x1b" not in page


@pytest.mark.parametrize(
    ("quota", "spent", "code", "told"),
    [
        (None, 5000, 0, "✔ プッシュの残り: 上限はありません。"),
        (200, 20, 0, "✔ プッシュの残り: 今月はあと180通です（上限200通）。"),
        (200, 180, 0, "▲ プッシュの残り: 今月はあと20通です（上限200通）。"),
        (5000, 5000, 1, "✖ プッシュの残り: 今月はあと0通です（上限5,000通）。"),
        (200, 201, 1, "✖ プッシュの残り: 今月はあと0通です（上限200通）。"),
    ],
)
def test_the_pushes_that_are_left_are_told(
    doctor: Doctor, line: Line, home: House, quota: int | None, spent: int, code: int, told: str
) -> None:
    line.platform.quota.limit = quota
    line.says(SPENT, totalUsage=spent)
    found, page = doctor()
    assert found == code
    assert told in page


def test_a_missing_rich_menu_is_no_mistake(doctor: Doctor, line: Line, home: House) -> None:
    line.instead[MENU] = JSONResponse({"message": "no default richmenu"}, 404)
    code, page = doctor()
    assert code == 0
    assert "channels line menu deploy" in step_after(page, "▲ リッチメニュー: まだありません。")


@pytest.mark.parametrize("port", ["0", "99999", "http"])
def test_a_setting_that_cannot_be_is_named(doctor: Doctor, port: str) -> None:
    code, page = doctor(PORT=port)
    assert code == 1
    assert "✖ 設定 MADOGUCHI_PORT の値が使えません。" in page


@pytest.mark.parametrize(
    ("ahead", "level", "told"),
    [
        (50, Level.GOOD, "LINEの時計と合っています"),
        (3600, Level.DOUBTFUL, "秒進んでいます。"),
        (-90, Level.DOUBTFUL, "秒遅れています。"),
    ],
)
def test_a_clock_that_is_wrong_is_told(line: Line, house: House, ahead: int, level: Level, told: str) -> None:
    settings = account_settings(line, house)
    findings = examine(settings, now=lambda: datetime.now(UTC) + timedelta(seconds=ahead))
    assert [(f.level, told in f.what) for f in findings if f.what.startswith("時計")] == [(level, True)]


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 23 Nov 2026 10:00:00 -0000"])
def test_an_answer_without_a_time_says_nothing_of_the_clock(line: Line, house: House, date: str) -> None:
    response = JSONResponse(ACCOUNT)
    response.raw_headers.append((b"date", date.encode()))
    line.instead[INFO] = response
    findings: list[Finding] = list(examine(account_settings(line, house)))
    assert any(finding.what.startswith("アカウント: 「芦別市」") for finding in findings)
    assert not any(finding.what.startswith("時計") for finding in findings)


def account_settings(line: Line, house: House) -> AccountSettings:
    settings: dict[str, Any] = {
        "line_channel_secret": SECRET,
        "line_channel_token": TOKEN,
        "line_api_url": line.platform.url,
        "port": house.port,
        "public_url": PUBLIC,
    }
    return AccountSettings(**settings)


def test_the_guide_shows_what_is_really_printed(doctor: Doctor, line: Line, home: House) -> None:
    line.says(INFO, **ACCOUNT)
    line.says(ENDPOINT, endpoint=WEBHOOK, active=False)
    line.says(QUOTA, type="none")
    line.instead[MENU] = JSONResponse({"message": "no default richmenu"}, 404)
    page = re.sub(r"ちがいは\d+秒", "ちがいは0秒", doctor()[1])
    guide = (ROOT / "docs" / "LINEの準備.md").read_text(encoding="utf-8")
    [example] = re.findall(r"```text\n(✔.*?)```", guide, re.DOTALL)
    assert example in page
    for switch in re.findall(r"^  ・(.+): ", page, re.MULTILINE):
        assert switch in guide
