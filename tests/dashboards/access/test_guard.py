"""The guard: who gets past it, with what, and for how long."""

from __future__ import annotations

import base64
import datetime as dt
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import streamlit
from streamlit.proto.BackMsg_pb2 import BackMsg

from dashboards.access import accounts, guard, sessions, tokens, visitors
from dashboards.access.access_log import lines
from dashboards.access.edge import host_of, same_origin
from dashboards.access.sessions import COOKIE
from dashboards.access.store import Store
from dashboards.access.visitors import HEADER
from tests.dashboards.access.conftest import PASSWORD
from tests.support.asgi import Answer, ask, connect

OWN = {"origin": "http://localhost:8501"}
Server = Callable[..., Any]


def signed_in(app: Any, name: str = "wang", **options: Any) -> dict[str, str]:
    """Sign in, and return the header that shows it."""
    answer = ask(app, "/sign-in", "POST", OWN, {"name": name, "password": PASSWORD}, **options)
    assert answer.status == 303, answer.text
    return {"cookie": f"{COOKIE}={answer.cookie(COOKIE)}"}


def test_without_a_session_there_is_the_sign_in_page_or_401(server: Server) -> None:
    app = server()
    page = ask(app, "/map?lang=zh", headers={"accept": "text/html"})
    assert (page.status, page.header("location")) == (303, "/sign-in?next=%2Fmap%3Flang%3Dzh")
    assert ask(app, "/map").status == 401
    assert ask(app, "/nothing-here").status == 401, "nobody learns the paths that there are"
    assert connect(app)[0]["type"] == "websocket.close"
    assert ask(app, "/sign-in", headers={"accept-language": "zh-CN"}).text.count("登录") >= 2


def test_whoever_signs_in_is_known_by_name_and_role(server: Server) -> None:
    app = server()
    for name, decides in (("wang", True), ("li", False)):
        told = json.loads(ask(app, "/map", headers=signed_in(app, name)).text)
        assert (told["name"], told["may"]) == (name, decides)


def test_the_cookie_is_closed_to_scripts_and_other_sites(server: Server) -> None:
    form = {"name": "wang", "password": PASSWORD}
    flags = ask(server(), "/sign-in", "POST", OWN, form).header("set-cookie").lower()
    assert "httponly" in flags
    assert "samesite=lax" in flags
    assert "secure" not in flags
    own = {"origin": "https://localhost:8501"}
    assert "secure" in ask(server(), "/sign-in", "POST", own, form, scheme="https").header("set-cookie").lower()


def test_no_answer_tells_whether_a_name_exists(server: Server) -> None:
    def tried(name: str) -> Answer:
        return ask(server(), "/sign-in", "POST", OWN, {"name": name, "password": "wrong password"})

    there, absent = tried("wang"), tried("gnaw")
    assert there.status == absent.status == 401
    assert there.text.replace("wang", "") == absent.text.replace("gnaw", "")


def test_many_tries_are_slowed_down(server: Server) -> None:
    app = server()
    for _ in range(5):
        answer = ask(app, "/sign-in", "POST", OWN, {"name": "wang", "password": "wrong password"})
    assert answer.status == 401
    answer = ask(app, "/sign-in", "POST", OWN, {"name": "wang", "password": PASSWORD})
    assert answer.status == 429
    assert int(answer.header("retry-after")) >= 1


@pytest.mark.parametrize(
    "target",
    ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "/sign-in", "\r\nx"],
)
def test_signing_in_leads_to_this_server_only(server: Server, target: str) -> None:
    answer = ask(server(), "/sign-in", "POST", OWN, {"name": "wang", "password": PASSWORD, "next": target})
    assert answer.header("location") == "/"


def test_what_was_typed_is_escaped(server: Server) -> None:
    form = {"name": '"><script>alert(1)</script>{switch}', "password": "x", "next": '/"><script>'}
    text = ask(server(), "/sign-in", "POST", OWN, form).text
    assert "<script" not in text


