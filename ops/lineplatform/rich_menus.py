"""The rich-menu part of the platform: menus, pictures, aliases, the default, and who has which.

Requests are held to LINE's description; what it does not say (sizes of pictures, places within the
picture, menus without one) follows the Messaging API reference. A resident's own menu is kept in
`linked`; the talk page shows aliases and the default by itself.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from PIL import Image, UnidentifiedImageError

from channels.line import limits, menu_limits
from channels.line.measure import units
from ops.lineplatform.description import problems

_WIDTHS = (800, 2500)
_LEAST_HEIGHT = 250
_LEAST_ASPECT = 1.45
"""Width of a picture, of its height (Messaging API reference, upload rich menu image)."""
_TYPES = {"image/png": "PNG", "image/jpeg": "JPEG"}
_HOUR = 3600.0
_BATCHES = 3
"""Batch calls an hour (Messaging API reference, rate limits)."""
_DESCRIPTION = "messaging-api"

type Shown = tuple[dict[str, Any], bytes, str]
"""A menu as LINE describes it, its picture and the picture's type."""
type Handler = Callable[..., Awaitable[Response]]


class RefusedError(Exception):
    """LINE does not take a request."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


@dataclass
class RichMenus:
    """All the menus of one account."""

    menus: dict[str, dict[str, Any]] = field(default_factory=dict)
    images: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    default_id: str | None = None
    linked: dict[str, str] = field(default_factory=dict)
    """The menu of each resident who has one of their own."""
    writes: list[str] = field(default_factory=list)
    """Every call that changed something: method and path."""
    batched_at: list[float] = field(default_factory=list)
    """When the batch calls of the last hour came, by a clock that only goes forward."""

    def default(self) -> Shown | None:
        """What residents see who have no menu of their own."""
        return self._shown(self.default_id)

    def of_alias(self, alias_id: str) -> Shown | None:
        """What a tab switches to."""
        return self._shown(self.aliases.get(alias_id))

    def seen_by(self, user: str) -> Shown | None:
        """What a resident sees; a menu that is gone counts for none."""
        return self._shown(self.linked.get(user)) or self.default()

    def tap(self, user: str, alias_id: str) -> None:
        """Switch a resident's own menu, as a tap on a tab does; to no alias, nothing happens."""
        if shown := self.aliases.get(alias_id):
            self.linked[user] = shown

    def router(self, authorised: Callable[[Request], bool]) -> APIRouter:
        """LINE's calls; `authorised` tells whether a request carries the account's token."""
        router = APIRouter()

        def serve(method: str, path: str, answer: Callable[[Request, bytes], Any], status: int = 200) -> None:
            async def handle(request: Request) -> Response:
                body = await request.body()
                if not authorised(request):
                    return JSONResponse({"message": "Authentication failed"}, 401)
                try:
                    told = answer(request, body)
                except RefusedError as refused:
                    request.state.wrong = [str(refused)]
                    return JSONResponse({"message": str(refused)}, refused.status)
                if method != "GET" and "validate" not in path:
                    self.writes.append(f"{method} {request.url.path}")
                return told if isinstance(told, Response) else JSONResponse(told or {}, status)

            router.add_api_route(path, handle, methods=[method])

        # Before the paths with an id, which would take these for one.
        serve("POST", "/v2/bot/richmenu", lambda _, body: {"richMenuId": self._create(body)})
        serve("POST", "/v2/bot/richmenu/validate", lambda _, body: self._checked(body) and None)
        serve("GET", "/v2/bot/richmenu/list", lambda *_: {"richmenus": list(self.menus.values())})
        serve("POST", "/v2/bot/richmenu/batch", lambda _, body: self._batch(body), 202)
        serve("POST", "/v2/bot/richmenu/alias", lambda _, body: self._add_alias(body))
        serve("GET", "/v2/bot/richmenu/alias/list", lambda *_: {"aliases": self._listed_aliases()})
        serve("POST", "/v2/bot/richmenu/alias/{alias}", self._update_alias)
        serve("DELETE", "/v2/bot/richmenu/alias/{alias}", lambda request, _: self._delete_alias(request))
        serve("GET", "/v2/bot/richmenu/{menu}/content", lambda request, _: self._image(request))
        serve("POST", "/v2/bot/richmenu/{menu}/content", self._upload)
        serve("DELETE", "/v2/bot/richmenu/{menu}", lambda request, _: self._delete(request))
        serve("POST", "/v2/bot/user/all/richmenu/{menu}", lambda request, _: self._set_default(request))
        serve("GET", "/v2/bot/user/all/richmenu", lambda *_: self._default_id())
        serve("DELETE", "/v2/bot/user/all/richmenu", lambda *_: self._cancel_default())
        return router

    def _shown(self, menu_id: str | None) -> Shown | None:
        if menu_id is None or menu_id not in self.menus or menu_id not in self.images:
            return None
        return self.menus[menu_id], *self.images[menu_id]

    def _create(self, body: bytes) -> str:
        menu = self._checked(body)
        if len(self.menus) >= menu_limits.MENUS:
            raise RefusedError(400, "The maximum number of rich menus has been reached")
        menu_id = f"richmenu-{uuid.uuid4().hex}"
        self.menus[menu_id] = {"richMenuId": menu_id} | menu
        return menu_id

    def _checked(self, body: bytes) -> dict[str, Any]:
        menu = _read("RichMenuRequest", body)
        if missing := {"size", "selected", "name", "chatBarText", "areas"} - set(menu):
            raise RefusedError(400, f"missing: {sorted(missing)}")
        if wrong := list(_mistakes(menu)):
            raise RefusedError(400, "; ".join(wrong))
        return menu

    def _upload(self, request: Request, body: bytes) -> None:
        menu_id = self._known(request)
        content_type = request.headers.get("content-type", "")
        if menu_id in self.images:
            raise RefusedError(400, "An image has already been uploaded to the richmenu")
        if content_type not in _TYPES:
            raise RefusedError(415, f"unsupported type {content_type!r}")
        if len(body) > menu_limits.IMAGE_BYTES:
            raise RefusedError(413, "The image is too large")
        try:
            with Image.open(BytesIO(body), formats=[_TYPES[content_type]]) as image:
                image.load()
                width, height = image.size
        except (UnidentifiedImageError, OSError) as error:
            raise RefusedError(400, "The image could not be read") from error
        size = self.menus[menu_id]["size"]
        if (width, height) != (size["width"], size["height"]):
            raise RefusedError(
                400, f"The image is {width}x{height}, the menu {size['width']}x{size['height']}"
            )
        self.images[menu_id] = body, content_type

    def _image(self, request: Request) -> Response:
        menu_id = self._known(request)
        if menu_id not in self.images:
            raise RefusedError(404, "Not found")
        return Response(self.images[menu_id][0], media_type=self.images[menu_id][1])

    def _delete(self, request: Request) -> None:
        menu_id = self._known(request)
        del self.menus[menu_id]
        self.images.pop(menu_id, None)
        self.linked = {user: linked for user, linked in self.linked.items() if linked != menu_id}
        if self.default_id == menu_id:
            self.default_id = None

    def _add_alias(self, body: bytes) -> None:
        wanted = _read("CreateRichMenuAliasRequest", body)
        if wanted["richMenuAliasId"] in self.aliases:
            raise RefusedError(400, "conflict richmenu alias id")
        self.aliases[wanted["richMenuAliasId"]] = self._with_image(wanted["richMenuId"])

    def _update_alias(self, request: Request, body: bytes) -> None:
        alias = request.path_params["alias"]
        wanted = _read("UpdateRichMenuAliasRequest", body)
        if alias not in self.aliases:
            raise RefusedError(404, "richmenu alias not found")
        self.aliases[alias] = self._with_image(wanted["richMenuId"])

    def _delete_alias(self, request: Request) -> None:
        if self.aliases.pop(request.path_params["alias"], None) is None:
            raise RefusedError(404, "richmenu alias not found")

    def _cancel_default(self) -> None:
        self.default_id = None

    def _listed_aliases(self) -> list[dict[str, str]]:
        return [{"richMenuAliasId": alias, "richMenuId": menu} for alias, menu in self.aliases.items()]

    def _default_id(self) -> dict[str, str]:
        if self.default_id is None:
            raise RefusedError(404, "no default richmenu")
        return {"richMenuId": self.default_id}

    def _set_default(self, request: Request) -> None:
        menu_id = self._with_image(self._known(request))
        gone = {
            area["action"]["richMenuAliasId"]
            for area in self.menus[menu_id]["areas"]
            if area["action"]["type"] == "richmenuswitch"
        } - set(self.aliases)
        if gone:  # LINE takes it, and a tap does nothing: a mistake of ours all the same
            raise RefusedError(400, f"no such alias: {sorted(gone)}")
        self.default_id = menu_id

    def _batch(self, body: bytes) -> None:
        wanted = _read("RichMenuBatchRequest", body)
        now = time.monotonic()
        self.batched_at = [moment for moment in self.batched_at if moment > now - _HOUR]
        if len(self.batched_at) >= _BATCHES:
            raise RefusedError(429, "The API rate limit has been exceeded. Try again later.")
        for operation in wanted["operations"]:
            for end in ("from", "to"):
                if operation.get(end, "") and operation[end] not in self.menus:
                    raise RefusedError(400, f"no such menu: {operation[end]}")
        self.batched_at.append(now)
        for user, menu_id in list(self.linked.items()):
            for operation in wanted["operations"]:
                if operation["type"] != "unlinkAll" and operation["from"] != menu_id:
                    continue
                if operation["type"] == "link":
                    self.linked[user] = operation["to"]
                else:
                    del self.linked[user]
                break

    def _known(self, request: Request) -> str:
        menu_id: str = request.path_params["menu"]
        if menu_id not in self.menus:
            raise RefusedError(404, "richmenu not found")
        return menu_id

    def _with_image(self, menu_id: str) -> str:
        if menu_id not in self.menus:
            raise RefusedError(400, "richmenu not found")
        if menu_id not in self.images:
            raise RefusedError(400, "must upload richmenu image before applying it to user")
        return menu_id


