"""The guard in front of the whole server: hosts, origins, sign-in, closing of ended sessions, headers of answers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from typing import Any, Final
from urllib.parse import quote

from anyio import to_thread
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboards.access.asked import by_person, message_by_person
from dashboards.access.edge import (
    SAFE_METHODS,
    client_of,
    host_of,
    is_closed,
    same_origin,
    scheme_of,
    security_headers,
    was_forwarded,
)
from dashboards.access.refusals import Refusal, refused
from dashboards.access.settings import Settings
from dashboards.access.visitors import HEADER, Visitor, Visitors
from geo.core.text import Text
from geo.study.rights import acting

SIGN_IN: Final = "/sign-in"
SIGN_OUT: Final = "/sign-out"
STATE: Final = "/sign-in/state"
"""Where an open page asks whether its session is still in force: that does not keep it alive."""

_OPEN: Final = (SIGN_IN, "/_stcore/health", "/favicon.ico")
"""What is answered to whoever has not signed in; with all below it."""

_UPLOADS: Final = "/_stcore/upload_file"
_LOOKS_EVERY_S: Final = 1.0
"""How often the guard looks whether an open page's session is still in force."""

_VISITOR: Final = "jiexu.visitor"
_SCHEME: Final = "jiexu.scheme"
"""Under which a request carries what the guard has found of it."""

_POLICY_VIOLATION: Final = 1008
_MULTIPART_ROOM: Final = 65_536


