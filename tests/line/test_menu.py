"""Rich menus brought to residents and back, on a platform that enforces LINE's rules."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from linebot.v3.messaging import RichMenuRequest
from pydantic import SecretStr

from channels import cli
from channels.line import limits, menu_cli
from channels.line.menu import MENUS, Kind
from channels.line.menu_account import LineMenuError, MenuAccount, MenuSettings
from channels.line.menu_deploy import Live, NothingToShowError, deploy, rollback, show_first
from channels.line.menu_make import make
from channels.line.menu_releases import Made, mark_of, name_of
from knowledge.service import Knowledge
from ops.lineplatform.app import line_app
from ops.lineplatform.misbehaviour import Failure
from ops.lineplatform.platform import TOKEN, LinePlatform
from ops.lineplatform.rich_menus import RichMenus, Shown
from tests.serving import free_port, served

type Made3 = Mapping[Kind, Made]
"""A menu and a picture of each kind."""
TAPPED, UNTOUCHED = "Utapped", "Uuntouched"
type Run = Callable[..., tuple[int, str]]
WRITING = frozenset({"POST", "PUT", "DELETE"})


@dataclass
class Line:
    """A LINE that fails the writing call with this number, from 1, after taking it or not."""

    platform: LinePlatform
    fails_at: int = 0
    is_taken: bool = False
    writes: int = 0
    blank: list[int] = field(default_factory=list)
    """The numbers of the writing calls after which somebody who had a menu had none."""

    @property
    def menus(self) -> RichMenus:
        return self.platform.rich_menus

    def app(self) -> FastAPI:
        app = line_app(self.platform)

        @app.middleware("http")
        async def around(request: Request, call: Callable[[Request], Awaitable[Response]]) -> Response:
            if request.method not in WRITING or "validate" in request.url.path:
                return await call(request)
            self.writes += 1
            had = self.menus.default() is not None
            is_failing = self.writes == self.fails_at
            response = None if is_failing and not self.is_taken else await call(request)
            if had and not (self.menus.seen_by(TAPPED) and self.menus.seen_by(UNTOUCHED)):
                self.blank.append(self.writes)
            return JSONResponse({"message": "broken"}, 500) if is_failing or response is None else response

        return app

    def fail(self, number: int, *, is_taken: bool) -> None:
        """Break the writing call with this number, counted from now."""
        self.fails_at, self.is_taken, self.writes = number, is_taken, 0
        self.menus.batched_at.clear()


@pytest.fixture
def line() -> Iterator[Line]:
    line = Line(LinePlatform(free_port()))
    with served(line.app(), line.platform.port):
        yield line


@pytest.fixture
def account(line: Line) -> Iterator[MenuAccount]:
    with MenuAccount(settings(line)) as account:
        yield account


@pytest.fixture(scope="session")
def first() -> Made3:
    return make(MENUS)


@pytest.fixture(scope="session")
def second(tmp_path_factory: pytest.TempPathFactory) -> Made3:
    return changed(tmp_path_factory.mktemp("second") / "menus.yml", "ごみ・くらし", "ごみ")


@pytest.fixture(scope="session")
def third(tmp_path_factory: pytest.TempPathFactory) -> Made3:
    return changed(tmp_path_factory.mktemp("third") / "menus.yml", "says: 停電", "says: 断水")


def changed(path: Path, old: str, new: str) -> Made3:
    text = MENUS.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return make(path)


def settings(line: Line) -> MenuSettings:
    url = line.platform.url
    return MenuSettings(line_api_url=url, line_data_url=url, line_channel_token=SecretStr(TOKEN))


def silently(_: str) -> None:
    pass


def is_shown(line: Line, made: Made3, kind: Kind = Kind.NORMAL) -> bool:
    """Whether the default and every alias are exactly these menus."""
    by_alias = all(is_same(line.menus.of_alias(k.alias), made[k]) for k in Kind)
    return by_alias and is_same(line.menus.default(), made[kind])


def is_same(shown: Shown | None, made: Made) -> bool:
    if shown is None:
        return False
    menu, image, _ = shown
    wanted = made.request.to_dict()
    return image == made.image and all(menu[key] == wanted[key] for key in wanted if key != "name")


def test_a_first_deploy_shows_the_normal_menu_and_tabs_to_the_others(
    line: Line, account: MenuAccount, first: Made3
) -> None:
    assert deploy(account, first, silently)
    assert is_shown(line, first)


def test_a_second_deploy_makes_no_writing_call(line: Line, account: MenuAccount, first: Made3) -> None:
    deploy(account, first, silently)
    line.menus.writes.clear()
    line.writes = 0
    assert not deploy(account, first, silently)
    assert line.writes == 0
    assert line.menus.writes == []


def test_a_changed_file_comes_to_everybody_also_to_who_has_tapped_a_tab(
    line: Line, account: MenuAccount, first: Made3, second: Made3
) -> None:
    deploy(account, first, silently)
    line.menus.tap(TAPPED, Kind.EASY.alias)
    assert deploy(account, second, silently)
    assert is_shown(line, second)
    assert is_same(line.menus.seen_by(TAPPED), second[Kind.EASY])
    assert is_same(line.menus.seen_by(UNTOUCHED), second[Kind.NORMAL])


def test_only_two_versions_stay_and_menus_of_others_too(
    line: Line, account: MenuAccount, first: Made3, second: Made3, third: Made3
) -> None:
    stranger = account.create(first[Kind.NORMAL].request)  # its name is none of ours
    for made in (first, second, third):
        deploy(account, made, silently)
        line.menus.batched_at.clear()
    assert len(line.menus.menus) == 2 * len(Kind) + 1
    assert stranger in line.menus.menus
    assert is_shown(line, third)


def test_rollback_shows_the_version_before_once(
    line: Line, account: MenuAccount, first: Made3, second: Made3, third: Made3
) -> None:
    for made in (first, second, third):
        deploy(account, made, silently)
        line.menus.batched_at.clear()
    line.menus.tap(TAPPED, Kind.DISASTER.alias)
    assert rollback(account, silently)
    assert is_shown(line, second)
    assert is_same(line.menus.seen_by(TAPPED), second[Kind.DISASTER])
    line.writes = 0
    assert not rollback(account, silently)
    assert line.writes == 0


def test_after_a_rollback_a_deploy_goes_on_from_what_is_shown(
    line: Line, account: MenuAccount, first: Made3, second: Made3, third: Made3
) -> None:
    for made in (first, second):
        deploy(account, made, silently)
    rollback(account, silently)
    line.menus.batched_at.clear()
    assert deploy(account, third, silently)
    assert is_shown(line, third)
    assert rollback(account, silently)
    assert is_shown(line, first)  # never the one that was taken back


def test_after_a_rollback_the_same_file_comes_back(
    line: Line, account: MenuAccount, first: Made3, second: Made3
) -> None:
    for made in (first, second):
        deploy(account, made, silently)
    rollback(account, silently)
    line.menus.batched_at.clear()
    assert deploy(account, second, silently)
    assert is_shown(line, second)


def test_without_a_version_before_there_is_no_way_back(account: MenuAccount, first: Made3) -> None:
    with pytest.raises(NothingToShowError, match="戻せる前のメニュー"):
        rollback(account, silently)
    deploy(account, first, silently)
    with pytest.raises(NothingToShowError, match="戻せる前のメニュー"):
        rollback(account, silently)


def test_in_a_disaster_everybody_gets_the_disaster_menu_and_keeps_it_over_a_deploy(
    line: Line, account: MenuAccount, first: Made3, second: Made3
) -> None:
    deploy(account, first, silently)
    line.menus.tap(TAPPED, Kind.EASY.alias)
    assert show_first(account, Kind.DISASTER, silently)
    for resident in (TAPPED, UNTOUCHED):
        assert is_same(line.menus.seen_by(resident), first[Kind.DISASTER])
    deploy(account, second, silently)
    assert is_shown(line, second, Kind.DISASTER)
    assert not show_first(account, Kind.DISASTER, silently)


def test_after_a_disaster_who_reads_easy_japanese_keeps_it(
    line: Line, account: MenuAccount, first: Made3
) -> None:
    deploy(account, first, silently)
    show_first(account, Kind.DISASTER, silently)
    line.menus.tap(TAPPED, Kind.EASY.alias)
    line.menus.tap("Udisaster", Kind.DISASTER.alias)
    assert show_first(account, Kind.NORMAL, silently)
    assert is_same(line.menus.seen_by(UNTOUCHED), first[Kind.NORMAL])
    assert is_same(line.menus.seen_by("Udisaster"), first[Kind.NORMAL])
    assert is_same(line.menus.seen_by(TAPPED), first[Kind.EASY])


def test_before_the_first_deploy_there_is_nothing_to_put_first(account: MenuAccount) -> None:
    with pytest.raises(NothingToShowError, match="deploy"):
        show_first(account, Kind.DISASTER, silently)


@pytest.mark.parametrize("is_taken", [False, True], ids=["refused", "lost"])
def test_broken_off_at_any_call_nobody_is_without_a_menu_and_the_next_deploy_finishes(
    line: Line, account: MenuAccount, first: Made3, second: Made3, third: Made3, is_taken: bool
) -> None:
    was, will_be = second, third
    for made in (first, second):
        deploy(account, made, silently)
    line.menus.tap(TAPPED, Kind.EASY.alias)
    number = 0
    while True:
        number += 1
        line.fail(number, is_taken=is_taken)
        try:
            deploy(account, will_be, silently)
        except LineMenuError:
            assert is_same(line.menus.default(), was[Kind.NORMAL]) or is_shown(line, will_be)
        else:
            break
        line.fail(0, is_taken=False)
        deploy(account, will_be, silently)
        assert is_shown(line, will_be)
        assert is_same(line.menus.seen_by(TAPPED), will_be[Kind.EASY])
        assert rollback_target(account) == mark_of(was)
        was, will_be = will_be, was
    assert number > 10
    assert line.blank == []


def rollback_target(account: MenuAccount) -> str:
    """The mark of the version before the newest."""
    return Live.of(account).releases[-2].mark


def test_too_many_moves_an_hour_keep_the_new_menus_from_nobody_else(
    line: Line, account: MenuAccount, first: Made3, second: Made3
) -> None:
    deploy(account, first, silently)
    line.menus.tap(TAPPED, Kind.EASY.alias)
    line.menus.batched_at[:] = [float("inf")] * 3
    said: list[str] = []
    assert deploy(account, second, said.append)
    assert is_shown(line, second)
    assert is_same(line.menus.seen_by(TAPPED), first[Kind.EASY])
    assert any("回数の制限" in told for told in said)


def test_two_deploys_at_once_leave_twins_that_the_next_change_clears(
    line: Line, account: MenuAccount, first: Made3, second: Made3
) -> None:
    deploy(account, first, silently)
    twin = first[Kind.EASY].request.to_dict() | {"name": name_of(Kind.EASY, 1, mark_of(first))}
    line.menus.menus["richmenu-0"] = {"richMenuId": "richmenu-0"} | twin
    deploy(account, second, silently)
    assert "richmenu-0" not in line.menus.menus


def test_a_word_or_a_letter_of_a_picture_is_another_version_a_name_is_none(
    first: Made3, second: Made3, third: Made3
) -> None:
    assert len({mark_of(made) for made in (first, second, third)}) == 3
    assert mark_of(first) == mark_of(make(MENUS))


@pytest.fixture
def run(line: Line, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `channels line menu …` with these settings changed; returns its exit code and all it printed."""

    def run(*arguments: str, **changed: str) -> tuple[int, str]:
        url = line.platform.url
        values = {"LINE_API_URL": url, "LINE_DATA_URL": url, "LINE_CHANNEL_TOKEN": TOKEN} | changed
        for name, value in values.items():
            monkeypatch.setenv(f"MADOGUCHI_{name}", value)
        monkeypatch.setattr("sys.argv", ["channels", "line", "menu", *arguments])
        code = cli.main()
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    return run


