"""Bays as a drawing in metres, a schedule by street, and a layer."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import openpyxl
import pyogrio
import pytest

from geo.core.crs import WGS84
from geo.core.errors import StudyError
from geo.parking.files import write_bays
from geo.parking.study import plan_bays
from geo.study.file import read_layer
from geo.study.reader import Study


def test_engineers_get_a_drawing_in_metres_and_a_schedule(study: Path, tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="no bays"):
        write_bays(study, tmp_path / "bays.dxf")
    plan_bays(study, night=True)
    bays = read_layer(study, "bays")
    assert write_bays(study, tmp_path / "bays.dxf").rows == len(bays)
    write_bays(study, tmp_path / "bays.dxf")  # over the drawing of before
    drawing = pyogrio.read_dataframe(tmp_path / "bays.dxf")
    assert len(drawing) == len(bays)
    assert set(drawing["Layer"]) >= {"BAY_ALL_DAY_PARALLEL", "BAY_NIGHT_PARALLEL"}
    west, south, _, _ = gpd.GeoDataFrame(bays, crs=WGS84).to_crs(Study(study).crs).total_bounds
    assert drawing.total_bounds[:2] == pytest.approx([west, south], abs=0.01)
    assert "OpenStreetMap" in (tmp_path / "bays.dxf.credit.txt").read_text(encoding="utf-8")
    write_bays(study, tmp_path / "bays.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "bays.xlsx")["bays"]
    header = [cell.value for cell in sheet[1]]
    cells = [[row[header.index(name)].value for name in ("all_day", "night")] for row in list(sheet.rows)[1:]]
    counts = [int(str(day)) + int(str(night)) for day, night in cells]
    assert sum(counts) == len(bays)
    assert counts == sorted(counts, reverse=True)
    write_bays(study, tmp_path / "bays.gpkg")
    assert len(pyogrio.read_dataframe(tmp_path / "bays.gpkg", layer="bays")) == len(bays)
    styles = pyogrio.read_dataframe(tmp_path / "bays.gpkg", layer="layer_styles")
    assert styles["f_table_name"].tolist() == ["bays"]
    assert 'attr="hours"' in styles["styleQML"].iloc[0]
