"""The parts of a file are found whatever the case of their names."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.files.file_parts import copied_parts
from geo.files.formats import read_file
from tests.support.shapefiles import packed, write_shapefile


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("case", ["upper", "title"])
def test_suffixes_in_any_case_are_parts_of_a_shapefile(zipped: bool, case: str, tmp_path: Path) -> None:
    file = write_shapefile(tmp_path / "路.shp", [("类型", 20)], [["占道经营"]], "gbk", b"GBK")
    for part in [*tmp_path.iterdir()]:
        part.rename(part.with_suffix(part.suffix.upper() if case == "upper" else part.suffix.title()))
    file = next(part for part in tmp_path.iterdir() if part.suffix.lower() == ".shp")
    raw = read_file(packed(file) if zipped else file)
    assert raw.table["类型"].tolist() == ["占道经营"]
    assert raw.findings == []


def test_names_that_differ_by_case_are_one_and_the_own_spelling_goes_first(tmp_path: Path) -> None:
    for name, text in (
        ("Roads.shp", "a"),
        ("ROADS.DBF", "b"),
        ("roads.dbf", "c"),
        ("Roads.dbf", "d"),
        ("other.dbf", "e"),
    ):
        (tmp_path / name).write_text(text)
    folder = tmp_path / "copy"
    folder.mkdir()
    parts = copied_parts(tmp_path / "Roads.shp", folder, (".shp", ".dbf", ".prj"))
    assert {suffix: part.read_text() for suffix, part in parts.items()} == {".shp": "a", ".dbf": "d"}
