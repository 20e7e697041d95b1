"""The rich menus of the city's LINE account, as LINE has them: one method for each call.

LINE keeps menus under ids it makes up, pictures apart from them, aliases that the tabs switch to,
and the default, which everybody sees who has not tapped a tab.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self

from linebot.v3.messaging import (
    ApiClient,
    ApiException,
    Configuration,
    CreateRichMenuAliasRequest,
    MessagingApi,
    MessagingApiBlob,
    RichMenuBatchLinkOperation,
    RichMenuBatchOperation,
    RichMenuBatchRequest,
    RichMenuBatchUnlinkAllOperation,
    RichMenuRequest,
    UpdateRichMenuAliasRequest,
)

from channels.errors import ChannelError
from channels.line import limits, menu_limits
from channels.line.account import AccountSettings
from channels.line.menu_drawing import CONTENT_TYPE
from channels.line.unheard import UNHEARD, unheard
from channels.settings import Settings


class MenuSettings(AccountSettings):
    """Those of channels/settings.py that menus need, none of them required."""

    line_data_url: str = Settings.model_fields["line_data_url"].default


class LineMenuError(ChannelError):
    """LINE did not do what was asked: what is wrong, and the next step, in Japanese."""

    def __init__(self, what: str, step: str, status: int | None = None) -> None:
        super().__init__(f"{what}\n  → {step}")
        self.what, self.step, self.status = what, step, status


class MenuAccount:
    """Every method raises LineMenuError. A context manager: it holds connections."""

    def __init__(self, settings: MenuSettings) -> None:
        self._urls = settings.line_api_url.rstrip("/"), settings.line_data_url.rstrip("/")
        self._token = settings.line_channel_token.get_secret_value()
        self._open = ExitStack()

    def __enter__(self) -> Self:
        api, data = (self._open.enter_context(self._client(url)) for url in self._urls)
        self._api, self._blob = MessagingApi(api), MessagingApiBlob(data)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def menus(self) -> Mapping[str, str]:
        """The names of all menus made through the API, by id."""
        listed = self._call(self._api.get_rich_menu_list)
        return {menu.rich_menu_id: menu.name for menu in listed.richmenus}

    def aliases(self) -> Mapping[str, str]:
        """The menu that each alias points to."""
        listed = self._call(self._api.get_rich_menu_alias_list)
        return {alias.rich_menu_alias_id: alias.rich_menu_id for alias in listed.aliases}

    def default(self) -> str | None:
        """The default menu, None when there is none."""
        try:
            found: str = self._call(self._api.get_default_rich_menu_id).rich_menu_id
        except LineMenuError as error:
            if error.status == 404:
                return None
            raise
        return found

    def has_image(self, menu_id: str) -> bool:
        """Whether the menu has its picture: without it nobody sees the menu."""
        try:
            return bool(self._upload(self._blob.get_rich_menu_image, menu_id))
        except LineMenuError as error:
            if error.status == 404:
                return False
            raise

    def validate(self, request: RichMenuRequest) -> None:
        """Have LINE look at a menu without making it."""
        self._call(self._api.validate_rich_menu_object, request, refused="メニューの形")

    def create(self, request: RichMenuRequest) -> str:
        """The id of the new menu."""
        made: str = self._call(self._api.create_rich_menu, request, refused="メニューの形").rich_menu_id
        return made

    def upload(self, menu_id: str, image: bytes) -> None:
        """Give a menu its picture, which cannot be changed after that."""
        self._upload(
            self._blob.set_rich_menu_image,
            menu_id,
            image,
            _headers={"Content-Type": CONTENT_TYPE},
            refused="メニューの絵",
        )

    def point(self, alias: str, menu_id: str, *, is_new: bool) -> None:
        """Let an alias point to a menu."""
        if is_new:
            request = CreateRichMenuAliasRequest(richMenuAliasId=alias, richMenuId=menu_id)
            self._call(self._api.create_rich_menu_alias, request)
        else:
            self._call(
                self._api.update_rich_menu_alias, alias, UpdateRichMenuAliasRequest(richMenuId=menu_id)
            )

    def forget(self, alias: str) -> None:
        """Delete an alias."""
        self._call(self._api.delete_rich_menu_alias, alias)

    def cancel_default(self) -> None:
        """Show no menu to who has not tapped a tab."""
        self._call(self._api.cancel_default_rich_menu)

    def set_default(self, menu_id: str) -> None:
        """Show a menu to everybody who has not tapped a tab."""
        self._call(self._api.set_default_rich_menu, menu_id)

    def move(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Those who have tapped a tab, from menu to menu; LINE takes its time, and 3 calls an hour."""
        self._batch([RichMenuBatchLinkOperation(var_from=old, to=new) for old, new in pairs])

    def move_all_to_default(self) -> None:
        """Show the default to those, too, who have tapped a tab."""
        self._batch([RichMenuBatchUnlinkAllOperation()])

    def delete(self, menu_id: str) -> None:
        """Forget a menu; one that is gone already is fine."""
        try:
            self._call(self._api.delete_rich_menu, menu_id)
        except LineMenuError as error:
            if error.status != 404:
                raise

    def _batch(self, operations: list[RichMenuBatchOperation]) -> None:
        self._call(self._api.rich_menu_batch, RichMenuBatchRequest(operations=operations))

    def _call(self, call: Callable[..., Any], *values: object, refused: str = "") -> Any:  # noqa: ANN401
        return self._asked(call, self._urls[0], limits.REQUEST_TIMEOUT, refused, *values)

    def _upload(self, call: Callable[..., Any], *values: object, refused: str = "", **more: object) -> Any:  # noqa: ANN401
        return self._asked(call, self._urls[1], menu_limits.UPLOAD_TIMEOUT, refused, *values, **more)

    def _asked(
        self,
        call: Callable[..., Any],
        url: str,
        seconds: float,
        refused: str,
        *values: object,
        **more: object,
    ) -> Any:  # noqa: ANN401  # the SDK's values
        try:
            return call(*values, _request_timeout=seconds, **more)
        except UNHEARD as error:
            status = error.status if isinstance(error, ApiException) else None
            if refused and status in {400, 413, 415}:
                raise LineMenuError(
                    f"LINEが{refused}を断りました（{status}）。メニューは前のままです。",
                    "menus.yml の今回直した所を元に戻し、もう一度実行してください。"
                    "続くときは、この表示を運用の担当者に伝えてください。",
                    status,
                ) from error
            raise LineMenuError(*unheard(error, url), status) from error

    def _client(self, url: str) -> ApiClient:
        configuration = Configuration(host=url, access_token=self._token)
        configuration.retries = False  # or each failure is waited for four times
        return ApiClient(configuration)
