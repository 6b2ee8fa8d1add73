"""A file whose days cannot be told from its months is asked about before it is imported."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from geo.study.file import read_layer
from tests.support.pages import Serve, labelled, opened

ROWS = "工单编号;受理时间;经度;纬度\nQ1;03.04.2025 10:00;24.9435;60.169\nQ2;05.04.2025 11:00;24.9436;60.169\n"


@pytest.mark.parametrize("order", ["dmy", "mdy"])
def test_import_waits_for_the_answer_and_follows_it(order: str, study: Path, served: Serve) -> None:
    served(study)
    page = opened("data")
    page.file_uploader[0].set_value(("投诉.csv", ROWS.encode(), "text/csv")).run()
    labelled(page.selectbox, "Coordinates").set_value("WGS84").run()
    assert not page.exception
    assert labelled(page.button, "Import").disabled
    said = [text.value for text in page.text]
    assert any("03.04.2025 10:00" in text and "受理时间" in text for text in said)
    assert "First rows: 03.04.2025 10:00 · 05.04.2025 11:00" in said
    labelled(page.radio, "Order of day and month").set_value(order).run()
    assert not page.exception
    assert labelled(page.radio, "Order of day and month").value == order, "an answer stays and can be changed"
    labelled(page.button, "Import").click().run()
    assert not page.exception
    stored = read_layer(study, "complaints").set_index("complaint_id")["received_at"]
    days = pd.to_datetime(stored[["Q1", "Q2"]], utc=True).dt.strftime("%m-%d").tolist()
    page.session_state["upload-folder"].cleanup()
    assert days == {"dmy": ["04-03", "04-05"], "mdy": ["03-04", "05-04"]}[order]
