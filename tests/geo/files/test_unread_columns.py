"""Columns that nothing reads are named, in files of every kind."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyproj
import shapely

from geo.core.text import Text, pick
from geo.files.crs_detection import streets_index
from geo.files.place_files import read_placed
from geo.files.raw_file import Part, RawFile
from geo.files.unread_columns import columns_left, unread_finding
from geo.streets.surveyed_widths import read_widths
from geo.study.findings import Finding
from geo.tiers.official_list import read_tier_list
from tests.support.workbooks import Rows, write_xlsx


def test_a_column_that_the_reader_added_is_no_column_of_the_file() -> None:
    raw = RawFile("a.gpkg", "geopackage", "utf-8", pd.DataFrame(columns=["名称", "人口", "layer"]))
    assert columns_left(raw, {"名称"}) == ["人口", "layer"]
    several = RawFile("a.gpkg", "geopackage", "utf-8", raw.table, parts=(Part("a", 1, True), Part("b", 1, True)))
    assert columns_left(several, {"名称"}) == ["人口"]


def test_they_are_named_in_one_finding_and_personal_data_in_them_is_masked() -> None:
    assert unread_finding([]) == []
    (finding,) = unread_finding(["负责人", "13812345678"])
    assert "2 columns are not read: 负责人" in finding.problem.en
    assert "13812345678" not in finding.problem.en


def test_a_list_of_streets_names_its_sheets_and_its_unread_columns(tmp_path: Path) -> None:
    head = ["路名", "等级", "责任人"]
    sheets: dict[str, Rows] = {
        "东片": [head, ["文峰大道", "示范路", "甲"], ["", "次干道", "乙"]],
        "西片": [head, ["解放路", "大马路", "丙"]],
    }
    read = read_tier_list(write_xlsx(tmp_path / "名单.xlsx", sheets))
    assert read.unread == ("责任人",)
    assert read.rows[["row", "sheet", "name"]].to_numpy().tolist() == [[2, "东片", "文峰大道"]]
    found = read.findings
    told = [(row.sheet, row.row, pick(row.problem, "en")) for row in found.itertuples()]
    assert ("东片", 3, "The street's name is missing") in told
    assert ("西片", 2, "Unknown tier “大马路”") in told
    assert any("columns are not read: 责任人" in problem for _, _, problem in told)
    alone = read_tier_list(tmp_path / "名单.xlsx", ["西片"])
    assert alone.rows.empty
    assert "sheet" not in alone.rows
    widths: dict[str, Rows] = {name: [["路名", "宽度"], [f"{name}路", 12.0]] for name in ("东", "西")}
    both = read_widths(write_xlsx(tmp_path / "宽度.xlsx", widths))
    assert both.rows[["row", "sheet", "width"]].to_numpy().tolist() == [[2, "东", 12.0], [2, "西", 12.0]]


def test_a_table_of_places_names_the_sheet_and_the_row_of_a_finding(tmp_path: Path) -> None:
    head: list[str | float] = ["名称", "人口", "经度", "纬度", "户数"]
    sheets: dict[str, Rows] = {name: [head, [name, 100.0, 24.94, 60.17, 40.0]] for name in ("一季度", "二季度")}
    line = shapely.LineString([(24.94, 60.17), (24.95, 60.17)])
    ground = streets_index(np.array([line]), pyproj.CRS.from_epsg(3067))
    read = read_placed(
        write_xlsx(tmp_path / "人口.xlsx", {**sheets, "三季度": [head, ["x", 5.0, "", "", 1.0]]}),
        {"residents": ("人口",), "name": ("名称",)},
        Text("人口", "population"),
        ground,
        sheets=["三季度"],
    )
    assert read.unread == ["户数"]
    assert len(read.fields) == 1
    whole = read_placed(tmp_path / "人口.xlsx", {"residents": ("人口",)}, Text("人口", "population"), ground)
    (row,) = whole.fields.index[whole.fields["residents"] == "5"]
    (told,) = whole.located([Finding(int(row), "人口", Text("", ""), Text("", ""))])
    assert (told.sheet, told.row) == ("三季度", 2)