def test_a_clerk_deploys_looks_and_goes_to_disaster_and_back(
    line: Line,
    run: Run,
    second: Made3,
    account: MenuAccount,
    monkeypatch: pytest.MonkeyPatch,
    by_meaning: Knowledge,
) -> None:
    monkeypatch.setattr(menu_cli, "_knowledge", lambda: by_meaning)
    deploy(account, second, silently)
    assert run("show")[1].count("違う") == 3
    code, told = run("deploy")
    assert (code, "✔ 配信しました。" in told, "「ふつう」" in told) == (0, True, True)
    assert run("show")[1].count("同じ") == 3
    assert run("deploy")[1].count("もう配信されています") == 1
    assert "「災害」のメニューにしました" in run("disaster")[1]
    assert "もう「災害」" in run("disaster")[1]
    line.menus.batched_at.clear()
    assert "「ふつう」のメニューにしました" in run("normal")[1]
    assert "1つ前のメニューに戻しました" in run("rollback")[1]


def test_all_of_ours_is_taken_away_and_nothing_of_others(
    line: Line, run: Run, account: MenuAccount, first: Made3
) -> None:
    theirs = account.create(
        RichMenuRequest.from_dict(first[Kind.NORMAL].request.to_dict() | {"name": "市の絵"})
    )
    deploy(account, first, silently)
    assert "消しました" in run("remove")[1]
    assert (set(line.menus.menus), line.menus.aliases, line.menus.default()) == ({theirs}, {}, None)
    assert "ありません" in run("remove")[1]
    assert deploy(account, first, silently)


