"""Keeps pages of other sites from steering Dagster's UI; what the UI does with a request that passes is Dagster's.

A browser sends what any open page asks of it, also to 127.0.0.1. Dagster answers GraphQL by GET, from any Host and any
Origin: a page open on the same machine could start or delete runs. Here a request passes only where
- its Host is a name under which the UI is served (`evil.example` that resolves to 127.0.0.1 is none);
- its Origin, if it has one, is such a name too: browsers name the page that sends a POST or opens a WebSocket;
- it is no GraphQL query by GET, which a link or a picture of another site could send without an Origin.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LOCAL_NAMES: Final = ("127.0.0.1", "localhost", "::1")
FOREIGN_HOST: Final = "此地址不是本机 Dagster 的地址；经反向代理访问时，请在 zhoubao.toml 的 ui_hosts 中写明域名。"
FOREIGN_ORIGIN: Final = "其他网站的页面不能操作 Dagster。"
QUERY_BY_GET: Final = "GraphQL 只接受 POST。"


class WebGuard:
    """An ASGI application in front of Dagster's; `hosts` are further names under which the UI is reached."""

    def __init__(self, app: App, hosts: tuple[str, ...] = ()) -> None:
        self.app = app
        self.names = frozenset(name.lower() for name in (*LOCAL_NAMES, *hosts))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on, or answers it with 403 or 405 and a sentence; a WebSocket is closed before it opens."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        status, sentence = self.refusal(scope)
        if not status:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            # 1008: policy violation (RFC 6455, 7.4.1).
            await send({"type": "websocket.close", "code": 1008, "reason": ""})
        else:
            await _answer(send, status, sentence)

    def refusal(self, scope: Scope) -> tuple[int, str]:
        """Returns the HTTP status and sentence with which a request is refused; 0 where it may pass."""
        headers = {name.lower(): value.decode("latin-1") for name, value in scope.get("headers", ())}
        if not self._is_own(headers.get(b"host", "")):
            return 403, FOREIGN_HOST
        origin = headers.get(b"origin")
        if origin is not None and not self._is_own(urlsplit(origin).netloc):
            return 403, FOREIGN_ORIGIN
        is_query_by_get = "query" in parse_qs(scope.get("query_string", b"").decode("latin-1"))
        if scope.get("method") in ("GET", "HEAD") and is_query_by_get and scope["path"].endswith("/graphql"):
            return 405, QUERY_BY_GET
        return 0, ""

    def _is_own(self, host: str) -> bool:
        """Whether a host, with or without its port, is ours: `127.0.0.1:3000`, `[::1]:3000`."""
        try:
            name = urlsplit(f"//{host}").hostname
        except ValueError:
            return False
        return name is not None and name.lower() in self.names


async def _answer(send: Send, status: int, sentence: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": sentence.encode()})
