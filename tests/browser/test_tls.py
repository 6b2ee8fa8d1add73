"""The server speaks https by itself: signed in over it, a visitor sees the map, and nothing goes in the clear."""

from __future__ import annotations

import shutil
import socket
import ssl
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from dashboards.access import accounts
from dashboards.access.sessions import COOKIE
from dashboards.access.store import Store
from geo.study.rights import Grant
from tests.browser.conftest import Visit, serving
from tests.support.certificates import server_certificate

pytestmark = [pytest.mark.slow, pytest.mark.browser]

PASSWORD = "a long password"


def test_a_visitor_signs_in_over_https_and_sees_the_map(bare: Path, tmp_path: Path, browser: Browser) -> None:
    study = Path(shutil.copy(bare, tmp_path / "anyang.gpkg"))
    certificate, key, authority = server_certificate(tmp_path, "localhost")
    accounts.add(Store(tmp_path), "王", PASSWORD, Grant("planner"), by="test")
    options = ["--sign-in", "--certificate", str(certificate), "--key", str(key)]
    with (
        serving(study, options=options) as address,
        browser.new_context(locale="en-GB", ignore_https_errors=True) as context,
    ):
        port = urlsplit(address).port
        look = Visit(context.new_page())
        sockets: list[str] = []
        look.page.on("websocket", lambda opened: sockets.append(opened.url))
        look.page.goto(address)
        expect(look.page).to_have_url(f"{address}/sign-in?next=%2F")
        look.page.locator("input[name=name]").fill("王")
        look.page.locator("input[name=password]").fill(PASSWORD)
        look.page.locator("button").first.click()
        look.painted()
        look.settled()
        cookies = {each["name"]: each for each in context.cookies()}
        assert cookies[COOKIE]["secure"]
        assert cookies[COOKIE]["httpOnly"]
        assert all(each["secure"] for each in cookies.values())
        assert sockets
        assert {urlsplit(each).scheme for each in sockets} == {"wss"}
        assert {urlsplit(each).scheme for each in look.requests} <= {"https", "data", "blob"}
        look.check()

        # a program that knows the office's authority needs no exception
        trusting = ssl.create_default_context(cafile=str(authority))
        with urllib.request.urlopen(f"https://127.0.0.1:{port}/sign-in", context=trusting) as answer:
            assert answer.headers["strict-transport-security"] == "max-age=31536000"
        # in the clear, nothing is answered
        with socket.create_connection(("127.0.0.1", port or 0), 10) as plain:
            plain.sendall(f"GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
            assert b"HTTP/1.1 200" not in plain.recv(4096)
