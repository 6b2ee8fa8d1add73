"""Residents by floor, by a population that is given, by streets; their sum is the known one."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio.transform
import shapely

from geo.core.crs import WGS84
from geo.core.errors import InputError
from geo.facilities.population import read_population
from geo.facilities.residents import residents
from geo.files.crs_detection import StreetsIndex, streets_index
from geo.rules import Profile
from geo.study.schema import conform_geo
from tests.support.drawn import CRS, degrees, layers_of, road

BOXES = {"west": (0, -50, 250, 80), "east": (250, -50, 500, 80)}


def context(rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    return conform_geo(gpd.GeoDataFrame(rows, geometry="geometry", crs=WGS84), "context")


def home(x: float, use: str, levels: float | None, size: float = 20.0) -> dict[str, Any]:
    shape = shapely.box(x - size / 2, 20, x + size / 2, 20 + size)
    return {"kind": "building", "use": use, "levels": levels, "geometry": degrees(shape)}


def population(rows: list[tuple[shapely.Geometry, float]]) -> gpd.GeoDataFrame:
    table = {"population_id": [f"P{n}" for n in range(len(rows))], "residents": [people for _, people in rows]}
    shapes = [degrees(shape) for shape, _ in rows]
    return conform_geo(gpd.GeoDataFrame(table, geometry=shapes, crs=WGS84), "population")


STREETS = layers_of([road([(0, 0), (500, 0)])])["roads"]
HOMES = context([home(50, "apartments", 6), home(150, "yes", None), home(350, "office", 9), home(400, "garage", 1)])
NONE = conform_geo(gpd.GeoDataFrame(geometry=[], crs=WGS84), "population")


def test_residents_are_the_floor_of_homes_by_the_floor_that_a_person_has(profile: Profile) -> None:
    rules = profile.changed({"coverage.floor_per_person": 40.0, "need.default_levels": 3.0})
    found = residents(STREETS, HOMES, NONE, CRS, rules)
    assert found.weight == pytest.approx([400 * 6 / 40, 400 * 3 / 40], rel=1e-3)
    assert found.table["source"].tolist() == ["levels", "floor"], "offices and garages are no homes"
    known = residents(STREETS, HOMES, NONE, CRS, rules, total=1000.0)
    assert known.weight.sum() == pytest.approx(1000)
    assert known.weight[0] / known.weight[1] == pytest.approx(2)
    assert known.calibrated == pytest.approx(1000 / 90, rel=1e-3)


def test_a_population_is_divided_by_floor_or_along_streets_and_nobody_is_lost(profile: Profile) -> None:
    given = population(
        [
            (shapely.box(*BOXES["west"]), 900.0),
            (shapely.box(*BOXES["east"]), 70.0),
            (shapely.box(0, 5000, 100, 5100), 5.0),
            (shapely.Point(480, 10), 12.0),
        ]
    )
    found = residents(STREETS, HOMES, given, CRS, profile)
    sums = found.table.groupby("source")["demand"].sum()
    assert sums["population"] == pytest.approx(900), "the homes of the west, by floor"
    assert sums["population_streets"] == pytest.approx(70), "no home in the east: along its street"
    assert sums["population_points"] == pytest.approx(17), "points, and an area with neither"
    west = found.table[found.table["source"] == "population"]["demand"].to_numpy()
    assert west[0] / west[1] == pytest.approx(6 / float(profile["need.default_levels"]), rel=1e-3)
    xs = shapely.get_x(shapely.centroid(found.shapes[(found.table["source"] == "population_streets").to_numpy()]))
    assert len(xs) >= 2


def test_the_points_of_a_grid_stand_for_its_cells_and_nobody_counts_twice(profile: Profile) -> None:
    grid = population([(shapely.Point(x, y), 10.0) for x in range(50, 500, 100) for y in (30, 130)])
    found = residents(STREETS, HOMES, grid, CRS, profile)
    assert found.weight.sum() == pytest.approx(100), "and no estimate beside it"
    sums = found.table.groupby("source")["demand"].sum()
    assert sums["population"] == pytest.approx(20), "the cells of the two homes"
    assert sums["population_streets"] == pytest.approx(30), "cells on the street without homes"
    assert sums["population_points"] == pytest.approx(50), "cells with neither"


def test_homes_outside_of_a_given_population_keep_their_estimate(profile: Profile) -> None:
    given = population([(shapely.box(100, -50, 500, 80), 500.0)])
    found = residents(STREETS, HOMES, given, CRS, profile).table
    assert set(found["source"]) == {"levels", "population"}
    assert found.loc[found["source"] == "population", "demand"].sum() == pytest.approx(500)


def test_without_homes_and_population_people_are_along_the_streets(profile: Profile) -> None:
    rows = [road([(0, 0), (500, 0)]), road([(0, 90), (500, 90)], tier="unclassified", highway="motorway")]
    found = residents(layers_of(rows)["roads"], HOMES.iloc[:0], NONE, CRS, profile)
    assert found.weight.sum() == pytest.approx(0.5 * float(profile["coverage.residents_per_km"]), rel=1e-3)
    assert set(found.table["source"]) == {"streets"}


# ---- reading ---------------------------------------------------------------------------------------------------------


def ground() -> StreetsIndex:
    rows = [road([(0, 0), (500, 0)]), road([(0, -60), (500, 90)], street_id="s2")]
    return streets_index(layers_of(rows)["roads"].geometry.to_numpy(), CRS)


def quarters() -> gpd.GeoDataFrame:
    shapes = [shapely.MultiPolygon([degrees(shapely.box(*box))]) for box in BOXES.values()]
    table = {"quarter_id": ["Q001", "Q002"], "name": ["文峰社区", "北关社区"]}
    return conform_geo(gpd.GeoDataFrame(table, geometry=shapes, crs=WGS84), "quarters")


def test_a_table_of_quarters_by_name_in_gbk(tmp_path: Path) -> None:
    file = tmp_path / "人口.csv"
    pd.DataFrame({"社区名称": ["文峰社区", "北关社区", "没有的社区"], "常住人口": ["1,200", "800", "50"]}).to_csv(
        file, index=False, encoding="gbk"
    )
    found = read_population(file, quarters(), ground())
    assert found.layer["residents"].tolist() == [1200, 800]
    assert shapely.equals(found.layer.geometry.iloc[0], quarters().geometry.iloc[0])
    assert found.findings["row"].tolist() == [4]
    assert "没有的社区" in found.findings["problem"].iloc[0]


def test_areas_and_grids_of_points(tmp_path: Path) -> None:
    areas = tmp_path / "areas.geojson"
    shapes = [degrees(shapely.box(*box)) for box in BOXES.values()]
    gpd.GeoDataFrame({"pop": [10.5, 20.0]}, geometry=shapes, crs=WGS84).to_file(areas)
    assert read_population(areas, quarters(), ground()).layer["residents"].tolist() == [10.5, 20.0]
    points = [degrees(shapely.Point(x, 5)) for x in range(20, 480, 40)]
    grid = tmp_path / "grid.csv"
    pd.DataFrame({"lon": [p.x for p in points], "lat": [p.y for p in points], "population": 7}).to_csv(
        grid, index=False
    )
    found = read_population(grid, quarters(), ground()).layer
    assert len(found) == len(points)
    assert found.geometry.x.to_numpy() == pytest.approx([p.x for p in points])


def test_a_raster_of_people_is_read_around_the_study(tmp_path: Path) -> None:
    west, north, cell = 114.0, 36.5, 1 / 1200  # three seconds, as WorldPop
    values = np.zeros((960, 720), dtype="float32")
    place = degrees(shapely.Point(250, 10))
    row, column = int((north - place.y) / cell), int((place.x - west) / cell)
    values[row, column], values[0, 0], values[row, column + 1] = 42.5, 1000.0, -99999.0
    file = tmp_path / "people.tif"
    shape = {"height": 960, "width": 720, "count": 1, "dtype": "float32", "nodata": -99999.0}
    transform = rasterio.transform.from_origin(west, north, cell, cell)
    with rasterio.open(file, "w", driver="GTiff", crs="EPSG:4326", transform=transform, **shape) as target:
        target.write(values, 1)
    found = read_population(file, quarters(), ground()).layer
    assert found["residents"].tolist() == [42.5], "the rest of the country does not count"
    assert found.geometry.iloc[0].distance(place) < cell
    (tmp_path / "bad.tif").write_bytes(b"no raster")
    with pytest.raises(InputError):
        read_population(tmp_path / "bad.tif", quarters(), ground())


def test_without_the_extra_a_raster_is_refused_with_the_command_that_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "rasterio", None)  # as where it is not installed
    file = tmp_path / "people.tif"
    file.write_bytes(b"II*")
    with pytest.raises(InputError, match=r"pip install 'jiexu\[raster\]'"):
        read_population(file, quarters(), ground())


@pytest.mark.parametrize(
    ("text", "words"),
    [("name,other\n文峰社区,1\n", "no population column"), ("name,population\n没有,1\n", "No row can be used")],
)
def test_a_file_that_says_nothing_is_refused_with_what_to_do(text: str, words: str, tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_population(file, quarters(), ground())
    assert words in caught.value.problem.en
    assert caught.value.remedy.en
