"""A file is dropped, looked at, imported and removed in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import TimeoutError, expect

from geo.study.file import about, read_layer
from tests.browser.conftest import ARTEFACTS, Visit, serving
from tests.support.points import places

Visiting = Callable[..., AbstractContextManager[Visit]]
pytestmark = pytest.mark.browser


def test_a_file_is_looked_at_then_imported_then_removed(study: Path, visit: Visiting, tmp_path: Path) -> None:
    rows = places(study, 20).rename(columns={"诉求类型": "大项"})
    swapped = rows.rename(columns={"经度": "纬度", "纬度": "经度"}).assign(诉求内容="<b>电话13812345678</b>")
    file = tmp_path / "投诉.csv"
    swapped.to_csv(file, index=False, encoding="gbk")
    before = len(read_layer(study, "complaints"))
    with serving(study) as where, visit() as look:
        look.open(f"{where}/data?lang=en")
        page, untouched = look.page, about(study)
        page.locator("input[type=file]").set_input_files(file)
        page.get_by_text("It is WGS84 (lat, lon) (20 points)", exact=False).wait_for()
        expect(page.get_by_text("csv · gb18030 · 20 rows")).to_be_visible()
        look.shows("jiexu.state.preview?.length === 20")
        look.settled()
        assert about(study) == untouched
        page.get_by_text("Columns", exact=True).click()
        # the page may run again meanwhile, which closes the list: what matters is that it can be chosen from
        option = page.get_by_role("option", name="大项")
        for _ in range(5):
            page.get_by_label("Category", exact=True).click()
            page.keyboard.type("大项")
            with suppress(TimeoutError):
                option.wait_for(timeout=5_000)
                break
            page.keyboard.press("Escape")
        assert option.is_visible()
        page.keyboard.press("Enter")
        page.get_by_text("By hand: Category ← 大项").wait_for()
        page.screenshot(path=ARTEFACTS / "import.png")
        page.get_by_role("button", name="Import", exact=False).first.click()
        page.get_by_text("Import I0004 is stored").wait_for()
        look.shows("jiexu.state.preview === null")
        look.settled()
        complaints = read_layer(study, "complaints")
        assert len(complaints) == before + 20
        mine = complaints[complaints["import_id"] == "I0004"]
        assert set(mine["category"]) == {"unlicensed_stall"}
        assert not mine["text"].str.contains("138").any()

        look.mark_first_row()
        page.get_by_role("button", name="Remove import I0004 as a whole").click()
        page.get_by_text("20 rows removed").wait_for()
    assert len(read_layer(study, "complaints")) == before


@pytest.mark.slow
def test_a_hostile_file_is_refused_with_a_remedy(study: Path, visit: Visiting, tmp_path: Path) -> None:
    file = tmp_path / "evil.csv"
    pd.DataFrame({"<script>window.hacked=1</script>": ["{{7*7}}"], "id": ["${alert(1)}"]}).to_csv(file, index=False)
    untouched = about(study)
    with serving(study) as where, visit() as look:
        look.open(f"{where}/data?lang=en")
        look.page.locator("input[type=file]").set_input_files(file)
        look.page.get_by_text("This did not work").wait_for()
        look.page.get_by_text("Give longitude and latitude").wait_for()
        assert look.page.evaluate("window.hacked") is None
    assert about(study) == untouched
