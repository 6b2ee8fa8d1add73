"""Rows of areas, points or tables get a place each; what is wrong with one row leaves the others alone."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.core.errors import InputError
from geo.core.text import Text
from geo.files.crs_detection import StreetsIndex, streets_index
from geo.files.place_files import Placed, read_placed
from tests.support.broken_geometry import UNCLOSED, feature, write_geojson
from tests.support.drawn import CRS, degrees, layers_of, road

FIELDS = {"name": ("名称",), "residents": ("人口", "pop")}
PLACES = [degrees(shapely.Point(x, 5)) for x in range(20, 480, 40)]


@pytest.fixture(scope="module")
def streets() -> StreetsIndex:
    rows = [road([(0, 0), (500, 0)]), road([(0, -60), (500, 90)], street_id="s2")]
    return streets_index(layers_of(rows)["roads"].geometry.to_numpy(), CRS)


def read(file: Path, streets: StreetsIndex) -> Placed:
    return read_placed(file, FIELDS, Text("人口", "population"), streets)


def test_areas_keep_their_row_and_a_broken_one_has_no_place(streets: StreetsIndex, tmp_path: Path) -> None:
    box = shapely.geometry.mapping(degrees(shapely.box(0, 0, 100, 100)))
    rows = [
        feature(UNCLOSED, 名称="甲", 人口=1),
        feature(box, 名称="乙", 人口=20),
        feature(PLACES[0].__geo_interface__),
    ]
    found = read(write_geojson(tmp_path, rows), streets)
    assert found.fields["residents"].tolist() == ["1", "20", None]
    assert found.fields.index.tolist() == [2, 3, 4]
    assert [shape is None for shape in found.geometry] == [True, False, True]
    assert sorted((finding.row or 0, finding.problem.en) for finding in found.findings) == [
        (2, "A ring of the polygon is not closed"),
        (4, "Not an area"),
    ]


@pytest.mark.parametrize("name", ["a.csv", "a.geojson", "a.gpkg"])
def test_points_of_tables_and_map_files_are_placed(name: str, streets: StreetsIndex, tmp_path: Path) -> None:
    if name == "a.csv":
        pd.DataFrame({"经度": [p.x for p in PLACES], "纬度": [p.y for p in PLACES], "人口": 7}).to_csv(
            tmp_path / name, index=False
        )
    else:
        gpd.GeoDataFrame({"人口": [7] * len(PLACES)}, geometry=PLACES, crs=4326).to_file(tmp_path / name)
    found = read(tmp_path / name, streets)
    assert found.fields["residents"].tolist() == ["7"] * len(PLACES)
    assert shapely.get_x(found.geometry) == pytest.approx([p.x for p in PLACES], abs=1e-7)
    assert found.findings == []


def test_lines_give_a_point_each_and_say_so(streets: StreetsIndex, tmp_path: Path) -> None:
    lines = [shapely.LineString([p, (p.x + 1e-5, p.y)]) for p in PLACES]
    gpd.GeoDataFrame({"人口": [7] * len(lines)}, geometry=lines, crs=4326).to_file(tmp_path / "a.geojson")
    found = read(tmp_path / "a.geojson", streets)
    assert set(shapely.get_type_id(found.geometry)) == {0}
    assert [finding.problem.en for finding in found.findings] == [f"{len(lines)} rows are lines or areas"]


def test_a_file_of_broken_areas_alone_is_refused_by_its_first_row(streets: StreetsIndex, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not closed") as caught:
        read(write_geojson(tmp_path, [feature(UNCLOSED, 人口=1)]), streets)
    assert caught.value.row == 2


def test_coordinates_elsewhere_are_refused(streets: StreetsIndex, tmp_path: Path) -> None:
    file = tmp_path / "far.csv"
    file.write_text("lon,lat,pop\n2.35,48.85,1\n", encoding="utf-8")
    with pytest.raises(InputError, match="No coordinate system"):
        read(file, streets)


def test_rows_of_a_table_without_coordinates_have_no_place(streets: StreetsIndex, tmp_path: Path) -> None:
    file = tmp_path / "names.csv"
    file.write_text("名称,人口\n西关,12\n", encoding="utf-8")
    found = read(file, streets)
    assert found.geometry.tolist() == [None]
    assert found.fields.iloc[0].to_dict() == {"name": "西关", "residents": "12"}
