"""A file of several layers offers them, and one that is chosen is read alone."""

from __future__ import annotations

from pathlib import Path

from tests.support.map_formats import LINES, POINTS, rows
from tests.support.pages import Serve, labelled, opened


def test_the_layers_of_a_file_are_offered_and_the_choice_is_followed(
    study: Path, served: Serve, tmp_path: Path
) -> None:
    file = tmp_path / "city.gpkg"
    for layer, shapes in (("甲", POINTS), ("乙", POINTS), ("道路", LINES)):
        rows(shapes).assign(id=[f"{layer}1", f"{layer}2"]).to_file(file, layer=layer)
    served(study)
    page = opened("data")
    page.file_uploader[0].set_value((file.name, file.read_bytes(), "application/octet-stream")).run()
    labelled(page.selectbox, "Coordinates").set_value("WGS84").run()
    assert not page.exception
    choice = labelled(page.multiselect, "Sheets or layers")
    assert choice.options == ["甲 (2 rows)", "乙 (2 rows)", "道路 (2 rows)"]
    assert any(text.value.endswith("4 rows") for text in page.text)
    assert "Read: 甲, 乙" in [text.value for text in page.text]
    choice.set_value(["乙"]).run()
    assert not page.exception
    assert any(text.value.endswith("2 rows") for text in page.text)
    assert "Read: 乙" in [text.value for text in page.text]
    page.session_state["upload-folder"].cleanup()