class Guard:
    """
    ASGI middleware that stands before everything else.

    Parameters
    ----------
    app
        The server behind it.
    settings
        The server's settings.
    visitors
        Who its visitors are.
    """

    def __init__(self, app: ASGIApp, settings: Settings, visitors: Visitors) -> None:
        self._app = app
        self._settings = settings
        self._visitors = visitors
        self._headers = {
            tls: [(name.encode(), value.encode()) for name, value in security_headers(settings.base_hosts, tls).items()]
            for tls in (False, True)
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, refuse or pass on."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        peer = self._peer(scope)
        scheme = scheme_of(str(scope["scheme"]), peer, headers, self._settings.proxies)
        path = self._path(scope)
        refusal = self._refusal(scope, headers, scheme, path)
        visitor = None
        if refusal is None:
            used = path != STATE and by_person(scope, headers)
            visitor = await to_thread.run_sync(self._visitors.of_request, headers, peer, used)
            if visitor is None and not _is_open(path):
                refusal = self._not_signed_in(scope, headers, path)
        answer = self._with_headers(send, scheme == "https")
        if refusal is not None:
            await refused(refusal, scope, receive, answer, self._settings.base_path)
        elif scope["type"] == "websocket":
            await self._watched(self._told(scope, headers, scheme, visitor), receive, send, visitor)
        else:
            await self._passed_on(self._told(scope, headers, scheme, visitor), receive, answer, visitor)

    async def _passed_on(self, scope: Scope, receive: Receive, send: Send, visitor: Visitor | None) -> None:
        if visitor is None:
            await self._app(scope, receive, send)
            return
        with acting(visitor.actor):
            await self._app(scope, receive, send)

    def _path(self, scope: Scope) -> str:
        """Return the path below the server's base."""
        path, base = str(scope["path"]), self._settings.base_path
        return path.removeprefix(base) or "/" if base and (path == base or path.startswith(f"{base}/")) else path

    def _peer(self, scope: Scope) -> str:
        return str((scope.get("client") or ("", 0))[0])

    def _refusal(self, scope: Scope, headers: MutableMapping[str, str], scheme: str, path: str) -> Refusal | None:
        """Return the reason to refuse a request whoever sent it, or None."""
        host = headers.get("host")
        if host_of(host) not in self._settings.hosts:
            return Refusal(
                400,
                Text("此服务器不以该地址提供服务", "This server does not answer to this host"),
                Text(
                    "请使用管理员给出的地址；管理员可用 --allow-host 加入其他名称",
                    "Use the address that your administrator gave; they add names with --allow-host",
                ),
            )
        if was_forwarded(headers) and not (self._settings.sign_in or self._settings.open_to_others):
            return Refusal(
                403,
                Text("此请求由代理转发，而本服务器未开启登录", "A proxy passed this on, and sign-in is off here"),
                Text(
                    "请用 jiexu serve --sign-in 开启登录，并在 jiexu-server.toml 的 proxies 中列出代理地址",
                    "Turn sign-in on with jiexu serve --sign-in, and list the proxy under proxies in jiexu-server.toml",
                ),
            )
        if is_closed(path):
            return Refusal(404, Text("没有此页面", "There is no such page"), Text("", ""))
        unsafe = scope["type"] == "websocket" or scope["method"] not in SAFE_METHODS
        if unsafe and not self._is_own(headers, str(host), scheme, scope):
            return Refusal(
                403,
                Text("此请求来自其他网站", "Another website sent this request"),
                Text("请直接打开本服务器的页面", "Open this server's own page"),
            )
        if path.startswith(_UPLOADS) and _too_large(headers, self._settings.upload_mb):
            limit = self._settings.upload_mb
            return Refusal(
                413,
                Text(f"文件超过 {limit} MB", f"The file is over {limit} MB"),
                Text("请改用 jiexu add 导入", "Import it with jiexu add"),
            )
        return None

    def _is_own(self, headers: MutableMapping[str, str], host: str, scheme: str, scope: Scope) -> bool:
        """Tell whether a request that may change something comes from a page of this server, or from no browser."""
        origin = headers.get("origin")
        if origin is not None:
            return same_origin(origin, host, scheme)
        if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            return False
        # no browser: its cookie alone must not do, since old browsers say no origin of forms
        return scope["type"] == "websocket" or "cookie" not in headers or "authorization" in headers

    def _not_signed_in(self, scope: Scope, headers: MutableMapping[str, str], path: str) -> Refusal:
        problem = Text("请先登录", "Sign in first")
        remedy = Text("程序请使用令牌（jiexu users token）", "Programs use a token (jiexu users token)")
        if scope["type"] == "http" and scope["method"] == "GET" and "text/html" in headers.get("accept", ""):
            query = scope["query_string"].decode("latin-1")
            wanted = self._settings.base_path + path + (f"?{query}" if query else "")
            target = f"{self._settings.base_path}{SIGN_IN}?next={quote(wanted, safe='')}"
            return Refusal(303, problem, remedy, {"location": target})
        return Refusal(401, problem, remedy, {"www-authenticate": 'Bearer realm="Jiexu"'})

    def _told(self, scope: Scope, headers: Mapping[str, str], scheme: str, visitor: Visitor | None) -> Scope:
        """Return a request that tells Streamlit's pages its visitor, and nothing that came under that name."""
        name = HEADER.encode()
        kept = [(key, value) for key, value in scope["headers"] if key.lower() != name]
        if visitor is not None and visitor.key:
            kept.append((name, visitor.key.encode("latin-1", "replace")))
        client = (client_of(self._peer(scope), headers, self._settings.proxies), 0)
        return {**scope, "headers": kept, "client": client, _VISITOR: visitor, _SCHEME: scheme}

    def _with_headers(self, send: Send, tls: bool) -> Send:
        async def answer(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                given = {name.lower() for name, _ in message.get("headers", ())}
                ours = [(name, value) for name, value in self._headers[tls] if name not in given]
                message = {**message, "headers": [*message.get("headers", ()), *ours]}
            await send(message)

        return answer

    async def _watched(self, scope: Scope, receive: Receive, send: Send, visitor: Visitor | None) -> None:
        """Serve an open page until it leaves or its session ends."""
        if visitor is None or not visitor.key:
            # a token is for programs, which read files: it opens no pages
            await refused(Refusal(403, Text("请先登录", "Sign in first"), Text("", "")), scope, receive, send, "")
            return
        ended, left, greeted = asyncio.Event(), asyncio.Event(), asyncio.Event()

        async def until_ended() -> None:
            while await to_thread.run_sync(self._visitors.known, visitor.key, False) is not None:
                await asyncio.sleep(_LOOKS_EVERY_S)
            ended.set()

        async def receive_until_ended() -> Message:
            if ended.is_set():
                return {"type": "websocket.disconnect", "code": _POLICY_VIOLATION}
            message = asyncio.ensure_future(receive())
            stop = asyncio.ensure_future(ended.wait())
            try:
                await asyncio.wait((message, stop), return_when=asyncio.FIRST_COMPLETED)
                if ended.is_set():
                    with suppress(Exception):
                        await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
                    return {"type": "websocket.disconnect", "code": _POLICY_VIOLATION}
                said = message.result()
                if said["type"] == "websocket.disconnect":
                    left.set()
                elif message_by_person(said):
                    # a page asks for itself when it connects, also by itself when the network has come back
                    if greeted.is_set():
                        await to_thread.run_sync(self._visitors.known, visitor.key)
                    greeted.set()
                return said
            finally:
                stop.cancel()
                if not message.done():
                    message.cancel()

        async def send_until_ended(message: Message) -> None:
            if ended.is_set():
                return
            try:
                await send(message)
            except Exception:
                left.set()
                raise

        watch = asyncio.create_task(until_ended())
        try:
            await self._app(scope, receive_until_ended, send_until_ended)
        except RuntimeError:
            if not left.is_set():  # else Streamlit speaks to a page that has just been closed
                raise
        finally:
            watch.cancel()


def _is_open(path: str) -> bool:
    return any(path == each or path.startswith(f"{each}/") for each in _OPEN)


def _too_large(headers: MutableMapping[str, str], limit_mb: int) -> bool:
    length = headers.get("content-length", "")
    return length.isdigit() and int(length) > limit_mb * 1024 * 1024 + _MULTIPART_ROOM


def is_tls(scope: Scope) -> bool:
    """Tell whether the guard has found that a visitor asked by https, of a listed proxy where one stands before."""
    return bool(scope.get(_SCHEME) == "https")


def visitor_of(scope: Scope) -> Visitor | None:
    """Return the visitor that the guard has found for a request."""
    visitor: Any = scope.get(_VISITOR)
    return visitor if isinstance(visitor, Visitor) else None