def _read(schema: str, body: bytes) -> dict[str, Any]:
    try:
        value: dict[str, Any] = json.loads(body)
    except ValueError as error:
        raise RefusedError(400, "The request body could not be parsed as JSON") from error
    if wrong := problems(_DESCRIPTION, schema, value):
        raise RefusedError(400, "; ".join(wrong))
    return value


def _mistakes(menu: dict[str, Any]) -> Iterator[str]:
    """What the description leaves to the reference."""
    width, height = menu["size"]["width"], menu["size"]["height"]
    if not _WIDTHS[0] <= width <= _WIDTHS[1] or height < _LEAST_HEIGHT or width / height < _LEAST_ASPECT:
        yield f"size {width}x{height}"
    if len(menu["areas"]) > menu_limits.AREAS:
        yield f"{len(menu['areas'])} areas"
    for number, area in enumerate(menu["areas"]):
        bounds, action = area["bounds"], area["action"]
        if bounds["x"] + bounds["width"] > width or bounds["y"] + bounds["height"] > height:
            yield f"areas[{number}].bounds: outside"
        if units(action.get("label", "")) > menu_limits.LABEL:
            yield f"areas[{number}].action.label: too long"
        if (
            action["type"] == "message"
            and not 0 < units(action.get("text", "")) <= limits.MESSAGE_ACTION_TEXT
        ):
            yield f"areas[{number}].action.text: empty or too long"
        if action["type"] == "richmenuswitch" and not (action.get("richMenuAliasId") and action.get("data")):
            yield f"areas[{number}].action: needs richMenuAliasId and data"
