"""Files that other programs open, with the credit, and nothing that a spreadsheet would run."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pyarrow.parquet
import pyogrio
import pytest

from geo.core.errors import StudyError
from geo.study.export import export_layer, inert
from geo.study.export_formats import SUFFIXES
from geo.study.file import read_layer
from geo.tiers.decisions import decide_tier, find_street


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_streets_come_out_whole_in_every_format(suffix: str, built: Path, tmp_path: Path) -> None:
    to = tmp_path / f"streets{suffix}"
    rows = export_layer(built, "streets", to)
    streets = read_layer(built, "streets")
    if suffix == ".csv":
        read = pd.read_csv(to, encoding="utf-8-sig")
        assert "OpenStreetMap" in (tmp_path / "streets.csv.credit.txt").read_text(encoding="utf-8")
    elif suffix == ".xlsx":
        read = pd.read_excel(to, sheet_name="streets", engine="openpyxl")
        assert "OpenStreetMap" in openpyxl.load_workbook(to)["credit"]["A2"].value
    elif suffix == ".parquet":
        read = gpd.read_parquet(to)
        assert b"OpenStreetMap" in pyarrow.parquet.read_schema(to).metadata[b"credit"]
    else:
        read = pyogrio.read_dataframe(to, layer="streets")
        assert read.crs.to_epsg() == 4326
        assert read.total_bounds == pytest.approx(streets.total_bounds, abs=1e-6)
    assert len(read) == rows == len(streets)
    assert sorted(read["name"].dropna()) == sorted(streets["name"].dropna())


def test_geojson_names_its_source(built: Path, tmp_path: Path) -> None:
    export_layer(built, "complaints", tmp_path / "c.geojson")
    head = (tmp_path / "c.geojson").read_text(encoding="utf-8")[:600]
    assert "OpenStreetMap" in head


def test_points_have_longitude_and_latitude_in_a_table(built: Path, tmp_path: Path) -> None:
    export_layer(built, "stalls", tmp_path / "stalls.csv")
    table, stalls = pd.read_csv(tmp_path / "stalls.csv"), read_layer(built, "stalls")
    assert table["lon"].to_numpy() == pytest.approx(stalls.geometry.x.to_numpy())
    assert set(table["source"]) == {"synthetic"}


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1+cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", " =HYPERLINK(1)", "|x"])
@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_formulas_are_text_in_tables(formula: str, suffix: str, study: Path, tmp_path: Path) -> None:
    decide_tier(study, find_street(study, "Bulevardi"), "secondary", formula + " why", formula.strip())
    to = tmp_path / f"decisions{suffix}"
    export_layer(study, "decisions", to)
    if suffix == ".xlsx":
        sheet = openpyxl.load_workbook(to)["decisions"]
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    by = (pd.read_csv(to) if suffix == ".csv" else pd.read_excel(to, engine="openpyxl"))["by"].iloc[0]
    assert str(by).startswith("'")


def test_harmless_text_is_not_touched() -> None:
    text = pd.Series(["文峰大道", "a=b", None, "3-5"], dtype=object)
    assert inert(text).tolist() == text.tolist()


@pytest.mark.parametrize(
    ("layer", "file", "words"),
    [("nothing", "a.csv", "no layer"), ("streets", "a.doc", "not supported"), ("decisions", "a.shp", "no geometry"),
     ("context", "a.shp", "one kind"), ("streets", "file/a.csv", "Cannot write")],
)  # fmt: skip
def test_what_cannot_be_exported_says_what_to_do(
    layer: str, file: str, words: str, built: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("a file, no folder")
    with pytest.raises(StudyError, match=words):
        export_layer(built, layer, tmp_path / file)