def test_draw_needs_no_account_and_tells_what_each_tap_gets(run: Run, tmp_path: Path) -> None:
    code, told = run("draw", str(tmp_path / "new"), LINE_CHANNEL_TOKEN="", LINE_API_URL="http://127.0.0.1:9")
    assert code == 0
    assert {path.name for path in (tmp_path / "new").iterdir()} == {f"{kind.value}.png" for kind in Kind}
    assert "火事・救急のとき（119番）" in told
    assert run("draw", "/proc/new")[0] == 1


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"LINE_CHANNEL_TOKEN": ""}, "MADOGUCHI_LINE_CHANNEL_TOKEN が設定されていません"),
        ({"LINE_CHANNEL_TOKEN": "wrong"}, "トークンを受け付けません（401）"),
        ({"LINE_API_URL": "http://127.0.0.1:9"}, "につながりません"),
        ({"LINE_API_URL": "http://no-such-host.invalid"}, "引けません"),
    ],
)
@pytest.mark.parametrize("command", ["show", "rollback", "disaster"])
def test_what_is_wrong_with_the_account_is_told_with_the_next_step(
    run: Run, changed: dict[str, str], told: str, command: str
) -> None:
    code, page = run(command, **changed)
    assert code == 1
    assert told in page
    assert "→" in page
    assert "Traceback" not in page
    assert TOKEN not in page


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (Failure.RATE, "呼び出しが多すぎます（429）"),
        (Failure.UNAVAILABLE, "LINEの側で問題が起きています（503）"),
        (Failure.TIMEOUT, "返事がありません（時間切れ）"),
    ],
)
def test_a_line_that_is_down_or_busy_is_told_and_waited_for_no_longer_than_said(
    line: Line, run: Run, monkeypatch: pytest.MonkeyPatch, failure: Failure, told: str
) -> None:
    monkeypatch.setattr(limits, "REQUEST_TIMEOUT", 0.3)
    line.platform.misbehaviour.rates, line.platform.misbehaviour.silence = {failure: 1.0}, 2.0
    code, page = run("show")
    assert code == 1
    assert told in page


