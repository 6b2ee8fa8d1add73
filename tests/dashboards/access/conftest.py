"""Accounts in a folder, and the guard before an application that tells its visitor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from dashboards.access import accounts
from dashboards.access.guard import Guard
from dashboards.access.settings import Settings
from dashboards.access.sign_in import SignIn
from dashboards.access.store import Store
from dashboards.access.visitors import HEADER, Visitors
from geo.study.rights import Grant, Role, current

PASSWORD = "a long password"
USERS: dict[str, Role] = {"管理员": "administrator", "wang": "planner", "li": "officer", "court": "viewer"}


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash passwords with little memory: the tests are not about that."""
    monkeypatch.setattr(accounts, "_hasher", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    accounts._nobodys_hash.cache_clear()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Return the accounts of a bureau."""
    made = Store(tmp_path)
    for name, role in USERS.items():
        accounts.add(made, name, PASSWORD, Grant(role), by="root")
    return made


@pytest.fixture
def server(store: Store) -> Callable[..., Any]:
    """Return a function that makes a guarded application under settings; it tells whoever it was asked by."""

    def make(**options: Any) -> Any:
        settings = replace(Settings(store.folder, sign_in=True), **options)
        visitors = Visitors(settings)

        async def tell(request: Request) -> Response:
            said = request.headers.getlist(HEADER)
            return JSONResponse({"name": current().name, "may": current().may("decide", "anyang"), "told": said})

        async def stream(socket: WebSocket) -> None:
            await socket.accept()
            await socket.send_json({"told": socket.headers.getlist(HEADER)})
            while (await socket.receive())["type"] != "websocket.disconnect":
                pass

        base = settings.base_path
        routes = [
            *SignIn(settings, visitors).routes,
            Route(f"{base}/map", tell, methods=["GET", "POST"]),
            Route(f"{base}/_stcore/metrics", tell),
            Route(f"{base}/_stcore/upload_file/1", tell, methods=["PUT"]),
            WebSocketRoute("/_stcore/stream", stream),
        ]
        return Starlette(routes=routes, middleware=[Middleware(Guard, settings, visitors)])

    return make
