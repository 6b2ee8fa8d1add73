"""Quarters: a city's own, OSM's, or the blocks between its main streets."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.build import Inputs, build_study
from geo.core.crs import WGS84
from geo.core.errors import InputError
from geo.rules import Profile
from geo.streets.quarters import _edges, make_quarters, quarter_of, read_quarters
from geo.study.file import read_layer
from geo.study.schema import conform_geo
from tests.support.broken_geometry import feature, write_geojson
from tests.support.drawn import CRS, degrees, layers_of, road


def crossing_streets() -> gpd.GeoDataFrame:
    """A main street from west to east, another from south to north, and back streets within the four blocks."""
    rows = [
        road([(0, 500), (500, 500), (1000, 500)], highway="secondary", name="人民路"),
        road([(500, 0), (500, 500), (500, 1000)], highway="tertiary", name="解放路", street_id="s2"),
        road([(0, 200), (1000, 200)], street_id="s3", name="小巷"),
        road([(200, 0), (200, 1000)], street_id="s4", name=None),
    ]
    return layers_of(rows)["roads"]


def nothing() -> gpd.GeoDataFrame:
    return conform_geo(gpd.GeoDataFrame({"geometry": []}, geometry="geometry", crs=WGS84), "context")


def lonlat(*places: tuple[float, float]) -> np.ndarray:
    return shapely.get_coordinates([degrees(shapely.Point(place)) for place in places])


def test_blocks_between_main_streets_are_quarters(profile: Profile) -> None:
    found = make_quarters(crossing_streets(), nothing(), CRS, profile)
    assert len(found) == 4
    assert set(found["source"]) == {"streets"}
    assert {frozenset(name.split(" – ")) for name in found["name"]} == {frozenset({"人民路", "解放路"})}
    ids = quarter_of(lonlat((250, 250), (250, 300), (750, 250), (250, 750), (5000, 250)), found, CRS)
    assert ids[0] == ids[1]
    assert len({ids[0], ids[2], ids[3]}) == 3
    assert ids[4] == ids[2], "what lies outside belongs to the nearest"


def test_mapped_quarters_count_where_they_cover_the_streets(profile: Profile) -> None:
    areas = [shapely.box(-50, -50, 500, 1050), shapely.box(500, -50, 1050, 1050)]
    rows = {"kind": "quarter", "name": ["西关", "东关"]}
    mapped = conform_geo(gpd.GeoDataFrame(rows, geometry=[degrees(area) for area in areas], crs=WGS84), "context")
    roads = crossing_streets()
    found = make_quarters(roads, mapped, CRS, profile)
    assert found[["name", "source"]].to_numpy().tolist() == [["西关", "OSM"], ["东关", "OSM"]]
    few = mapped.assign(geometry=[degrees(shapely.box(0, 0, 20, 20)), degrees(shapely.box(30, 30, 50, 50))])
    assert set(make_quarters(roads, few, CRS, profile)["source"]) == {"streets"}


def test_a_place_in_two_quarters_belongs_to_the_first() -> None:
    areas = [shapely.box(0, 0, 600, 600), shapely.box(400, 0, 1000, 600)]
    rows = {"quarter_id": ["Q001", "Q002"], "name": ["西关", "东关"]}
    quarters = gpd.GeoDataFrame(rows, geometry=[degrees(area) for area in areas], crs=WGS84)
    asked = lonlat((500, 300), (100, 300), (900, 300), (1100, 300), (-50, 300))
    assert quarter_of(asked, quarters, CRS).tolist() == ["Q001", "Q001", "Q002", "Q002", "Q001"]
    assert quarter_of(asked, quarters.iloc[::-1], CRS).tolist() == ["Q002", "Q001", "Q002", "Q002", "Q001"]


def test_a_citys_own_quarters_come_first_and_stay(sample: Inputs, tmp_path: Path) -> None:
    path = tmp_path / "study.gpkg"
    build_study(path, sample)
    west, south, east, north = read_layer(path, "roads").total_bounds
    middle = (west + east) / 2
    halves = [shapely.box(west, south, middle, north), shapely.box(middle, south, east, north)]
    file = tmp_path / "quarters.shp"
    gpd.GeoDataFrame({"社区": ["西关社区", "东关社区"]}, geometry=halves, crs=WGS84).to_file(file, encoding="gbk")
    build_study(path, Inputs(sample.osm, points=sample.points, quarters=file))
    for _ in range(2):
        found = read_layer(path, "quarters")
        assert found[["name", "source"]].to_numpy().tolist() == [
            ["西关社区", "quarters.shp"],
            ["东关社区", "quarters.shp"],
        ]
        build_study(path, sample)


def test_a_broken_quarter_is_a_finding_and_the_others_are_read(tmp_path: Path) -> None:
    corners = [list(corner) for corner in shapely.get_coordinates(degrees(shapely.box(0, 0, 500, 1000)))]
    rows = [
        feature({"type": "Polygon", "coordinates": [corners[:-1]]}, 社区="西关"),
        feature({"type": "Polygon", "coordinates": [corners]}, 社区="东关"),
    ]
    found, findings = read_quarters(write_geojson(tmp_path, rows), crossing_streets())
    assert found["name"].tolist() == ["东关"]
    assert findings[["layer", "row", "column", "source"]].to_numpy().tolist() == [
        ["quarters", 2, "geometry", "areas.geojson"]
    ]


def test_a_file_of_quarters_elsewhere_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "far.geojson"
    gpd.GeoDataFrame({"name": ["far"]}, geometry=[shapely.box(1, 1, 2, 2)], crs=WGS84).to_file(file)
    with pytest.raises(InputError, match="No street lies"):
        read_quarters(file, crossing_streets())


def test_a_place_outside_all_quarters_has_the_nearest_however_wide_others_are() -> None:
    # a ring around everything, with a small quarter in the middle of its hole
    turn = np.linspace(0, 2 * np.pi, 400)
    disc = shapely.Polygon(1000 * np.column_stack([np.cos(turn), np.sin(turn)]))
    ring = disc.difference(shapely.box(-300, -300, 300, 300))
    blocks = [ring, shapely.box(-50, -50, 50, 50), shapely.MultiPolygon([shapely.box(120, -20, 140, 20)])]
    quarters = gpd.GeoDataFrame(
        {"quarter_id": ["Q1", "Q2", "Q3"]}, geometry=[degrees(block) for block in blocks], crs=WGS84
    )
    asked = [(290, 0), (60, 0), (110, 0), (85, 0), (0, 175), (0, 0), (0, 600), (3000, 0), (130, 30)]
    lonlat = shapely.get_coordinates([degrees(shapely.Point(place)) for place in asked])
    found = quarter_of(lonlat, quarters, CRS)
    assert found[[0, 1, 2, 5, 6, 7, 8]].tolist() == ["Q1", "Q2", "Q3", "Q2", "Q1", "Q1", "Q3"]
    assert found[3] in ("Q2", "Q3")
    assert found[4] in ("Q1", "Q2")


def test_edges_in_short_lines_are_the_whole_edges() -> None:
    turn = np.linspace(0, 2 * np.pi, 100)
    wide = shapely.Polygon(np.column_stack([np.cos(turn), np.sin(turn)]), [[(-0.1, 0), (0.1, 0), (0, 0.1)]])
    areas = np.array([shapely.box(5, 5, 6, 6), shapely.MultiPolygon([wide, shapely.box(8, 8, 9, 9)])])
    lines, area = _edges(areas)
    assert set(area.tolist()) == {0, 1}
    assert shapely.length(lines[area == 0]).sum() == pytest.approx(4)
    assert shapely.length(lines[area == 1]).sum() == pytest.approx(shapely.length(areas[1]))
    assert shapely.get_num_points(lines).max() == 17