def test_signing_out_ends_the_session_and_its_open_page(server: Server) -> None:
    app = server()
    session = signed_in(app)
    assert ask(app, "/map", headers=session).status == 200

    def sign_out() -> None:
        import threading  # noqa: PLC0415 (another loop than the connection's)

        thread = threading.Thread(target=lambda: ask(app, "/sign-out", "POST", {**OWN, **session}))
        thread.start()
        thread.join()

    said = connect(app, session, meanwhile=sign_out)
    assert said[-1] == {"type": "websocket.close", "code": 1008}
    assert ask(app, "/map", headers=session).status == 401, "a stolen cookie is worthless afterwards"


def test_disabling_somebody_closes_their_page_within_seconds(server: Server, store: Store) -> None:
    app = server()
    said = connect(
        app, signed_in(app), meanwhile=lambda: accounts.set_disabled(store, "wang", True, by="root"), within_s=8
    )
    assert said[-1] == {"type": "websocket.close", "code": 1008}


def test_nobody_can_say_to_be_somebody_else(server: Server) -> None:
    app = server()
    forged = {HEADER: "desk", **signed_in(app, "li")}
    told = json.loads(ask(app, "/map", headers=forged).text)
    assert told["name"] == "li"
    assert len(told["told"]) == 1
    assert told["told"][0].startswith("session:")
    assert ask(app, "/map", headers={HEADER: "desk"}).status == 401


def test_tokens_read_as_bearer_and_as_basic_password(server: Server, store: Store) -> None:
    app = server()
    secret = tokens.make(store, "wang", reads_only=True, expires=None, by="root")
    basic = base64.b64encode(f"anything:{secret}".encode()).decode()
    for value in (f"Bearer {secret}", f"Basic {basic}"):
        told = json.loads(ask(app, "/map", headers={"authorization": value}).text)
        assert (told["name"], told["may"]) == ("wang", False)
    for value in ("Bearer jxt_wrong", "Basic !!!", "Bearer", "Basic ", f"Digest {secret}"):
        assert ask(app, "/map", headers={"authorization": value}).status == 401
    assert connect(app, {"authorization": f"Bearer {secret}"})[0]["type"] == "websocket.close"


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io:8501", "", "a@localhost"])
@pytest.mark.parametrize("sign_in", [True, False])
def test_foreign_hosts_are_refused_on_every_route(server: Server, host: str, sign_in: bool) -> None:
    app = server(sign_in=sign_in)
    for path in ("/", "/map", "/tiles/x", "/assets/x", "/sign-in", "/_stcore/health"):
        assert ask(app, path, host=host).status == 400
    assert connect(app, host=host)[0]["type"] == "websocket.close"


@pytest.mark.parametrize("origin", ["http://localhost:8502", "http://evil.example", "https://localhost:8501", "null"])
def test_pages_of_others_change_nothing(server: Server, origin: str) -> None:
    app = server()
    session = signed_in(app)
    assert ask(app, "/map", "POST", {**session, "origin": origin}).status == 403
    assert ask(app, "/sign-out", "POST", {**session, "origin": origin}).status == 403
    assert connect(app, {**session, "origin": origin})[0]["type"] == "websocket.close"
    assert ask(app, "/map", "POST", session).status == 403, "a form of a browser that says no origin"
    assert ask(app, "/map", "POST", {**session, "origin": "http://localhost:8501"}).status == 200


