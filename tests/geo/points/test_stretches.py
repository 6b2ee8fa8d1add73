"""Lists of places: points, stretches of street and areas, from tables and from map files."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.build import Inputs, build_study
from geo.core.crs import to_metric
from geo.points.import_removal import remove_import
from geo.points.imports import add_points
from geo.points.reading import Options
from geo.rules import Profile
from geo.streets.cross_streets import crossing_names
from geo.study.export import export_layer
from geo.study.figures import info
from geo.study.file import connect, read_layer
from geo.study.reader import Study

WGS = Options(crs="WGS84")


@pytest.fixture
def ends(built: Path) -> tuple[str, str, str, shapely.Geometry]:
    """A named street of the sample, two of its cross-streets, and its line."""
    streets = read_layer(built, "streets")
    streets = streets[streets["name"].notna() & ~streets["name"].duplicated(keep=False)]
    segments = Study(built).layer("segments")
    for row in streets.sort_values("length_m", ascending=False).itertuples():
        names = [name for name in crossing_names(row.street_id, segments) if (streets["name"] == name).any()]
        if len(names) > 1 and row.geometry.length:
            return row.name, names[0], names[-1], row.geometry
    raise AssertionError


def test_a_stretch_is_found_by_its_street_and_ends(
    study: Path, ends: tuple[str, str, str, shapely.Geometry], profile: Profile, tmp_path: Path
) -> None:
    street, one, two, line = ends
    rows = pd.DataFrame(
        {
            "名称": ["夜市", "早市", "早市二", "无名"],
            "位置": [f"{street}（{one}至{two}）", None, None, "天边路（甲路至乙路）"],
            "所在道路": [None, street, None, None],
            "起点": [None, one, None, None],
            "止点": [None, two, None, None],
            "经度": [None, None, line.centroid.x, None],
            "纬度": [None, None, line.centroid.y, None],
            "摊位数": ["30个", "20", "", "5"],
            "经营时间": ["17:00-22:00", "早5点至9点", "", "全天"],
            "经营品类": ["水果、蔬菜", "", "小吃", ""],
            "管理单位": ["街道办", "城管局 13812345678", "", ""],
            "收费标准": ["5元/天", "免费", "", ""],
        }
    )
    file = tmp_path / "疏导点.csv"
    rows.to_csv(file, index=False, encoding="utf-8-sig")
    done = add_points(study, file, "stall_places", profile, WGS)
    assert (done.added, done.reading.refused) == (3, 1)
    places = read_layer(study, "stall_places").set_index("name")
    assert places["precision"].tolist() == ["section", "section", "coordinates"]
    assert places.loc[["夜市", "早市"], "pitches"].tolist() == [30, 20]
    assert places.loc[["夜市", "早市"], "hours"].tolist() == ["Mo-Su 17:00-22:00", "Mo-Su 05:00-09:00"]
    assert places.loc["夜市", ["goods", "manager", "fee"]].tolist() == ["水果、蔬菜", "街道办", "5元/天"]
    assert "13812345678" not in str(places.loc["早市", "manager"])
    assert shapely.get_dimensions(places.geometry.to_numpy()).tolist() == [1, 1, 0]
    # the two ways of writing it mean the same stretch, and it lies on the street
    assert places.geometry.iloc[0].equals(places.geometry.iloc[1])
    assert line.buffer(1e-6).contains(places.geometry.iloc[0])
    assert places.geometry.iloc[0].length < line.length
    assert places["segment_id"].notna().all()
    problems = done.reading.findings[done.reading.findings["row"] == 5]
    assert "天边路" in " ".join(problems["problem"])


def test_areas_and_lines_of_map_files_stay_what_they_are(study: Path, profile: Profile, tmp_path: Path) -> None:
    line = read_layer(study, "streets").geometry.iloc[0].geoms[0]
    square = line.centroid.buffer(0.0003, cap_style="square")
    table = {"编号": ["G1", "G2", "G3"], "名称": ["广场", "夜市", "点"], "摊位数": [None, 40, 8]}
    places = gpd.GeoDataFrame(table, geometry=[square, line, line.interpolate(0.5, normalized=True)], crs=4326)
    places.to_file(tmp_path / "a.geojson", driver="GeoJSON")
    places[:1].to_crs(Study(study).crs).to_file(tmp_path / "b.shp")
    done = add_points(study, tmp_path / "a.geojson", "stall_places", profile, WGS)
    assert not any("A point on each" in str(text) for text in done.reading.findings["action"])
    stored = read_layer(study, "stall_places").set_index("place_id")
    assert shapely.get_dimensions(stored.geometry.to_numpy()).tolist() == [2, 1, 0]
    again = add_points(study, tmp_path / "a.geojson", "stall_places", profile, WGS)
    assert (again.added, again.updated, again.unchanged) == (0, 0, 3)
    projected = add_points(study, tmp_path / "b.shp", "stall_places", profile)
    assert projected.added + projected.updated + projected.unchanged == 1
    crs = Study(study).crs
    now = read_layer(study, "stall_places").set_index("place_id").geometry["G1"]
    near = [shapely.transform(shape, lambda xy: to_metric(xy, crs)) for shape in (square, now)]
    assert near[0].symmetric_difference(near[1]).area < 0.01 * near[0].area
    export_layer(study, "stall_places", tmp_path / "out.geojson")
    assert len(gpd.read_file(tmp_path / "out.geojson")) == 3
    assert remove_import(study, str(done.import_id)) >= 2


def test_places_are_carried_over_when_a_study_is_built_anew(
    study: Path, sample: Inputs, profile: Profile, tmp_path: Path
) -> None:
    line = read_layer(study, "streets").geometry.iloc[0].geoms[0]
    table = gpd.GeoDataFrame({"编号": ["G1"], "名称": ["夜市"], "摊位数": [40]}, geometry=[line], crs=4326)
    table.to_file(tmp_path / "a.geojson", driver="GeoJSON")
    add_points(study, tmp_path / "a.geojson", "stall_places", profile, WGS)
    before = read_layer(study, "stall_places")
    build_study(study, sample)
    after = read_layer(study, "stall_places")
    assert after.drop(columns="geometry").equals(before.drop(columns="geometry"))
    assert after.geometry.iloc[0].equals_exact(before.geometry.iloc[0], 1e-7)
    assert len(read_layer(study, "imports")) == 4


def test_a_study_of_before_the_layer_came_has_none(study: Path) -> None:
    with connect(study) as connection:
        connection.execute("DROP TABLE stall_places")
        for table in ("gpkg_contents", "gpkg_geometry_columns"):
            connection.execute(f"DELETE FROM {table} WHERE table_name = 'stall_places'")
        connection.execute("DELETE FROM about WHERE key IN ('version:stall_places', 'version:places')")
    assert len(read_layer(study, "stall_places")) == 0
    assert info(study)["layers"]["stall_places"] == 0
