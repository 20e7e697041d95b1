"""Bring menus to residents, and back: each step leaves them with a menu, a broken run can be run again.

The order of a deploy: menus and pictures, which nobody sees yet; aliases, which the tabs switch to;
residents who have tapped a tab, whose own menu goes before the default; last the default. The default
is the sign that all before it is done. Then what is older than the release before is deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from linebot.v3.messaging import RichMenuRequest

from channels.errors import ChannelError
from channels.line.menu import Kind
from channels.line.menu_account import LineMenuError, MenuAccount
from channels.line.menu_releases import Made, Release, holding, mark_of, name_of, ours, releases_in

_KEPT = 2
"""Releases: the one residents see, and the one to roll back to."""

type Say = Callable[[str], None]
"""Is told, in Japanese, what is being done."""


class NothingToShowError(ChannelError):
    """There is no release to show or to go back to: what to do, in Japanese."""


@dataclass(frozen=True)
class Live:
    """What an account holds of ours: names by id, aliases, the default."""

    menus: Mapping[str, str]
    aliases: Mapping[str, str]
    default: str | None

    @classmethod
    def of(cls, account: MenuAccount) -> Live:
        """As it is now; raises LineMenuError."""
        return cls(account.menus(), account.aliases(), account.default())

    @property
    def releases(self) -> list[Release]:
        """Oldest first."""
        return releases_in(self.menus)

    @property
    def shown(self) -> tuple[Release, Kind] | None:
        """The release that residents see and the kind they see first, None when both are not ours."""
        return holding(self.releases, self.default)

    @property
    def first(self) -> Kind:
        """The kind of the default; the normal one where there is none of ours."""
        return self.shown[1] if self.shown else Kind.NORMAL


def deploy(account: MenuAccount, made: Mapping[Kind, Made], say: Say) -> bool:
    """Let residents have the menus in `made`; returns whether anything had to be changed.

    What they see first stays as it is, the disaster menu included.
    """
    live = Live.of(account)
    mark = mark_of(made)
    counted = _without_abandoned(account, live, mark, say)
    release, has_new = _complete(account, counted.releases, made, mark, say)
    has_shown = _show(account, counted, release, live.first, say)
    has_deleted = _forget_old(account, release, say)
    return has_new or has_shown or has_deleted or counted != live


def rollback(account: MenuAccount, say: Say) -> bool:
    """Show the release before the newest; returns False when it is shown already.

    Raises NothingToShowError when there is none.
    """
    live = Live.of(account)
    complete = [release for release in live.releases if _is_complete(account, release)]
    if len(complete) < _KEPT:
        raise NothingToShowError("戻せる前のメニューがありません。menus.yml を直して、deploy してください。")
    return _show(account, live, complete[-_KEPT], live.first, say)


def show_first(account: MenuAccount, kind: Kind, say: Say) -> bool:
    """Let residents see the menu of this kind first; returns False when they did already.

    The disaster menu goes to everybody, whatever tab they have open; the others only to those who have
    the disaster menu, so that who reads easy Japanese keeps it. Raises NothingToShowError before
    the first deploy.
    """
    live = Live.of(account)
    menu_id = live.aliases.get(kind.alias)
    if menu_id is None or menu_id not in live.menus:
        raise NothingToShowError(
            "まだ配信されていません。先に channels line menu deploy を実行してください。"
        )
    has_changed = live.default != menu_id
    if has_changed:
        say("最初に出るメニューを変えています…")
        account.set_default(menu_id)
    say("タブを切り替えたことのある方のメニューも変えています…")
    try:
        _lead_all(account, kind, menu_id, live)
    except LineMenuError as error:
        what = (
            "最初に出るメニューは変わりました。タブを切り替えたことのある方には、まだ前のメニューが出ます。"
        )
        raise LineMenuError(f"{what}\n{error.what}", error.step, error.status) from error
    return has_changed


def remove(account: MenuAccount, say: Say) -> bool:
    """Take all of our menus away, and nobody else's; returns False when there were none."""
    live = Live.of(account)
    menus, aliases = ours(live.menus), [kind.alias for kind in Kind if kind.alias in live.aliases]
    if live.default in menus:
        account.cancel_default()
    if menus:
        say(f"メニューを消しています…（{len(menus)}枚）")
    for menu_id in sorted(menus):
        account.delete(menu_id)
    for alias in aliases:
        account.forget(alias)
    return bool(menus or aliases)


