"""Sign-in at a real identity provider on this computer: the code flow, and answers that are none."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from dashboards.access import accounts
from dashboards.access.access_log import lines
from dashboards.access.sessions import COOKIE
from dashboards.access.settings import Provider
from dashboards.access.store import Store
from tests.support.asgi import ask

PEOPLE = [
    {"sub": "u1", "preferred_username": "zhao", "groups": ["streets", "everyone"]},
    {"sub": "u2", "preferred_username": "qian", "groups": ["everyone"]},
    {"sub": "u3", "preferred_username": "sun", "groups": ["canteen"]},
    {"sub": "u4", "preferred_username": "wang", "groups": ["streets"]},
]
ROLES = {"streets": "planner", "everyone": "viewer"}


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """Run a provider and give its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    claims = [part for person in PEOPLE for part in ("--user-claims", json.dumps(person))]
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), *claims]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        address = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                requests.get(f"{address}/.well-known/openid-configuration", timeout=1)
                break
            except requests.RequestException:
                time.sleep(0.1)
        yield address
        running.terminate()


@pytest.fixture
def app(server: Callable[..., Any], issuer: str) -> Any:
    """Return a server whose people sign in at the provider."""
    return server(
        provider=Provider(issuer, "jiexu", "secret", "City hall", claim="groups", roles=ROLES)  # type: ignore[arg-type]
    )


def begun(app: Any, target: str = "/map") -> tuple[str, str]:
    """Begin a sign-in: the provider's address, and the browser's cookie."""
    answer = ask(app, f"/sign-in/provider?next={target}")
    assert answer.status == 303
    return answer.header("location"), answer.cookie("jiexu_sign_in")


def vouched(address: str, sub: str) -> str:
    """Sign in at the provider, and return the path that it sends the browser back to."""
    answer = requests.post(address, data={"sub": sub}, allow_redirects=False, timeout=10)
    assert answer.status_code in (302, 303), answer.text
    back = urlsplit(answer.headers["location"])
    return f"{back.path}?{back.query}"


@pytest.mark.parametrize(("sub", "name", "decides"), [("u1", "zhao", True), ("u2", "qian", False)])
def test_a_group_gives_its_role(app: Any, store: Store, sub: str, name: str, decides: bool) -> None:
    address, cookie = begun(app)
    asked = parse_qs(urlsplit(address).query)
    assert asked["code_challenge_method"] == ["S256"]
    answer = ask(app, vouched(address, sub), headers={"cookie": f"jiexu_sign_in={cookie}"})
    assert (answer.status, answer.header("location")) == (303, "/map"), answer.text
    told = json.loads(ask(app, "/map", headers={"cookie": f"{COOKIE}={answer.cookie(COOKIE)}"}).text)
    assert (told["name"], told["may"]) == (name, decides)
    assert lines(store)[-1].event == "signed_in"


def refused(app: Any, path: str, cookie: str) -> str:
    """Come back with an answer that is refused, and return what the page says."""
    answer = ask(app, path, headers={"cookie": f"jiexu_sign_in={cookie}"})
    assert answer.status == 403
    assert answer.cookie(COOKIE) == ""
    found = re.search('class="problem">([^<]*)<', answer.text)
    assert found is not None
    return found[1]


def test_no_group_no_role(app: Any, store: Store) -> None:
    address, cookie = begun(app)
    assert "no role" in refused(app, vouched(address, "u3"), cookie)
    assert accounts.find(store, "sun") is None


def test_the_provider_cannot_take_over_a_local_account(app: Any, store: Store) -> None:
    address, cookie = begun(app)
    assert "may not sign in" in refused(app, vouched(address, "u4"), cookie)


def test_a_disabled_account_stays_closed(app: Any, store: Store) -> None:
    address, cookie = begun(app)
    ask(app, vouched(address, "u1"), headers={"cookie": f"jiexu_sign_in={cookie}"})
    accounts.set_disabled(store, "zhao", True, by="root")
    address, cookie = begun(app)
    assert "may not sign in" in refused(app, vouched(address, "u1"), cookie)


def test_answers_of_another_browser_or_of_before_are_refused(app: Any) -> None:
    address, cookie = begun(app)
    path = vouched(address, "u1")
    assert "not completed" in refused(app, path, "another")
    assert "not completed" in refused(app, "/sign-in/callback?code=x", cookie)
    assert ask(app, path, headers={"cookie": f"jiexu_sign_in={cookie}"}).status == 303
    assert "not completed" in refused(app, path, cookie), "an answer is taken once"


def test_a_code_of_another_sign_in_is_refused(app: Any) -> None:
    first, _ = begun(app)
    second, cookie = begun(app)
    code = parse_qs(urlsplit(vouched(first, "u1")).query)["code"][0]
    state = parse_qs(urlsplit(second).query)["state"][0]
    assert "did not complete" in refused(app, f"/sign-in/callback?code={code}&state={state}", cookie)


def test_a_provider_that_does_not_answer_is_a_sentence(server: Callable[..., Any]) -> None:
    app = server(provider=Provider("http://127.0.0.1:9", "jiexu", "", "City hall"))
    answer = ask(app, "/sign-in/provider", headers={"accept-language": "zh"})
    assert answer.status == 403
    assert "City hall 未能完成登录" in answer.text
