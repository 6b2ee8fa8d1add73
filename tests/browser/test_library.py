"""A server of a folder of studies: the list, the way from one study to another, two visitors on two studies."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import expect

from tests.browser.conftest import Visit, serving


def study_of(address: str) -> str:
    """Return the study that an address names."""
    return parse_qs(urlsplit(address).query)["study"][0]


def test_two_visitors_are_on_two_studies_and_one_changes_over(
    bare: Path, planned: Path, tmp_path: Path, visit: Callable[..., AbstractContextManager[Visit]]
) -> None:
    folder = tmp_path / "studies"
    folder.mkdir()
    shutil.copy(bare, folder / "anyang.gpkg")
    shutil.copy(planned, folder / "林州.gpkg")
    with serving(folder) as address, visit() as first, visit(locale="zh-CN") as second:
        first.page.goto(address)
        expect(first.page).to_have_title("Studies · 街序 Jiexu")
        first.page.get_by_role("button", name="Open the study").first.click()
        first.painted()
        expect(first.page).to_have_title("Overview · anyang · 街序 Jiexu")

        second.open(f"{address}/stalls?study=%E6%9E%97%E5%B7%9E")
        expect(second.page).to_have_title("摊位 · 林州 · 街序 Jiexu")
        second.painted("complaints")
        assert study_of(second.map.url) == "林州"

        first.page.get_by_role("link", name="Streets").click()
        expect(first.page).to_have_title("Streets · anyang · 街序 Jiexu")
        first.settled()
        assert (study_of(first.page.url), study_of(first.map.url)) == ("anyang", "anyang")
        tiles = [urlsplit(url).path for url in first.requests if "/tiles/" in url]
        assert tiles
        assert all(path.startswith("/tiles/anyang/") for path in tiles)

        first.page.get_by_role("combobox", name="Study").click()
        first.page.get_by_role("option", name="林州").click()
        expect(first.page).to_have_title("Streets · 林州 · 街序 Jiexu")
        first.painted("complaints")
        assert (study_of(first.page.url), study_of(first.map.url)) == ("林州", "林州")
