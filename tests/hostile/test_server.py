"""Attacks on a real server with sign-in, over its socket: none gets in, none stops it."""

from __future__ import annotations

import base64
import http.client
import os
import shutil
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode

import pytest

from dashboards.access import accounts
from dashboards.access.sessions import COOKIE
from dashboards.access.store import Store
from geo.study.rights import Grant
from tests.conftest import ROOT

PASSWORD = "a long password"
PATHS = (
    *("/", "/overview", "/users", "/map", "/map?lang=zh", "/assets/jiexu-map.js", "/tiles/streets-1-1.pmtiles"),
    *("/_stcore/host-config", "/_stcore/metrics", "/media/x", "/component/x/index.html", "/static/x", "/nothing"),
)
TRAVERSALS = (
    *("/assets/../../etc/passwd", "/assets/..%2f..%2f..%2fetc%2fpasswd", "/assets/%2e%2e/%2e%2e/etc/passwd"),
    *("/tiles/../jiexu-accounts.db", "/tiles/..%2fjiexu-accounts.db", "/tiles/streets-..%2f..%2fsample.gpkg"),
    *("/media/../../etc/passwd", "/static/..%2f..%2f..%2f..%2fetc%2fpasswd", "//etc/passwd", "/..%5c..%5cetc%5cpasswd"),
    *("/map?study=../../etc/passwd", "/assets/jiexu-map.js%00.png", "/component/jiexu.map/..%2f..%2f..%2fshell.py"),
)
QUICK_S = 10.0


