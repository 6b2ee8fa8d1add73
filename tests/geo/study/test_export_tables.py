"""Tables of the study: local times, cells that no spreadsheet runs, and what a cell cannot hold."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely

from geo.files.raw_file import without_apostrophes
from geo.study.export import export_layer
from geo.study.export_tables import csv_cells, inert, write_xlsx
from geo.study.file import read_layer
from geo.tiers.decisions import decide_tier, find_street

FORMULAS = ["=1+1", "+1", "-1+cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", " =HYPERLINK(1)", "|x", "-10米内", "'=1"]


@pytest.mark.parametrize("formula", FORMULAS)
def test_formulas_are_text_in_tables(formula: str, study: Path, tmp_path: Path) -> None:
    decide_tier(study, find_street(study, "Bulevardi"), "secondary", formula + " why", formula.strip())
    export_layer(study, "decisions", tmp_path / "decisions.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "decisions.xlsx")["decisions"]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    column = [cell.value for cell in sheet[1]].index("by") + 1
    by = sheet.cell(2, column)
    assert (by.value, by.quotePrefix) == (formula.strip(), True)  # text, also when somebody edits the cell
    export_layer(study, "decisions", tmp_path / "decisions.csv")
    assert pd.read_csv(tmp_path / "decisions.csv")["by"].iloc[0] == "'" + formula.strip()
    assert without_apostrophes(pd.DataFrame({"by": ["'" + formula.strip()]}))["by"].tolist() == [formula.strip()]


def test_harmless_text_is_not_touched() -> None:
    text = pd.Series(["文峰大道", "a=b", None, "3-5"], dtype=object)
    assert inert(text).tolist() == text.tolist()


def test_times_are_local_and_real_dates(built: Path, tmp_path: Path) -> None:
    complaints = read_layer(built, "complaints")
    received = complaints["received_at"].dt.tz_convert("Europe/Helsinki")
    export_layer(built, "complaints", tmp_path / "c.xlsx")
    sheets = openpyxl.load_workbook(tmp_path / "c.xlsx")
    column = [cell.value for cell in sheets["complaints"][1]].index("received_at") + 1
    cells = [sheets["complaints"].cell(row, column) for row in range(2, len(complaints) + 2)]
    assert all(cell.is_date for cell in cells if cell.value is not None)
    assert [cell.value for cell in cells] == [None if pd.isna(at) else at.replace(tzinfo=None) for at in received]
    assert "Europe/Helsinki" in str([cell.value for cell in sheets["credit"]["A"]])
    export_layer(built, "complaints", tmp_path / "c.csv")
    text = pd.read_csv(tmp_path / "c.csv", dtype=str)["received_at"]
    assert text.iloc[0] == received.iloc[0].strftime("%Y-%m-%d %H:%M:%S%z")
    assert {each[-5:] for each in text.dropna()} == {"+0200", "+0300"}


def test_a_shape_longer_than_a_cell_is_left_out_with_a_word(tmp_path: Path) -> None:
    long = shapely.LineString(np.random.default_rng(1).random((3000, 2)))
    rows = gpd.GeoDataFrame(
        {"street_id": ["S1", "S2"], "name": ["长" * 40_000, "b"]},
        geometry=[long, shapely.LineString([(0, 0), (1, 1)])], crs=4326,
    )  # fmt: skip
    notes = write_xlsx(rows, tmp_path / "a.xlsx", "streets", "credit", "Asia/Shanghai")
    assert len(notes) == 2
    assert all("S1" in note.zh and "S1" in note.en for note in notes)
    read = pd.read_excel(tmp_path / "a.xlsx", engine="openpyxl")
    assert read["wkt"].isna().tolist() == [True, False]
    assert read["name"].str.len().tolist() == [32_767, 1]
    told = [str(cell.value) for cell in openpyxl.load_workbook(tmp_path / "a.xlsx")["credit"]["A"]]
    assert all(note.zh in told and note.en in told for note in notes)


def test_times_that_a_workbook_cannot_keep_are_named(tmp_path: Path) -> None:
    times = pd.Series(pd.to_datetime(["2025-10-26 00:30", "1850-01-01 12:00", "2025-07-01 00:00"], utc=True), name="at")
    notes = write_xlsx(pd.DataFrame({"at": times}), tmp_path / "a.xlsx", "t", "credit", "Europe/Helsinki")
    assert [note.en.split(" ")[0] for note in notes] == ["1", "1"]
    cells = [row[0].value for row in openpyxl.load_workbook(tmp_path / "a.xlsx")["t"].iter_rows(min_row=2)]
    assert str(cells[1]).startswith("1850-01-01 13:")
    assert csv_cells(pd.DataFrame({"at": times}), "Europe/Helsinki")["at"].iloc[2] == "2025-07-01 03:00:00+0300"
