"""Files that other programs open, with the credit, and nothing that a spreadsheet would run."""

from __future__ import annotations

import shutil
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pyarrow.parquet
import pyogrio
import pytest
import shapely

from geo.core.errors import StudyError
from geo.files.formats import read_file
from geo.points.imports import add_points
from geo.study.export import export_layer
from geo.study.export_formats import SUFFIXES
from geo.study.file import read_layer
from geo.study.reader import Study


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_streets_come_out_whole_in_every_format(suffix: str, built: Path, tmp_path: Path) -> None:
    to = tmp_path / f"streets{suffix}"
    rows = export_layer(built, "streets", to).rows
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


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_any_name_is_the_name_of_an_export(suffix: str, built: Path, tmp_path: Path) -> None:
    folder = tmp_path / "甲;乙"
    for name in ("a;b", "设施 🌸"):
        rows = export_layer(built, "facilities", folder / f"{name}{suffix}").rows
        assert (folder / f"{name}{suffix}").exists()
        assert len(read_file(folder / f"{name}{suffix}").table) == rows
    assert not [part.name for part in folder.iterdir() if part.stem.partition(".")[0] not in ("a;b", "设施 🌸")]


def test_geojson_names_its_source(built: Path, tmp_path: Path) -> None:
    export_layer(built, "complaints", tmp_path / "c.geojson")
    head = (tmp_path / "c.geojson").read_text(encoding="utf-8")[:600]
    assert "OpenStreetMap" in head


def test_points_have_longitude_and_latitude_in_a_table(built: Path, tmp_path: Path) -> None:
    export_layer(built, "stalls", tmp_path / "stalls.csv")
    table, stalls = pd.read_csv(tmp_path / "stalls.csv"), read_layer(built, "stalls")
    assert table["lon"].to_numpy() == pytest.approx(stalls.geometry.x.to_numpy())
    assert set(table["source"]) == {"synthetic"}


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


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_export_that_is_imported_changes_nothing(suffix: str, built: Path, bare: Path, tmp_path: Path) -> None:
    hostile = tmp_path / "hostile.gpkg"
    shutil.copy(built, hostile)
    at = read_layer(built, "stalls").geometry.iloc[0]
    rows = ["complaint_id,text,received_at,lon,lat", *(f'X{i},"{text}",2025-03-{i + 1:02} 08:30,{at.x},{at.y}'
            for i, text in enumerate(["-10米内", "=SUM(A1)", "'=1", "它 'quotes', \nlines"]))]  # fmt: skip
    (tmp_path / "hostile.csv").write_text("\n".join(rows), encoding="utf-8")
    add_points(Study(hostile), tmp_path / "hostile.csv", "complaints", Study(hostile).profile)
    export_layer(hostile, "complaints", tmp_path / f"out{suffix}")
    again = tmp_path / "again.gpkg"
    shutil.copy(bare, again)
    add_points(Study(again), tmp_path / f"out{suffix}", "complaints", Study(again).profile)
    before, after = (read_layer(path, "complaints").set_index("complaint_id").sort_index() for path in (hostile, again))
    kept = before.columns.drop(["geometry", "import_id"])
    pd.testing.assert_frame_equal(pd.DataFrame(before)[kept], pd.DataFrame(after)[kept])
    assert before.geometry.fillna(shapely.Point()).geom_equals_exact(after.geometry.fillna(shapely.Point()), 1e-6).all()
