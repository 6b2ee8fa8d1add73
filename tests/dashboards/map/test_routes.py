"""The map's routes in a library: the study in the address, the visitor's role, and no tile of another study."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware

from dashboards.access import accounts, tokens
from dashboards.access.guard import Guard
from dashboards.access.settings import Settings
from dashboards.access.store import Store
from dashboards.access.visitors import Visitors
from dashboards.map.routes import routes, tile_urls, warm_up
from dashboards.session.served_study import on_study
from geo.study.rights import Actor, Grant, acting
from tests.support.asgi import ask

Library = Callable[..., Path]

COURT = Actor("court", {"林州": Grant("viewer", ("streets",))})


@pytest.fixture
def folder(library: Library, bare: Path, built: Path) -> Path:
    return library({"anyang": bare, "林州": built})


@pytest.fixture
def app(folder: Path) -> Iterator[Any]:
    """Return the map behind the guard; `court` may see the streets of one study, `wang` all of all."""
    store = Store(folder)
    accounts.add(store, "root", None, Grant("administrator"), by="root")
    accounts.add(store, "wang", None, Grant("planner"), by="root")
    accounts.add(store, "court", None, Grant("viewer", ("streets",)), "林州", by="root")
    settings = Settings(folder, sign_in=True)
    yield Starlette(routes=routes(), middleware=[Middleware(Guard, settings, Visitors(settings))])


@pytest.fixture
def bearer(folder: Path, app: Any) -> Callable[[str], dict[str, str]]:
    """Return a function that gives the header of a program of an account's."""

    def header(name: str) -> dict[str, str]:
        secret = tokens.make(Store(folder), name, reads_only=True, expires=None, by="root")
        return {"authorization": f"Bearer {secret}"}

    return header


def test_each_study_has_its_own_map_and_tiles(app: Any, bearer: Callable[[str], dict[str, str]]) -> None:
    wang = bearer("wang")
    found = {}
    for name in ("anyang", "林州"):
        page = ask(app, f"/map?lang=en&study={quote(name)}", headers=wang)
        assert page.status == 200
        addresses = set(re.findall(r"tiles/[^\"]+\.pmtiles", page.text))
        assert all(address.startswith(f"tiles/{quote(name)}/") for address in addresses)
        found[name] = {address.rpartition("/")[2] for address in addresses}
        for address in addresses:
            answer = ask(app, f"/{address}", headers=wang)
            assert (answer.status, answer.body[:7]) == (200, b"PMTiles")
    assert not found["anyang"] & found["林州"]
    assert any(name.startswith("complaints-") for name in found["林州"])
    for name in found["林州"]:
        assert ask(app, f"/tiles/anyang/{name}", headers=wang).status == 404, "another study's tiles are not its own"


def test_a_role_on_one_study_opens_no_other(app: Any, bearer: Callable[[str], dict[str, str]]) -> None:
    with acting(Actor("root", {"*": Grant("administrator")})):
        with on_study("林州"):
            theirs = tile_urls()
        with on_study("anyang"):
            others = tile_urls()
    court = bearer("court")
    assert ask(app, f"/map?study={quote('林州')}", headers=court).status == 200
    assert ask(app, "/map?study=anyang", headers=court).status == 404
    assert ask(app, "/map", headers=court).status == 200, "their only study needs no name"
    assert ask(app, f"/{theirs['streets']}", headers=court).status == 200
    assert ask(app, f"/{theirs['complaints']}", headers=court).status == 403
    assert ask(app, f"/{others['streets']}", headers=court).status == 404
    mixed = f"/tiles/{quote('林州')}/{others['streets'].rpartition('/')[2]}"
    assert ask(app, mixed, headers=court).status == 404
    assert ask(app, f"/{theirs['streets']}").status == 401


def test_addresses_lead_to_no_other_file(app: Any, bearer: Callable[[str], dict[str, str]]) -> None:
    wang = bearer("wang")
    for name in (
        "..",
        "%2e%2e",
        "..%2fstudies%2fanyang",
        "anyang.gpkg",
        "%00",
        "anyang%2f..",
        "ANYANG",
        "bin%2Fanyang",
    ):
        assert ask(app, f"/map?study={name}", headers=wang).status == 404
        assert ask(app, f"/tiles/{name}/streets-x.pmtiles", headers=wang).status == 404


def test_without_a_name_many_studies_are_a_question(app: Any, bearer: Callable[[str], dict[str, str]]) -> None:
    answer = ask(app, "/map?lang=en", headers=bearer("wang"))
    assert answer.status == 404
    assert "Choose a study" in answer.text


def test_nothing_is_warmed_up_for_many_studies_and_the_only_one_is(folder: Path, tmp_path: Path, bare: Path) -> None:
    warm_up().join()
    assert list((tmp_path / "cache").rglob("*.pmtiles")) == []
    (folder / "林州.gpkg").unlink()
    warm_up().join()
    assert list((tmp_path / "cache").rglob("streets-*.pmtiles"))
