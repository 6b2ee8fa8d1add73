"""An upload is read once before it is imported, and the columns that nothing reads are named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import geo.points.file_kind
import geo.points.reading
from geo.files.formats import read_file
from tests.support.pages import Serve, labelled, opened

ROWS = "工单编号,受理时间,诉求类型,诉求内容,班组,经度,纬度\n" + "".join(
    f"Q{number},2025-03-0{number + 1} 10:00,占道经营,门口摆摊,三组,24.943{number},60.169\n" for number in range(5)
)


def test_an_upload_is_read_once_to_recognise_it_and_to_try_it(
    study: Path, served: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []

    def counted(*args: Any, **kwargs: Any) -> object:
        read.append(args[0])
        return read_file(*args, **kwargs)

    for module in (geo.points.reading, geo.points.file_kind):
        monkeypatch.setattr(module, "read_file", counted)
    served(study)
    page = opened("data")
    page.file_uploader[0].set_value(("工单.csv", ROWS.encode(), "text/csv")).run()
    assert not page.exception
    assert len(read) == 1
    page.run()
    assert len(read) == 1, "nor again when something else on the page changes"
    assert any(text.value == "Columns not read: 班组" for text in page.text)
    labelled(page.selectbox, "Rows contain").set_value("complaints").run()
    assert not page.exception
    page.session_state["upload-folder"].cleanup()


def test_an_upload_of_a_doubtful_kind_waits_for_the_choice(study: Path, served: Serve) -> None:
    served(study)
    page = opened("data")
    page.file_uploader[0].set_value(("a.csv", b"n,lon,lat\n1,24.9435,60.169\n2,24.9436,60.169\n", "text/csv")).run()
    assert not page.exception
    assert labelled(page.button, "Import").disabled
    assert "Choose above what the rows contain before importing." in [text.value for text in page.text]
    page.session_state["upload-folder"].cleanup()
