"""Lines and areas that a table writes as text are its shapes; points stay coordinates."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from geo.core.text import Text
from geo.files.area_files import read_areas
from geo.files.formats import read_file


@pytest.mark.parametrize("header", ["WKT", "the_geom", "geometry"])
def test_areas_as_text_are_areas_and_a_broken_one_is_its_rows_fault(header: str, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(
        f'name,{header}\n甲,"POLYGON ((0 0, 1 0, 1 1, 0 0))"\n\n乙,"POLYGON ((0 0"\n'
        '丙,"SRID=4326;LINESTRING Z (0 0 1, 1 1 2)"\n',
        encoding="utf-8",
    )
    raw = read_file(file, wanted="all")
    assert raw.table["name"].tolist() == ["甲", "乙", "丙"]
    assert raw.shapes is not None
    kinds = [None if shape is None else shape.geom_type for shape in raw.shapes[raw.table.index - 2]]
    assert kinds == ["Polygon", None, "LineString"]
    assert [finding.row for finding in raw.findings] == [4]
    areas = read_areas(file, Text("片区", "quarters"))
    assert areas.table["name"].tolist() == ["甲"]
    assert sorted(finding.row or 0 for finding in areas.findings) == [4, 5]


def test_points_as_text_are_coordinates_and_other_columns_are_text(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text('id,the_geom\n1,"POINT (24.94 60.17)"\n', encoding="utf-8")
    assert read_file(file).shapes is None
    file.write_text('id,note\n1,"POLYGON ((0 0, 1 0, 1 1, 0 0))"\n', encoding="utf-8")
    assert read_file(file).shapes is None


def test_a_workbook_of_areas_is_read(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"name": ["a"]}, geometry=[shapely.box(0, 0, 1, 1)], crs=4326)
    table = frame.drop(columns="geometry").assign(wkt=frame.geometry.to_wkt())
    table.to_excel(tmp_path / "a.xlsx", index=False)
    raw = read_file(tmp_path / "a.xlsx", prefer_areas=True)
    assert raw.shapes is not None
    assert shapely.equals(raw.shapes[0], shapely.box(0, 0, 1, 1))