class Server:
    """A server, asked over its socket."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.host = f"127.0.0.1:{port}"

    def ask(
        self, path: str, method: str = "GET", headers: dict[str, str] | None = None, body: str | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """Ask for a path as it is written."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=QUICK_S)
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        sent = {"Host": self.host, **(headers or {})}
        if body is not None:
            sent |= {"Content-Length": str(len(body)), "Content-Type": "application/x-www-form-urlencoded"}
        for name, value in sent.items():
            connection.putheader(name, value)
        connection.endheaders(body.encode() if body is not None else None)
        answer = connection.getresponse()
        found = (answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        connection.close()
        return found

    def own(self) -> dict[str, str]:
        """Return the headers of a page of its own."""
        return {"Origin": f"http://{self.host}"}

    def session(self, name: str) -> dict[str, str]:
        """Sign in."""
        form = urlencode({"name": name, "password": PASSWORD})
        status, headers, _ = self.ask("/sign-in", "POST", self.own(), form)
        assert status == 303
        return {"Cookie": headers["set-cookie"].partition(";")[0]}

    def open_socket(self, headers: dict[str, str]) -> tuple[socket.socket, bytes]:
        """Ask for the page's WebSocket, and return the connection with the first line of the answer."""
        raw = socket.create_connection(("127.0.0.1", self.port), QUICK_S)
        key = base64.b64encode(os.urandom(16)).decode()
        sent = {
            "Host": self.host,
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Key": key,
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Protocol": "streamlit",
            **headers,
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
        raw.sendall(f"GET /_stcore/stream HTTP/1.1\r\n{lines}\r\n".encode("latin-1"))
        return raw, raw.recv(4096).partition(b"\r\n")[0]

    def answers(self) -> bool:
        """Tell whether it answers somebody else, soon."""
        began = time.monotonic()
        return self.ask("/_stcore/health")[0] == 200 and time.monotonic() - began < QUICK_S / 2


@pytest.fixture(scope="module")
def server(bare: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("served")
    study = Path(shutil.copy(bare, folder / "sample.gpkg"))
    store = Store(folder)
    accounts.add(store, "root", PASSWORD, Grant("administrator"), by="test")
    accounts.add(store, "court", PASSWORD, Grant("viewer", ("streets",)), by="test")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "jiexu", "serve", str(study), "--sign-in", "--no-browser", "--port", str(port)]
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache")}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as running:
        found, deadline = Server(port), time.monotonic() + 180
        while running.poll() is None and time.monotonic() < deadline:
            try:
                if found.answers():
                    break
            except OSError:
                time.sleep(0.2)
        yield found
        assert running.poll() is None, "the server is still there after all attacks"
        running.terminate()


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_open_without_a_session(server: Server, path: str) -> None:
    status, headers, body = server.ask(path)
    assert status in (401, 404)
    assert b"pmtiles" not in body
    assert "content-security-policy" in headers
    for forged in (
        {"Cookie": f"{COOKIE}=x"},
        {"Jiexu-Visitor": "desk"},
        {"X-Remote-User": "root"},
        {"Authorization": "x"},
    ):
        assert server.ask(path, headers=forged)[0] in (401, 404)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example"])
def test_a_foreign_host_gets_nothing(server: Server, path: str, host: str) -> None:
    assert server.ask(path, headers={"Host": host})[0] == 400


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/_stcore/upload_file/a/b", "/map", "/users"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_another_website_changes_nothing(server: Server, path: str, method: str) -> None:
    session = server.session("root")
    for origin in ("http://evil.example", f"http://localhost:{server.port + 1}", "null"):
        assert server.ask(path, method, {**session, "Origin": origin}, "name=root")[0] == 403
    assert server.ask("/map", headers=session)[0] == 200, "still signed in"


@pytest.mark.parametrize("path", TRAVERSALS)
def test_no_path_leads_out(server: Server, path: str) -> None:
    status, _, body = server.ask(path, headers=server.session("root"))
    assert b"root:" not in body
    assert b"SQLite format" not in body
    assert b"def main" not in body
    assert status < 500


def test_foreign_pages_and_strangers_open_no_websocket(server: Server) -> None:
    session = server.session("root")
    for headers in ({}, {**session, "Origin": "http://evil.example"}, {**session, "Host": "evil.example"}):
        raw, line = server.open_socket(headers)
        raw.close()
        assert b" 101 " not in line, line
    raw, line = server.open_socket({**session, **server.own()})
    raw.close()
    assert b" 101 " in line


def test_a_limited_visitor_gets_their_layers_only(server: Server) -> None:
    page = server.ask("/map", headers=server.session("court"))[2].decode()
    assert "tiles/streets-" in page
    assert "tiles/roads-" not in page
    name = page[page.index("tiles/streets-") :].partition('"')[0]
    assert server.ask(f"/{name}", headers=server.session("court"))[0] == 200
    assert server.ask(f"/{name.replace('streets', 'facilities')}", headers=server.session("court"))[0] in (403, 404)


def test_frames_and_headers_without_end_stop_nobody(server: Server) -> None:
    raw, line = server.open_socket({**server.session("root"), **server.own()})
    assert b" 101 " in line
    # a frame that says to be 1 TB
    raw.sendall(struct.pack("!BBQ", 0x82, 0x80 | 127, 1 << 40) + b"\0\0\0\0")
    raw.sendall(b"x" * 65536)
    assert server.answers()
    raw.close()
    with socket.create_connection(("127.0.0.1", server.port), QUICK_S) as endless:
        endless.sendall(b"GET / HTTP/1.1\r\nX: ")
        with suppress(OSError):  # it hangs up
            for _ in range(64):
                endless.sendall(b"y" * 65536)
    assert server.answers()


def test_slow_clients_keep_nobody_waiting(server: Server) -> None:
    slow = []
    for _ in range(200):
        one = socket.create_connection(("127.0.0.1", server.port), QUICK_S)
        one.sendall(b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\nname=")
        slow.append(one)
    assert server.answers()
    session = server.session("root")
    assert server.ask("/map", headers=session)[0] == 200
    for one in slow:
        one.close()
    assert server.answers()


def test_large_forms_and_uploads_are_refused(server: Server) -> None:
    form = "name=root&password=" + "x" * 200_000
    assert server.ask("/sign-in", "POST", server.own(), form)[0] in (401, 413)
    said = {**server.session("root"), **server.own(), "Content-Length": str(10**12)}
    raw = socket.create_connection(("127.0.0.1", server.port), QUICK_S)
    lines = "".join(f"{name}: {value}\r\n" for name, value in {"Host": server.host, **said}.items())
    raw.sendall(f"PUT /_stcore/upload_file/a/b HTTP/1.1\r\n{lines}\r\n".encode())
    assert b" 413 " in raw.recv(4096)
    raw.close()
    assert server.answers()