@pytest.mark.parametrize("header", ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"])
def test_the_desk_without_sign_in_refuses_what_a_proxy_passed_on(server: Server, header: str) -> None:
    app = server(sign_in=False)
    assert ask(app, "/map").status == 200
    refused = ask(app, "/map", headers={header: "10.0.0.1"})
    assert refused.status == 403
    assert "--sign-in" in refused.text


def test_a_proxys_user_is_believed_from_its_address_only(server: Server) -> None:
    app = server(proxies=("10.0.0.2",), user_header="X-Remote-User")
    header = {"X-Remote-User": "wang"}
    assert json.loads(ask(app, "/map", headers=header, client="10.0.0.2").text)["name"] == "wang"
    assert ask(app, "/map", headers=header, client="10.0.0.3").status == 401
    assert ask(app, "/map", headers={"X-Remote-User": "stranger"}, client="10.0.0.2").status == 401


def test_every_answer_has_strict_headers(server: Server) -> None:
    app = server()
    for answer in (ask(app, "/map"), ask(app, "/sign-in"), ask(app, "/map", headers=signed_in(app))):
        policy = answer.header("content-security-policy")
        assert "frame-ancestors 'self'" in policy
        assert "http" not in policy, "no other host"
        assert answer.header("x-content-type-options") == "nosniff"
        assert answer.header("referrer-policy") == "same-origin"


def test_closed_routes_and_large_uploads(server: Server) -> None:
    app = server()
    session = {**signed_in(app), **OWN}
    assert ask(app, "/_stcore/metrics", headers=session).status == 404
    large = {**session, "content-length": str(300 * 1024 * 1024)}
    assert ask(app, "/_stcore/upload_file/1", "PUT", large).status == 413


def test_below_a_base_path(server: Server) -> None:
    app = server(base_path="/jiexu")
    page = ask(app, "/jiexu/map", headers={"accept": "text/html"})
    assert page.header("location").startswith("/jiexu/sign-in?next=%2Fjiexu%2Fmap")
    answer = ask(app, "/jiexu/sign-in", "POST", OWN, {"name": "wang", "password": PASSWORD, "next": "/jiexu/map"})
    assert answer.header("location") == "/jiexu/map"
    assert "path=/jiexu" in answer.header("set-cookie").lower()


def test_hosts_and_origins_are_read_as_browsers_write_them() -> None:
    assert host_of("LOCALHOST:80") == "localhost"
    assert host_of("[::1]:8501") == "::1"
    assert host_of("192.168.1.5") == "192.168.1.5"
    assert host_of("localhost.") == "localhost"
    assert host_of("localhost:port") is None
    assert host_of(None) is None
    assert same_origin("https://jiexu.example", "jiexu.example:443", "https")
    assert not same_origin("http://jiexu.example", "jiexu.example", "https")
    assert not same_origin("http://[", "localhost", "http")


def test_an_open_page_asks_for_its_session_without_keeping_it_alive(
    server: Server, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = server()
    session = signed_in(app)
    digest = sessions.digest_of(session["cookie"].partition("=")[2])
    monkeypatch.setattr(sessions, "_SEEN_EVERY", dt.timedelta(0))

    def seen() -> str:
        with store.reading() as connection:
            return str(connection.execute("SELECT seen_at FROM sessions WHERE digest = ?", (digest,)).fetchone()[0])

    before = seen()
    assert ask(app, "/sign-in/state", headers=session).status == 204
    assert seen() == before
    monkeypatch.setattr(visitors, "_REMEMBERED_S", 0.0)
    for dest in ("image", "empty", "iframe"):
        assert ask(app, "/map", headers={**session, "sec-fetch-dest": dest}).status == 200
    assert seen() == before, "an open page fetches these by itself"
    assert ask(app, "/map", headers={**session, "sec-fetch-dest": "document"}).status == 200
    assert seen() > before
    assert ask(app, "/sign-in/state").status == 401


def test_a_listed_proxy_names_the_visitors_address_and_scheme(server: Server, store: Store) -> None:
    app = server(proxies=("10.0.0.2",), hosts=("jiexu.example",))
    headers = {"origin": "https://jiexu.example", "x-forwarded-for": "6.6.6.6, 10.0.0.7", "x-forwarded-proto": "https"}
    form = {"name": "wang", "password": PASSWORD}
    answer = ask(app, "/sign-in", "POST", headers, form, host="jiexu.example", client="10.0.0.2")
    assert answer.status == 303
    assert "secure" in answer.header("set-cookie").lower()
    assert lines(store)[-1].host == "10.0.0.7", "what a visitor says of itself stands before it"

    forged = {**headers, "origin": "http://jiexu.example"}
    answer = ask(app, "/sign-in", "POST", forged, form, host="jiexu.example", client="10.0.0.9")
    assert answer.status == 303
    assert "secure" not in answer.header("set-cookie").lower()
    assert lines(store)[-1].host == "10.0.0.9"


def test_a_listed_proxy_alone_opens_nothing(server: Server) -> None:
    header = {"x-forwarded-for": "10.0.0.7"}
    assert ask(server(sign_in=False, proxies=("127.0.0.1",)), "/map", headers=header).status == 403
    assert ask(server(sign_in=False, open_to_others=True), "/map", headers=header).status == 200


def message(auto: bool = False, fragment: str = "") -> dict[str, Any]:
    """Return a message of an open page that asks for a run of its script."""
    said = BackMsg()
    said.rerun_script.query_string = "lang=en"
    said.rerun_script.is_auto_rerun = auto
    said.rerun_script.fragment_id = fragment
    return {"type": "websocket.receive", "bytes": said.SerializeToString()}


def heartbeat() -> dict[str, Any]:
    """Return a sign of life of an open page."""
    said = BackMsg()
    said.app_heartbeat = True
    return {"type": "websocket.receive", "bytes": said.SerializeToString()}


def stays_open(server: Server, monkeypatch: pytest.MonkeyPatch, says: Callable[[], dict[str, Any]]) -> bool:
    """Tell whether a page that sends a message ten times a second stays open beyond the time without use."""
    monkeypatch.setattr(sessions, "IDLE", dt.timedelta(seconds=1.2))
    monkeypatch.setattr(sessions, "_SEEN_EVERY", dt.timedelta(0))
    monkeypatch.setattr(visitors, "_REMEMBERED_S", 0.05)
    monkeypatch.setattr(guard, "_LOOKS_EVERY_S", 0.1)
    app = server()
    session = signed_in(app)
    ends = time.monotonic() + 3.0
    said = connect(app, {**session, "origin": "http://localhost:8501"}, messages=says, until=ends)
    return not any(each["type"] == "websocket.close" and each.get("code") == 1008 for each in said)


@pytest.mark.parametrize(
    ("says", "stays"),
    [
        (message, True),
        (lambda: message(fragment="abc"), True),
        (lambda: message(auto=True, fragment="abc"), False),
        (heartbeat, False),
        (lambda: {"type": "websocket.receive", "bytes": b"\xff\xff"}, False),
        (lambda: {"type": "websocket.receive", "text": "hello"}, False),
    ],
    ids=["click", "click in a part", "by the clock", "sign of life", "nonsense", "text"],
)
def test_what_a_person_does_keeps_a_session_and_a_pages_clock_does_not(
    server: Server, monkeypatch: pytest.MonkeyPatch, says: Callable[[], dict[str, Any]], stays: bool
) -> None:
    assert stays_open(server, monkeypatch, says) == stays


def test_connecting_again_and_again_keeps_no_session(
    server: Server, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = server()
    session = signed_in(app)
    monkeypatch.setattr(sessions, "_SEEN_EVERY", dt.timedelta(0))
    monkeypatch.setattr(visitors, "_REMEMBERED_S", 0.0)
    digest = sessions.digest_of(session["cookie"].partition("=")[2])

    def seen() -> str:
        with store.reading() as connection:
            return str(connection.execute("SELECT seen_at FROM sessions WHERE digest = ?", (digest,)).fetchone()[0])

    before = seen()
    for _ in range(3):
        ends = time.monotonic() + 0.15
        connect(app, {**session, "origin": "http://localhost:8501"}, messages=message, until=ends, every_s=0.1)
    assert seen() == before


def test_streamlits_script_says_which_runs_are_by_the_clock() -> None:
    """Else nothing told a click from a clock: this version of Streamlit sets the field in the browser."""
    scripts = Path(streamlit.__file__).parent / "static" / "static" / "js"
    assert any("isAutoRerun:" in file.read_text(encoding="utf-8") for file in scripts.glob("index.*.js"))
