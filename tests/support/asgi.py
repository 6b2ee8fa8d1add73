"""A client that asks an ASGI application directly, without a server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit


@dataclass
class Answer:
    """An application's answer."""

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    def header(self, name: str) -> str:
        """Return the first header of a name, or nothing."""
        return next((value for key, value in self.headers if key == name), "")

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8")

    def cookie(self, name: str) -> str:
        """Return a cookie that the answer sets."""
        lead = f"{name}="
        found = (value for key, value in self.headers if key == "set-cookie" and value.startswith(lead))
        return next(found, "").removeprefix(lead).partition(";")[0]


def on_its_own_thread(work: Any) -> None:
    """Run a coroutine to its end on a thread of its own: another loop may run on this one (a browser's)."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()


def ask(
    app: Any,
    path: str,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
    *,
    host: str = "localhost:8501",
    client: str = "127.0.0.1",
    scheme: str = "http",
) -> Answer:
    """Ask an application for something."""
    parts = urlsplit(path)
    body = urlencode(form or {}).encode()
    sent = {"host": host, **({"content-type": "application/x-www-form-urlencoded"} if form else {}), **(headers or {})}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": scheme,
        "path": unquote(parts.path),
        "raw_path": parts.path.encode(),
        "root_path": "",
        "query_string": parts.query.encode(),
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in sent.items()],
        "client": (client, 50000),
        "server": ("127.0.0.1", 8501),
    }
    answer, told = Answer(0), False

    async def receive() -> dict[str, Any]:
        nonlocal told
        if told:  # the client stays: whoever sends a file listens whether it goes
            await asyncio.Event().wait()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = [(name.decode().lower(), value.decode("latin-1")) for name, value in message["headers"]]
        else:
            answer.body += message.get("body", b"")

    on_its_own_thread(app(scope, receive, send))
    return answer


def connect(
    app: Any,
    headers: Mapping[str, str] | None = None,
    *,
    host: str = "localhost:8501",
    client: str = "127.0.0.1",
    meanwhile: Callable[[], None] | None = None,
    within_s: float = 10.0,
    messages: Callable[[], dict[str, Any]] | None = None,
    until: float = 0.0,
    every_s: float = 0.1,
) -> list[dict[str, Any]]:
    """
    Open a WebSocket and stay until the application closes it; return all that it sent.

    Parameters
    ----------
    app
        The application.
    headers
        Of the request.
    host, client
        The host that is asked for, and the address that asks.
    meanwhile
        Called once the connection stands; without it, the client leaves then.
    within_s
        For how long it stays at most.
    messages, until, every_s
        Makes messages to send from time to time, until then (of `time.monotonic`).
    """
    sent = {"host": host, **(headers or {})}
    scope = {
        "type": "websocket",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "ws",
        "path": "/_stcore/stream",
        "raw_path": b"/_stcore/stream",
        "root_path": "",
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in sent.items()],
        "client": (client, 50000),
        "server": ("127.0.0.1", 8501),
        "subprotocols": [],
    }
    said: list[dict[str, Any]] = []

    async def run() -> None:
        stands, asked = asyncio.Event(), False

        async def receive() -> dict[str, Any]:
            nonlocal asked
            if not asked:
                asked = True
                return {"type": "websocket.connect"}
            await stands.wait()
            if messages is not None:
                await asyncio.sleep(every_s)
                return messages() if time.monotonic() < until else {"type": "websocket.disconnect", "code": 1000}
            if meanwhile is None:
                return {"type": "websocket.disconnect", "code": 1000}
            await asyncio.sleep(within_s)
            return {"type": "websocket.disconnect", "code": 1001}

        async def send(message: Any) -> None:
            said.append(dict(message))
            if message["type"] == "websocket.accept":
                stands.set()
                if meanwhile is not None:
                    await asyncio.to_thread(meanwhile)

        await app(scope, receive, send)

    on_its_own_thread(run())
    return said