def test_a_picture_that_line_refuses_is_told(account: MenuAccount, first: Made3) -> None:
    broken = dict(first) | {Kind.EASY: replace(first[Kind.EASY], image=b"no picture")}
    with pytest.raises(LineMenuError, match="LINEがメニューの絵を断りました"):
        deploy(account, broken, silently)


def test_a_menu_that_line_refuses_is_told_before_anything_is_made(
    line: Line, account: MenuAccount, first: Made3
) -> None:
    request = first[Kind.DISASTER].request.copy(deep=True)
    request.areas[0].bounds.x = 9000
    with pytest.raises(LineMenuError, match="LINEがメニューの形を断りました"):
        deploy(account, dict(first) | {Kind.DISASTER: Made(request, b"")}, silently)
    assert line.menus.menus == {}


def test_a_tap_without_an_answer_is_not_deployed(
    line: Line, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, by_meaning: Knowledge
) -> None:
    monkeypatch.setattr(menu_cli, "_knowledge", lambda: by_meaning)
    text = MENUS.read_text(encoding="utf-8").replace("says: 停電", "says: ぬるぽ")
    (tmp_path / "menus.yml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(menu_cli, "MENUS", tmp_path / "menus.yml")
    code, page = run("deploy")
    assert code == 1
    assert "「ぬるぽ」に、まどぐちは答えられません" in page
    assert line.writes == 0