def _lead_all(account: MenuAccount, kind: Kind, menu_id: str, live: Live) -> None:
    """Those who have tapped a tab; a disaster menu may be of an older release."""
    if kind is Kind.DISASTER:
        account.move_all_to_default()
    else:
        account.move(
            [(old.menus[Kind.DISASTER], menu_id) for old in live.releases if Kind.DISASTER in old.menus]
        )


def _without_abandoned(account: MenuAccount, live: Live, mark: str, say: Say) -> Live:
    """What counts, after deleting the releases newer than what is shown.

    They were rolled back or never finished. One that is what is to be deployed is kept, to go on with.
    """
    if live.shown is None:
        return live
    shown = live.shown[0].number
    menus = dict(live.menus)
    for release in live.releases:
        if release.number > shown and release.mark != mark:
            say(f"使われていない版 {release.number} を消しています…")
            for menu_id in release.menus.values():
                account.delete(menu_id)
                del menus[menu_id]
    return replace(live, menus=menus)


def _complete(
    account: MenuAccount, releases: list[Release], made: Mapping[Kind, Made], mark: str, say: Say
) -> tuple[Release, bool]:
    """The newest release if it is this one, with what it lacks made, or a new one; and whether any was."""
    newest = releases[-1] if releases else Release(0, "", {})
    held = newest.menus if newest.mark == mark else {}
    number = newest.number if newest.mark == mark else newest.number + 1
    has_made = False
    requests = {kind: _named(made[kind].request, name_of(kind, number, mark)) for kind in Kind}
    for kind in Kind:
        if kind not in held:
            account.validate(requests[kind])
    menus = dict(held)
    for step, kind in enumerate(Kind, start=1):
        is_new = kind not in menus
        if is_new:
            menus[kind] = account.create(requests[kind])
        if is_new or not account.has_image(menus[kind]):
            say(f"メニューと絵を送っています… {step}/{len(Kind)}")
            account.upload(menus[kind], made[kind].image)
            has_made = True
    return Release(number, mark, menus), has_made


def _show(account: MenuAccount, live: Live, release: Release, first: Kind, say: Say) -> bool:
    """Aliases, residents with a menu of their own, the default: to this release."""
    has_changed = False
    for kind in Kind:
        pointed = live.aliases.get(kind.alias)
        if pointed != release.menus[kind]:
            say(f"タブの行き先を変えています…（{kind.called}）")
            account.point(kind.alias, release.menus[kind], is_new=pointed is None)
            has_changed = True
    if live.default == release.menus[first]:
        return has_changed
    others = [
        (menu_id, release.menus[kind])
        for other in live.releases
        for kind, menu_id in other.menus.items()
        if menu_id != release.menus[kind]
    ]
    if others:
        say("タブを切り替えたことのある方のメニューを変えています…")
        _move(account, others, say)
    say("最初に出るメニューを変えています…")
    account.set_default(release.menus[first])
    return True


def _move(account: MenuAccount, pairs: list[tuple[str, str]], say: Say) -> None:
    """LINE takes three such calls an hour; more must not keep the new menus from everybody else."""
    try:
        account.move(pairs)
    except LineMenuError as error:
        if error.status != 429:
            raise
        say(
            "▲ LINEの回数の制限のため、タブを切り替えたことのある方には、"
            "次にタブを押すまで前のメニューが出ます。そのままで構いません。"
        )


def _forget_old(account: MenuAccount, release: Release, say: Say) -> bool:
    """Delete all of ours but this release, the one before, and what an alias or the default shows."""
    live = Live.of(account)
    kept = {*live.aliases.values(), live.default, *release.menus.values()}
    for older in [other for other in live.releases if other.number < release.number][-(_KEPT - 1) :]:
        kept.update(older.menus.values())
    old = sorted(ours(live.menus) - kept)
    if old:
        say(f"古いメニューを消しています…（{len(old)}枚）")
    for menu_id in old:
        account.delete(menu_id)
    return bool(old)


def _is_complete(account: MenuAccount, release: Release) -> bool:
    return set(release.menus) == set(Kind) and all(account.has_image(m) for m in release.menus.values())


def _named(request: RichMenuRequest, name: str) -> RichMenuRequest:
    """A copy under this name."""
    copy: RichMenuRequest = RichMenuRequest.from_dict(request.to_dict() | {"name": name})
    return copy
